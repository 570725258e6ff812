// The menu of a desk or portal: screens by group in the order of the work, each with the permission that shows it.

export interface NavScreen<Group extends string = string> {
  group: Group
  key: string
  to: string
  /** Without it everybody sees the screen. */
  permission?: string
}

/** The groups in their order with the screens that a person may see; a group without any is left out. */
export function shownGroups(
  groups: readonly string[],
  nav: readonly NavScreen[],
  can: (permission: string) => boolean,
): { key: string; screens: NavScreen[] }[] {
  return groups
    .map((key) => ({
      key,
      screens: nav.filter(({ group, permission }) => group === key && (permission === undefined || can(permission))),
    }))
    .filter(({ screens }) => screens.length > 0)
}
