// What can be done with listings: which fields an act asks for, which call it is, and which acts several rows have in common.

import { useAct } from '../../kit/api/act.ts'
import { post } from '../../kit/api/client.ts'
import type { ProblemLine } from '../../kit/api/problem.ts'
import { today } from '../../kit/dates.ts'
import { requiredLine } from '../../kit/form/form.ts'
import { t } from '../../kit/words.ts'
import { KEYS, type Act } from './listings.ts'

/** A listing that an act is about. */
export interface Subject {
  id: string
  version: number
  name: string
  caseNo: string
  /** The proposal that waits. */
  proposalId?: string | undefined
}

/** The acts that are offered for several rows at once, in the order of the procedure. */
const BULK_ACTS: readonly Act[] = [
  'answer_exclusions',
  'submit',
  'approve',
  'reject',
  'record_service',
  'publish',
  'withdraw',
  'note_exit',
  'shield',
  'propose_shield',
  'revoke',
]

/** The acts that every row allows. */
export function commonActs(rows: readonly { possible: readonly Act[] }[]): Act[] {
  return rows.length === 0 ? [] : BULK_ACTS.filter((act) => rows.every((row) => row.possible.includes(act)))
}

/** An act of which only some of the chosen rows are ready, and why the others are not. */
export interface PartlyPossible {
  act: Act
  reason: string
}

type Choosable = { possible: readonly Act[]; needsExclusions: boolean; state: string }

/** The acts that some rows allow and others do not, each with the reason of the others. */
export function partlyPossible(rows: readonly Choosable[]): PartlyPossible[] {
  return BULK_ACTS.flatMap((act) => {
    const others = rows.filter((row) => !row.possible.includes(act))
    const ready = rows.filter((row) => row.possible.includes(act))
    return others.length === 0 || ready.length === 0 ? [] : [{ act, reason: reasonOf(act, others, ready) }]
  })
}

function reasonOf(act: Act, others: readonly Choosable[], ready: readonly Choosable[]): string {
  const unanswered = others.filter(({ needsExclusions }) => needsExclusions)
  if (act === 'submit' && unanswered.length === others.length) return t('listings.not_ready.unanswered', { count: others.length })
  // In the same state as those that are ready: another person has to do it, or something waits first.
  const count = others.length
  if (others.every(({ state }) => ready.some((row) => row.state === state))) return t('listings.not_ready.other', { count })
  const states = [...new Set(others.map(({ state }) => t(`words.states.listing.${state}`)))]
  return t('listings.not_ready.state', { count, states: states.join(t('listings.comma')) })
}

/** Exits that one person may record; the others are proposed and approved by another. */
export const PLAIN_EXITS = ['fully_performed', 'settlement_performed', 'case_concluded', 'not_enforced', 'stayed', 'term_ended'] as const
export const ALL_EXITS = [...PLAIN_EXITS, 'creditor_request', 'no_assets_found'] as const
type Exit = (typeof ALL_EXITS)[number]

/** The cases of art. 3 in its order. */
export const EXCLUSIONS = ['securityGiven', 'assetsSuffice', 'laterInOrder', 'noRefusal'] as const

/** What the forms of all acts ask for together; an act uses its own fields of it. */
export const BLANK = {
  reason: '',
  decisionNo: '',
  servedOn: '',
  manner: '',
  ground: '',
  metOn: '',
  foundOn: '',
  earlyDecisionNo: '',
  askedBy: '',
  closedOn: '',
  queriedOn: '',
  leadGiven: [] as string[],
  securityGiven: [] as string[],
  assetsSuffice: [] as string[],
  laterInOrder: [] as string[],
  noRefusal: [] as string[],
}
export type Given = typeof BLANK
type FieldName = keyof Given

/** The fields that an act must be given. */
export const NEEDED: Readonly<Partial<Record<Act, readonly FieldName[]>>> = {
  reject: ['reason'],
  withdraw: ['reason'],
  record_service: ['servedOn', 'manner'],
  shield: ['ground', 'reason'],
  propose_shield: ['ground', 'reason'],
  revoke: ['reason'],
  note_exit: ['ground', 'metOn'],
  note_error: ['foundOn', 'reason'],
  answer_exclusions: EXCLUSIONS,
  reject_proposal: ['reason'],
}

/** What is missing before anything is sent. */
export function faultsOf(act: Act, given: Given): ProblemLine[] {
  const needed: FieldName[] = [...(NEEDED[act] ?? [])]
  if (act === 'propose_shield' && given.ground === 'no_assets_found') needed.push('closedOn', 'queriedOn', 'leadGiven')
  return needed.flatMap((field): ProblemLine[] => {
    const value = given[field]
    if (typeof value === 'string') return value.trim() === '' ? [requiredLine(field)] : []
    return value.length === 0 ? [{ ...requiredLine(field), message: t('listings.answer') }] : []
  })
}

/** The form's values at the beginning: days are today's unless changed. */
export function blankFor(act: Act): Given {
  return {
    ...structuredClone(BLANK),
    ...(act === 'record_service' ? { servedOn: today() } : {}),
    ...(act === 'note_exit' ? { metOn: today() } : {}),
    ...(act === 'note_error' ? { foundOn: today() } : {}),
  }
}

/** What came of an act: how many rows, and the bulletins that it opened. */
export interface Done {
  count: number
  bulletins: string[]
}

type Items = { id: string; version: number }[]
type Call = (given: Given, items: Items, subjects: readonly Subject[]) => Promise<Done>

const counted = ({ listings }: { listings: unknown[] }): Done => ({ count: listings.length, bulletins: [] })
const inBulletin = ({ bulletin, listings }: { bulletin: { number: string }; listings: unknown[] }): Done => ({
  count: listings.length,
  bulletins: [bulletin.number],
})
const some = <Name extends string>(name: Name, value: string): Partial<Record<Name, string>> =>
  (value.trim() === '' ? {} : { [name]: value.trim() }) as Partial<Record<Name, string>>
const idsOf = (subjects: readonly Subject[]): string[] => subjects.flatMap(({ proposalId }) => proposalId ?? [])

/** The evidence that an exit after the end of enforcement needs. */
function queriesOf({ ground, closedOn, queriedOn, leadGiven }: Given) {
  if (ground !== 'no_assets_found') return {}
  return {
    queries: { closedOn, queriedOn: queriedOn.split(/[\s,;\u3001\uff0c\uff1b]+/).filter(Boolean), leadGiven: leadGiven[0] === 'yes' },
  }
}

/** What a proposed exit states. */
export function shieldTerms(given: Given) {
  return {
    act: 'shield' as const,
    ground: given.ground as Exit,
    reason: given.reason,
    ...some('earlyDecisionNo', given.earlyDecisionNo),
    ...some('askedBy', given.askedBy),
    ...queriesOf(given),
  }
}

const CALLS: Readonly<Record<Exclude<Act, 'edit' | 'correct'>, Call>> = {
  answer_exclusions: async (given, items) => {
    const answers = Object.fromEntries(EXCLUSIONS.map((each) => [each, given[each][0] === 'yes']))
    return { count: (await post('/api/v1/listings/exclusions', { body: { items, answers } })).answered, bulletins: [] }
  },
  submit: async (_given, items) => counted(await post('/api/v1/listings/submit', { body: { items } })),
  approve: async ({ decisionNo }, items) =>
    counted(
      await post('/api/v1/listings/approve', { body: { items: items.map((item) => ({ ...item, ...some('decisionNo', decisionNo) })) } }),
    ),
  reject: async ({ reason }, items) => counted(await post('/api/v1/listings/reject', { body: { items, reason } })),
  record_service: async ({ servedOn, manner }, items) =>
    counted(await post('/api/v1/listings/service', { body: { items, servedOn, manner } })),
  withdraw: async ({ reason }, items) => counted(await post('/api/v1/listings/withdraw', { body: { items, reason } })),
  publish: async (_given, items) => inBulletin(await post('/api/v1/listings/publish', { body: { items } })),
  shield: async ({ ground, reason }, items) =>
    inBulletin(await post('/api/v1/listings/shield', { body: { items, ground: ground as Exit, reason } })),
  note_exit: async ({ ground, metOn, earlyDecisionNo }, items) => {
    const body = { items, ground: ground as Exit, metOn, ...some('earlyDecisionNo', earlyDecisionNo) }
    return { count: (await post('/api/v1/listings/exit-grounds', { body })).noted, bulletins: [] }
  },
  note_error: async ({ foundOn, reason }, items) => ({
    count: (await post('/api/v1/listings/errors', { body: { items, foundOn, reason } })).noted,
    bulletins: [],
  }),
  propose_shield: async (given, items) => {
    const { proposals } = await post('/api/v1/listing-proposals', { body: { items, terms: shieldTerms(given) } })
    return { count: proposals.length, bulletins: [] }
  },
  revoke: async ({ reason }, items) => {
    const { proposals } = await post('/api/v1/listing-proposals', { body: { items, terms: { act: 'revoke', reason } } })
    return { count: proposals.length, bulletins: [] }
  },
  approve_proposal: async (_given, _items, subjects) => {
    const { bulletins } = await post('/api/v1/listing-proposals/approve', { body: { ids: idsOf(subjects) } })
    return {
      count: bulletins.reduce((sum, { listings }) => sum + listings.length, 0),
      bulletins: bulletins.map(({ bulletin }) => bulletin.number),
    }
  },
  reject_proposal: async ({ reason }, _items, subjects) => {
    const { proposals } = await post('/api/v1/listing-proposals/reject', { body: { ids: idsOf(subjects), reason } })
    return { count: proposals.length, bulletins: [] }
  },
}

/** An act with a short form of its own: everything but editing and correcting. */
export type ShortAct = keyof typeof CALLS

/** Whether an act has a short form; editing and correcting have forms of the whole content. */
export function isShort(act: Act): act is ShortAct {
  return act in CALLS
}

/** Carries out an act on listings in the versions that were shown. */
export const useListingAct = () =>
  useAct(
    ({ act, given, subjects }: { act: ShortAct; given: Given; subjects: readonly Subject[] }) =>
      CALLS[act](
        given,
        subjects.map(({ id, version }) => ({ id, version })),
        subjects,
      ),
    ...KEYS,
  )
