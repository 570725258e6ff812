// Asking whether somebody is on the list: a name, and an identifier beside it. Identity is never a name.
// The asking itself is the act of the web's enquiry; its limits are answer.ts.

import { squeeze } from '../../src/core/text.ts'
import type { Dialog, Heard, Outcome, Reading, Slots } from '../engine.ts'
import { firstOf, known, tailOf } from './reading.ts'
import type { Line } from '../../src/platform/texts/dialogs.ts'

const NAME = /^[\p{Script=Han}A-Za-z·.（）() ]{2,40}$/u
const WHOLE = 15

/** Slots: `name`, `identifier` (whole, or its last four), `caseNo`. */
export const enquiry: Dialog = {
  name: 'enquiry',
  version: 1,
  intent: 'query_list',
  open: spoken,
  steps: [
    {
      name: 'name',
      fills: ['name', 'identifier'],
      isKnown: ({ name, identifier = '' }) => name !== undefined || identifier.length >= WHOLE,
      ask: () => [{ key: 'enquiry.ask_name' }],
      read: (heard: Heard): Reading => {
        const said = spoken(heard)
        if (said['name'] !== undefined || (said['identifier'] ?? '').length >= WHOLE) return said
        const { intent, choices } = heard.understood
        const plain = intent === 'other' || intent === 'query_list' || choices.length > 0
        return plain && NAME.test(heard.text.trim()) ? { ...said, name: heard.text.trim() } : null
      },
    },
    {
      name: 'identifier',
      fills: ['identifier', 'caseNo'],
      isKnown: ({ identifier, caseNo }) => identifier !== undefined || caseNo !== undefined,
      ask: ({ name = '' }) => [{ key: 'enquiry.ask_identifier', values: { name } }],
      read: (heard: Heard): Reading => {
        const { identifier, caseNo } = spoken(heard)
        if (identifier !== undefined || caseNo !== undefined) return known({ identifier, caseNo })
        if (heard.command === 'skip' || heard.command === 'no') return 'unclear'
        return /\d{3}/.test(heard.text) ? 'unclear' : null
      },
    },
  ],
  finish: (slots) => ({ say: [], want: { name: 'enquire', input: slots } }),
  settle,
}

function spoken(heard: Heard): Slots {
  const identifier = firstOf(heard, 'id_number', 'uscc')
  return known({
    name: firstOf(heard, 'company', 'name'),
    identifier: identifier === undefined ? tailOf(heard.text) : shownOf(squeeze(identifier)),
    caseNo: firstOf(heard, 'case_no'),
  })
}

/** A whole number, or the last four signs of what was told of it: 3301**********052X, 末六位 19052X. */
function shownOf(identifier: string): string {
  const shown = identifier.replace(/^.*\*/, '')
  return shown.length < 15 ? shown.slice(-4) : shown
}

function settle({ name, values = {}, items = [] }: Outcome): { say: Line[]; drop?: readonly string[] } {
  switch (name) {
    case 'found':
      return { say: [{ key: 'enquiry.found', values }, ...items.map(entry), { key: 'enquiry.note' }] }
    case 'identifier_needed':
      return { say: [{ key: 'enquiry.unreadable' }], drop: ['identifier', 'caseNo'] }
    default:
      return { say: [{ key: `enquiry.${name}`, values }] }
  }
}

function entry(values: NonNullable<Outcome['values']>): Line {
  return { key: 'enquiry.entry', values }
}
