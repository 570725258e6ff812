// Normalising spelling (normalise.ts) with positions of the original text, and rewriting to canonical wording (speech.ts).

import { expect } from 'chai'
import fc from 'fast-check'
import { compact, normalise } from '../../bot/understanding/normalise.ts'
import { canonical } from '../../bot/understanding/speech.ts'

describe('normalising the spelling', () => {
  it('takes any text, and maps every position back to the original', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const { plain, written } = normalise(text)
        for (let at = 0; at < plain.length; at++) expect(text).to.contain(written(at, at + 1))
        expect(text).to.contain(written(0, plain.length))
      }),
    )
  })

  it('drops lone surrogates, invisible characters, emoji and stickers', () => {
    expect(normalise('\ud800查\u200b老\ufeff赖😀[微笑]').plain.trim()).to.equal('查老赖')
    expect(normalise('').plain).to.equal('')
    expect(normalise('\u0000\u0007').plain.trim()).to.equal('')
  })

  it('converts full-width and traditional characters and gives them back as they were written', () => {
    const { plain, written } = normalise('請查　扎西頓珠　５３３４')
    expect(plain).to.equal('请查 扎西顿珠 5334')
    expect(written(plain.indexOf('扎'), plain.indexOf('扎') + 4)).to.equal('扎西頓珠')
    expect(written(plain.indexOf('5'), plain.length)).to.equal('５３３４')
  })

  it('keeps positions right after a character that becomes several', () => {
    const { plain, written } = normalise('好…㎡查和志强')
    expect(written(plain.indexOf('和'), plain.indexOf('和') + 3)).to.equal('和志强')
  })

  it('cuts a long text', () => {
    expect(normalise('查'.repeat(100_000)).plain.length).to.be.at.most(2000)
  })

  it('makes identifiers half-width and leaves the brackets of case numbers as they are', () => {
    expect(compact('５３３４　２１ 1９９0')).to.equal('5334211990')
    expect(compact('（２０２６） 云3401执 1号')).to.equal('（2026）云3401执1号')
  })
})

describe('rewriting to canonical wording', () => {
  it('replaces dialect', () => {
    expect(canonical('N给是老懒嘛')).to.equal('N是不是老赖')
    expect(canonical('咋个退定嘞')).to.equal('怎么退订')
    expect(canonical('我着列入失心名单,为哪样')).to.equal('我被列入失信名单,为什么')
    expect(canonical('他还克丽江坐飞机')).to.equal('他还去丽江坐飞机')
  })

  it('corrects typing and voice errors only where they are errors', () => {
    expect(canonical('居报')).to.equal('举报')
    expect(canonical('信用修夫')).to.equal('信用修复')
    expect(canonical('定居')).to.equal('定居')
    expect(canonical('你号召大家')).to.equal('你号召大家')
  })

  it('drops repetitions and fillers, but never the only word', () => {
    expect(canonical('转人工转人工转人工')).to.equal('转人工')
    expect(canonical('嗯那个我想查N')).to.contain('我想查N')
    expect(canonical('你好')).to.equal('你好')
  })
})
