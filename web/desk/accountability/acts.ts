// The acts of accountability as data, one function for each kind of record. What is possible for this person the server says.

import { ACCOUNTABILITY_DECIDE_DECISION, ACCOUNTABILITY_DECIDE_POST } from '../../kit/api/choices.gen.ts'
import { post } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'
import { today } from '../../kit/dates.ts'
import { chosen, given, type Act, type ActField, type ActValues, type Told } from '../../kit/form/act.ts'
import { t } from '../../kit/words.ts'
import type { Circular, Consequence, Interview, Joint, Meeting, Proposal, Sending } from './accountability.ts'

interface Asked {
  look?: 'main' | 'danger'
  fields?: readonly ActField[]
  told?: Told
  call: (values: ActValues) => Promise<unknown>
}

const needed = (values: ActValues, name: string): string => values[name] ?? ''
const text = (name: string): ActField => ({
  name,
  label: t(`accountability.field.${name}`),
  hint: t(`accountability.hint.${name}`),
  kind: 'text',
})
const day = (name: string, more: Partial<ActField> = {}): ActField => ({
  name,
  label: t(`accountability.field.${name}`),
  kind: 'day',
  ...more,
})

/** The acts of one record that are possible, in the words of its kind. @param words the server's words of the acts. */
function actsOf(
  kind: string,
  words: string,
  possible: readonly string[],
  sending: Sending,
  all: Readonly<Record<string, () => Asked>>,
): Act[] {
  return possible.flatMap((key): Act[] => {
    const asked = all[key]?.()
    if (asked === undefined) return []
    const { call, ...rest } = asked
    return [
      {
        ...rest,
        key,
        label: t(`words.${words}.act.${key}`),
        text: t(`accountability.${kind}.ask.${key}`),
        done: t(`accountability.${kind}.done.${key}`),
        send: (values) => sending(() => call(values)),
      },
    ]
  })
}

/** The decision that nobody is called to account is an act of its own. */
const DECISIONS = ACCOUNTABILITY_DECIDE_DECISION.filter((each) => each !== 'dismiss')
const isDecision = (decision: string) => (values: ActValues) => values['decision'] === decision

type DecideBody = Paths['/api/v1/accountability/proposals/{id}/decide']['post']['body']

function personsIn(values: ActValues): NonNullable<DecideBody['persons']> {
  return ACCOUNTABILITY_DECIDE_POST.flatMap((held) =>
    (values[`person_${held}`] ?? '')
      .split(/[\s,;\u3001\uff0c\uff1b]+/)
      .filter((name) => name !== '')
      .map((name) => ({ name, post: held })),
  )
}

export function proposalActs({ id, version, possible }: Proposal, sending: Sending): Act[] {
  const params = { id }
  const decide = (body: Omit<DecideBody, 'version'>): Promise<unknown> =>
    post('/api/v1/accountability/proposals/{id}/decide', { params, body: { ...body, version } })
  return actsOf('proposals', 'proposals', [...possible].reverse(), sending, {
    decide: () => ({
      look: 'main',
      fields: [
        {
          name: 'decision',
          label: t('accountability.field.decision'),
          kind: 'radio',
          choices: DECISIONS.map((value) => ({ value, text: t(`words.proposals.decision.${value}`) })),
        },
        text('reason'),
        day('rectifyBy', { when: isDecision('circular'), hint: t('accountability.hint.rectifyBy') }),
        ...ACCOUNTABILITY_DECIDE_POST.map((held): ActField => ({
          name: `person_${held}`,
          label: t(`words.circulars.post.${held}`),
          hint: t('accountability.hint.person'),
          optional: true,
          when: isDecision('circular'),
        })),
        day('calledFor', { when: isDecision('interview') }),
      ],
      told: {
        key: id,
        by: ['calledFor'],
        ready: (values) => values['decision'] === 'interview' && (values['calledFor'] ?? '') !== '',
        load: async (values) =>
          (await post('/api/v1/accountability/proposals/{id}/preview', { params, body: { calledFor: needed(values, 'calledFor') } })).items,
      },
      call: (values) =>
        decide({
          decision: needed(values, 'decision') as DecideBody['decision'],
          reason: needed(values, 'reason'),
          ...(given(values, 'rectifyBy') === undefined ? {} : { rectifyBy: needed(values, 'rectifyBy'), persons: personsIn(values) }),
          ...(given(values, 'calledFor') === undefined ? {} : { calledFor: needed(values, 'calledFor') }),
        }),
    }),
    dismiss: () => ({ fields: [text('reason')], call: (values) => decide({ decision: 'dismiss', reason: needed(values, 'reason') }) }),
  })
}

export function circularActs({ id, version, possible }: Circular, sending: Sending): Act[] {
  const params = { id }
  const told = (act: 'issue' | 'withdraw'): Told => ({
    key: `${id} ${act}`,
    load: async () => (await post('/api/v1/circulars/{id}/preview', { params, body: { act } })).items,
  })
  return actsOf('circulars', 'circulars', possible, sending, {
    issue: () => ({ look: 'main', told: told('issue'), call: () => post('/api/v1/circulars/{id}/issue', { params, body: { version } }) }),
    discard: () => ({
      fields: [text('reason')],
      call: (values) => post('/api/v1/circulars/{id}/discard', { params, body: { version, reason: needed(values, 'reason') } }),
    }),
    withdraw: () => ({
      look: 'danger',
      fields: [text('reason')],
      told: told('withdraw'),
      call: (values) => post('/api/v1/circulars/{id}/withdraw', { params, body: { version, reason: needed(values, 'reason') } }),
    }),
  })
}

export function interviewActs({ id, version, possible }: Interview, sending: Sending): Act[] {
  const params = { id }
  const told = (act: 'cancel' | 'find_changed' | 'find_unchanged'): Told => ({
    key: `${id} ${act}`,
    load: async () => (await post('/api/v1/interviews/{id}/preview', { params, body: { act } })).items,
  })
  const conclude = (result: 'changed' | 'unchanged') => (values: ActValues) =>
    post('/api/v1/interviews/{id}/conclude', { params, body: { version, result, finding: needed(values, 'finding') } })
  return actsOf('interviews', 'interviews', possible, sending, {
    hold: () => ({
      look: 'main',
      fields: [day('heldOn', { initial: today() }), text('minutes')],
      call: (values) =>
        post('/api/v1/interviews/{id}/hold', {
          params,
          body: { version, heldOn: needed(values, 'heldOn'), minutes: needed(values, 'minutes') },
        }),
    }),
    cancel: () => ({
      fields: [text('reason')],
      told: told('cancel'),
      call: (values) => post('/api/v1/interviews/{id}/cancel', { params, body: { version, reason: needed(values, 'reason') } }),
    }),
    find_changed: () => ({ look: 'main', fields: [text('finding')], told: told('find_changed'), call: conclude('changed') }),
    find_unchanged: () => ({ look: 'danger', fields: [text('finding')], told: told('find_unchanged'), call: conclude('unchanged') }),
  })
}

/** @param units that can be told instead of those that the policy names. */
export function consequenceActs({ id, version, possible }: Consequence, units: ActField['choices'], sending: Sending): Act[] {
  const params = { id }
  const told = (act: 'confirm' | 'cancel'): Told => ({
    key: `${id} ${act}`,
    by: ['bodies'],
    load: async (values) =>
      (await post('/api/v1/consequences/{id}/preview', { params, body: { act, bodies: chosen(values, 'bodies') } })).items,
  })
  return actsOf('consequences', 'consequences', possible, sending, {
    confirm: () => ({
      look: 'main',
      fields: [
        text('reason'),
        { name: 'reference', label: t('accountability.field.reference'), optional: true, maxlength: 60 },
        {
          name: 'bodies',
          label: t('accountability.field.bodies'),
          hint: t('accountability.hint.bodies'),
          kind: 'select',
          none: t('accountability.by_policy'),
          optional: true,
          ...(units === undefined ? {} : { choices: units }),
        },
      ],
      told: told('confirm'),
      call: (values) => {
        const bodies = chosen(values, 'bodies')
        const reference = given(values, 'reference')
        const more = { ...(bodies.length === 0 ? {} : { bodies }), ...(reference === undefined ? {} : { reference }) }
        return post('/api/v1/consequences/{id}/confirm', { params, body: { version, reason: needed(values, 'reason'), ...more } })
      },
    }),
    refuse: () => ({
      fields: [text('reason')],
      call: (values) => post('/api/v1/consequences/{id}/refuse', { params, body: { version, reason: needed(values, 'reason') } }),
    }),
    cancel: () => ({
      look: 'danger',
      fields: [text('reason')],
      told: told('cancel'),
      call: (values) => post('/api/v1/consequences/{id}/cancel', { params, body: { version, reason: needed(values, 'reason') } }),
    }),
  })
}

export function jointActs({ id, version, possible }: Joint, sending: Sending): Act[] {
  const params = { id }
  const told = (act: 'issue' | 'withdraw'): Told => ({
    key: `${id} ${act}`,
    load: async () => (await post('/api/v1/joint-circulars/{id}/preview', { params, body: { act } })).items,
  })
  return actsOf('joints', 'joints', possible, sending, {
    issue: () => ({
      look: 'main',
      told: told('issue'),
      call: () => post('/api/v1/joint-circulars/{id}/issue', { params, body: { version } }),
    }),
    discard: () => ({
      fields: [text('reason')],
      call: (values) => post('/api/v1/joint-circulars/{id}/discard', { params, body: { version, reason: needed(values, 'reason') } }),
    }),
    withdraw: () => ({
      look: 'danger',
      fields: [text('reason')],
      told: told('withdraw'),
      call: (values) => post('/api/v1/joint-circulars/{id}/withdraw', { params, body: { version, reason: needed(values, 'reason') } }),
    }),
  })
}

export function meetingActs({ id, version, possible }: Meeting, sending: Sending): Act[] {
  const params = { id }
  const told = (act: 'hold' | 'cancel'): Told => ({
    key: `${id} ${act}`,
    load: async () => (await post('/api/v1/meetings/{id}/preview', { params, body: { act } })).items,
  })
  return actsOf('meetings', 'meetings', possible, sending, {
    hold: () => ({
      look: 'main',
      fields: [day('heldOn', { initial: today() }), text('minutes')],
      told: told('hold'),
      call: (values) =>
        post('/api/v1/meetings/{id}/hold', {
          params,
          body: { version, heldOn: needed(values, 'heldOn'), minutes: needed(values, 'minutes') },
        }),
    }),
    cancel: () => ({
      look: 'danger',
      fields: [text('reason')],
      told: told('cancel'),
      call: (values) => post('/api/v1/meetings/{id}/cancel', { params, body: { version, reason: needed(values, 'reason') } }),
    }),
  })
}
