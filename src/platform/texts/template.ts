// The type of a notice template: its front matter and one section for each medium, as read from its file.
// Reading and checking the files is messaging/template-reader.ts.

import type { Medium } from '../../core/mediums.ts'

/** The text of a template for one medium. */
export interface Section {
  text: string
  /** Line of the file on which the text starts. */
  line: number
}

/** A notice template. */
export interface Template {
  /** File name without `.md`. */
  name: string
  file: string
  version: number
  /** First 12 hexadecimal digits of the SHA-256 of the normalised file. With `version` it proves which wording was sent. */
  hash: string
  title: string
  /** An audience of messaging/notices.rules.ts. */
  audience: string
  /** An event of messaging/notices.rules.ts. */
  event: string
  /** What happens when it stays unknown whether a message was sent: it is sent again, or a clerk decides. */
  whenInDoubt: 'resend' | 'ask'
  /** The declared values, each with a sample. */
  values: Readonly<Record<string, string | number>>
  wechat?: { template: string; fields: Readonly<Record<string, string>> }
  sections: Readonly<Partial<Record<Medium, Section>>>
}

/** Name of the value that the renderer itself fills in for SMS: the reference of the delivery. */
export const REFERENCE = 'reference'
