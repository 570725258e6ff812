// What a deadline or an entry of the audit is about (`objection:<id>`), as the name of its kind and the screen that shows it.
// The names are templates/desk/zh-CN/subjects.yaml.

import { hasWord, t } from '../kit/words.ts'

/** The folder of the screens of a kind; kinds without a screen of their own are left out. */
const FOLDERS: Readonly<Record<string, string>> = {
  listing: 'listings',
  error: 'listings',
  exclusions: 'listings',
  exit: 'listings',
  import: 'imports',
  bulletin: 'bulletins',
  notice: 'notices',
  complaint: 'complaints',
  objection: 'objections',
  repair: 'repairs',
  intake: 'intakes',
  creditor: 'creditors',
  assistance: 'assistance',
  handoff: 'handoffs',
  proposal: 'accountability',
  circular: 'circulars',
  interview: 'interviews',
  consequence: 'consequences',
  joint: 'joint-circulars',
  meeting: 'meetings',
  unit: 'units',
}

/** The kind of a subject in words. */
export function kindOf(subject: string): string {
  const [kind = ''] = subject.split(':')
  return hasWord(`subjects.${kind}`) ? t(`subjects.${kind}`) : kind
}

/** The screen of a subject; null when it has none. */
export function screenOfSubject(subject: string): string | null {
  const [kind = '', id = ''] = subject.split(':')
  const folder = FOLDERS[kind]
  return folder === undefined || id === '' ? null : `/${folder}/${id}`
}
