// The acts on an application for credit repair as data: what each asks for, and who will be told.

import { chosen, given, type Act, type ActField, type ActValues } from '../../kit/form/act.ts'
import { t } from '../../kit/words.ts'
import type { Ordered, Repair } from './repairs.ts'

type Send = (ordered: Ordered) => Promise<unknown>
type Choices = readonly { value: string; text: string }[]

interface Asked {
  fields: readonly ActField[]
  look?: 'main' | 'danger'
  ordered(values: ActValues, version: number): Ordered
}

// Functions, because the words arrive together with this file and not before it.
const reason = (): ActField => ({ name: 'reason', label: t('repairs.reason'), hint: t('repairs.reason_hint'), kind: 'text' })
const decisionNo = (): ActField => ({
  name: 'decisionNo',
  label: t('repairs.decision_no'),
  hint: t('repairs.decision_no_hint'),
  optional: true,
})
const decided = (values: ActValues, version: number) => ({
  version,
  reason: values['reason'] ?? '',
  decisionNo: given(values, 'decisionNo'),
})

function askedFor(act: string, units: Choices, repair: Repair): Asked | undefined {
  const asked = units.filter(({ value }) => repair.opinions.some(({ unitId, opinion }) => unitId === value && opinion === null))
  const opinions = (['agree', 'object'] as const).map((value) => ({ value, text: t(`words.repairs.opinion.${value}`) }))
  const acts: Readonly<Record<string, () => Asked>> = {
    consult: () => ({
      look: 'main',
      fields: [{ name: 'unitIds', label: t('repairs.units'), hint: t('repairs.units_hint'), kind: 'boxes', choices: units }],
      ordered: (values, version) => ({ act: 'consult', body: { version, unitIds: chosen(values, 'unitIds') } }),
    }),
    answer: () => ({
      fields: [
        { name: 'unitId', label: t('repairs.unit'), kind: 'select', choices: asked },
        { name: 'opinion', label: t('repairs.opinion'), kind: 'radio', choices: opinions },
        { ...reason(), hint: t('repairs.opinion_hint'), optional: true },
      ],
      ordered: (values, version) => ({
        act: 'answer',
        body: {
          version,
          unitId: values['unitId'] ?? '',
          opinion: values['opinion'] === 'object' ? 'object' : 'agree',
          reason: given(values, 'reason'),
        },
      }),
    }),
    approve: () => ({
      look: 'main',
      fields: [reason(), decisionNo()],
      ordered: (values, version) => ({ act: 'approve', body: decided(values, version) }),
    }),
    refuse: () => ({
      look: 'danger',
      fields: [reason(), decisionNo()],
      ordered: (values, version) => ({ act: 'refuse', body: decided(values, version) }),
    }),
    withdraw: () => ({
      fields: [reason()],
      ordered: (values, version) => ({ act: 'withdraw', body: { version, reason: values['reason'] ?? '' } }),
    }),
  }
  return acts[act]?.()
}

/** What the server says this person can do with the application now. */
export function actsOf(repair: Repair, units: Choices, send: Send): Act[] {
  return repair.possible.flatMap((key): Act[] => {
    const asked = askedFor(key, units, repair)
    if (asked === undefined) return []
    return [
      {
        key,
        label: t(`words.repairs.act.${key}`),
        text: t(`repairs.ask.${key}`),
        done: t(`repairs.done.${key}`),
        look: asked.look,
        fields: asked.fields,
        send: (values) => send(asked.ordered(values, repair.version)),
      },
    ]
  })
}
