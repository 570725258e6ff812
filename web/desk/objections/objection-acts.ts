// The acts on an objection as data: what each asks for and who will be told. What is possible at all the server says.

import { OBJECTIONS_UPHOLD_REMEDY } from '../../kit/api/choices.gen.ts'
import { today } from '../../kit/dates.ts'
import { given, type Act, type ActField, type ActValues } from '../../kit/form/act.ts'
import { can } from '../../kit/session/session.ts'
import { t } from '../../kit/words.ts'
import type { Objection, useObjectionAct } from './objections.ts'

type Send = ReturnType<typeof useObjectionAct>['mutateAsync']

/** The permission of each act that the server calls possible. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  review: 'objection.review',
  suspend: 'objection.suspend',
  withdraw: 'objection.withdraw',
  uphold: 'objection.decide',
  reject: 'objection.decide',
  carry_out: 'objection.carry_out',
  record_service: 'objection.record_service',
  ask_reconsideration: 'objection.ask_reconsideration',
  overturn: 'objection.record_reconsideration',
  confirm: 'objection.record_reconsideration',
}

// Functions, because the words arrive together with this file and not before it.
const reason = (): ActField => ({ name: 'reason', label: t('objections.reason'), hint: t('objections.reason_hint'), kind: 'text' })
const decisionNo = (): ActField => ({
  name: 'decisionNo',
  label: t('objections.decision_no'),
  hint: t('objections.decision_no_hint'),
  optional: true,
})
const day = (name: string): ActField => ({ name, label: t(`words.objections.field.${name}`), kind: 'day', initial: today() })
const remedy = (): ActField => ({
  name: 'remedy',
  label: t('objections.remedy'),
  kind: 'radio',
  choices: OBJECTIONS_UPHOLD_REMEDY.map((value) => ({ value, text: t(`words.objections.remedy.${value}`) })),
})
const needed = (values: ActValues, name: string): string => values[name] ?? ''

interface Asked {
  fields?: readonly ActField[]
  look?: 'main' | 'danger'
  call: (values: ActValues, version: number, send: Send) => Promise<unknown>
}

const ACTS: Readonly<Record<string, () => Asked>> = {
  review: () => ({ look: 'main', call: (_values, version, send) => send({ act: 'review', body: { version } }) }),
  suspend: () => ({ call: (_values, version, send) => send({ act: 'suspend', body: { version } }) }),
  withdraw: () => ({
    fields: [reason()],
    call: (values, version, send) => send({ act: 'withdraw', body: { version, reason: needed(values, 'reason') } }),
  }),
  uphold: () => ({
    look: 'main',
    fields: [remedy(), reason(), decisionNo()],
    call: (values, version, send) =>
      send({
        act: 'uphold',
        body: {
          version,
          remedy: needed(values, 'remedy') as NonNullable<Objection['remedy']>,
          reason: needed(values, 'reason'),
          decisionNo: given(values, 'decisionNo'),
        },
      }),
  }),
  reject: () => ({
    look: 'danger',
    fields: [reason(), decisionNo()],
    call: (values, version, send) =>
      send({ act: 'reject', body: { version, reason: needed(values, 'reason'), decisionNo: given(values, 'decisionNo') } }),
  }),
  carry_out: () => ({
    look: 'main',
    fields: [{ name: 'note', label: t('objections.note'), hint: t('objections.note_hint'), kind: 'text' }],
    call: (values, version, send) => send({ act: 'carry-out', body: { version, note: needed(values, 'note') } }),
  }),
  record_service: () => ({
    look: 'main',
    fields: [day('servedOn')],
    call: (values, version, send) => send({ act: 'service', body: { version, servedOn: needed(values, 'servedOn') } }),
  }),
  ask_reconsideration: () => ({
    fields: [day('askedOn')],
    call: (values, version, send) => send({ act: 'ask-reconsideration', body: { version, askedOn: needed(values, 'askedOn') } }),
  }),
  overturn: () => ({
    look: 'main',
    fields: [day('decidedOn'), { ...decisionNo(), optional: false, hint: t('objections.higher_no_hint') }, remedy(), reason()],
    call: (values, version, send) =>
      send({
        act: 'reconsider',
        body: {
          version,
          decidedOn: needed(values, 'decidedOn'),
          decisionNo: needed(values, 'decisionNo'),
          reason: needed(values, 'reason'),
          remedy: needed(values, 'remedy') as NonNullable<Objection['remedy']>,
        },
      }),
  }),
  confirm: () => ({
    fields: [day('decidedOn'), { ...decisionNo(), optional: false, hint: t('objections.higher_no_hint') }, reason()],
    call: (values, version, send) =>
      send({
        act: 'reconsider',
        body: {
          version,
          decidedOn: needed(values, 'decidedOn'),
          decisionNo: needed(values, 'decisionNo'),
          reason: needed(values, 'reason'),
        },
      }),
  }),
}

/** What this person can do with the objection now. */
export function actsOf(objection: Objection, send: Send): Act[] {
  return objection.possible.flatMap((key): Act[] => {
    const asked = ACTS[key]?.()
    if (asked === undefined || !can(PERMISSIONS[key] ?? '')) return []
    const { version } = objection
    return [
      {
        key,
        label: t(`words.objections.act.${key}`),
        text: t(`objections.ask.${key}`),
        done: t(`objections.done.${key}`),
        look: asked.look,
        fields: asked.fields,
        send: (values) => asked.call(values, version, send),
      },
    ]
  })
}
