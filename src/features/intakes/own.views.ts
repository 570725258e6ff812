// What a confirmed person has handed in about their own listings, and what became of it, with the state in plain words.
// Handing in is commands.ts; the listings themselves are features/own-case/views.ts.

import { writtenDay } from '../../core/calendar.ts'
import { query, type QueryContext } from '../../platform/commands/command.ts'
import { writtenDueDay } from '../deadlines/commands.ts'
import { subjectOf as objectionSubject } from '../objections/commands.ts'
import type { Objection } from '../objections/rules.ts'
import { searchObjections, toObjection } from '../objections/store.ts'
import { confirmedIdentifier, listingsOf } from '../own-case/commands.ts'
import { subjectOf as repairSubject } from '../repairs/commands.ts'
import { searchRepairs, type RepairRow } from '../repairs/store.ts'
import { DEADLINE, subjectOf } from './commands.ts'
import type { Intake } from './rules.ts'
import { searchIntakes, toIntake } from './store.ts'

/** One thing handed in, as the person who did sees it. */
export interface OwnMatter {
  listingId: string
  number: string
  kindName: string
  receivedOn: string
  stateName: string
  /** The last day of the court, as documents write it; empty when nothing runs. */
  dueOn: string
  /** Why it was not registered; empty otherwise. */
  reason: string
}

const PAGE = { limit: 20, offset: 0 }

/** What the confirmed person of a conversation has handed in, by listing, newest first; null when nobody is confirmed. */
export const showOwnMatters = query('case.read_own', async (context, conversationId: string): Promise<OwnMatter[] | null> => {
  const { db, app, now } = context
  const identifier = await confirmedIdentifier(app, db, conversationId, now)
  if (identifier === null) return null
  const matters: OwnMatter[] = []
  for (const { id } of await listingsOf(app, db, identifier)) matters.push(...(await mattersOf(context, id)))
  return matters
})

async function mattersOf(context: QueryContext, listingId: string): Promise<OwnMatter[]> {
  const { db, app } = context
  const intakes = (await searchIntakes(db, { listingId }, PAGE)).items.map((row) => toIntake(app.secrets, row))
  const objections = (await searchObjections(db, { listingId }, PAGE)).items.map((row) => toObjection(app.secrets, row))
  const repairs = (await searchRepairs(db, { listingId }, PAGE)).items
  // What a clerk registered is shown as the objection or application that it became.
  const shown = intakes.filter(({ state, kind }) => state !== 'registered' || kind === 'payment')
  return [
    ...(await Promise.all(shown.map((intake) => intakeMatter(context, intake)))),
    ...(await Promise.all(objections.map((objection) => objectionMatter(context, objection)))),
    ...(await Promise.all(repairs.map((repair) => repairMatter(context, repair)))),
  ]
}

async function intakeMatter({ db, app: { catalog } }: QueryContext, intake: Intake): Promise<OwnMatter> {
  const { id, listingId, number, kind, state, receivedOn, record } = intake
  return {
    ...{ listingId, number, kindName: catalog.words('intakes', `kind.${kind}`), receivedOn: writtenDay(receivedOn) },
    stateName: catalog.words('own', `matter.${state === 'registered' ? kind : state}`),
    dueOn: state === 'waiting' ? await writtenDueDay(db, DEADLINE[kind], subjectOf(id)) : '',
    reason: record.reason ?? '',
  }
}

async function objectionMatter({ db, app: { catalog } }: QueryContext, objection: Objection): Promise<OwnMatter> {
  const { id, listingId, number, state, about, receivedOn } = objection
  const runs = state === 'registered' || state === 'reviewing'
  return {
    ...{ listingId, number, kindName: catalog.words('objections', `about.${about}`), receivedOn: writtenDay(receivedOn), reason: '' },
    stateName: catalog.words('own', `objection.${state}`),
    dueOn: runs ? await writtenDueDay(db, 'objection.review', objectionSubject(id)) : '',
  }
}

async function repairMatter({ db, app: { catalog } }: QueryContext, repair: RepairRow): Promise<OwnMatter> {
  const { id, listingId, number, state } = repair
  const runs = state === 'received' || state === 'consulting'
  return {
    ...{
      listingId,
      number,
      kindName: catalog.words('intakes', 'kind.repair'),
      receivedOn: writtenDay(repair.receivedOn),
      reason: '',
    },
    stateName: catalog.words('own', `repair.${state}`),
    dueOn: runs ? await writtenDueDay(db, 'repair.decide', repairSubject(id)) : '',
  }
}
