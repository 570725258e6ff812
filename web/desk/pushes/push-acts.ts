// The acts on an edition of the quarterly list as data. What this person may do the server says.

import { PUSHES_HAND_OVER_WHAT } from '../../kit/api/choices.gen.ts'
import { today } from '../../kit/dates.ts'
import { given, type Act, type ActField } from '../../kit/form/act.ts'
import { t } from '../../kit/words.ts'
import { quarterText, type Push } from './pushes.ts'

type What = (typeof PUSHES_HAND_OVER_WHAT)[number]

/** The calls behind the acts. */
export interface PushCalls {
  release(id: string): Promise<unknown>
  prepareAnew(quarter: string): Promise<unknown>
  link(body: { id: string; unitId: string }): Promise<unknown>
  handOver(body: { id: string; unitId: string; what: What; onDay?: string | undefined }): Promise<unknown>
}

const titleOf = (what: What): string => (what === 'published' ? t('words.pushes.what.published') : t(`words.pushes.file.${what}`))

const unitField = ({ receivers }: Push): ActField => ({
  name: 'unitId',
  label: t('pushes.unit'),
  kind: 'select',
  choices: receivers.map(({ id, name }) => ({ value: id, text: name })),
})

type Asked = Pick<Act, 'fields' | 'look' | 'send'>

const ACTS: Readonly<Record<Push['possible'][number], (push: Push, calls: PushCalls) => Asked>> = {
  release: ({ id }, calls) => ({ look: 'main', send: () => calls.release(id) }),
  prepare_anew: ({ quarter }, calls) => ({ send: () => calls.prepareAnew(quarter) }),
  send_link: (push, calls) => ({
    fields: [unitField(push)],
    send: (values) => calls.link({ id: push.id, unitId: values['unitId'] ?? '' }),
  }),
  hand_over: (push, calls) => ({
    fields: [
      unitField(push),
      {
        name: 'what',
        label: t('pushes.what'),
        kind: 'select',
        choices: PUSHES_HAND_OVER_WHAT.map((value) => ({ value, text: titleOf(value) })),
      },
      {
        name: 'onDay',
        label: t('words.pushes.field.onDay'),
        kind: 'day',
        initial: today(),
        when: (values) => values['what'] === 'published',
      },
    ],
    send: (values) =>
      calls.handOver({
        id: push.id,
        unitId: values['unitId'] ?? '',
        what: (values['what'] ?? '') as What,
        onDay: given(values, 'onDay'),
      }),
  }),
}

/** What this person can do with the edition now. */
export function actsOf(push: Push, calls: PushCalls): Act[] {
  const values = {
    quarter: quarterText(push.quarter),
    count: push.entries,
    units: push.receivers.map(({ name }) => name).join(t('pushes.comma')),
  }
  return push.possible.map((key) => ({
    key,
    label: t(`pushes.act.${key}`),
    text: t(`pushes.ask.${key}`, values),
    done: t(`pushes.done.${key}`),
    ...ACTS[key](push, calls),
  }))
}
