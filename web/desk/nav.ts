// The menu of the desk: screens by group in the order of the work, each with the permission that shows it.
// Names are `frame.group.*` and `frame.screen.*` in templates/desk/zh-CN/frame.yaml.

import type { NavScreen } from '../kit/frame/nav.ts'

/** The groups in the order of the menu. */
export const GROUPS = ['work', 'list', 'told', 'cases', 'units', 'duty', 'admin'] as const

export const NAV: readonly NavScreen<(typeof GROUPS)[number]>[] = [
  { group: 'work', key: 'home', to: '/' },
  { group: 'work', key: 'handoffs', to: '/handoffs', permission: 'handoff.read' },
  { group: 'work', key: 'clocks', to: '/clocks', permission: 'clock.read' },
  { group: 'list', key: 'listings', to: '/listings', permission: 'listing.read' },
  { group: 'list', key: 'imports', to: '/imports', permission: 'import.read' },
  { group: 'list', key: 'bulletins', to: '/bulletins', permission: 'bulletin.read' },
  { group: 'told', key: 'duties', to: '/duties', permission: 'notice.read' },
  { group: 'told', key: 'pushes', to: '/pushes', permission: 'push.read' },
  { group: 'told', key: 'notices', to: '/notices', permission: 'notice.read' },
  { group: 'cases', key: 'intakes', to: '/intakes', permission: 'intake.read' },
  { group: 'cases', key: 'objections', to: '/objections', permission: 'objection.read' },
  { group: 'cases', key: 'repairs', to: '/repairs', permission: 'repair.read' },
  { group: 'cases', key: 'creditors', to: '/creditors', permission: 'creditor.read' },
  { group: 'cases', key: 'complaints', to: '/complaints', permission: 'complaint.read' },
  { group: 'units', key: 'lifts', to: '/lifts', permission: 'lift.read' },
  { group: 'units', key: 'retentions', to: '/retentions', permission: 'retention.read' },
  { group: 'units', key: 'assistance', to: '/assistance', permission: 'assistance.read' },
  { group: 'units', key: 'feedback', to: '/feedback', permission: 'round.read' },
  { group: 'units', key: 'units', to: '/units', permission: 'unit.read' },
  { group: 'duty', key: 'accountability', to: '/accountability', permission: 'accountability.read' },
  { group: 'duty', key: 'circulars', to: '/circulars', permission: 'accountability.read' },
  { group: 'duty', key: 'interviews', to: '/interviews', permission: 'accountability.read' },
  { group: 'duty', key: 'consequences', to: '/consequences', permission: 'accountability.read' },
  { group: 'duty', key: 'joints', to: '/joint-circulars', permission: 'accountability.read' },
  { group: 'duty', key: 'meetings', to: '/meetings', permission: 'accountability.read' },
  { group: 'admin', key: 'staff', to: '/staff', permission: 'staff.read' },
  { group: 'admin', key: 'templates', to: '/templates', permission: 'template.read' },
  { group: 'admin', key: 'audit', to: '/audit', permission: 'audit.read' },
  { group: 'admin', key: 'system', to: '/system', permission: 'system.read' },
]
