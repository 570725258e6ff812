// The acts on a creditor's matter as data: what each asks for and who will be told. What this person may do the server says.

import { CREDITORS_REVIEW_FINDING } from '../../kit/api/choices.gen.ts'
import { given, type Act, type ActField, type ActValues } from '../../kit/form/act.ts'
import { t } from '../../kit/words.ts'
import type { Entry, Matter, Ordered, useMatterAct } from './creditors.ts'

type Send = ReturnType<typeof useMatterAct>['mutateAsync']
type Finding = (typeof CREDITORS_REVIEW_FINDING)[number]

interface Asked {
  fields?: readonly ActField[]
  look?: 'main' | 'danger'
  order: (values: ActValues, version: number) => Ordered
}

const needed = (values: ActValues, name: string): string => values[name] ?? ''

/** The entries that left the list, to which an objection can refer. */
export const EXITED = ['shielded', 'revoked']
/** The choices of entries of one case. */
export const entryChoices = (entries: readonly Entry[]): { value: string; text: string }[] =>
  entries.map(({ id, name, state }) => ({
    value: id,
    text: t('creditors.entry_choice', { name, state: t(`words.states.listing.${state}`) }),
  }))

// Functions, because the words arrive together with this file and not before it.
const written = (name: string, label: string): ActField => ({
  name,
  label: t(`creditors.${label}`),
  hint: t(`creditors.hint.${label}`),
  kind: 'text',
})

/** The entry that is linked, out of those of the same case. */
const entryField = (entries: readonly Entry[], optional: boolean): ActField => ({
  name: 'listingId',
  label: t('creditors.entry'),
  hint: t(entries.length === 0 ? 'creditors.hint.no_entry' : 'creditors.hint.entry'),
  kind: 'select',
  optional,
  none: t(optional ? 'creditors.new_draft' : 'kit.form.choose'),
  choices: entryChoices(entries),
})

const UNDECIDED = ['draft', 'pending']

const ACTS: Readonly<Record<string, (matter: Matter, entries: readonly Entry[]) => Asked>> = {
  confirm: ({ kind }, entries) => ({
    look: 'main',
    fields:
      kind === 'exit_objection'
        ? [
            entryField(
              entries.filter(({ state }) => EXITED.includes(state)),
              false,
            ),
          ]
        : [],
    order: (values, version) => ({ act: 'confirm', body: { version, listingId: given(values, 'listingId') } }),
  }),
  decline: () => ({
    look: 'danger',
    fields: [written('note', 'note')],
    order: (values, version) => ({ act: 'decline', body: { version, note: needed(values, 'note') } }),
  }),
  draft: ({ kind }, entries) => ({
    look: kind === 'exit_objection' ? 'main' : undefined,
    fields: [
      entryField(
        entries.filter(({ state }) => UNDECIDED.includes(state)),
        kind === 'exit_objection',
      ),
    ],
    order: (values, version) => ({ act: 'draft', body: { version, listingId: given(values, 'listingId') } }),
  }),
  review: ({ kind }) => ({
    fields: [
      {
        name: 'finding',
        label: t('creditors.finding'),
        kind: 'radio',
        choices: CREDITORS_REVIEW_FINDING.filter((finding) => kind !== 'application' || finding === 'refused').map((value) => ({
          value,
          text: t(`creditors.finding_of.${value}`),
        })),
        initial: kind === 'application' ? 'refused' : '',
      },
      written('reason', 'reason'),
    ],
    order: (values, version) => ({
      act: 'review',
      body: { version, finding: needed(values, 'finding') as Finding, reason: needed(values, 'reason') },
    }),
  }),
  send_back: () => ({
    fields: [written('reason', 'sent_back')],
    order: (values, version) => ({ act: 'send-back', body: { version, reason: needed(values, 'reason') } }),
  }),
  uphold: () => ({ look: 'main', order: (_values, version) => ({ act: 'decide', body: { version } }) }),
  refuse: () => ({ look: 'danger', order: (_values, version) => ({ act: 'decide', body: { version } }) }),
  answer: () => ({
    look: 'main',
    fields: [written('text', 'answer')],
    order: (values, version) => ({ act: 'answer', body: { version, text: needed(values, 'text') } }),
  }),
  withdraw: () => ({
    fields: [written('note', 'withdrawal')],
    order: (values, version) => ({ act: 'withdraw', body: { version, note: needed(values, 'note') } }),
  }),
}

/** What this person can do with the matter now. A new draft from an application has a form of its own; the act here links one that exists. */
export function actsOf(matter: Matter, entries: readonly Entry[], send: Send): Act[] {
  return matter.possible.flatMap((key): Act[] => {
    const asked = ACTS[key]?.(matter, entries)
    const linksNothing = key === 'draft' && matter.kind === 'application' && !entries.some(({ state }) => UNDECIDED.includes(state))
    if (asked === undefined || linksNothing) return []
    const { version, kind } = matter
    const isLink = key === 'draft' && kind === 'application'
    return [
      {
        key,
        label: isLink ? t('creditors.link') : t(`words.creditors.act.${key}`),
        text: isLink ? t('creditors.link_text') : t(`creditors.ask.${key}`),
        done: t(`creditors.done.${key}`),
        look: asked.look,
        fields: asked.fields,
        send: (values) => send(asked.order(values, version)),
      },
    ]
  })
}
