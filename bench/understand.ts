// Understanding: cross-validation on the training sentences, a separately written test set, slots, confusion and speed.
// `npm run bench:understand [-- testset.jsonl]`. Measures only; nothing is tuned.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { INTENTS, SLOTS, type Intent, type SlotName, type Slots, type Utterances, type Understand } from '../src/core/understanding.ts'
import { shuffled } from '../bot/understanding/classifier.ts'
import { fillSentence } from '../bot/understanding/samples.ts'
import { createUnderstanding } from '../bot/understanding/understand.ts'
import { loadUtterances } from '../bot/understanding/utterances.ts'

interface Case {
  text: string
  role?: string
  intent: Intent
  slots?: Slots
}

interface Outcome {
  strict: boolean
  /** Right without asking back, or the right intent among the choices offered. */
  offered: boolean
  asked: boolean
  confidentlyWrong: boolean
}

const FOLDS = 5
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const print = (line = ''): void => void process.stdout.write(`${line}\n`)
const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`

function judge(understand: Understand, example: Case): Outcome & { got: Intent } {
  const { intent, choices } = understand(example.text, example.role)
  const asked = choices.length > 0
  const right = intent === example.intent
  return {
    got: intent,
    strict: right && !asked,
    offered: asked ? choices.includes(example.intent) : right,
    asked,
    confidentlyWrong: !asked && !right,
  }
}

function summarise(title: string, outcomes: readonly (Outcome & { got: Intent })[], cases: readonly Case[]): void {
  const count = (test: (outcome: Outcome) => boolean): number => outcomes.filter(test).length
  const top = outcomes.filter((outcome, at) => outcome.got === cases[at]?.intent).length
  print(
    `${title}: n=${outcomes.length} intent ${percent(top, outcomes.length)}, without asking ${percent(
      count((o) => o.strict),
      outcomes.length,
    )}, ` +
      `right or offered ${percent(
        count((o) => o.offered),
        outcomes.length,
      )}, asks ${percent(
        count((o) => o.asked),
        outcomes.length,
      )}, ` +
      `confidently wrong ${percent(
        count((o) => o.confidentlyWrong),
        outcomes.length,
      )}`,
  )
}

function confusion(outcomes: readonly { got: Intent }[], cases: readonly Case[]): void {
  for (const intent of INTENTS) {
    const rows = outcomes.filter((_, at) => cases[at]?.intent === intent)
    const wrong = new Map<Intent, number>()
    for (const { got } of rows) if (got !== intent) wrong.set(got, (wrong.get(got) ?? 0) + 1)
    const others = [...wrong].sort((a, b) => b[1] - a[1]).map(([got, count]) => `${got} ${count}`)
    const missed = [...wrong.values()].reduce((sum, count) => sum + count, 0)
    print(`  ${intent.padEnd(17)} ${String(rows.length - missed).padStart(3)}/${String(rows.length).padEnd(4)} ${others.join(', ')}`)
  }
}

/** Judges the sentences of each fold by an understanding trained without them. Liaison intents get no role, which is harder. */
function crossValidate(utterances: Utterances): void {
  const cases: Case[] = []
  const outcomes: (Outcome & { got: Intent })[] = []
  for (let fold = 0; fold < FOLDS; fold++) {
    const kept = (intent: Intent, out: boolean): string[] => {
      const order = shuffled(utterances[intent].length)
      return utterances[intent].filter((_, at) => ((order[at] ?? 0) % FOLDS === fold) === out)
    }
    const understand = createUnderstanding(
      Object.fromEntries(INTENTS.map((intent) => [intent, kept(intent, false)])) as unknown as Utterances,
    )
    for (const intent of INTENTS) {
      for (const [at, sentence] of kept(intent, true).entries()) {
        const example: Case = { text: fillSentence(sentence, at + 11).text, intent }
        cases.push(example)
        outcomes.push(judge(understand, example))
      }
    }
  }
  summarise(`cross-validated (${FOLDS} folds)`, outcomes, cases)
  confusion(outcomes, cases)
}

interface Tally {
  right: number
  extra: number
  missed: number
}

function tally(tallies: Map<SlotName, Tally>, wanted: Slots, got: Slots): void {
  for (const slot of SLOTS) {
    const line = tallies.get(slot) ?? { right: 0, extra: 0, missed: 0 }
    const want = [wanted[slot] ?? []].flat()
    const have = [got[slot] ?? []].flat()
    line.right += want.filter((value) => have.includes(value)).length
    line.missed += want.filter((value) => !have.includes(value)).length
    line.extra += have.filter((value) => !want.includes(value)).length
    tallies.set(slot, line)
  }
}

function report(title: string, tallies: ReadonlyMap<SlotName, Tally>): void {
  print(title)
  for (const [slot, { right, extra, missed }] of tallies) {
    if (right + extra + missed === 0) continue
    const f1 = (2 * right) / (2 * right + extra + missed)
    print(`  ${slot.padEnd(11)} F1 ${f1.toFixed(3)}  right ${right}, extra ${extra}, missed ${missed}`)
  }
}

/** The values that were filled in must be found again. Other values (上个月 in the sentence itself) count as extra. */
function slotsOfTraining(understand: Understand, utterances: Utterances): void {
  const tallies = new Map<SlotName, Tally>()
  for (const intent of INTENTS) {
    for (const [at, sentence] of utterances[intent].entries()) {
      const { text, values } = fillSentence(sentence, at + 5)
      const wanted: Slots = {}
      for (const { slot, value } of values) wanted[slot] = [...[wanted[slot] ?? []].flat(), value]
      const got = understand(text, intent.startsWith('liaison') ? 'liaison' : undefined).slots
      tally(tallies, wanted, got)
    }
  }
  report('slots, training sentences filled with other values', tallies)
}

const utterances = loadUtterances(here('../templates/utterances/zh-CN'))
const testset = readFileSync(process.argv[2] ?? here('../test/bot/understand.testset.jsonl'), 'utf8')
const cases = testset
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Case)

crossValidate(utterances)
const before = process.hrtime.bigint()
const understand = createUnderstanding(utterances)
print(`trained in ${Number(process.hrtime.bigint() - before) / 1e6} ms`)
slotsOfTraining(understand, utterances)
const outcomes = cases.map((example) => judge(understand, example))
summarise('test set', outcomes, cases)
confusion(outcomes, cases)
const tallies = new Map<SlotName, Tally>()
for (const example of cases) tally(tallies, example.slots ?? {}, understand(example.text, example.role).slots)
report('slots, test set', tallies)
const started = process.hrtime.bigint()
const rounds = 5
for (let round = 0; round < rounds; round++) for (const example of cases) understand(example.text, example.role)
print(`${(Number(process.hrtime.bigint() - started) / 1e6 / rounds / cases.length).toFixed(3)} ms a message`)
