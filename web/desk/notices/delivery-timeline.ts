// What happened to one delivery, in order: each attempt with what the provider said, each receipt, and what overtook it before it was sent.

import type { TimelineEntry } from '../../kit/detail/timeline.ts'
import { hasWord, t } from '../../kit/words.ts'
import type { Delivery, NoticeDetail } from './notices.ts'

const worded = (section: string, code: string): string => (hasWord(`notices.${section}.${code}`) ? t(`notices.${section}.${code}`) : code)

export function timelineOf(delivery: Delivery, notice: NoticeDetail): TimelineEntry[] {
  const attempts = delivery.attempts.map((attempt) => ({
    key: `attempt-${attempt.n}`,
    at: attempt.startedAt,
    title: t('notices.attempt', { n: attempt.n, outcome: worded('outcome', attempt.outcome) }),
    who: attempt.provider,
    text: [attempt.code, attempt.reason].filter(Boolean).join(' '),
  }))
  const receipts = delivery.receipts.map((receipt, index) => ({
    key: `receipt-${index}`,
    at: receipt.at,
    title: t('notices.receipt', { stage: worded('stage', receipt.stage) }),
    who: receipt.provider,
    text: [receipt.status, receipt.code].filter(Boolean).join(' '),
  }))
  const made = [...attempts, ...receipts].sort((one, other) => one.at.localeCompare(other.at))
  const first = notice.deliveries.find(({ state }) => state === 'cancelled')
  if (notice.overtakenBy === null || delivery.id !== first?.id) return made
  return [...made, { key: 'overtaken', at: notice.closedAt, title: t(`words.states.overtaken.${notice.overtakenBy}`) }]
}
