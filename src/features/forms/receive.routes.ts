// Reads a form of a public page with its photos as it arrives, and gives the page what was typed and what is wrong with it.
// Keeping photos and handing in are commands.ts; the pages are those of each feature.

import type { AppContext } from '../../platform/commands/command.ts'
import { isAppError, type AppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import type { Config } from '../../config/config.ts'
import { partsBody } from '../../platform/http/body.ts'
import { tokenCookie, tokenIn } from '../../platform/http/cookies.ts'
import type { Part } from '../../platform/http/multipart.ts'
import type { RequestFacts } from '../../platform/http/route.ts'
import { readBounded } from '../../platform/media/clean.ts'
import { dropFile, heldFiles, holdFile, type HeldFile } from './commands.ts'
import { RECEIPT_FOR } from './rules.ts'

type PageValues = Parameters<AppContext['catalog']['page']>[1]

/** One thing that is wrong with a form, beside the field that it is about. */
export interface FieldError {
  field: string
  message: string
}

/** A form as it was received. */
export interface ReceivedForm {
  token: string
  /** The button that was pressed; empty for the main one. */
  act: string
  /** What was typed, by field. */
  typed: Record<string, string>
  files: HeldFile[]
  errors: FieldError[]
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/
/** Bytes of one typed field. */
const FIELD_BYTES = 65_536
/** Fields of every form: its token and the button that was pressed. */
const OF_EVERY_FORM = ['form', 'act']
/** The field to which faults of photos belong. */
const PHOTOS = 'photos'

/** The body of a form with photos: as much as its photos may be, and a megabyte of text. */
export const photoForm = partsBody(({ evidence }: Config) => evidence.maxBytes * evidence.maxFiles + 1_048_576)

/** Reads a form: the page's own fields, others are passed over; its photos are kept one by one. A photo that is refused becomes an error, the others stay. */
export async function receiveForm(
  app: AppContext,
  actor: Actor,
  { parts, origin, fields: own }: { parts: AsyncIterable<Part>; origin: string; fields: readonly string[] },
): Promise<ReceivedForm> {
  const typed: Record<string, string> = {}
  const errors: FieldError[] = []
  const token = newToken()
  for await (const part of parts) {
    if (!part.isFile) {
      if (own.includes(part.name) || OF_EVERY_FORM.includes(part.name))
        typed[part.name] = (await readBounded(part.content, FIELD_BYTES)).toString('utf8')
      continue
    }
    try {
      await holdFile(app, actor, { token: tokenOf(typed) ?? token, origin, content: part.content })
    } catch (error) {
      if (!isRefusedFile(error)) throw error
      errors.push({ field: PHOTOS, message: refusalOfFile(app, error, part.name) })
    }
  }
  const used = tokenOf(typed) ?? token
  const { act = '', form: _form, ...fields } = typed
  if (act.startsWith('drop:')) await dropFile(app, actor, { token: used, id: act.slice(5) })
  return { token: used, act, typed: fields, files: await heldFiles(app, actor, used), errors: uniqueOf(errors) }
}

/** The token comes before the files in the page, and so in what the browser sends. */
function tokenOf({ form = '' }: Record<string, string>): string | null {
  return TOKEN.test(form) ? form : null
}

function isRefusedFile(error: unknown): error is AppError {
  return isAppError(error) && error.code !== 'form_broken' && ['invalid', 'conflict', 'limited'].includes(error.kind)
}

/** What is wrong with a photo. One that is too large is named by its input, because the browser keeps no chosen file. */
function refusalOfFile({ catalog, config }: AppContext, error: AppError, input: string): string {
  if (error.code !== 'body_too_large') return catalog.problem(error.code, error.values)
  const place = /\d+$/.exec(input)?.[0] ?? '1'
  return catalog.words('forms', 'photo_too_large', { place, max: Math.floor(config.evidence.maxBytes / 1_048_576) })
}

function uniqueOf(errors: readonly FieldError[]): FieldError[] {
  return [...new Map(errors.map((error) => [error.message, error])).values()]
}

/**
 * The errors of a refused command, by field.
 * @param fieldOf the input of the page for a field of the command.
 * @param labels where the page's own names of its inputs are, if they differ from those of the command.
 */
export function errorsOf({ catalog }: AppContext, error: AppError, fieldOf: (field: string) => string, labels?: 'complaint'): FieldError[] {
  if (error.problems.length === 0) return [{ field: fieldOf(''), message: catalog.problem(error.code, error.values) }]
  return error.problems.map((problem) => {
    const field = fieldOf(problem.field ?? '')
    const column = labels === undefined ? {} : { column: catalog.words('forms', `label.${labels}.${field}`) }
    return { field, message: catalog.check({ ...problem, ...column }) }
  })
}

/** Values of a page with a form: each field as typed, what is wrong with it, and all errors for the summary above. */
export function formValues(fields: readonly string[], typed: Readonly<Record<string, string>>, errors: readonly FieldError[]): PageValues {
  const values = fields.map((field) => [field, typed[field] ?? ''] as const)
  const faults = [...fields, PHOTOS].map((field) => {
    const own = errors.filter((error) => error.field === field).map(({ message }) => message)
    return [`${field}Error`, own.join('')] as const
  })
  return { ...Object.fromEntries([...values, ...faults]), errors: errors.map(({ field, message }) => ({ field, message })) }
}

/** Values of the part of a form for photos: those that are there, and an input for each that may still be added. */
export function photoValues({ catalog, config }: AppContext, files: readonly HeldFile[], taken = 0): PageValues {
  const { maxFiles, maxBytes } = config.evidence
  const room = Math.max(0, maxFiles - files.length - taken)
  return {
    held: files.map(({ id, kind, bytes }, index) => ({
      fileId: id,
      place: index + 1,
      kindName: catalog.words('forms', `kind.${kind}`),
      kilobytes: Math.max(1, Math.round(bytes / 1024)),
    })),
    inputs: Array.from({ length: Math.min(room, SHOWN_INPUTS) }, (_, index) => ({ input: index + 1 })),
    inputsMore: Array.from({ length: Math.max(0, room - SHOWN_INPUTS) }, (_, index) => ({ input: SHOWN_INPUTS + index + 1 })),
    hasMore: room > SHOWN_INPUTS,
    maxFiles,
    maxMegabytes: Math.floor(maxBytes / 1_048_576),
    full: room === 0,
  }
}

/** Inputs that are open at once; the others are behind a line that opens. */
const SHOWN_INPUTS = 3

/** The cookie with which one browser sees its receipt again, on the pages under this path only. */
export function receiptCookie(app: AppContext, path: string, pass: string, lasts = RECEIPT_FOR): string {
  const expiresAt = new Date(app.clock.now().getTime() + (pass === '' ? 0 : lasts))
  return tokenCookie(app, { name: COOKIE, token: pass, path, sameSite: 'strict', expiresAt })
}

const COOKIE = 'zxt_receipt'

/** The token of that cookie. */
export function receiptPass({ headers }: RequestFacts): string | null {
  return tokenIn(headers, COOKIE)
}
