// The notice templates as screens show them: which event and audience each is for, its version and date, and how it reads with its samples.
// Templates are files under templates/messages; nothing here changes them.

import { stat } from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'
import type { Medium } from '../../core/mediums.ts'
import { sectionOf } from '../../messaging/fallback.rules.ts'
import { NOTICES, type NoticeRule } from '../../messaging/notices.rules.ts'
import { render, segmentsOf } from '../../messaging/rendering.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import type { Template } from '../../platform/texts/template.ts'

/** A template in a list. */
export interface TemplateSummary {
  name: string
  title: string
  event: string
  audience: string
  version: number
  /** With `version` it proves which wording was sent. */
  hash: string
  /** When the file was last written on this machine. */
  changedAt: Date
  /** The fallback order: media in the order in which they are tried. */
  media: Medium[]
  /** The provision that demands the notice; null: a courtesy. */
  statutory: string | null
  urgent: boolean
}

/** How a template reads on one medium with its samples. */
export interface TemplatePreview {
  medium: Medium
  text: string
  /** Segments that a provider bills for the SMS; null on other media. */
  segments: number | null
  /** Fields of the WeChat template message; null without one. */
  fields: Readonly<Record<string, string>> | null
}

export interface TemplateDetail extends TemplateSummary {
  /** The samples that the preview is filled with. */
  samples: Readonly<Record<string, string | number>>
  previews: TemplatePreview[]
}

/** Conditions of a list; all that are given must hold. */
export interface TemplateFilter {
  event?: string | undefined
  audience?: string | undefined
  medium?: Medium | undefined
}

/** The templates that match, by name. */
export const listTemplates = query('template.read', async ({ app }, filter: TemplateFilter): Promise<TemplateSummary[]> => {
  const matching = rulesInUse(app).filter(
    ({ rule: { event, audience, fallbackOrder } }) =>
      (filter.event === undefined || filter.event === event) &&
      (filter.audience === undefined || filter.audience === audience) &&
      (filter.medium === undefined || fallbackOrder.includes(filter.medium)),
  )
  return Promise.all(matching.map(summaryOf))
})

/** One template with how it reads on each medium. @throws `template_missing`. */
export const showTemplate = query('template.read', async ({ app }, name: string): Promise<TemplateDetail> => {
  const found = rulesInUse(app).find(({ template }) => template.name === name)
  if (found === undefined) throw new AppError('template_missing', { name })
  const { template, rule } = found
  const previews = rule.fallbackOrder
    .filter((medium) => template.sections[sectionOf(medium)] !== undefined)
    .map((medium) => previewOf(app, template, medium))
  return { ...(await summaryOf(found)), samples: template.values, previews }
})

interface InUse {
  template: Template
  rule: NoticeRule
}

function rulesInUse({ catalog }: AppContext): InUse[] {
  return catalog.templates().flatMap((template) => {
    const rule = NOTICES.find((each) => each.template === template.name)
    return rule === undefined ? [] : [{ template, rule }]
  })
}

async function summaryOf({ template, rule }: InUse): Promise<TemplateSummary> {
  const { name, title, event, audience, version, hash } = template
  const { mtime } = await stat(template.file)
  const { fallbackOrder, statutory, urgent } = rule
  return { name, title, event, audience, version, hash, changedAt: mtime, media: [...fallbackOrder], statutory, urgent }
}

/** The reference that stands at the end of a sample. */
const REFERENCE = 'A1B2C3D4'

function previewOf({ config }: AppContext, template: Template, medium: Medium): TemplatePreview {
  const body = render(template, medium, template.values, { signature: config.court.name, reference: REFERENCE })
  return { medium, text: body.text, segments: medium === 'sms' ? segmentsOf(body.text) : null, fields: body.template?.fields ?? null }
}
