// The menu of the desk: groups of screens in the order of the work, each with the permission that shows it.
// Names are `frame.group.*` and `frame.screen.*` in templates/desk/zh-CN/frame.yaml.

export interface NavScreen {
  key: string
  to: string
  /** Without it everybody sees the screen. */
  permission?: string
}

export const NAV: readonly { key: string; screens: readonly NavScreen[] }[] = [
  {
    key: 'work',
    screens: [
      { key: 'home', to: '/' },
      { key: 'handoffs', to: '/handoffs', permission: 'handoff.read' },
    ],
  },
  {
    key: 'list',
    screens: [{ key: 'listings', to: '/listings', permission: 'listing.read' }],
  },
  { key: 'admin', screens: [{ key: 'staff', to: '/staff', permission: 'staff.read' }] },
]
