// What happened to one delivery, in order: due, each attempt with what the provider said, and each receipt.

import type { TimelineEntry } from '../../kit/detail/timeline.ts'
import { hasWord, t } from '../../kit/words.ts'
import type { Delivery } from './notices.ts'

const worded = (section: string, code: string): string => (hasWord(`notices.${section}.${code}`) ? t(`notices.${section}.${code}`) : code)

export function timelineOf(delivery: Delivery): TimelineEntry[] {
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
  return [...attempts, ...receipts].sort((one, other) => one.at.localeCompare(other.at))
}
