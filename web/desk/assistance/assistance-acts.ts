// The acts on an assistance notice as data: what each asks for and who will be told. What this person may do the server says.

import { ASSISTANCE_ANSWER_OUTCOME, ASSISTANCE_REQUEST_LIFT_GROUND } from '../../kit/api/choices.gen.ts'
import { today } from '../../kit/dates.ts'
import type { Act, ActField, ActValues } from '../../kit/form/act.ts'
import { t } from '../../kit/words.ts'
import type { Assistance, Ordered, useNoticeAct } from './assistance.ts'

type Send = ReturnType<typeof useNoticeAct>['mutateAsync']
type Outcome = (typeof ASSISTANCE_ANSWER_OUTCOME)[number]
type Ground = (typeof ASSISTANCE_REQUEST_LIFT_GROUND)[number]

interface Asked {
  fields?: readonly ActField[]
  look?: 'main' | 'danger'
  order: (values: ActValues, version: number) => Ordered
}

const needed = (values: ActValues, name: string): string => values[name] ?? ''

// Functions, because the words arrive together with this file and not before it.
const exchange = (name: string, label: string): ActField => ({
  name,
  label: t(`assistance.${label}`),
  hint: t(`assistance.hint.${label}`),
  kind: 'text',
  maxlength: 500,
})
const choices = (name: string, label: string, values: readonly string[]): ActField => ({
  name,
  label: t(`assistance.${label}`),
  kind: 'radio',
  choices: values.map((value) => ({ value, text: t(`words.assistances.${name}.${value}`) })),
})

/** The fields of the particulars with what the draft says so far. */
function particulars({ record, answerBy }: Assistance): ActField[] {
  const texts = (['facts', 'request', 'basis'] as const).map((name): ActField => ({
    name,
    label: t(`assistance.field.${name}`),
    hint: t(`assistance.field_hint.${name}`),
    kind: 'text',
    maxlength: 1000,
    initial: record[name],
  }))
  return [...texts, { name: 'answerBy', label: t('words.assistances.field.answerBy'), kind: 'day', initial: answerBy }]
}

const ACTS: Readonly<Record<string, (notice: Assistance) => Asked>> = {
  edit: (notice) => ({
    fields: particulars(notice),
    order: (values, version) => ({
      act: 'edit',
      body: {
        version,
        facts: needed(values, 'facts'),
        request: needed(values, 'request'),
        basis: needed(values, 'basis'),
        answerBy: needed(values, 'answerBy'),
      },
    }),
  }),
  issue: () => ({ look: 'main', order: (_values, version) => ({ act: 'issue', body: { version } }) }),
  discard: () => ({ look: 'danger', order: (_values, version) => ({ act: 'discard', body: { version } }) }),
  record_service: () => ({
    look: 'main',
    fields: [
      { name: 'servedOn', label: t('words.assistances.field.servedOn'), kind: 'day', initial: today() },
      { name: 'manner', label: t('assistance.manner'), hint: t('assistance.hint.manner') },
    ],
    order: (values, version) => ({
      act: 'service',
      body: { version, servedOn: needed(values, 'servedOn'), manner: needed(values, 'manner') },
    }),
  }),
  send_link: () => ({ order: (_values, version) => ({ act: 'link', body: { version } }) }),
  acknowledge: () => ({ order: (_values, version) => ({ act: 'acknowledge', body: { version } }) }),
  answer: () => ({
    fields: [choices('outcome', 'outcome', ASSISTANCE_ANSWER_OUTCOME), exchange('text', 'answer')],
    order: (values, version) => ({
      act: 'answer',
      body: { version, outcome: needed(values, 'outcome') as Outcome, text: needed(values, 'text') },
    }),
  }),
  suggest_review: () => ({
    fields: [exchange('text', 'review')],
    order: (values, version) => ({ act: 'review', body: { version, text: needed(values, 'text') } }),
  }),
  reply_review: () => ({
    look: 'main',
    fields: [exchange('reply', 'reply')],
    order: (values, version) => ({ act: 'reply-review', body: { version, reply: needed(values, 'reply') } }),
  }),
  request_lift: () => ({
    fields: [choices('ground', 'ground', ASSISTANCE_REQUEST_LIFT_GROUND), exchange('note', 'note')],
    order: (values, version) => ({
      act: 'request-lift',
      body: { version, ground: needed(values, 'ground') as Ground, note: needed(values, 'note') },
    }),
  }),
  lift: () => ({
    look: 'main',
    fields: [exchange('reason', 'reason')],
    order: (values, version) => ({ act: 'decide-lift', body: { version, granted: true, reason: needed(values, 'reason') } }),
  }),
  decide_lift: () => ({
    fields: [exchange('reason', 'reason')],
    order: (values, version) => ({ act: 'decide-lift', body: { version, granted: false, reason: needed(values, 'reason') } }),
  }),
  withdraw: () => ({
    look: 'danger',
    fields: [exchange('reason', 'withdrawal')],
    order: (values, version) => ({ act: 'withdraw', body: { version, reason: needed(values, 'reason') } }),
  }),
}

/** What this person can do with the notice now; the request to lift stands before the decision on it. */
export function actsOf(notice: Assistance, send: Send): Act[] {
  return notice.possible.flatMap((key): Act[] => {
    const asked = ACTS[key]?.(notice)
    if (asked === undefined) return []
    const { version } = notice
    return [
      {
        key,
        label: t(`words.assistances.act.${key}`),
        text: t(`assistance.ask.${key}`),
        done: t(`assistance.done.${key}`),
        look: asked.look,
        fields: asked.fields,
        send: (values) => send(asked.order(values, version)),
      },
    ]
  })
}
