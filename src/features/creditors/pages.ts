// The page of an applicant of a case, without script: hand something in once, and see how far it is.
// Number and code are posted and then kept for the browser under a cookie; the commands are commands.ts, the HTML is templates/pages.

import { z } from 'zod'
import { fileMatter } from './commands.ts'
import { followMatter } from './views.ts'
import { MATTER_KINDS } from './rules.ts'
import { writtenDay, writtenDayOrNone } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { formBody, LONG_TEXTS } from '../../platform/http/body.ts'
import { FORM_REPLY, HTML_REPLY, type SeeOther } from '../../platform/http/reply.ts'
import { perMinute, route, type Route } from '../../platform/http/route.ts'
import { endReceipt, grantReceipt, handInOnce, openReceipt, withGuessLimit, type Receipt } from '../forms/commands.ts'
import { endKept, keptForm, largeCookies, showAgain } from '../forms/kept.routes.ts'
import { errorsOf, formValues, receiptCookie, receiptPass, type FieldError } from '../forms/receive.routes.ts'

type PageValues = Parameters<AppContext['catalog']['page']>[1]

const path = '/creditors'
const MINE = '/creditors/mine'
const PURPOSE = 'creditor'
const FIELDS = ['name', 'phone', 'caseNo', 'debtorName', 'debtorIdentifier', 'ground', 'text'] as const
const SIZE_FORM = 'form'
const kept = z.object({ again: z.string().max(1).optional() })
const line = z.string().max(200).default('')
/** Generous, because the rules check the texts and their refusal is shown on the page. */
const text = z.string().max(10_000).default('')
const formToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .catch(() => newToken())

export const creditorPages: readonly Route[] = [
  route({
    name: 'page.creditor_form',
    method: 'GET',
    path,
    access: 'public',
    permission: 'none',
    query: kept,
    reply: HTML_REPLY,
    async run({ app, actor, request, query: { again } }) {
      const form = await keptForm(app, actor, { page: path, request, again })
      return formPage(app, form?.token ?? newToken(), { kind: 'application', ...form?.typed }, form?.errors ?? [])
    },
  }),
  route({
    name: 'page.creditor',
    method: 'POST',
    path,
    access: 'public',
    permission: 'creditor.file',
    limit: perMinute(10),
    body: formBody(
      z.object({
        kind: z.enum(MATTER_KINDS),
        ...{ name: line, phone: line, caseNo: line, debtorName: line, debtorIdentifier: line },
        ...{ ground: text, text, form: formToken, act: line },
      }),
      LONG_TEXTS,
    ),
    reply: FORM_REPLY,
    async run({ app, actor, body: { form: token, act, ...content }, request, setHeader }) {
      const form = { token, act, typed: content, origin: request.ip, setHeader }
      if (act !== '') return showAgain(app, actor, { page: path, path }, form)
      try {
        const pass = await handInOnce(app, actor, {
          ...{ purpose: PURPOSE, token, content, origin: request.ip },
          async run(joined) {
            const { number, code, dueOn } = await fileMatter(joined, actor, { ...content, way: 'web' })
            return { number, code, dueOn: writtenDayOrNone(dueOn), filed: 1 }
          },
        })
        setHeader('set-cookie', receiptCookie(app, path, pass))
      } catch (error) {
        if (!isAppError(error, 'creditor_incomplete') && !isAppError(error, 'rate_limited')) throw error
        const errors = errorsOf(app, error, (field) => (field === '' ? 'text' : field))
        return showAgain(app, actor, { page: path, path }, { ...form, errors })
      }
      return { seeOther: MINE } satisfies SeeOther
    },
  }),
  route({
    name: 'page.creditor_mine',
    method: 'GET',
    path: MINE,
    access: 'public',
    permission: 'creditor.follow',
    limit: perMinute(60),
    query: kept,
    reply: HTML_REPLY,
    async run({ app, actor, request, query: { again } }) {
      const pass = receiptPass(request)
      const form = await keptForm(app, actor, { page: MINE, request, again })
      if (form !== null) return openPage(app, { number: form.typed['number'] ?? '', errors: form.errors })
      try {
        return await minePage(app, actor, await openReceipt(app, actor, { pass, purpose: PURPOSE }))
      } catch (error) {
        if (!isAppError(error, 'form_expired')) throw error
        return openPage(app, { expired: pass !== null })
      }
    },
  }),
  route({
    name: 'page.creditor_progress',
    method: 'POST',
    path: MINE,
    access: 'public',
    permission: 'creditor.follow',
    limit: perMinute(30),
    body: formBody(z.object({ number: line, code: line, act: line })),
    reply: FORM_REPLY,
    async run({ app, actor, body: { act, ...body }, request, setHeader }) {
      const large = largeCookies(app, act)
      if (large.length > 0) {
        setHeader('set-cookie', large)
        return openPage(app, body)
      }
      try {
        const limit = { origin: request.ip, refusal: 'creditor_missing' } as const
        const { number } = await withGuessLimit(app, actor, limit, () => followMatter(app, actor, body))
        const pass = await grantReceipt(app, actor, { purpose: PURPOSE, record: { number, code: body.code, filed: 0 } })
        setHeader('set-cookie', receiptCookie(app, path, pass))
      } catch (error) {
        if (!isAppError(error, 'creditor_missing') && !isAppError(error, 'rate_limited')) throw error
        const errors = errorsOf(app, error, () => 'number')
        return showAgain(app, actor, { page: MINE, path }, { typed: { number: body.number }, errors, origin: request.ip, setHeader })
      }
      return { seeOther: MINE } satisfies SeeOther
    },
  }),
  route({
    name: 'page.creditor_end',
    method: 'POST',
    path: `${MINE}/end`,
    access: 'public',
    permission: 'form.hold',
    limit: perMinute(30),
    body: formBody(z.object({})),
    reply: FORM_REPLY,
    async run({ app, actor, request, setHeader }): Promise<SeeOther> {
      const pass = receiptPass(request)
      if (pass !== null) await endReceipt(app, actor, pass)
      setHeader('set-cookie', [receiptCookie(app, path, ''), await endKept(app, actor, request, path)])
      return { seeOther: path }
    },
  }),
]

function formPage(
  app: AppContext,
  token: string,
  typed: Readonly<Record<string, string>> & { kind: string },
  errors: readonly FieldError[],
): string {
  const kinds = MATTER_KINDS.map((kind) => {
    return { kind, kindName: app.catalog.words('creditors', `kind.${kind}`), chosen: kind === typed.kind }
  })
  const values = { ...frame(app), ...formValues(FIELDS, typed, errors), here: path, sizeForm: SIZE_FORM, form: token, kinds }
  return app.catalog.page('creditor', { ...values, hasErrors: errors.length > 0 })
}

function openPage(
  app: AppContext,
  {
    number = '',
    code = '',
    errors = [],
    expired = false,
  }: { number?: string; code?: string; errors?: readonly FieldError[]; expired?: boolean },
): string {
  const values = { ...frame(app), ...formValues(['number', 'code'], { number, code }, errors), here: MINE, sizeForm: SIZE_FORM, expired }
  return app.catalog.page('creditor-open', { ...values, hasErrors: errors.length > 0 })
}

async function minePage(app: AppContext, actor: Actor, receipt: Receipt): Promise<string> {
  const { number = '', code = '', filed = 0, dueOn: promised = '' } = receipt
  const { kind, state, receivedOn, dueOn, ...matter } = await followMatter(app, actor, { number: String(number), code: String(code) })
  const words = (key: string): string => app.catalog.words('creditors', key)
  return app.catalog.page('creditor-mine', {
    ...frame(app),
    ...matter,
    ...{ here: MINE, code, promised, filed: filed === 1 },
    kindName: words(`kind.${kind}`),
    stateName: words(`public.${state}`),
    received: writtenDay(receivedOn),
    dueOn: writtenDayOrNone(dueOn),
  })
}

function frame({ config }: AppContext): PageValues {
  const { name: court, phone: courtPhone, address } = config.court
  return { court, courtPhone, address }
}
