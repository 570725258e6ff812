// What a unit sees of itself: its measures with their clauses and businesses, its liaisons, the open round, and what it was told.
// What a unit does is in the feature of each subject; its API keys are features/units/keys.views.ts.

import { templateTitle } from '../../messaging/templates.ts'
import { AppError } from '../../core/errors.ts'
import { maskName } from '../../core/person-names.ts'
import { deliveriesOf, deliveryTable, type DeliveryRow } from '../../messaging/deliveries.store.ts'
import { searchNotices, type NoticeRow } from '../../messaging/notices.store.ts'
import { maskAddresses } from '../../messaging/addresses.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { openRow } from '../../platform/database/sealing.ts'
import type { Db } from '../../platform/database/database.ts'
import type { Medium } from '../../core/mediums.ts'
import { openReturns, type OpenReturn } from '../feedback/views.ts'
import { verdictOf, type Verdict } from '../notices/views.ts'
import type { Clause } from '../units/clauses.rules.ts'
import type { Measure } from '../units/measures.rules.ts'
import { findUnit, liaisonsOf, measureIdsOfUnit, measuresInOrder, type LiaisonRow } from '../units/store.ts'

/** A measure of the unit, explained. */
export interface OwnMeasure {
  id: string
  title: string
  category: string
  summary: string
  citation: string
  clauses: {
    id: string
    words: string
    advice: Clause['advice']
    /** The advice in words. */
    means: string
    /** Whom the clause reaches, in words. */
    reaches: string[]
  }[]
  /** The closed list, in the order of the catalogue, and 其他 at the end. */
  businesses: {
    name: string
    /** Only for people who are put forward for an office. */
    forNominees: boolean
    /** No clause covers it. */
    untouched: boolean
  }[]
}

/** A liaison of the unit as their colleagues see them. */
export interface OwnLiaison {
  id: string
  /** Masked, but for the caller. */
  name: string
  self: boolean
  head: boolean
  /** Masked. */
  phone: string | null
  wechatBound: boolean
}

/** A unit as its own liaison sees it. */
export interface OwnUnit {
  unit: { id: string; name: string; kind: string; className: string | null }
  measures: OwnMeasure[]
  liaisons: OwnLiaison[]
  /** Returns of rounds that are open, handed in or not, the oldest first. */
  rounds: OpenReturn[]
}

/** The caller's own unit. @throws `unit_missing`. */
export const showOwnUnit = query('portal.read', async ({ db, app, actor, now }, _input: undefined): Promise<OwnUnit> => {
  const unit = await findUnit(db, ownUnitOf(actor) ?? '')
  if (unit === null) throw new AppError('unit_missing')
  const parent = unit.classId === null ? null : await findUnit(db, unit.classId)
  const ids = new Set(await measureIdsOfUnit(db, unit.id))
  const measures = (await measuresInOrder(db)).filter((row) => ids.has(row.id)).map((row) => JSON.parse(row.detail) as Measure)
  const liaisons = (await liaisonsOf(db, unit.id)).filter((row) => row.active)
  return {
    unit: { id: unit.id, name: unit.name, kind: unit.kind, className: parent?.name ?? null },
    measures: measures.map((measure) => ownMeasure(app, measure)),
    liaisons: liaisons.map((row) => ownLiaison(app, actor, row)),
    rounds: await openReturns(db, unit.id, now),
  }
})

function ownMeasure(app: AppContext, measure: Measure): OwnMeasure {
  const { id, title, categoryTitle, summary, citation, clauses, businesses } = measure
  const word = (key: string): string => app.catalog.words('screenings', key)
  const listed = businesses
    .filter(({ when }) => when !== 'rest')
    .map(({ name, clauses: covering, when }) => ({ name, forNominees: when === 'nominee', untouched: covering.length === 0 }))
  return {
    id,
    title,
    category: categoryTitle,
    summary,
    citation,
    clauses: clauses.map((clause) => ({
      id: clause.id,
      words: clause.words,
      advice: clause.advice,
      means: word(`advice.${clause.advice}`),
      reaches: reachesOf(app, clause),
    })),
    businesses: [...listed, { name: word('business.other'), forNominees: false, untouched: false }],
  }
}

/** Whom a clause reaches, one sentence a relation. */
function reachesOf({ catalog }: AppContext, clause: Clause): string[] {
  const word = (key: string, values = {}): string => catalog.words('screenings', key, values)
  const offices = (held: Clause['side']): string => (held ?? []).map((office) => word(`office.${office}`)).join('、')
  return [
    ...(clause.self === undefined ? [] : [word(`reaches.${clause.self}`)]),
    ...(clause.side === undefined ? [] : [word('relation.side_of_listed_organisation', { office: offices(clause.side) })]),
    ...(clause.applicant === undefined ? [] : [word('relation.officer_of_applicant', { office: offices(clause.applicant) })]),
    ...(clause.nominee === undefined ? [] : [word('relation.nominee', { office: offices(clause.nominee) })]),
  ]
}

function ownLiaison(app: AppContext, actor: Actor, row: LiaisonRow): OwnLiaison {
  const self = actor.id === `liaison:${row.id}`
  const { phone } = maskAddresses(app, row)
  const name = self ? row.name : maskName(row.name)
  return { id: row.id, name, self, head: row.head, phone, wechatBound: row.wechat !== null || row.wechaty !== null }
}

/** One notice to the unit. */
export interface OwnNotice {
  id: string
  at: Date
  /** What it is about, as the template is called. */
  subject: string
  /** The text as it was sent; null once it is archived. */
  text: string | null
  /** By which way this text went. */
  medium: Medium | null
  verdict: Verdict
  /** The verdict in words. */
  served: string
  /** To whom, masked but for the caller; null: the unit had no liaison. */
  to: string | null
  statutory: boolean
  closedAt: Date | null
}

/** Notices to a unit as such. What liaisons are told as people who write to the bot, codes above all, is theirs alone. */
const UNIT_AUDIENCES = ['unit', 'body']

/** A page of what the liaisons of the caller's own unit were told, newest first; former liaisons' too. */
export const unitNotices = query(
  'portal.read',
  async ({ db, app, actor }, page: { limit: number; offset: number }): Promise<{ items: OwnNotice[]; total: number }> => {
    const unitId = ownUnitOf(actor) ?? ''
    const people = new Map((await liaisonsOf(db, unitId)).map((row) => [`liaison:${row.id}`, row]))
    const filter = { recipients: [`unit:${unitId}`, ...people.keys()], audiences: UNIT_AUDIENCES }
    const { items, total } = await searchNotices(db, filter, page)
    const deliveries = await sentDeliveries(db, items)
    return { items: items.map((notice) => ownNotice(app, actor, { notice, people, delivery: deliveries.get(notice.id) })), total }
  },
)

/** States of a step that sent its text, the surest first. */
const SENT = ['delivered', 'done', 'accepted', 'unconfirmed', 'unknown', 'in_doubt', 'sending'] as const

/** Of each notice the step that was sent, else the first. */
async function sentDeliveries(db: Db, notices: readonly NoticeRow[]): Promise<Map<string, DeliveryRow>> {
  const found = new Map<string, DeliveryRow>()
  const rank = (row: DeliveryRow): number => {
    const at = SENT.findIndex((state) => state === row.state)
    return at < 0 ? SENT.length : at
  }
  const ids = notices.map((notice) => notice.id)
  for (const row of ids.length === 0 ? [] : await deliveriesOf(db, ids)) {
    const best = found.get(row.noticeId)
    if (best === undefined || rank(row) < rank(best) || (rank(row) === rank(best) && row.rung < best.rung)) found.set(row.noticeId, row)
  }
  return found
}

function ownNotice(
  app: AppContext,
  actor: Actor,
  { notice, people, delivery }: { notice: NoticeRow; people: ReadonlyMap<string, LiaisonRow>; delivery: DeliveryRow | undefined },
): OwnNotice {
  const person = people.get(notice.recipient)
  const body = delivery === undefined ? null : openRow(deliveryTable, app.secrets, { id: delivery.id, body: delivery.body }).body
  const verdict = verdictOf(notice)
  return {
    id: notice.id,
    at: notice.createdAt,
    subject: templateTitle(app.catalog, notice.template),
    text: body?.text ?? null,
    medium: delivery?.medium ?? null,
    verdict,
    served: app.catalog.words('portal', `verdict.${verdict}`),
    to: person === undefined ? null : ownLiaison(app, actor, person).name,
    statutory: notice.statutory,
    closedAt: notice.closedAt,
  }
}
