// What comes next for an import, as a key of its words. Pure.

import { takesEffect, type Import } from './imports.ts'

/** The next step: whose turn it is, and what they do. */
export function nextOf({ state, mode, own, possible, good }: Pick<Import, 'state' | 'mode' | 'own' | 'possible' | 'good'>): string {
  if (state !== 'checked') return state
  if (good === 0) return 'nothing_good'
  if (possible.includes('commit')) return takesEffect(mode) ? 'put_in_force' : 'commit'
  if (!takesEffect(mode)) return 'by_others'
  return own ? 'own' : 'by_approver'
}
