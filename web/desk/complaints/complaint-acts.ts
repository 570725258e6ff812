// What can be done with a complaint, as data for the buttons of its screen: by the acts that the server says are possible.

import { COMPLAINTS_DECLINE_REASON } from '../../kit/api/choices.gen.ts'
import { chosen, given, type Act, type ActField, type ActValues } from '../../kit/form/act.ts'
import { t } from '../../kit/words.ts'
import {
  accept,
  answer,
  answerOrder,
  assign,
  decide,
  decline,
  investigate,
  lacksNumber,
  resolve,
  type Complaint,
  type DeclineReason,
  type Namesake,
} from './complaints.ts'

type Choice = { value: string; text: string }
type Key = Complaint['possible'][number]
/** Evidence has a field of its own, both findings are one button, and only the complainant withdraws. */
const ELSEWHERE = ['add_evidence', 'dismiss', 'withdraw'] as const
type Elsewhere = (typeof ELSEWHERE)[number]
/** What a complaint is changed by; the screen reads it anew afterwards. */
type Send = (call: () => Promise<unknown>) => Promise<unknown>

/** How a file of evidence is called in a list of them. */
export function evidenceName({ kind }: { kind: string }, position: number): string {
  return t('complaints.evidence.name', { position, kind: t(`complaints.kind.${kind}`) })
}

/** The acts of a complaint, without adding evidence, which has a field of its own. Both findings are one button. */
export function actsOf(one: Complaint, units: readonly Choice[], namesakes: readonly Namesake[], send: Send): Act[] {
  const make: Readonly<Record<Exclude<Key, Elsewhere>, () => Omit<Act, 'key' | 'label' | 'text' | 'done'>>> = {
    resolve: () => resolveAct(one, units, send),
    accept: () => ({
      look: 'main',
      fields: one.unitId === null ? [unitField('unitId', units, { optional: true, hint: t('complaints.field.accept_unit_hint') })] : [],
      send: (values) => send(() => accept(one, given(values, 'unitId'))),
    }),
    decline: () => declineAct(one, send),
    assign: () => assignAct(one, units, send),
    investigate: () => ({
      look: 'main',
      fields: [longField('findings', t('complaints.field.findings_hint'))],
      send: (values) => send(() => investigate(one, values['findings'] ?? '')),
    }),
    uphold: () => decideAct(one, units, namesakes, send),
    answer: () => ({
      look: 'main',
      fields: [longField('answer', t('complaints.field.answer_hint'))],
      send: (values) => send(() => answer(one, values['answer'] ?? '')),
    }),
  }
  return one.possible
    .filter((key): key is Exclude<Key, Elsewhere> => !ELSEWHERE.includes(key as Elsewhere))
    .map((key) => ({
      key,
      label: t(`complaints.act.${key}`),
      text: t(`complaints.ask.${key}`, { told: toldText(one) }),
      done: t(`complaints.done.${key}`),
      ...make[key](),
    }))
}

/** Whether the complainant left an address to be told at. */
function toldText(one: Complaint): string {
  if (one.view !== 'handler') return ''
  const { phone, wechat } = one.complainant
  return phone !== null || wechat ? t('complaints.told.yes') : t('complaints.told.no')
}

function longField(name: string, hint: string): ActField {
  return { name, label: t(`complaints.field.${name}`), hint, kind: 'text', maxlength: 2000 }
}

function unitField(name: string, units: readonly Choice[], more: Partial<ActField> = {}): ActField {
  return { name, label: t(`complaints.field.${name}`), kind: 'select', choices: units, ...more }
}

type Made = Omit<Act, 'key' | 'label' | 'text' | 'done'>
const NOT_KNOWN = 'nobody'

function resolveAct(one: Complaint, units: readonly Choice[], send: Send): Made {
  const choices = [{ value: NOT_KNOWN, text: t('complaints.field.resolve_nobody') }, ...units]
  return {
    look: 'main',
    fields: [unitField('unitId', choices, { hint: t('complaints.field.resolve_hint') })],
    send: (values) => send(() => resolve(one, values['unitId'] === NOT_KNOWN ? null : (values['unitId'] ?? null))),
  }
}

function declineAct(one: Complaint, send: Send): Made {
  return {
    look: 'danger',
    fields: [
      {
        name: 'reason',
        label: t('complaints.field.reason'),
        kind: 'radio',
        choices: COMPLAINTS_DECLINE_REASON.map((value) => ({ value, text: t(`words.complaints.decline.${value}`) })),
      },
      { ...longField('note', t('complaints.field.note_hint')), optional: true },
    ],
    send: (values) => send(() => decline(one, { reason: values['reason'] as DeclineReason, note: given(values, 'note') })),
  }
}

function assignAct(one: Complaint, units: readonly Choice[], send: Send): Made {
  const others = units.filter(({ value }) => value !== one.unitId)
  const hasDefault = one.unitId !== null
  const evidence = one.evidence.map((each, index) => ({ value: each.id, text: evidenceName(each, index + 1) }))
  return {
    ...(one.assignedTo === null ? { look: 'main' as const } : {}),
    fields: [
      unitField('unitId', others, hasDefault ? { optional: true, none: t('complaints.field.assign_default') } : {}),
      longField('brief', t('complaints.field.brief_hint')),
      ...(evidence.length === 0
        ? []
        : [
            {
              name: 'evidence',
              label: t('complaints.field.evidence'),
              hint: t('complaints.field.evidence_hint'),
              kind: 'boxes' as const,
              optional: true,
              choices: evidence,
              initial: one.evidence
                .filter(({ released }) => released)
                .map(({ id }) => id)
                .join(','),
            },
          ]),
    ],
    send: (values) =>
      send(() => assign(one, { unitId: given(values, 'unitId'), brief: values['brief'] ?? '', evidence: chosen(values, 'evidence') })),
  }
}

/** Whom the order is about, where the complaint gives a name alone: an entry that the person chooses, or a number that they found out. */
function identityFields(one: Complaint, namesakes: readonly Namesake[], isUpheld: (values: ActValues) => boolean): ActField[] {
  if (!lacksNumber(one)) return []
  // A complaint about a unit orders only where the person asks for it.
  const optional = one.about === 'unit'
  const isOther = (values: ActValues): boolean => namesakes.length === 0 || values['orderListingId'] === NOT_KNOWN
  const entries = namesakes.map(({ listingId, name, identifier, caseNo, court }) => ({
    value: listingId,
    text: t('complaints.field.namesake', { name, identifier, caseNo }),
    hint: court,
  }))
  const hint = t(namesakes.length > 1 ? 'complaints.field.namesakes_many' : 'complaints.field.namesakes_one', { count: namesakes.length })
  return [
    ...(namesakes.length === 0
      ? []
      : [
          {
            ...{ name: 'orderListingId', label: t('complaints.field.orderListingId'), hint, kind: 'radio' as const, optional },
            choices: [...entries, { value: NOT_KNOWN, text: t('complaints.field.namesake_none') }],
            when: isUpheld,
          },
        ]),
    {
      ...{ name: 'orderIdentifier', label: t('complaints.field.orderIdentifier'), optional, maxlength: 60 },
      hint: t(namesakes.length === 0 ? 'complaints.field.identifier_unlisted' : 'complaints.field.identifier_other'),
      when: (values) => isUpheld(values) && isOther(values),
    },
  ]
}

function decideAct(one: Complaint, units: readonly Choice[], namesakes: readonly Namesake[], send: Send): Made {
  const isUpheld = (values: ActValues): boolean => values['finding'] === 'upheld'
  // A complaint that is or may be about the court orders nobody; one about a unit orders only where the order is written.
  const orders = one.unitId !== 'court' && !one.unresolved
  return {
    look: 'main',
    fields: [
      {
        name: 'finding',
        label: t('complaints.field.finding'),
        kind: 'radio',
        choices: (['upheld', 'not_upheld'] as const).map((value) => ({ value, text: t(`words.complaints.finding.${value}`) })),
      },
      longField('outcome', t('complaints.field.outcome_hint')),
      ...(orders
        ? [
            unitField('orderUnitId', units, {
              optional: true,
              when: isUpheld,
              none: t(one.about === 'debtor' ? 'complaints.field.order_default' : 'complaints.field.order_none'),
              hint: t(`complaints.field.order_hint_${one.about}`),
            }),
            { ...longField('orderText', t('complaints.field.order_text_hint')), optional: true, when: isUpheld },
            ...identityFields(one, namesakes, isUpheld),
          ]
        : []),
    ],
    send: (values) =>
      send(() =>
        decide(one, {
          finding: values['finding'] === 'upheld' ? 'upheld' : 'not_upheld',
          outcome: values['outcome'] ?? '',
          orderUnitId: given(values, 'orderUnitId'),
          orderText: given(values, 'orderText'),
          orderListingId: values['orderListingId'] === NOT_KNOWN ? undefined : given(values, 'orderListingId'),
          orderIdentifier: given(values, 'orderIdentifier'),
        }),
      ),
  }
}

/** The one act of an order: to record what the unit did, for one that answers on paper. */
export function orderActs(orderId: string, send: Send): Act[] {
  return [
    {
      key: 'answer_order',
      label: t('complaints.act.answer_order'),
      text: t('complaints.ask.answer_order'),
      done: t('complaints.done.answer_order'),
      fields: [
        {
          name: 'result',
          label: t('complaints.field.result'),
          kind: 'radio',
          choices: (['carried_out', 'could_not'] as const).map((value) => ({ value, text: t(`complaints.order.${value}`) })),
        },
        longField('text', t('complaints.field.text_hint')),
      ],
      send: (values) =>
        send(() =>
          answerOrder(orderId, { result: values['result'] === 'carried_out' ? 'carried_out' : 'could_not', text: values['text'] ?? '' }),
        ),
    },
  ]
}
