// The menu of the portal: screens by group in the order of the work, each with the permission that shows it.
// Names are `frame.group.*` and `frame.screen.*` in templates/unit/zh-CN/frame.yaml.

import type { NavScreen } from '../kit/frame/nav.ts'

/** The groups in the order of the menu. */
export const GROUPS = ['work', 'checks', 'answers', 'own'] as const

export const NAV: readonly NavScreen<(typeof GROUPS)[number]>[] = [{ group: 'work', key: 'home', to: '/' }]
