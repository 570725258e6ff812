// Filing a complaint and asking how far one is (实施意见 四(二)8): who, what, when and where, whether to be named, a look at it all, yes.
// What the first message says is not asked again; taking it in is the act that the web uses.

import { squeeze } from '../../src/core/text.ts'
import type { Dialog, Heard, Outcome, Reading, Slots } from '../engine.ts'
import { bareNameIn, ownNameIn } from '../understanding/answers.ts'
import { codeIn, firstOf, known, turnsAway, asksForSomethingElse } from './reading.ts'
import type { Line } from '../../src/platform/texts/dialogs.ts'
import { maskIdentifier } from '../../src/core/identifiers.ts'
import { maskPhone } from '../../src/core/phone.ts'

const OWN = ['complaint_new']
/** A first message of this many signs tells what happened; a shorter one only that somebody wants to complain. */
const TELLING = 18
const LEAST = 5

/** Slots: `debtorName`, `debtorIdentifier`, `unitWords`, `text`, `when`, `anonymous`, `name`, `phone`, `confirmed`; `files`, how many were sent meanwhile. */
export const complaint: Dialog = {
  name: 'complaint',
  version: 1,
  intent: 'complaint_new',
  open(heard) {
    const text = heard.text.trim()
    const told = { ...whom(heard), ...known({ when: whenOf(heard) }), ...(Array.from(text).length >= TELLING ? { text } : {}) }
    return { ...told, ...whoTells(heard) }
  },
  steps: [
    {
      name: 'whom',
      fills: ['debtorName', 'debtorIdentifier', 'unitWords'],
      isKnown: ({ debtorName, unitWords }) => debtorName !== undefined || unitWords !== undefined,
      ask: () => [{ key: 'complaint.ask_whom' }],
      read: (heard: Heard): Reading => {
        const said = whom(heard)
        if (said['debtorName'] !== undefined || said['unitWords'] !== undefined) return said
        const text = heard.text.trim()
        if (heard.command !== null || asksForSomethingElse(heard, OWN)) return null
        return /^[\p{Script=Han}A-Za-z·（）() ]{2,40}$/u.test(text) ? { debtorName: text } : 'unclear'
      },
    },
    {
      name: 'what',
      fills: ['text'],
      isKnown: ({ text }) => text !== undefined,
      ask: () => [{ key: 'complaint.ask_what' }],
      read: (heard: Heard): Reading => {
        if (asksForSomethingElse(heard, OWN)) return null
        const text = heard.text.trim()
        return Array.from(text).length < LEAST ? 'unclear' : { text, ...known({ when: whenOf(heard) }) }
      },
    },
    {
      name: 'when',
      fills: ['when'],
      isKnown: ({ when }) => when !== undefined,
      ask: () => [{ key: 'complaint.ask_when' }],
      read: (heard: Heard): Reading => {
        if (heard.command === 'skip' || heard.command === 'no') return { when: '' }
        return asksForSomethingElse(heard, OWN) ? null : { when: heard.text.trim().slice(0, 100) }
      },
    },
    {
      name: 'named',
      fills: ['anonymous', 'name', 'phone'],
      isKnown: ({ anonymous, name }) => anonymous !== undefined || name !== undefined,
      ask: () => [{ key: 'complaint.ask_named' }],
      read: (heard: Heard): Reading => {
        const name = firstOf(heard, 'name')
        const phone = firstOf(heard, 'phone')
        if (Object.keys(unnamed(heard)).length > 0 || heard.command === 'skip' || heard.command === 'no')
          return { anonymous: 'yes', ...known({ phone }) }
        if (name !== undefined) return { name, ...known({ phone }) }
        if (asksForSomethingElse(heard, OWN)) return null
        const alone = bareNameIn(heard.text.replace(phone ?? '', ''))
        return alone === undefined ? 'unclear' : { name: alone, ...known({ phone }) }
      },
    },
    {
      name: 'confirm',
      fills: ['confirmed'],
      isKnown: ({ confirmed }) => confirmed !== undefined,
      ask: summary,
      read: (heard: Heard): Reading => {
        if (heard.command === 'yes') return { confirmed: 'yes' }
        return turnsAway(heard, OWN) ? null : 'unclear'
      },
    },
  ],
  finish: (slots) => ({ say: [], want: { name: 'file_complaint', input: slots } }),
  settle({ name, values = {}, fields = [] }) {
    const { files = 0, ...rest } = values
    const say: Line[] = [{ key: `complaint.${name}`, values: rest }]
    if (files !== 0) say.push({ key: 'complaint.filed_with', values: { count: files } })
    return name === 'incomplete' ? { say, drop: ['confirmed', ...fields.flatMap((field) => FIELDS[field] ?? [])] } : { say }
  },
}

/** Which slots a field of the form comes from. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  debtorName: ['debtorName', 'unitWords'],
  debtorIdentifier: ['debtorIdentifier'],
  unitId: ['debtorName', 'unitWords'],
  complainantName: ['name', 'anonymous'],
  phone: ['phone', 'name', 'anonymous'],
}

function whom(heard: Heard): Slots {
  const unitWords = firstOf(heard, 'unit')
  // Whoever tells their own name complains of somebody else.
  const others = namesIn(heard).filter((name) => name !== ownName(heard))
  const debtorName = firstOf(heard, 'company') ?? others[0]
  const debtorIdentifier = firstOf(heard, 'id_number', 'uscc')
  return known({ debtorName, unitWords, debtorIdentifier: debtorIdentifier?.includes('*') === true ? undefined : debtorIdentifier })
}

function namesIn({ understood }: Heard): string[] {
  return [understood.slots.name ?? []].flat()
}

function ownName(heard: Heard): string | undefined {
  return ownNameIn(heard.text, namesIn(heard))
}

/** Who complains, as far as the first message says; a telephone is theirs only beside their own name. */
function whoTells(heard: Heard): Slots {
  const name = ownName(heard)
  return Object.keys(unnamed(heard)).length > 0 || name === undefined ? unnamed(heard) : known({ name, phone: firstOf(heard, 'phone') })
}

function whenOf(heard: Heard): string | undefined {
  const parts = [firstOf(heard, 'date'), firstOf(heard, 'location')].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(' ')
}

function unnamed({ understood }: Heard): Slots {
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

/** Slots: `account` (the channel knows who asks), `number`, `code`. */
export const complaintStatus: Dialog = {
  name: 'complaint_status',
  version: 1,
  intent: 'complaint_status',
  open(heard) {
    const said = ticket(heard)
    return said['number'] === undefined && heard.hasAccount ? { account: 'yes' } : said
  },
  steps: [
    {
      name: 'number',
      fills: ['number'],
      isKnown: ({ number, account }) => number !== undefined || account !== undefined,
      ask: () => [{ key: 'complaint_status.ask_number' }],
      read: (heard: Heard): Reading => {
        const said = ticket(heard)
        if (said['number'] !== undefined) return said
        return /\d{4}/.test(heard.text) ? 'unclear' : null
      },
    },
    {
      name: 'code',
      fills: ['code'],
      isKnown: ({ code, account }) => code !== undefined || account !== undefined,
      ask: () => [{ key: 'complaint_status.ask_code' }],
      read: (heard: Heard): Reading => {
        const code = codeIn(heard.text, CODE_GROUPS)
        if (code !== undefined) return { code }
        return /[0-9A-Za-z]{4}/.test(heard.text) ? 'unclear' : null
      },
    },
  ],
  finish: (slots) => ({ say: [], want: { name: 'follow_complaint', input: slots } }),
  settle({ name, items = [] }: Outcome, slots) {
    if (name === 'found') return { say: items.map((values): Line => ({ key: 'complaint_status.entry', values })) }
    const say: Line[] = [{ key: `complaint_status.${name}` }]
    return slots['account'] === undefined ? { say } : { say, drop: ['account'] }
  },
}

const CODE_GROUPS = 3
const NUMBER = /TS\d{8}-?\d{4,}/

function ticket(heard: Heard): Slots {
  const number = NUMBER.exec(squeeze(firstOf(heard, 'ticket_no') ?? heard.text).toUpperCase())?.[0]
  const rest = heard.text.normalize('NFKC').toUpperCase().replace(NUMBER, ' ')
  return known({ number: number?.replace(/^(TS\d{8})-?(\d+)$/, '$1-$2'), code: codeIn(rest, CODE_GROUPS) })
}
