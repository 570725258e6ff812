// The audit: read page by page (each reading is itself recorded, so nothing is read by a timer), and verified portion by portion.

import { ref, shallowRef } from 'vue'
import { post, type Reply } from '../../kit/api/client.ts'
import { problemFrom, type Problem } from '../../kit/api/problem.ts'
import { hasWord, t } from '../../kit/words.ts'

type Page = Reply<'/api/v1/audit/search', 'post'>
export type Line = Page['items'][number]
type Portion = Reply<'/api/v1/audit/verify', 'post'>
export type Fault = Portion['faults'][number]

/** What was done, for the filter: the commands that matter most to whoever looks into something. */
export const ACTS = [
  'listing.draft',
  'listing.answer_exclusions',
  'listing.submit',
  'listing.approve',
  'listing.reject',
  'listing.record_service',
  'listing.publish',
  'listing.shield',
  'listing.propose',
  'listing.approve_proposal',
  'listing.export',
  'notice.export',
  'import.commit',
  'import.put_in_force',
  'import.discard',
  'objection.register',
  'objection.decide',
  'complaint.assign',
  'complaint.decide',
  'complaint.answer',
  'repair.decide',
  'creditor.decide',
  'assistance.issue',
  'lift.answer',
  'duty.settle',
  'unit.manage',
  'liaison.manage',
  'unit.manage_keys',
  'staff.manage',
  'staff.confirm',
  'staff.log_in',
  'calendar.manage',
  'audit.read',
] as const

/** A command in words; its code where it has none. */
export function actName(act: string): string {
  return hasWord(`audit.act.${act}`) ? t(`audit.act.${act}`) : act
}

export interface AuditFilter extends Record<string, string> {
  login: string
  act: string
  subject: string
  from: string
  to: string
}

/** Reads the audit; `read` begins anew, `more` goes on after the last row. */
export function useAudit(filter: AuditFilter) {
  const lines = shallowRef<readonly Line[]>([])
  const next = shallowRef<Page['next']>(null)
  const problem = shallowRef<Problem | null>(null)
  const pending = ref(false)
  let asked = {}

  async function load(after: Page['next']): Promise<void> {
    if (pending.value) return
    pending.value = true
    problem.value = null
    try {
      const page = await post('/api/v1/audit/search', { body: { ...asked, limit: 50, ...(after === null ? {} : { after }) } })
      lines.value = after === null ? page.items : [...lines.value, ...page.items]
      next.value = page.next
    } catch (error) {
      problem.value = problemFrom(error)
    } finally {
      pending.value = false
    }
  }
  return {
    lines,
    next,
    problem,
    pending,
    read() {
      asked = Object.fromEntries(Object.entries(filter).filter(([, value]) => value.trim() !== ''))
      return load(null)
    },
    more: () => load(next.value),
  }
}

/** Verifies the whole audit in portions and counts; `stop` ends it after the portion that is under way. */
export function useVerification() {
  const state = ref<'idle' | 'running' | 'done' | 'stopped'>('idle')
  const rows = ref(0)
  const listings = ref(0)
  const faults = shallowRef<readonly Fault[]>([])
  const problem = shallowRef<Problem | null>(null)

  async function verify(): Promise<void> {
    if (state.value === 'running') return
    Object.assign(rows, { value: 0 })
    Object.assign(listings, { value: 0 })
    faults.value = []
    problem.value = null
    state.value = 'running'
    let after: Portion['next'] = null
    try {
      do {
        const portion: Portion = await post('/api/v1/audit/verify', { body: after === null ? {} : { after } })
        rows.value += portion.rows
        listings.value += portion.listings
        faults.value = [...faults.value, ...portion.faults]
        after = portion.next
      } while (after !== null && isRunning())
      if (isRunning()) state.value = 'done'
    } catch (error) {
      problem.value = problemFrom(error)
      state.value = 'stopped'
    }
  }
  const isRunning = (): boolean => state.value === 'running'
  return { state, rows, listings, faults, problem, verify, stop: () => (state.value = 'stopped') }
}
