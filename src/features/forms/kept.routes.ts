// A form that was not handed in is kept sealed for its browser, which is sent to the page of the form: Back and reload show it again.
// Large text is chosen with the button of the form itself, so that nothing typed or picked is lost; the cookie of that choice is cookies.ts.

import type { AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { isAppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import { choiceCookie, LARGE, tokenCookie, tokenIn } from '../../platform/http/cookies.ts'
import type { SeeOther } from '../../platform/http/reply.ts'
import type { RequestFacts } from '../../platform/http/route.ts'
import { endReceipt, heldFiles, keepForm, openReceipt } from './commands.ts'
import type { FieldError, ReceivedForm } from './receive.routes.ts'
import { RECEIPT_FOR } from './rules.ts'

const PURPOSE = 'kept_form'
const COOKIE = 'zxt_form'
/** Characters of one field that are kept: more than any field takes, so that the refusal for its length is not lost. */
const KEPT_CHARACTERS = 10_000
/** Bytes of all fields together as they are stored, which a column takes on every database. */
const KEPT_OF_ALL = 40_000

/** Bytes of a text in a JSON inside a JSON. */
function sizeOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(text)))
}

/** Where a form is shown again. */
export interface KeptPage {
  /** The page of the form. */
  page: `/${string}`
  /** The path under which the browser sends the cookie: that of all pages of the subject. */
  path: string
}

type SetHeader = (name: string, value: string | string[]) => void

/**
 * Keeps a form that was refused, or whose photos were sent ahead, and sends the browser to its page.
 * @param form what was typed; leave out what must not be kept. `origin` is the network by which kept forms are counted.
 * @throws `rate_limited`, `uploads_full`.
 */
export async function showAgain(
  app: AppContext,
  actor: Actor,
  { page, path }: KeptPage,
  form: Partial<ReceivedForm> & { setHeader: SetHeader; origin: string },
): Promise<SeeOther> {
  const { token = '', act = '', typed = {}, errors = [], setHeader, origin } = form
  let left = KEPT_OF_ALL
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(typed)) {
    let part = value.slice(0, KEPT_CHARACTERS)
    while (part !== '' && sizeOf(part) > left) part = part.slice(0, Math.floor(part.length / 2))
    fields[name] = part
    left -= sizeOf(part)
  }
  const record = { page, form: token, typed: JSON.stringify(fields), errors: JSON.stringify(errors) }
  const pass = await keepForm(app, actor, { origin, purpose: PURPOSE, record })
  setHeader('set-cookie', [keptCookie(app, path, pass), ...largeCookies(app, act)])
  return { seeOther: `${page}?again=1` }
}

/** What was kept of the form of this page; null when nothing was, when its time is over, and for whoever opens the page anew. */
export async function keptForm(
  app: AppContext,
  actor: Actor,
  { page, request, again }: { page: string; request: RequestFacts; again: string | undefined },
): Promise<ReceivedForm | null> {
  const pass = again === undefined ? null : tokenIn(request.headers, COOKIE)
  if (pass === null) return null
  try {
    const { page: keptPage, form, typed, errors } = await openReceipt(app, actor, { pass, purpose: PURPOSE })
    if (keptPage !== page) return null
    const token = form === '' ? newToken() : String(form)
    const files = await heldFiles(app, actor, token)
    return {
      ...{ token, act: '', files },
      typed: JSON.parse(String(typed)) as Record<string, string>,
      errors: JSON.parse(String(errors)) as FieldError[],
    }
  } catch (error) {
    if (!isAppError(error, 'form_expired')) throw error
    return null
  }
}

/** Forgets what was kept for this browser, on a phone or computer that others use too. @returns the cookie that ends the other. */
export async function endKept(app: AppContext, actor: Actor, request: RequestFacts, path: string): Promise<string> {
  const pass = tokenIn(request.headers, COOKIE)
  if (pass !== null) await endReceipt(app, actor, pass)
  return keptCookie(app, path, '')
}

function keptCookie(app: AppContext, path: string, token: string): string {
  const expiresAt = new Date(app.clock.now().getTime() + (token === '' ? 0 : RECEIPT_FOR))
  return tokenCookie(app, { name: COOKIE, token, path, sameSite: 'strict', expiresAt })
}

/** The cookie of large text, where the button for it was pressed (`large:yes`, `large:no`). */
export function largeCookies(app: AppContext, act: string): string[] {
  if (act !== 'large:yes' && act !== 'large:no') return []
  return [choiceCookie(app, LARGE, act === 'large:yes' ? 'yes' : 'no')]
}
