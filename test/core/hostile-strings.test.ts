// Every reader of text that others wrote takes time that grows with the length of the text: long hostile strings of many kinds, up to the
// longest that its surface admits.

import { maskPersonalNumbers, splitNameAndNumber } from '../../src/core/personal-numbers.ts'
import { expect } from 'chai'
import { createUnderstanding } from '../../bot/understanding/understand.ts'
import { findSpans } from '../../bot/understanding/slots.ts'
import { loadUtterances } from '../../bot/understanding/utterances.ts'
import { normalise } from '../../bot/understanding/normalise.ts'
import { readHolder, mayBeDocument } from '../../src/core/documents.ts'
import { maskDigits, maskIdentifier, readIdentifier } from '../../src/core/identifiers.ts'
import { maskName, nameFault, nameKey, sameName, tidyName } from '../../src/core/person-names.ts'
import { maskPhone, readPhones, toE164 } from '../../src/core/phone.ts'
import { squeeze, tidy } from '../../src/core/text.ts'
import { fieldOf, FIELDS, type Field } from '../../src/features/debtors/columns.rules.ts'
import { bareHeading } from '../../src/features/debtors/headings.rules.ts'
import { namesOrganisation } from '../../src/features/debtors/kind.rules.ts'
import { readOfficerList } from '../../src/features/debtors/officers.rules.ts'
import { plainText } from '../../src/features/debtors/row-reader.rules.ts'
import * as values from '../../src/features/debtors/values.rules.ts'
import { readGrounds } from '../../src/features/listings/grounds.rules.ts'
import { isFooter, readRow } from '../../src/features/listings/rows.rules.ts'
import { readFileRow } from '../../src/features/screening/files.rules.ts'
import { LONGEST_CELL } from '../../src/platform/sheets/sheet.ts'

/** Characters of a message to the bot (bot/answer.ts). */
const LONGEST_MESSAGE = 2_000

const understand = createUnderstanding(loadUtterances('templates/utterances/zh-CN'))
const row = (field: Field) => (text: string) =>
  readRow([text], new Map([[field, { index: 0, heading: field }]]), { today: '2026-11-30', mode: 'draft' })

/** Reader, the longest text it is given, and what it does with it. */
const READERS: readonly [name: string, longest: number, read: (text: string) => unknown][] = [
  ['squeeze', LONGEST_CELL, squeeze],
  ['tidy', LONGEST_CELL, tidy],
  ['readIdentifier', LONGEST_CELL, readIdentifier],
  ['maskIdentifier', LONGEST_CELL, maskIdentifier],
  ['maskDigits', LONGEST_CELL, maskDigits],
  ['maskPersonalNumbers', LONGEST_CELL, maskPersonalNumbers],
  ['splitNameAndNumber', LONGEST_CELL, splitNameAndNumber],
  ['tidyName', LONGEST_CELL, tidyName],
  ['nameKey', LONGEST_CELL, nameKey],
  ['sameName', LONGEST_CELL, (text) => sameName(text, '张三')],
  ['nameFault', LONGEST_CELL, (text) => [nameFault(text, 'person'), nameFault(text, 'organisation')]],
  ['maskName', LONGEST_CELL, maskName],
  ['toE164', LONGEST_CELL, toE164],
  ['readPhones', LONGEST_CELL, readPhones],
  ['maskPhone', LONGEST_CELL, maskPhone],
  ['readHolder', LONGEST_CELL, readHolder],
  ['mayBeDocument', LONGEST_CELL, mayBeDocument],
  ['plainText', LONGEST_CELL, plainText],
  ['fieldOf', LONGEST_CELL, fieldOf],
  ['bareHeading', LONGEST_CELL, bareHeading],
  ['namesOrganisation', LONGEST_CELL, namesOrganisation],
  ['readOfficerList', LONGEST_CELL, readOfficerList],
  ['readGrounds', LONGEST_CELL, readGrounds],
  ['isFooter', LONGEST_CELL, (text) => isFooter([text], new Map())],
  ...([values.readDay, values.readTerm, values.readCaseNo, values.readBasisNo, values.readSex, values.readDisclosure] as const).map(
    (read) => [read.name, LONGEST_CELL, read] as [string, number, (text: string) => unknown],
  ),
  ['readCapacity', LONGEST_CELL, values.readCapacity],
  ['readAge', LONGEST_CELL, values.readAge],
  ...FIELDS.map((field) => [`a row by its ${field}`, LONGEST_CELL, row(field)] as [string, number, (text: string) => unknown]),
  [
    'a screening row',
    LONGEST_CELL,
    (text) => {
      const columns = new Map(['name', 'identifier', 'officers'].map((field, index) => [field, { index, heading: field }]))
      return readFileRow({ row: 1, cells: [text, text, text] }, columns as never, { measureId: null, business: null }, () => null)
    },
  ],
  ['normalise', LONGEST_MESSAGE, normalise],
  ['findSpans', LONGEST_MESSAGE, (text) => findSpans(normalise(text))],
  ['understand', LONGEST_MESSAGE, (text) => understand(text)],
]

/** Repeated pieces; each is also tried with an end that nearly fits. */
const PIECES = [
  '1',
  ' ',
  '\u3000',
  '(',
  '（',
  '）',
  ',',
  '，',
  '、',
  '·',
  '-',
  '－',
  'a',
  'X',
  '年',
  '号',
  '执',
  '张',
  "'",
  '"',
  '[',
  '<',
  '.',
  '/',
  '\n',
  '\u200b',
]
const MIXTURES = [
  '1 ',
  '1-',
  '(1)',
  '（2026）',
  '2026年',
  '（2026）云3401执',
  '张·',
  '甲、',
  'a ',
  ' \n',
  '13900000000',
  '533401198709040344',
  '省市县',
  '人大代表',
  '有限公司',
  '138 0000 ',
  '法定代表人：张三',
  '二十',
  '第1号',
  '-/',
  "'-",
]
const ENDS = ['', 'x', '号', '年', '!']

/** Milliseconds of processor time of a new text, the less of two runs: readers remember texts. */
let texts = 0
function spent(read: (text: string) => unknown, make: (own: string) => string): number {
  let least = Infinity
  for (let run = 0; run < 2; run += 1) {
    texts += 1
    const text = make(String.fromCharCode(0x4e00 + (texts % 4_000)))
    const before = process.cpuUsage()
    read(text)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1_000)
  }
  return least
}

/** Beyond this the growth is looked at: four times the length may take six times as long, with room for what else the machine does. */
const SMALL = 25

describe('hostile strings take time that grows with their length', function () {
  this.timeout(240_000)
  for (const [name, longest, read] of READERS)
    it(`in ${name}`, () => {
      const slow: string[] = []
      for (const piece of [...PIECES, ...MIXTURES])
        for (const end of ENDS) {
          const make = (length: number) => (own: string) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length - 2) + own + end
          // What is not small once may have been disturbed: it is read anew before its growth is looked at.
          let long = spent(read, make(longest))
          for (let again = 0; again < 3 && long >= SMALL; again += 1) long = Math.min(long, spent(read, make(longest)))
          if (long < SMALL) continue
          const short = spent(read, make(longest / 4))
          if (long / Math.max(short, 0.5) > 9) slow.push(`${JSON.stringify(piece)} ${JSON.stringify(end)}: ${short} -> ${long} ms`)
          else if (long > 400) slow.push(`${JSON.stringify(piece)} ${JSON.stringify(end)}: ${long} ms`)
        }
      expect(slow).to.deep.equal([])
    })
})
