// Names: one table of foldings for storing and comparing, and what is no name. The people are made up.

import { expect } from 'chai'
import fc from 'fast-check'
import { nameFault, nameKey, sameName, tidyName } from '../../src/core/person-names.ts'
import { squeeze } from '../../src/core/text.ts'

describe('the spelling of a name', () => {
  it('has the characters that private-use code points and radicals stand for', () => {
    const spellings: [string, string][] = [
      ['刘\ue863', '刘\u4dae'],
      ['张\ue831', '张\u{215d7}'],
      ['⻢明', '马明'],
      ['⻓江', '长江'],
      ['⽥某', '田某'],
      ['⻰某', '龙某'],
      ['\uf9d1某', '六某'],
      ['艾力•买买提', '艾力·买买提'],
      ['艾力・买买提', '艾力·买买提'],
      ['艾力．买买提', '艾力·买买提'],
      ['艾力‧买买提', '艾力·买买提'],
      ['艾力﹒买买提', '艾力·买买提'],
      ['艾力。买买提', '艾力·买买提'],
      ['艾力 · 买买提 · 吾甫尔', '艾力·买买提·吾甫尔'],
      ['𠮷 田', '𠮷田'],
    ]
    for (const [written, spelled] of spellings) {
      expect(tidyName(written), written).to.equal(spelled)
      expect(tidyName(spelled), spelled).to.equal(spelled)
    }
  })

  it('knows every middle dot and every code point that nobody sees', () => {
    const dots = '•‧・･⋅∙●˙᛫ꞏ﹒\u00b7\u0387\u318d\u119e\u1427\u2022\u2218\u2219\u22c5\u2e31\u2e33\u25e6\u2981\ua78f\u{10101}\uf0b7'
    for (const dot of dots) expect(tidyName(`艾力${dot}买买提`), dot.codePointAt(0)?.toString(16)).to.equal('艾力·买买提')
    const unseen = /[\p{Cf}\u{16fe4}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}]/u
    const all = Array.from({ length: 0x110000 }, (_, code) => code).filter(
      (code) => (code < 0xd800 || code > 0xdfff) && unseen.test(String.fromCodePoint(code)),
    )
    expect(all).to.include.members([0xad, 0x115f, 0x1160, 0x2800, 0x3164, 0xfe0f, 0xffa0, 0xe0100]).and.have.length.above(4_000)
    for (const code of all) {
      const character = String.fromCodePoint(code)
      expect(
        [tidyName(character.repeat(3)), tidyName(`扎${character}西${character}`), nameKey(`扎${character}西`), squeeze(`1${character}2`)],
        code.toString(16),
      ).to.deep.equal(['', '扎西', '扎西', '12'])
    }
  })

  it('does not matter for comparing: dots, blanks, case, width, traditional and variant characters', () => {
    const same: [string, string][] = [
      ['艾力·买买提', '艾力.买买提'],
      ['艾力·买买提', '艾力买买提'],
      ['陳誌明', '陈志明'],
      ['龍鍾麗', '龙钟丽'],
      ['MICHAEL BROWN', 'Michael Brown'],
      ['Ｍｉｃｈａｅｌ  Brown', 'MICHAELBROWN'],
      ["O'Neil Mary-Ann", 'ONEIL MARY ANN'],
      ['བཀྲ་ཤིས།', 'བཀྲ་ཤིས'],
      ['刘\ue863', '刘䶮'],
      ['王乾', '王乾'],
    ]
    for (const [left, right] of same) expect(sameName(left, right), `${left} ${right}`).to.equal(true)
    const different: [string, string][] = [
      ['张伟', '张玮'],
      ['𠮷田', '吉田'],
      ['扎西', '扎西次仁'],
      ['迪庆（集团）公司', '迪庆公司'],
    ]
    for (const [left, right] of different) expect(sameName(left, right), `${left} ${right}`).to.equal(false)
  })

  it('property: is stable, and so is its key', () => {
    const unit = fc.constantFrom(...Array.from('张艾力陳·.．。• AaＡ\ue863⻢𠮷（)ོ་'))
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(tidyName(tidyName(text))).to.equal(tidyName(text))
        expect(nameKey(tidyName(text))).to.equal(nameKey(text))
      }),
    )
  })
})

describe('what is no name of a person', () => {
  it('is a name that a code page has damaged, a list of people, digits and signs', () => {
    const faults: [string, string][] = [
      ...['王?', '李?明', '赵？军', '杨\ufffd', '和□军', '?建军', '张\ue000', '#REF!', '=cmd|calc', '王\u0000明'].map(
        (name): [string, string] => [name, 'damaged'],
      ),
      ...['张三、李四', '张三/李四', '张三等3人', '张三，李四', '张三等人', '张三;李四', '张三等三人'].map((name): [string, string] => [
        name,
        'several',
      ]),
      ...['王小明1', '王小明①', '王', '12', '王小明⑵', '王小明㊀', '王小明*', '王小明_', '', '··', '王小明Ⅱ'].map(
        (name): [string, string] => [name, 'form'],
      ),
    ]
    for (const [name, fault] of faults) expect([name, nameFault(name, 'person')]).to.deep.equal([name, fault])
  })

  it('is none of the scripts and forms that people of this country and their debtors have', () => {
    const names = [
      '扎西某',
      '艾力·买买提·吾甫尔',
      '𠮷田',
      '杨𱍐',
      '王〇',
      '佐々木',
      'MICHAEL BROWN',
      "Mary-Ann O'Neil",
      'J. R. Smith',
      'བཀྲ་ཤིས',
      'José Núñez',
      '王小明（曾用名王某）',
    ]
    for (const name of names) expect([name, nameFault(tidyName(name), 'person')]).to.deep.equal([name, null])
    for (const name of ['云南第3建筑有限公司', '3M中国有限公司', 'ABC Trading Co., Ltd.', '迪庆“雪域”餐饮部', '某某（集团）公司'])
      expect([name, nameFault(name, 'organisation')]).to.deep.equal([name, null])
    for (const name of ['云南?公司', '#REF!', '=1+1', '某\ufffd公司'])
      expect([name, nameFault(name, 'organisation')]).to.deep.equal([name, 'damaged'])
  })
})
