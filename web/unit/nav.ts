// The menu of the portal: screens by group in the order of the work, each with the permission that shows it.
// Names are `frame.group.*` and `frame.screen.*` in templates/unit/zh-CN/frame.yaml.

import type { NavScreen } from '../kit/frame/nav.ts'

/** The groups in the order of the menu. */
export const GROUPS = ['work', 'checks', 'answers', 'own'] as const

export const NAV: readonly NavScreen<(typeof GROUPS)[number]>[] = [
  { group: 'work', key: 'home', to: '/' },
  { group: 'checks', key: 'screening', to: '/screening', permission: 'screening.ask' },
  { group: 'checks', key: 'files', to: '/files', permission: 'screening.ask' },
  { group: 'checks', key: 'screenings', to: '/screenings', permission: 'screening.read' },
  { group: 'answers', key: 'lifts', to: '/lifts', permission: 'lift.read' },
  { group: 'answers', key: 'feedback', to: '/feedback', permission: 'feedback.read' },
  { group: 'answers', key: 'complaints', to: '/complaints', permission: 'complaint.investigate' },
  { group: 'answers', key: 'orders', to: '/complaint-orders', permission: 'complaint.answer_order' },
  { group: 'answers', key: 'assistance', to: '/assistance', permission: 'assistance.read' },
  { group: 'answers', key: 'repairs', to: '/repairs', permission: 'repair.read' },
  { group: 'answers', key: 'clocks', to: '/clocks', permission: 'clock.read' },
  { group: 'own', key: 'ledger', to: '/ledger', permission: 'ledger.read' },
  { group: 'own', key: 'told', to: '/told', permission: 'portal.read' },
  { group: 'own', key: 'own', to: '/own', permission: 'portal.read' },
  { group: 'own', key: 'keys', to: '/keys', permission: 'portal.read' },
]
