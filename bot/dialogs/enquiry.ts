// The dialog that asks whether somebody is on the list: a name, and an identifier beside it, because a name identifies nobody.
// The lookup and the limit on misses are bot/effects/public.ts.

import { squeeze } from '../../src/core/text.ts'
import { namesOrganisation } from '../../src/features/debtors/kind.rules.ts'
import type { Dialog, DialogMessage, Outcome, Reading, Slots } from '../engine.ts'
import { documentIn, firstOf, definedSlots, mistypedIn, nameIn, tailOf } from './reading.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'

/** An identifier of this many characters or more is whole. */
const WHOLE = 15

/** The enquiry. Slots: `name`, `identifier` (whole, or its last four characters), `caseNo`. */
export const enquiry: Dialog = {
  name: 'enquiry',
  version: 1,
  intent: 'query_list',
  open: subjectOf,
  steps: [
    {
      name: 'name',
      fills: ['name', 'identifier'],
      isKnown: ({ name, identifier = '' }) => name !== undefined || identifier.length >= WHOLE,
      ask: () => [{ key: 'enquiry.ask_name' }],
      read: (message: DialogMessage): Reading => {
        const slots = subjectOf(message)
        if (slots['name'] !== undefined || (slots['identifier'] ?? '').length >= WHOLE) return slots
        const { intent, choices } = message.understood
        const mayBeName = intent === 'other' || intent === 'query_list' || choices.length > 0
        const name = mayBeName ? nameIn(message) : undefined
        return name === undefined ? null : { ...slots, name }
      },
    },
    {
      name: 'identifier',
      fills: ['identifier', 'caseNo'],
      isKnown: ({ identifier, caseNo }) => identifier !== undefined || caseNo !== undefined,
      ask: ({ name = '' }) => [{ key: namesOrganisation(name) ? 'enquiry.ask_code' : 'enquiry.ask_identifier', values: { name } }],
      read: (message: DialogMessage): Reading => {
        const { identifier, caseNo } = subjectOf(message)
        if (identifier !== undefined || caseNo !== undefined) return definedSlots({ identifier, caseNo })
        const written = documentIn(message.text)
        if (written !== undefined) return { identifier: written }
        if (message.command === 'skip' || message.command === 'no') return 'unclear'
        return /\d{3}/.test(message.text) ? 'unclear' : null
      },
    },
  ],
  finish: (slots) => ({ say: [], effect: { name: 'enquire', input: slots } }),
  settle,
}

function subjectOf(message: DialogMessage): Slots {
  const identifier = firstOf(message, 'id_number', 'uscc')
  return definedSlots({
    name: firstOf(message, 'company', 'name'),
    identifier: identifier === undefined ? (tailOf(message.text) ?? mistypedIn(message.text)) : unmaskedPart(squeeze(identifier)),
    caseNo: firstOf(message, 'case_no'),
  })
}

/** A whole number as it is; of a masked or partial one the last four characters: 3301**********052X, 末六位 19052X. */
function unmaskedPart(identifier: string): string {
  const visible = identifier.replace(/^.*\*/, '')
  return visible.length < 15 ? visible.slice(-4) : visible
}

function settle({ name, values = {}, items = [] }: Outcome): { say: Line[]; drop?: readonly string[] } {
  switch (name) {
    case 'found':
      return { say: foundLines(values, items) }
    case 'found_otherwise':
      return { say: [{ key: 'enquiry.name_differs' }, ...foundLines(values, items)] }
    case 'number_wrong':
      return { say: [{ key: 'enquiry.number_wrong', values }], drop: ['identifier', 'caseNo'] }
    case 'identifier_needed':
      return { say: [{ key: 'enquiry.unreadable' }], drop: ['identifier', 'caseNo'] }
    default:
      return { say: [{ key: `enquiry.${name}`, values }] }
  }
}

/** The entries, of which a reply holds a few; the head says how many there are and how to see them. */
function foundLines(values: LineValues, items: readonly LineValues[]): Line[] {
  const shown = items.length
  const head =
    Number(values['count']) > shown ? { key: 'enquiry.found_more', values: { ...values, shown } } : { key: 'enquiry.found', values }
  return [head, ...items.map(entryLine), { key: 'enquiry.note' }]
}

function entryLine(values: NonNullable<Outcome['values']>): Line {
  return { key: 'enquiry.entry', values }
}
