// Up to 10,000 questions of one unit under its own number: an error an item, portions of their own transaction, and the same batch again
// is answered from the log. One question is features/screening/commands.

import { AppError, isAppError, type Problem } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { readSubject, type ScreeningAnswer, type Screened, type Subject, type SubjectInput } from './rules.ts'
import {
  countBatch,
  findBatch,
  finishBatch,
  insertBatch,
  insertScreenings,
  screeningsByRequest,
  touchBatch,
  type ScreeningBatchRow,
  type ScreeningRow,
} from './store.ts'
import { command, query, type AppContext } from '../../platform/commands/command.ts'
import { lookUp, measuresAsked, unitAsking, viewOf, type Question, type ScreeningView } from './lookup.views.ts'
import { businessOf, mustBeSame, rowOf } from './commands.ts'

/** Questions of one batch, and of one transaction. */
export const BATCH_LIMIT = 10_000
const PORTION = 500

export interface BatchItem extends SubjectInput {
  /** The unit's own number of the applicant or file; unique in the batch. */
  key: string
}

export interface BatchInput {
  requestId: string
  business?: string | undefined
  measureId?: string | undefined
  unitId?: string | undefined
  items: readonly BatchItem[]
}

export interface ItemError {
  code: string
  message: string
  problems: { code: string; message: string; field?: string }[]
}

export type ItemAnswer = { key: string } & ({ screening: ScreeningView } | { error: ItemError })

export interface BatchAnswer {
  requestId: string
  /** In the order asked. */
  items: ItemAnswer[]
  counts: Record<ScreeningAnswer, number>
  errors: number
}

interface Asking {
  batch: ScreeningBatchRow
  business: string
  measureId: string | undefined
}

/**
 * Asks about many at once. What cannot be asked is an error of its item, never of the batch; a batch that broke off is simply sent again.
 * @throws `request_invalid` for none or too many, `screening_batch_changed` for a number that was used for another batch, and what concerns the unit.
 */
export async function screenBatch(app: AppContext, actor: Actor, input: BatchInput): Promise<BatchAnswer> {
  const { items } = input
  if (items.length === 0 || items.length > BATCH_LIMIT) throw new AppError('request_invalid', {}, [countProblem()])
  const batch = await openBatch(app, actor, input)
  const business = businessOf(app, input.business, undefined)
  const asking: Asking = { batch, business, measureId: input.measureId }
  const seen = new Set<string>()
  const answers: ItemAnswer[] = []
  for (let start = 0; start < items.length; start += PORTION)
    answers.push(...(await answerPortion(app, actor, asking, items.slice(start, start + PORTION), seen)))
  await closeBatch(app, actor, batch)
  const of = (answer: ScreeningAnswer): number => answers.filter((each) => 'screening' in each && each.screening.answer === answer).length
  return {
    requestId: input.requestId,
    items: answers,
    counts: { hit: of('hit'), review: of('review'), none: of('none') },
    errors: answers.filter((each) => 'error' in each).length,
  }
}

function countProblem(): Problem {
  return { code: 'most_count', field: 'items', values: { most: BATCH_LIMIT } }
}

const openBatch = command('screening.ask', async ({ tx, now, actor, audit }, input: BatchInput): Promise<ScreeningBatchRow> => {
  const unitId = unitAsking(actor, input.unitId)
  await measuresAsked(tx, unitId, input.measureId)
  const before = await findBatch(tx, unitId, input.requestId)
  if (before !== null && before.items !== input.items.length) throw new AppError('screening_batch_changed', { requestId: input.requestId })
  const fresh = { id: newId(), unitId, requestId: input.requestId, actor: actor.id, items: input.items.length }
  const batch = before ?? { ...fresh, createdAt: now, touchedAt: now, finishedAt: null }
  if (before === null) await insertBatch(tx, batch)
  await audit({ subject: batchSubject(batch), detail: { unitId, items: batch.items, repeated: before !== null } })
  return batch
})

const closeBatch = command('screening.ask', async ({ tx, now, audit }, batch: ScreeningBatchRow): Promise<void> => {
  const counts = await countBatch(tx, batch.id)
  await finishBatch(tx, batch.id, now)
  await audit({ subject: batchSubject(batch), detail: { ...counts, done: true } })
})

function batchSubject(batch: Pick<ScreeningBatchRow, 'id'>): string {
  return `screening_batch:${batch.id}`
}

interface Readable {
  key: string
  requestKey: string
  subject: Subject
}

async function answerPortion(
  app: AppContext,
  actor: Actor,
  asking: Asking,
  items: readonly BatchItem[],
  seen: Set<string>,
): Promise<ItemAnswer[]> {
  const read = items.map((item) => readItem(app, asking, item, seen))
  const good = read.filter((each): each is Readable => 'subject' in each)
  const known = await logged(app, actor, { batch: asking.batch, keys: good.map((each) => each.requestKey) })
  const open = good.filter((each) => !known.has(each.requestKey))
  const rows = open.length === 0 ? known : new Map([...known, ...(await askPortion(app, actor, { asking, open }))])
  return read.map((each) => ('error' in each ? each : answerOf(app, asking, each, rows.get(each.requestKey) as ScreeningRow)))
}

function readItem(app: AppContext, { batch }: Asking, item: BatchItem, seen: Set<string>): Readable | (ItemAnswer & { error: ItemError }) {
  const { key } = item
  try {
    if (seen.has(key)) throw new AppError('screening_item_repeated', { key })
    seen.add(key)
    return { key, requestKey: `${batch.id}:${key}`, subject: readSubject(item) }
  } catch (error) {
    return { key, error: itemError(app, error) }
  }
}

function answerOf(app: AppContext, { business }: Asking, { key, subject }: Readable, row: ScreeningRow): ItemAnswer {
  try {
    mustBeSame(app, row, { subject, business }, key)
    return { key, screening: viewOf(app, row) }
  } catch (error) {
    return { key, error: itemError(app, error) }
  }
}

/** @throws what is no refusal of this item. */
function itemError({ catalog }: AppContext, error: unknown): ItemError {
  if (!isAppError(error) || error.kind === 'unavailable') throw error
  const problems = error.problems.map((problem) => ({
    code: problem.code,
    message: catalog.check(problem),
    ...(problem.field === undefined ? {} : { field: problem.field }),
  }))
  return { code: error.code, message: catalog.problem(error.code, error.values), problems }
}

const logged = query(
  'screening.ask',
  async ({ db }, { batch, keys }: { batch: ScreeningBatchRow; keys: readonly string[] }): Promise<Map<string, ScreeningRow>> =>
    byRequest(await screeningsByRequest(db, batch.unitId, keys)),
)

function byRequest(rows: readonly ScreeningRow[]): Map<string, ScreeningRow> {
  return new Map(rows.map((row) => [row.requestKey ?? '', row]))
}

/** One portion in one transaction, held against another sender of the same batch. */
const askPortion = command(
  'screening.ask',
  async (context, { asking, open }: { asking: Asking; open: readonly Readable[] }): Promise<Map<string, ScreeningRow>> => {
    const { app, tx, now } = context
    const { batch, business } = asking
    await touchBatch(tx, batch.id, now)
    const keys = open.map((each) => each.requestKey)
    const known = byRequest(await screeningsByRequest(tx, batch.unitId, keys))
    const fresh = open.filter((each) => !known.has(each.requestKey))
    const measures = await measuresAsked(tx, batch.unitId, asking.measureId)
    const subjects = fresh.map((each) => each.subject)
    const { screened, version } = await lookUp(app, tx, { unitId: batch.unitId, measures, subjects, now })
    const about = { unitId: batch.unitId, measureId: asking.measureId ?? null, batchId: batch.id, version }
    const rows = fresh.map(({ subject, requestKey }, at) => {
      const question: Question = { subject, business }
      return rowOf(context, about, { question, requestKey, screened: screened[at] as Screened })
    })
    await insertScreenings(tx, rows)
    await context.audit({ subject: batchSubject(batch), detail: { logged: rows.length, listVersion: version } })
    return new Map([...known, ...byRequest(rows)])
  },
  (rows) => ({ screenings: rows.size }),
)
