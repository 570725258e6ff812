// How the six grounds are read from files, and the terms they allow: features/listings/grounds.rules.ts.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import { parse } from 'yaml'
import { GROUNDS, readGrounds, termProblem, termRule } from '../../../src/features/listings/grounds.rules.ts'
import type { Ground } from '../../../src/features/listings/rules.ts'

const words = parse(readFileSync(new URL('../../../templates/words/zh-CN/grounds.yaml', import.meta.url), 'utf8')) as Record<string, string>
const text = (ground: Ground): string => words[String(ground)] ?? ''

describe('the grounds of listing', () => {
  it('are not taken from a cell that is understood only in part', () => {
    for (const cell of ['', '欠钱不还', '7', '0', '1,7', `${text(4)}；欠钱不还`, `不存在${text(4)}`, '拒不履行', '违反'])
      expect(readGrounds(cell), cell).to.satisfy((read: ReturnType<typeof readGrounds>) => read.grounds.length === 0 || read.rest !== '')
  })

  it('each have an official text, which is recognised', () => {
    expect(Object.keys(words)).to.deep.equal(['1', '2', '3', '4', '5', '6'])
    for (const { ground } of GROUNDS) {
      expect(readGrounds(text(ground)), text(ground)).to.deep.equal({ grounds: [ground], rest: '' })
      expect(readGrounds(`${text(ground)}的`), text(ground)).to.deep.equal({ grounds: [ground], rest: '' })
    }
  })

  it('are recognised in the variants that courts write', () => {
    const variants: [string, readonly number[]][] = [
      ['其他有履行能力而拒不履行生效法律文书确定义务的', [1]],
      ['有能力履行而拒不履行', [1]],
      ['伪造证据、暴力、威胁等方法妨碍、抗拒执行', [2]],
      ['以暴力、威胁方法抗拒执行', [2]],
      ['以暴力方法妨碍执行', [2]],
      ['以隐匿、转移财产等方法规避执行', [3]],
      ['以虚假诉讼、虚假仲裁方式逃避执行', [3]],
      ['违反财产申报制度', [4]],
      ['拒不申报财产', [4]],
      ['违反限制高消费令', [5]],
      ['违 反\n限制消费措施', [5]],
      ['被执行人无正当理由拒不履行执行和解协议的', [6]],
      ['拒不履行和解协议', [6]],
      ['（一）有履行能力而拒不履行生效法律文书确定义务的；（四）违反财产报告制度的', [1, 4]],
      ['1.违反限制消费令 2.违反财产报告制度', [4, 5]],
      ['4', [4]],
      ['６、１，1', [1, 6]],
    ]
    for (const [cell, grounds] of variants) expect(readGrounds(cell), cell).to.deep.equal({ grounds, rest: '' })
  })

  it('property: are all found in any order and with any separator', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom<Ground>(1, 2, 3, 4, 5, 6), { minLength: 1 }),
        fc.constantFrom('、', ';', '；', ',', '，', '\n', '。', ' ', '并', '；以及'),
        (grounds, separator) => {
          const read = readGrounds(grounds.map(text).join(separator))
          expect(read).to.deep.equal({ grounds: grounds.toSorted((left, right) => left - right), rest: '' })
        },
      ),
    )
  })

  it('have no term for ground 1 alone, and two to five years for the others, alone or together with ground 1', () => {
    expect(termRule([1])).to.equal(null)
    expect(termProblem([1], null)).to.equal(null)
    expect(termProblem([1], 24)).to.equal('term_not_allowed')
    for (const ground of [2, 3, 4, 5, 6] as const) {
      for (const grounds of [[ground], [1, ground]] as const) {
        expect(termProblem(grounds, null)).to.equal('term_missing')
        expect(termProblem(grounds, 23)).to.equal('term_out_of_range')
        expect(termProblem(grounds, 24)).to.equal(null)
        expect(termProblem(grounds, 60)).to.equal(null)
        expect(termProblem(grounds, 61)).to.equal('term_out_of_range')
      }
    }
  })
})
