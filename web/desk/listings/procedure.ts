// Where a listing stands and what happened to it, in words. Pure.

import { dayText } from '../../kit/dates.ts'
import type { TimelineEntry } from '../../kit/detail/timeline.ts'
import { hasWord, t } from '../../kit/words.ts'
import type { Detail } from './listings.ts'

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

/** What happened, newest last, and the step that comes next. */
export function timelineOf(listing: Detail): TimelineEntry[] {
  const happened = listing.audit.map(({ n, at, actor, act }): TimelineEntry => {
    const who = listing.people[actor] ?? (hasWord(`listings.actor.${actor}`) ? t(`listings.actor.${actor}`) : actor)
    return {
      key: String(n),
      at,
      title: hasWord(`listings.happened.${act}`) ? t(`listings.happened.${act}`) : t('listings.happened.other'),
      who,
    }
  })
  const proposed = listing.proposals.map(({ id, act, proposedAt, proposedBy }): TimelineEntry => ({
    key: id,
    at: proposedAt,
    title: t('listings.happened.proposed', { what: t(`listings.proposal.${act}`) }),
    who: listing.people[proposedBy] ?? proposedBy,
  }))
  const all = [...happened, ...proposed].sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1))
  if (!hasWord(`listings.next.${listing.state}`)) return all
  return [...all, { key: 'next', at: null, title: t(`listings.next.${listing.state}`) }]
}
