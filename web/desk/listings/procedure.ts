// Where a listing stands and what happened to it, in words. Pure.

import { dayText } from '../../kit/dates.ts'
import type { TimelineEntry } from '../../kit/detail/timeline.ts'
import { hasWord, t } from '../../kit/words.ts'
import type { Detail, History, State } from './listings.ts'

type Fact = readonly [name: string, value: string | number | null | undefined]

/** The steps of the procedure with their days; steps that were not taken are left out. */
export function procedureFacts(listing: Detail): Fact[] {
  const name = (actor: string | undefined): string => listing.people[actor ?? ''] ?? actor ?? ''
  const exit = listing.exitGround
  const facts: Fact[] = [
    [t('listings.source'), t(`words.states.court.${listing.source}`)],
    [t('listings.drafted_by'), name(listing.draftedBy)],
    [t('listings.day.decided'), listing.decidedOn === undefined ? '' : dayText(listing.decidedOn)],
    [t('listings.decided_by'), name(listing.decidedBy)],
    [t('listings.decision_no'), listing.decisionNo],
    [t('listings.served_on'), listing.servedOn === undefined ? '' : dayText(listing.servedOn)],
    [t('listings.manner'), listing.serviceManner],
    [t('listings.day.listed'), listing.publishedOn === undefined ? '' : dayText(listing.publishedOn)],
    [t('listings.day.termEnds'), listing.termEndsOn === undefined ? '' : dayText(listing.termEndsOn)],
    [t('listings.exited_on'), listing.exitedOn === undefined ? '' : dayText(listing.exitedOn)],
    [t('listings.exit_ground'), exit === undefined ? '' : t(`words.states.exit.${exit}`)],
    [t('listings.asked_by'), listing.exitAskedBy],
    [t('listings.last_reason'), listing.reason],
  ]
  return facts.filter(([, value]) => value !== undefined && value !== '')
}

type Entry = History['items'][number]

/** The reason and the bulletin of an act. */
function textOf({ reason, bulletin }: Entry): string {
  const parts = [
    ...(reason === null ? [] : [t('listings.with_reason', { reason })]),
    ...(bulletin === null ? [] : [t('listings.in_bulletin', { number: bulletin.number })]),
  ]
  return parts.join(t('listings.semicolon'))
}

/** What happened, newest last, and the step that comes next. */
export function timelineOf(items: readonly Entry[], state: State): TimelineEntry[] {
  // Approving a proposal is written to the proposal and to the listing, which it changed.
  const happened = items
    .filter(({ on, act }) => on !== 'proposal' || act !== 'listing.approve_proposal')
    .map((entry, index): TimelineEntry => {
      const { at, by, act } = entry
      const who = by.name ?? (hasWord(`listings.actor.${by.id}`) ? t(`listings.actor.${by.id}`) : by.id)
      const title = hasWord(`listings.happened.${act}`) ? t(`listings.happened.${act}`) : t('listings.happened.other')
      return { key: String(index), at, title, who, text: textOf(entry) }
    })
  if (!hasWord(`listings.next.${state}`)) return happened
  return [...happened, { key: 'next', at: null, title: t(`listings.next.${state}`) }]
}
