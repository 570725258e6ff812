// A notice template: its front matter and one section a medium, as it was read from its file.
// Reading and checking the file is done in messaging.

import type { Medium } from '../../core/mediums.ts'

export interface Section {
  text: string
  /** The file's line on which the text starts. */
  line: number
}

export interface Template {
  /** The file's name without `.md`. */
  name: string
  file: string
  version: number
  /** First 12 hex digits of the SHA-256 of the normalised file: with `version`, which wording was sent. */
  hash: string
  title: string
  /** One of the audiences of the notices. */
  audience: string
  /** One of the notices' events. */
  event: string
  /** When it cannot be known whether a message went: send it again, or ask a person. */
  whenInDoubt: 'resend' | 'ask'
  /** Declared values, each with a sample. */
  values: Readonly<Record<string, string | number>>
  wechat?: { template: string; fields: Readonly<Record<string, string>> }
  sections: Readonly<Partial<Record<Medium, Section>>>
}

/** Filled by the renderer in SMS, not by the caller. */
export const REFERENCE = 'reference'
