// The dialog of an applicant of a case (申请执行人): asks for a listing of the debtor, says where assets are, or objects to an exit.
// Filing is src/features/creditors/commands.ts; nobody is confirmed here, a clerk makes sure later who wrote.

import { maskIdentifier } from '../../src/core/identifiers.ts'
import { maskPhone } from '../../src/core/phone.ts'
import { readCaseNo } from '../../src/features/debtors/values.rules.ts'
import type { MatterKind } from '../../src/features/creditors/rules.ts'
import type { Line } from '../../src/platform/texts/dialogs.ts'
import type { Dialog, DialogMessage, Reading, Slots, Step } from '../engine.ts'
import { bareNameIn, creditorMatterIn, ownNameIn } from '../understanding/answers.ts'
import { asksForSomethingElse, changesSubject, definedSlots, firstOf, nameIn } from './reading.ts'

/** Intents that do not lead away from this dialog. */
const OWN_INTENTS = ['creditor', 'complaint_new', 'objection', 'query_case']
/** A first message of at least this many characters already tells what happened. */
const STATEMENT_LENGTH = 24
/** The fewest characters of an answer that states facts. */
const MIN_LENGTH = 5

/** Slots: `kind`, `caseNo`, `debtorName`, `debtorIdentifier`, `text`, `name`, `phone`, `account` (the channel vouches for one), `agreed`. */
export const creditor: Dialog = {
  name: 'creditor',
  version: 1,
  intent: 'creditor',
  open(message) {
    const text = message.text.trim()
    const kind = creditorMatterIn(text)
    const story = kind !== undefined && Array.from(text).length >= STATEMENT_LENGTH ? { text } : {}
    const own = ownNameIn(text, namesIn(message))
    const account = message.hasAccount ? 'yes' : undefined
    return { ...definedSlots({ kind, caseNo: caseNoIn(message), name: own, account }), ...debtorOf(message), ...story }
  },
  steps: [kindStep(), caseStep(), debtorStep(), factsStep(), writerStep(), agreeStep()],
  finish: (slots) => ({ say: [], effect: { name: 'file_matter', input: slots } }),
  settle({ name, values = {}, fields = [] }) {
    const say: Line[] = [{ key: `creditor.${name}`, values }]
    return name === 'incomplete' ? { say, drop: ['agreed', ...fields.flatMap((field) => FIELDS[field] ?? [])] } : { say }
  },
}

/** The slots from which each field of the form comes. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  name: ['name'],
  phone: ['phone', 'account'],
  caseNo: ['caseNo'],
  debtorName: ['debtorName'],
  debtorIdentifier: ['debtorIdentifier', 'debtorName'],
  text: ['text'],
}

function kindStep(): Step {
  return {
    name: 'kind',
    fills: ['kind'],
    isKnown: ({ kind }) => kind !== undefined,
    ask: () => [{ key: 'creditor.ask_kind' }],
    read(message): Reading {
      const kind = creditorMatterIn(message.text)
      if (kind !== undefined) return { kind }
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function caseStep(): Step {
  return {
    name: 'case',
    fills: ['caseNo'],
    isKnown: ({ caseNo }) => caseNo !== undefined,
    ask: () => [{ key: 'creditor.ask_case' }],
    read(message): Reading {
      const caseNo = caseNoIn(message)
      if (caseNo !== undefined) return { caseNo }
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function debtorStep(): Step {
  return {
    name: 'debtor',
    fills: ['debtorName', 'debtorIdentifier'],
    isKnown: ({ debtorName }) => debtorName !== undefined,
    ask: () => [{ key: 'creditor.ask_debtor' }],
    read(message): Reading {
      const debtor = debtorOf(message)
      if (debtor['debtorName'] !== undefined) return debtor
      if (message.command !== null || asksForSomethingElse(message, [...OWN_INTENTS, 'query_list'])) return null
      const debtorName = nameIn(message)
      return debtorName === undefined ? 'unclear' : { debtorName, ...debtor }
    },
  }
}

function factsStep(): Step {
  return {
    name: 'facts',
    fills: ['text'],
    isKnown: ({ text }) => text !== undefined,
    ask: ({ kind = 'application' }) => [{ key: `creditor.ask_text.${kind}` }],
    read(message): Reading {
      if (asksForSomethingElse(message, OWN_INTENTS)) return null
      const text = message.text.trim()
      return Array.from(text).length < MIN_LENGTH ? 'unclear' : { text }
    },
  }
}

/** Name and phone, together or one after the other. An account that the channel vouches for is address enough. */
function writerStep(): Step {
  return {
    name: 'writer',
    fills: ['name', 'phone'],
    isKnown: ({ name, phone, account }) => name !== undefined && (phone !== undefined || account !== undefined),
    ask: ({ name }) => [{ key: name === undefined ? 'creditor.ask_writer' : 'creditor.ask_phone' }],
    read(message, slots): Reading {
      const phone = firstOf(message, 'phone')
      const name = firstOf(message, 'name', 'company') ?? bareNameIn(message.text.replace(phone ?? '', ''))
      const found = definedSlots({ phone, ...(slots['name'] === undefined ? { name } : {}) })
      if (Object.keys(found).length > 0) return found
      return asksForSomethingElse(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function agreeStep(): Step {
  return {
    name: 'agree',
    fills: ['agreed'],
    isKnown: ({ agreed }) => agreed !== undefined,
    ask: summary,
    read(message): Reading {
      if (message.command === 'yes') return { agreed: 'yes' }
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function summary({ kind = 'application', caseNo = '', debtorName = '', debtorIdentifier, text = '', name = '', phone }: Slots): Line[] {
  return [
    {
      key: 'creditor.summary',
      values: {
        kind: { key: `creditor.kind.${kind as MatterKind}` },
        debtor: [debtorName, debtorIdentifier === undefined ? '' : maskIdentifier(debtorIdentifier)]
          .filter((part) => part !== '')
          .join(' '),
        phone: phone === undefined ? { key: 'none' } : maskPhone(phone),
        ...{ caseNo, text, name },
      },
    },
  ]
}

function caseNoIn(message: DialogMessage): string | undefined {
  return readCaseNo(firstOf(message, 'case_no') ?? message.text)?.caseNo
}

function namesIn({ understood }: DialogMessage): string[] {
  return [understood.slots.name ?? []].flat()
}

/** The debtor, as far as a message names one: never the writer's own name. */
function debtorOf(message: DialogMessage): Slots {
  const own = ownNameIn(message.text, namesIn(message))
  const debtorName = firstOf(message, 'company') ?? namesIn(message).find((name) => name !== own)
  const identifier = firstOf(message, 'id_number', 'uscc')
  const isWhole = identifier !== undefined && /^[0-9A-Z]{15,18}$/.test(identifier)
  return definedSlots({ debtorName, debtorIdentifier: debtorName !== undefined && isWhole ? identifier : undefined })
}
