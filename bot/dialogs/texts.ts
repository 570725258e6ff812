// Keys of all texts the bot says, with the values each may use. Files under templates/dialogs are checked against them when loaded.
// Loading and filling texts is src/platform/texts/dialogs.ts.

import type { ExpectedTexts } from '../../src/platform/texts/dialogs.ts'
import { ALARMS, INTENTS } from '../../src/core/understanding.ts'
import { MATTER_KINDS } from '../../src/features/creditors/rules.ts'
import { DIALOGS } from './all.ts'

/** Values that every text may use: data of the court, and periods of the deadlines table. */
const FACTS = [
  'court',
  'phone',
  'address',
  'hotline',
  'objectionPeriod',
  'reviewPeriod',
  'reconsiderPeriod',
  'exitPeriod',
  'acceptPeriod',
  'codeMinutes',
  'codeDigits',
] as const

/** Texts about a person's own listing, objections and applications for credit repair. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  ...keys(['identity.ask_code', 'identity.unreadable', 'identity.wrong', 'identity.spent']),
  'identity.limited': ['minutes'],
  ...keys(['own.ask_who', 'own.foot', 'own.hint', 'own.objection.any', 'own.limits.suspended', 'own.limits.none', 'own.which']),
  'own.head': ['asOf', 'count'],
  'own.none': ['asOf'],
  'own.title': ['caseNo', 'state'],
  'own.entry': ['name', 'caseNo', 'court', 'state', 'grounds', 'performance', 'decided', 'published', 'term'],
  'own.exit.left': ['exitedOn', 'exitGround'],
  'own.exit.higher': ['higher'],
  'own.exit.open': ['objection'],
  'own.exit.fixed': ['termEndsOn', 'objection'],
  'own.objection.until': ['objectionUntil'],
  'own.exits': ['grounds'],
  'own.limits.some': ['measures', 'categories'],
  'own.which_item': ['number', 'caseNo', 'court', 'state'],
  ...keys(['objection.ask_who', 'objection.ask_about', 'objection.ask_text', 'objection.none_fit']),
  ...keys(['objection.about.listing', 'objection.about.content', 'objection.about.measure']),
  'objection.summary': ['caseNo', 'about', 'unit', 'text'],
  'objection.filed': ['number', 'receivedOn', 'dueOn'],
  'objection.filed_late': ['number', 'receivedOn', 'dueOn'],
  ...keys(['repair.ask_who', 'repair.ask_text', 'repair.none_fit']),
  'repair.summary': ['caseNo', 'text'],
  'repair.filed': ['number', 'receivedOn', 'dueOn'],
}

/** Texts for a unit's liaison. */
const UNIT: Readonly<Record<string, readonly string[]>> = {
  ...keys(['lift.none', 'lift.elsewhere', 'lift.which', 'lift.how', 'lift.ask_terms', 'lift.confirm']),
  'lift.which_item': ['at', 'number', 'open', 'due'],
  'lift.order': ['number', 'open', 'due'],
  'lift.entry': ['at', 'name', 'identifier', 'caseNo'],
  'lift.entry_refused': ['at', 'name', 'identifier', 'caseNo'],
  'lift.more': ['count'],
  'lift.summary': ['number', 'count'],
  'lift.kept': ['name', 'basis', 'until'],
  'lift.answered': ['lifted', 'retained'],
  'lift.answered_late': ['lifted', 'retained'],
  'lift.part': ['lifted', 'retained'],
  'lift.incomplete': ['problems'],
  ...keys(['feedback.none', 'feedback.elsewhere']),
  'feedback.waiting': ['unit', 'quarter', 'due', 'checked', 'restricted', 'approved'],
  'feedback.in_already': ['unit', 'quarter', 'checked', 'restricted', 'approved'],
  'feedback.odd': ['checked', 'restricted', 'approved'],
  'feedback.ask_note': ['approved'],
  'feedback.summary': ['unit', 'quarter', 'checked', 'restricted', 'approved', 'note'],
  'feedback.done': ['quarter', 'checked', 'restricted', 'approved'],
  'feedback.done_late': ['quarter', 'checked', 'restricted', 'approved'],
  'feedback.kept': ['quarter'],
  'feedback.wrong': ['problems'],
  ...keys([
    'precheck.ask_identifier',
    'precheck.ask_name',
    'precheck.ask_measure',
    'precheck.ask_business',
    'precheck.ask_outcome',
    'precheck.later',
  ]),
  ...keys(['precheck.ask_why_approved', 'precheck.ask_why_refused', 'precheck.elsewhere']),
  ...keys(['precheck.reported_refused', 'precheck.reported_approved', 'precheck.reported_not_needed']),
  'precheck.choice': ['number', 'label'],
  'precheck.unknown_business': ['business'],
  'precheck.uncovered': ['subject', 'asOf', 'version'],
  'precheck.hit': ['subject', 'asOf', 'version'],
  'precheck.review': ['subject', 'asOf', 'version'],
  'precheck.none': ['subject', 'asOf', 'version'],
  'precheck.finding': ['name', 'identifier', 'caseNo', 'measures'],
  'precheck.likeness': ['name', 'identifier', 'caseNo', 'measures'],
  'precheck.wrong': ['problems'],
}

/** Every text's key with the names of the values that are given to it. */
export const TEXTS: Readonly<Record<string, readonly string[]>> = {
  ...keys(['none', 'menu', 'help', 'help_inside', 'unclear', 'unclear_often', 'expired', 'renewed']),
  ...keys([
    'cancelled.done',
    'cancelled.nothing',
    'choice.head',
    'choice.foot',
    ...ALARMS.map((alarm) => `alarm.${alarm}`),
    'alarm.reach',
    'alarm.heard',
  ]),
  'alarm.noted': ['phone'],
  ...keys(['speech.voice', 'speech.media', 'speech.empty', 'speech.followed', 'period.none']),
  as_is: ['text'],
  'choice.item': ['number', 'label'],
  pause: ['title', 'next'],
  refused: ['why'],
  'period.calendar_day': ['amount'],
  'period.working_day': ['amount'],
  'period.month': ['amount'],
  ...keys(DIALOGS.filter(({ steps }) => steps.length > 0).map(({ name }) => `title.${name}`)),
  ...keys(INTENTS.map((intent) => `intent.${intent}`)),
  ...keys(['sanction_info', 'removal_info', 'help', 'greeting', 'cancel', 'other', 'namesake'].map((name) => `answer.${name}`)),
  ...keys(['person', 'liaison_feedback', 'liaison_ack', 'precheck'].map((name) => `general.${name}`)),
  ...keys(['enquiry.ask_name', 'enquiry.unreadable', 'enquiry.name_differs', 'enquiry.note']),
  'enquiry.ask_identifier': ['name'],
  'enquiry.found': ['asOf', 'count'],
  'enquiry.entry': ['name', 'identifier', 'court', 'caseNo', 'grounds', 'performance', 'publishedOn'],
  'enquiry.none': ['asOf'],
  'enquiry.limited': ['minutes'],
  'enquiry.handed': ['number'],
  'human.opened': ['number', 'when'],
  'human.closed': ['hours'],
  ...keys(['human.open', 'human.workdays']),
  'human.waiting': ['number'],
  ...keys(['human.released', 'subscribe.done', 'subscribe.already', 'subscribe.elsewhere']),
  ...keys(['unsubscribe.done', 'unsubscribe.nothing', 'unsubscribe.elsewhere']),
  ...keys(['binding.ask_code', 'binding.wrong', 'binding.elsewhere']),
  'binding.done': ['unit'],
  'binding.limited': ['minutes'],
  ...keys(['complaint.ask_whom', 'complaint.ask_what', 'complaint.ask_when', 'complaint.ask_named', 'complaint.unnamed']),
  'complaint.ask_more': ['piece'],
  'media.taken': ['count'],
  'media.held': ['count'],
  'media.full': ['max'],
  'complaint.summary': ['who', 'number', 'text', 'when', 'name', 'phone', 'files'],
  'complaint.files': ['count'],
  'complaint.filed_with': ['count'],
  'complaint.filed': ['number', 'code'],
  'complaint.incomplete': ['problems'],
  ...keys(['complaint_status.ask_number', 'complaint_status.ask_code', 'complaint_status.none', 'complaint_status.missing']),
  'complaint_status.entry': ['kind', 'number', 'state', 'receivedAt', 'answer'],
  'complaint_status.limited': ['minutes'],
  ...keys(['creditor.ask_kind', 'creditor.ask_case', 'creditor.ask_debtor', 'creditor.ask_writer', 'creditor.ask_phone']),
  ...keys(MATTER_KINDS.flatMap((kind) => [`creditor.ask_text.${kind}`, `creditor.kind.${kind}`])),
  'creditor.summary': ['kind', 'caseNo', 'debtor', 'text', 'name', 'phone'],
  'creditor.filed': ['number', 'code', 'dueOn'],
  'creditor.incomplete': ['problems'],
  ...OWN,
  ...UNIT,
}

function keys(names: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [name, []]))
}

/** What the files under templates/dialogs are checked against. */
export const EXPECTED_TEXTS: ExpectedTexts = { texts: TEXTS, facts: FACTS }
