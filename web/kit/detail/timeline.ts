// One thing that happened, as a timeline shows it.

export interface TimelineEntry {
  key: string
  /** ISO 8601; null for a step that is still to come. */
  at: string | null
  title: string
  who?: string
  text?: string
}
