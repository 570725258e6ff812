// Dialogs that file a complaint (实施意见 四(二)8) and tell its progress. Filing asks whom, what, when and where, a name, confirmation.
// What the first message says is not asked again. The effects are in bot/effects/public.ts.

import { squeeze } from '../../src/core/text.ts'
import type { Dialog, DialogMessage, Outcome, Reading, Slots } from '../engine.ts'
import { bareNameIn, correctionIn, declinesName, endsStory, ownNameIn } from '../understanding/answers.ts'
import { asksForSomethingElse, changesSubject, codeIn, definedSlots, firstOf, nameIn } from './reading.ts'
import type { Line } from '../../src/platform/texts/dialogs.ts'
import { maskIdentifier } from '../../src/core/identifiers.ts'
import { maskPhone } from '../../src/core/phone.ts'

/** Intents that do not lead away from filing a complaint. */
const OWN_INTENTS = ['complaint_new']
/** A first message of at least this many characters tells what happened; a shorter one says only that somebody wants to complain. */
const STATEMENT_LENGTH = 18
/** Of an answer that tells what happened in fewer characters, more is asked for once. */
const MIN_LENGTH = 5

/**
 * Files a complaint. Slots: `debtorName`, `debtorIdentifier`, `unitWords`, `text`, `when`, `anonymous`, `name`, `phone`, `confirmed`;
 * `piece`, what was told so far in too few characters;
 * `files`, the number of pictures and files that were sent during the dialog.
 */
export const complaint: Dialog = {
  name: 'complaint',
  version: 1,
  intent: 'complaint_new',
  open(message) {
    const text = message.text.trim()
    const story = Array.from(text).length >= STATEMENT_LENGTH ? { text } : {}
    return { ...accusedOf(message), ...definedSlots({ when: whenOf(message) }), ...story, ...complainantOf(message) }
  },
  steps: [
    {
      name: 'whom',
      fills: ['debtorName', 'debtorIdentifier', 'unitWords'],
      isKnown: ({ debtorName, unitWords }) => debtorName !== undefined || unitWords !== undefined,
      ask: () => [{ key: 'complaint.ask_whom' }],
      read: (message: DialogMessage): Reading => {
        const accused = accusedOf(message)
        if (accused['debtorName'] !== undefined || accused['unitWords'] !== undefined) return accused
        if (message.command !== null || asksForSomethingElse(message, OWN_INTENTS)) return null
        const debtorName = nameIn(message)
        return debtorName === undefined ? 'unclear' : { debtorName }
      },
    },
    {
      name: 'what',
      fills: ['text', 'piece'],
      isKnown: ({ text }) => text !== undefined,
      ask: ({ piece }) => [piece === undefined ? { key: 'complaint.ask_what' } : { key: 'complaint.ask_more', values: { piece } }],
      read: whatIn,
    },
    {
      name: 'when',
      fills: ['when'],
      isKnown: ({ when }) => when !== undefined,
      ask: () => [{ key: 'complaint.ask_when' }],
      read: (message: DialogMessage): Reading => {
        if (message.command === 'skip' || message.command === 'no') return { when: '' }
        return asksForSomethingElse(message, OWN_INTENTS) ? null : { when: message.text.trim().slice(0, 100) }
      },
    },
    {
      name: 'named',
      fills: ['anonymous', 'name', 'phone'],
      isKnown: ({ anonymous, name }) => anonymous !== undefined || name !== undefined,
      ask: () => [{ key: 'complaint.ask_named' }],
      read: (message: DialogMessage): Reading => {
        const name = firstOf(message, 'name')
        const phone = firstOf(message, 'phone')
        if (Object.keys(anonymousOf(message)).length > 0 || ['skip', 'no'].includes(message.command ?? '') || declinesName(message.text))
          return { anonymous: 'yes', ...definedSlots({ phone }) }
        if (name !== undefined) return { name, ...definedSlots({ phone }) }
        if (asksForSomethingElse(message, OWN_INTENTS)) return null
        const bareName = bareNameIn(message.text.replace(phone ?? '', ''))
        return bareName === undefined ? 'unclear' : { name: bareName, ...definedSlots({ phone }) }
      },
    },
    {
      name: 'confirm',
      fills: ['confirmed'],
      isKnown: ({ confirmed }) => confirmed !== undefined,
      ask: summary,
      read: (message: DialogMessage, slots: Slots): Reading => {
        if (message.command === 'yes') return { confirmed: 'yes' }
        const corrected = correctedName(message, slots)
        if (corrected !== null) return corrected
        return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
      },
    },
  ],
  finish: (slots) => ({ say: [], effect: { name: 'file_complaint', input: slots } }),
  settle({ name, values = {}, fields = [] }) {
    const { files = 0, ...rest } = values
    const say: Line[] = [{ key: `complaint.${name}`, values: rest }]
    if (files !== 0) say.push({ key: 'complaint.filed_with', values: { count: files } })
    return name === 'incomplete' ? { say, drop: ['confirmed', ...fields.flatMap((field) => FIELDS[field] ?? [])] } : { say }
  },
}

/** The slots from which each field of the complaint form comes. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  debtorName: ['debtorName', 'unitWords'],
  debtorIdentifier: ['debtorIdentifier'],
  unitId: ['debtorName', 'unitWords'],
  complainantName: ['name', 'anonymous'],
  phone: ['phone', 'name', 'anonymous'],
}

/** What happened, told in one message or in several short ones. */
function whatIn(message: DialogMessage, { piece }: Slots): Reading {
  if (asksForSomethingElse(message, OWN_INTENTS)) return null
  const said = message.text.trim()
  // Whoever has nothing more to say has said enough.
  if (piece !== undefined && (['skip', 'no'].includes(message.command ?? '') || endsStory(said))) return { text: piece }
  const text = [piece, said].filter((part) => part !== undefined && part !== '').join('，')
  const length = Array.from(text).length
  if (message.command !== null || !/[\p{L}\p{N}]/u.test(said)) return 'unclear'
  return length < MIN_LENGTH ? { piece: text } : { text, ...definedSlots({ when: whenOf(message) }) }
}

/** A name of the summary that the person corrects: their own where they speak of themselves, else that of the accused. */
function correctedName(message: DialogMessage, { name }: Slots): Slots | null {
  const right = correctionIn(message.text, namesIn(message))
  if (right === undefined) return null
  return right.isOwn && name !== undefined ? { name: right.name } : { debtorName: right.name }
}

/** The unit or debtor that the complaint is about. */
function accusedOf(message: DialogMessage): Slots {
  const unitWords = firstOf(message, 'unit')
  // The complainant's own name is not the name of the debtor.
  const others = namesIn(message).filter((name) => name !== ownName(message))
  const debtorName = firstOf(message, 'company') ?? others[0]
  const debtorIdentifier = firstOf(message, 'id_number', 'uscc')
  return definedSlots({ debtorName, unitWords, debtorIdentifier: debtorIdentifier?.includes('*') === true ? undefined : debtorIdentifier })
}

function namesIn({ understood }: DialogMessage): string[] {
  return [understood.slots.name ?? []].flat()
}

function ownName(message: DialogMessage): string | undefined {
  return ownNameIn(message.text, namesIn(message))
}

/** The complainant, as far as the first message says. A phone number counts as theirs only beside their own name. */
function complainantOf(message: DialogMessage): Slots {
  const name = ownName(message)
  const anonymous = anonymousOf(message)
  return Object.keys(anonymous).length > 0 || name === undefined ? anonymous : definedSlots({ name, phone: firstOf(message, 'phone') })
}

function whenOf(message: DialogMessage): string | undefined {
  const parts = [firstOf(message, 'date'), firstOf(message, 'location')].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(' ')
}

function anonymousOf({ understood }: DialogMessage): Slots {
  return understood.slots.anonymous === undefined ? {} : { anonymous: 'yes' }
}

function summary(slots: Slots): Line[] {
  const { debtorName, unitWords, debtorIdentifier, text = '', when = '', name, phone, files } = slots
  const who = [unitWords, debtorName].filter((part) => part !== undefined).join(' / ')
  const number: Line =
    debtorIdentifier === undefined ? { key: 'none' } : { key: 'as_is', values: { text: maskIdentifier(debtorIdentifier) } }
  return [
    {
      key: 'complaint.summary',
      values: {
        who,
        number,
        text,
        when: when === '' ? { key: 'none' } : when,
        name: name ?? { key: 'complaint.unnamed' },
        phone: phone === undefined ? { key: 'none' } : maskPhone(phone),
        files: files === undefined ? { key: 'none' } : { key: 'complaint.files', values: { count: files } },
      },
    },
  ]
}

/** Tells the progress of complaints and of creditors' matters. Slots: `account` (the channel identifies the sender's account), `number`, `code`. */
export const complaintStatus: Dialog = {
  name: 'complaint_status',
  version: 1,
  intent: 'complaint_status',
  open(message) {
    const ticket = ticketIn(message)
    return ticket['number'] === undefined && message.hasAccount ? { account: 'yes' } : ticket
  },
  steps: [
    {
      name: 'number',
      fills: ['number'],
      isKnown: ({ number, account }) => number !== undefined || account !== undefined,
      ask: () => [{ key: 'complaint_status.ask_number' }],
      read: (message: DialogMessage): Reading => {
        const ticket = ticketIn(message)
        if (ticket['number'] !== undefined) return ticket
        return /\d{4}/.test(message.text) ? 'unclear' : null
      },
    },
    {
      name: 'code',
      fills: ['code'],
      isKnown: ({ code, account }) => code !== undefined || account !== undefined,
      ask: () => [{ key: 'complaint_status.ask_code' }],
      read: (message: DialogMessage): Reading => {
        const code = codeIn(message.text, CODE_GROUPS)
        if (code !== undefined) return { code }
        return /[0-9A-Za-z]{4}/.test(message.text) ? 'unclear' : null
      },
    },
  ],
  finish: (slots) => ({ say: [], effect: { name: 'follow_complaint', input: slots } }),
  settle({ name, values = {}, items = [] }: Outcome, slots) {
    if (name === 'found') return { say: items.map((item): Line => ({ key: 'complaint_status.entry', values: item })) }
    const say: Line[] = [{ key: `complaint_status.${name}`, values }]
    return slots['account'] === undefined ? { say } : { say, drop: ['account'] }
  },
}

/** Groups of four characters in a query code. */
const CODE_GROUPS = 3
/** Of a complaint, or of what a creditor handed in. */
const NUMBER = /(?:TS|NR|XS|YY)\d{8}-?\d{4,}/

function ticketIn(message: DialogMessage): Slots {
  const number = NUMBER.exec(squeeze(firstOf(message, 'ticket_no') ?? message.text).toUpperCase())?.[0]
  const rest = message.text.normalize('NFKC').toUpperCase().replace(NUMBER, ' ')
  return definedSlots({ number: number?.replace(/^([A-Z]{2}\d{8})-?(\d+)$/, '$1-$2'), code: codeIn(rest, CODE_GROUPS) })
}
