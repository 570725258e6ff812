// Screening of up to 10,000 subjects in one batch under the unit's own number: answered in portions, each in its own transaction.
// A batch that is sent again is answered from the log. A single question is asked in commands.ts.

import { setImmediate } from 'node:timers/promises'
import { portions } from '../../platform/database/placeholders.ts'
import { AppError, isAppError, type Problem } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { readSubject, type ScreeningAnswer, type Subject, type SubjectInput } from './rules.ts'
import {
  byRequest,
  countBatch,
  findBatch,
  finishBatch,
  insertBatch,
  screeningsByRequest,
  touchBatch,
  type ScreeningBatchRow,
  type ScreeningRow,
} from './store.ts'
import { command, query, type AppContext } from '../../platform/commands/command.ts'
import { businessAsked, measuresAsked, unitAsking, viewOf, type ScreeningView } from './lookup.views.ts'
import { businessOf, lookUpAndLog, mustBeSame } from './commands.ts'

/** Items that one batch may hold. */
export const BATCH_LIMIT = 10_000
/** Items that are answered in one transaction. */
const PORTION = 200

export interface BatchItem extends SubjectInput {
  /** The unit's own number for the applicant or the file; unique in the batch. */
  key: string
}

export interface BatchInput {
  /** The unit's own number for the batch; the same number again repeats the same batch. */
  requestId: string
  business?: string | undefined
  measureId?: string | undefined
  unitId?: string | undefined
  items: readonly BatchItem[]
}

/** Why one item could not be asked, in the words of the API. */
export interface ItemError {
  code: string
  message: string
  problems: { code: string; message: string; field?: string }[]
}

export type ItemAnswer = { key: string } & ({ screening: ScreeningView } | { error: ItemError })

export interface BatchAnswer {
  requestId: string
  /** In the order of the request. */
  items: ItemAnswer[]
  counts: Record<ScreeningAnswer, number>
  errors: number
}

/** What all items of a batch have in common. */
interface BatchContext {
  batch: ScreeningBatchRow
  business: string
  /** As the unit wrote it. */
  written: string | undefined
  measureId: string | undefined
}

/**
 * Screens all items of a batch. An item that cannot be asked gets an error of its own and never fails the batch; a batch that broke off is
 * simply sent again.
 * @throws `request_invalid` for no items or more than BATCH_LIMIT, `screening_batch_changed` for a number of another batch,
 *   `screening_business_unknown`, and those of `unitAsking` and `measuresAsked`.
 */
export async function screenBatch(app: AppContext, actor: Actor, input: BatchInput): Promise<BatchAnswer> {
  const { items } = input
  if (items.length === 0 || items.length > BATCH_LIMIT) throw new AppError('request_invalid', {}, [countProblem()])
  const batch = await openBatch(app, actor, input)
  const business = businessOf(app, input.business, undefined)
  const context: BatchContext = { batch, business, written: input.business, measureId: input.measureId }
  const seen = new Set<string>()
  const answers: ItemAnswer[] = []
  for (const portion of portions(items, PORTION)) {
    answers.push(...(await answerPortion(app, actor, context, portion, seen)))
    // Everybody else's requests have their turn: on SQLite nothing in a portion waits.
    await setImmediate()
  }
  await closeBatch(app, actor, batch)
  const countOf = (answer: ScreeningAnswer): number =>
    answers.filter((each) => 'screening' in each && each.screening.answer === answer).length
  return {
    requestId: input.requestId,
    items: answers,
    counts: { hit: countOf('hit'), review: countOf('review'), none: countOf('none') },
    errors: answers.filter((each) => 'error' in each).length,
  }
}

function countProblem(): Problem {
  return { code: 'most_count', field: 'items', values: { most: BATCH_LIMIT } }
}

const openBatch = command('screening.ask', async ({ tx, now, actor, audit }, input: BatchInput): Promise<ScreeningBatchRow> => {
  const unitId = unitAsking(actor, input.unitId)
  businessAsked(await measuresAsked(tx, unitId, input.measureId), input)
  const existing = await findBatch(tx, unitId, input.requestId)
  if (existing !== null && existing.items !== input.items.length)
    throw new AppError('screening_batch_changed', { requestId: input.requestId })
  const fresh = { id: newId(), unitId, requestId: input.requestId, actor: actor.id, items: input.items.length }
  const batch = existing ?? { ...fresh, createdAt: now, touchedAt: now, finishedAt: null }
  if (existing === null) await insertBatch(tx, batch)
  await audit({ subject: batchSubject(batch), detail: { unitId, items: batch.items, repeated: existing !== null } })
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

/** An item whose values could be read. */
interface ReadableItem {
  key: string
  requestKey: string
  subject: Subject
}

async function answerPortion(
  app: AppContext,
  actor: Actor,
  context: BatchContext,
  items: readonly BatchItem[],
  seen: Set<string>,
): Promise<ItemAnswer[]> {
  const read = items.map((item) => readItem(app, context, item, seen))
  const readable = read.filter((each): each is ReadableItem => 'subject' in each)
  const known = await loggedAnswers(app, actor, { batch: context.batch, keys: readable.map((each) => each.requestKey) })
  const unanswered = readable.filter((each) => !known.has(each.requestKey))
  const rows =
    unanswered.length === 0 ? known : new Map([...known, ...(await screenPortion(app, actor, { batchContext: context, unanswered }))])
  return read.map((each) => ('error' in each ? each : answerOf(app, context, each, rows.get(each.requestKey) as ScreeningRow)))
}

function readItem(
  app: AppContext,
  { batch }: BatchContext,
  item: BatchItem,
  seen: Set<string>,
): ReadableItem | (ItemAnswer & { error: ItemError }) {
  const { key } = item
  try {
    if (seen.has(key)) throw new AppError('screening_item_repeated', { key })
    seen.add(key)
    return { key, requestKey: `${batch.id}:${key}`, subject: readSubject(item) }
  } catch (error) {
    return { key, error: itemError(app, error) }
  }
}

function answerOf(app: AppContext, { business, measureId }: BatchContext, { key, subject }: ReadableItem, row: ScreeningRow): ItemAnswer {
  try {
    mustBeSame(app, row, { subject, business, measureId: measureId ?? null }, key)
    return { key, screening: viewOf(app, row) }
  } catch (error) {
    return { key, error: itemError(app, error) }
  }
}

/** Turns a refusal into the error of an item. @throws any error that does not concern this item alone. */
export function itemError({ catalog }: AppContext, error: unknown): ItemError {
  if (!isAppError(error) || error.kind === 'unavailable') throw error
  const problems = error.problems.map((problem) => ({
    code: problem.code,
    message: catalog.check(problem),
    ...(problem.field === undefined ? {} : { field: problem.field }),
  }))
  return { code: error.code, message: catalog.problem(error.code, error.values), problems }
}

const loggedAnswers = query(
  'screening.ask',
  async ({ db }, { batch, keys }: { batch: ScreeningBatchRow; keys: readonly string[] }): Promise<Map<string, ScreeningRow>> =>
    screeningsByRequest(db, batch.unitId, keys),
)

/** Screens one portion in one transaction. `touchBatch` locks the batch against a second sender. */
const screenPortion = command(
  'screening.ask',
  async (
    context,
    { batchContext, unanswered }: { batchContext: BatchContext; unanswered: readonly ReadableItem[] },
  ): Promise<Map<string, ScreeningRow>> => {
    const { tx, now } = context
    const { batch, measureId, business: written } = batchContext
    await touchBatch(tx, batch.id, now)
    const keys = unanswered.map((each) => each.requestKey)
    const known = await screeningsByRequest(tx, batch.unitId, keys)
    const fresh = unanswered.filter((each) => !known.has(each.requestKey))
    const measures = await measuresAsked(tx, batch.unitId, measureId)
    const business = businessAsked(measures, { measureId, business: batchContext.written })
    const about = { unitId: batch.unitId, measures, measureId: measureId ?? null, business, written, batchId: batch.id }
    const { rows, version } = await lookUpAndLog(context, about, fresh)
    await context.audit({ subject: batchSubject(batch), detail: { logged: rows.length, listVersion: version } })
    return new Map([...known, ...byRequest(rows)])
  },
  (rows) => ({ screenings: rows.size }),
)
