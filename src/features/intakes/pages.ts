// The pages of somebody's own case, without script: a code to the phone the court has, the listings, what can be handed in and how far it is.
// The browser is known by a cookie for these pages alone, for an hour at most. Forms are form.pages.ts; the door is features/own-case.

import { unhurried } from '../../core/sleeper.ts'
import { z } from 'zod'
import { wallTime, writtenDayOrNone } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { formBody } from '../../platform/http/body.ts'
import { hostCookie, tokenCookie, tokenIn } from '../../platform/http/cookies.ts'
import { FORM_REPLY, HTML_REPLY, type SeeOther } from '../../platform/http/reply.ts'
import { perMinute, route, type RequestFacts, type Route } from '../../platform/http/route.ts'
import { endReceipt } from '../forms/commands.ts'
import { endKept, keptForm, largeCookies, showAgain } from '../forms/kept.routes.ts'
import { formValues, receiptCookie, receiptPass, type FieldError } from '../forms/receive.routes.ts'
import { HELD_FOR } from '../forms/rules.ts'
import { hasExited } from '../listings/rules.ts'
import { askAtDoor, confirmAtDoor, confirmedAtDoor, leaveDoor } from '../own-case/door.commands.ts'
import type { ClockCode } from '../deadlines/clocks.rules.ts'
import { amountOf } from '../deadlines/rules.ts'
import { CODE_DIGITS, CODE_MINUTES, CONFIRMED_FOR } from '../own-case/rules.ts'
import { performanceOf, showOwnCases, type OwnCase } from '../own-case/views.ts'
import { showOwnMatters, type OwnMatter } from './own.views.ts'
import { keptDraft } from './page.commands.ts'

type PageValues = Parameters<AppContext['catalog']['page']>[1]

export const OWN = '/own'
const CODE = `${OWN}/code` as const
export const kept = z.object({ again: z.string().max(1).optional() })
const COOKIE = 'zxt_own'
/** What was just done, said above the listings. */
const DONE = ['filed'] as const

export const ownPages: readonly Route[] = [
  route({
    name: 'page.own',
    method: 'GET',
    path: OWN,
    access: 'public',
    permission: 'case.read_own',
    limit: perMinute(60),
    query: kept.extend({ done: z.enum(DONE).optional() }),
    reply: HTML_REPLY,
    async run({ app, actor, request, query }) {
      const conversationId = await confirmedAtDoor(app, actor, doorToken(app, request))
      const form = await keptForm(app, actor, { page: OWN, request, again: query.again })
      return conversationId === null
        ? askPage(app, { errors: form?.errors ?? [] })
        : casesPage(app, actor, conversationId, query.done !== undefined)
    },
  }),
  route({
    name: 'page.own_ask',
    method: 'POST',
    path: OWN,
    access: 'public',
    permission: 'identity.ask',
    limit: perMinute(20),
    body: formBody(z.object({ identifier: z.string().max(60).default(''), act: z.string().max(20).default('') })),
    reply: FORM_REPLY,
    async run({ app, actor, body, request, setHeader }) {
      const large = largeCookies(app, body.act)
      if (large.length > 0) {
        setHeader('set-cookie', large)
        return askPage(app, { typed: body })
      }
      // The number itself is not kept: it is typed again.
      const refused = (message: string): Promise<SeeOther> =>
        showAgain(app, actor, { page: OWN, path: OWN }, { errors: [{ field: 'identifier', message }], origin: request.ip, setHeader })
      const token = doorToken(app, request) ?? newToken()
      try {
        const outcome = await unhurried(askAtDoor(app, actor, { token, identifier: body.identifier, origin: request.ip }))
        if (outcome === 'unreadable') return await refused(app.catalog.words('forms', 'own.unreadable'))
      } catch (error) {
        if (!isAppError(error, 'rate_limited')) throw error
        const minutes = Math.ceil(Number(error.values['retrySeconds'] ?? 3600) / 60)
        return refused(
          minutes > 60 ? app.catalog.words('forms', 'own.limited_today') : app.catalog.words('forms', 'own.limited', { minutes }),
        )
      }
      setHeader('set-cookie', doorCookie(app, token))
      return { seeOther: CODE } satisfies SeeOther
    },
  }),
  route({
    name: 'page.own_code',
    method: 'GET',
    path: CODE,
    access: 'public',
    permission: 'case.read_own',
    query: kept,
    reply: HTML_REPLY,
    async run({ app, actor, request, query: { again } }) {
      return codePage(app, (await keptForm(app, actor, { page: CODE, request, again }))?.errors ?? [])
    },
  }),
  route({
    name: 'page.own_confirm',
    method: 'POST',
    path: CODE,
    access: 'public',
    permission: 'identity.confirm',
    limit: perMinute(20),
    body: formBody(z.object({ code: z.string().max(40).default(''), act: z.string().max(20).default('') })),
    reply: FORM_REPLY,
    async run({ app, actor, body, request, setHeader }) {
      const large = largeCookies(app, body.act)
      if (large.length > 0) {
        setHeader('set-cookie', large)
        return codePage(app, [], body)
      }
      const token = doorToken(app, request)
      const code = body.code.replace(/\D/g, '')
      const outcome = token === null ? 'spent' : await confirmAtDoor(app, actor, { token, code })
      if (typeof outcome === 'string') {
        const errors = [{ field: 'code', message: app.catalog.words('forms', `own.${outcome}`) }]
        return showAgain(app, actor, { page: CODE, path: OWN }, { errors, origin: request.ip, setHeader })
      }
      setHeader('set-cookie', doorCookie(app, outcome.token))
      const draft = await keptDraft(app, actor, receiptPass(request))
      // Somebody whose hour was over while writing goes on where they were.
      return { seeOther: draft === null ? OWN : `${OWN}/${draft['listingId'] ?? ''}/${draft['kind'] ?? ''}` } satisfies SeeOther
    },
  }),
  route({
    name: 'page.own_end',
    method: 'POST',
    path: `${OWN}/end`,
    access: 'public',
    permission: 'identity.confirm',
    limit: perMinute(30),
    body: formBody(z.object({})),
    reply: FORM_REPLY,
    async run({ app, actor, request, setHeader }): Promise<SeeOther> {
      const token = doorToken(app, request)
      const pass = receiptPass(request)
      if (token !== null) await leaveDoor(app, actor, token)
      if (pass !== null) await endReceipt(app, actor, pass)
      setHeader('set-cookie', [doorCookie(app, ''), await endKept(app, actor, request, OWN)])
      return { seeOther: '/' }
    },
  }),
]

/** The token of this browser on the pages of the own case. */
export function doorToken(app: AppContext, { headers }: RequestFacts): string | null {
  return tokenIn(headers, hostCookie(app, COOKIE, OWN).name)
}

function doorCookie(app: AppContext, token: string): string {
  const lasts = token === '' ? 0 : CONFIRMED_FOR.page + CODE_MINUTES * 60_000
  const expiresAt = new Date(app.clock.now().getTime() + lasts)
  return tokenCookie(app, { ...hostCookie(app, COOKIE, OWN), token, sameSite: 'strict', expiresAt })
}

/** The cookie with which what was written is found again after the identity was confirmed. */
export function draftCookie(app: AppContext, pass: string): string {
  return receiptCookie(app, OWN, pass, HELD_FOR)
}

/** The form for the identifier. @param expired the hour was over; what was written is kept. */
export function askPage(
  app: AppContext,
  {
    typed = {},
    errors = [],
    expired = false,
  }: { typed?: Readonly<Record<string, string>>; errors?: readonly FieldError[]; expired?: boolean },
): string {
  const values = { ...frame(app), ...formValues(['identifier'], typed, errors) }
  return app.catalog.page('own-ask', {
    ...values,
    here: OWN,
    sizeForm: 'form',
    hasErrors: errors.length > 0,
    expired,
    minutes: CODE_MINUTES,
  })
}

function codePage(app: AppContext, errors: readonly FieldError[], typed: Readonly<Record<string, string>> = {}): string {
  const values = { ...frame(app), ...formValues(['code'], typed, errors) }
  return app.catalog.page('own-code', {
    ...values,
    here: CODE,
    sizeForm: 'form',
    hasErrors: errors.length > 0,
    digits: CODE_DIGITS,
    minutes: CODE_MINUTES,
  })
}

async function casesPage(app: AppContext, actor: Actor, conversationId: string, filed: boolean): Promise<string> {
  const cases = (await showOwnCases(app, actor, conversationId)) ?? []
  const matters = (await showOwnMatters(app, actor, conversationId)) ?? []
  const entries = cases.map((each) =>
    caseValues(
      app,
      each,
      matters.filter(({ listingId }) => listingId === each.listingId),
    ),
  )
  return app.catalog.page('own', { ...frame(app), here: OWN, filed, asOf: wallTime(app.clock.now()), cases: entries })
}

function caseValues(app: AppContext, each: OwnCase, matters: readonly OwnMatter[]): PageValues {
  const { catalog } = app
  const left = hasExited(each.state)
  const exitGround = each.exitGround === null ? '' : catalog.words('states', `exit.${each.exitGround}`)
  return {
    ...{
      listingId: each.listingId,
      caseNo: each.caseNo,
      caseCourt: each.court,
      name: each.name,
      performance: performanceOf(app, each),
    },
    stateName: left ? catalog.words('own', `state.${each.state}`) : catalog.words('states', `listing.${each.state}`),
    grounds: each.grounds.map((ground) => catalog.words('grounds', String(ground))).join('；'),
    decidedOn: writtenDayOrNone(each.decidedOn),
    decisionNo: each.decisionNo,
    publishedOn: writtenDayOrNone(each.publishedOn),
    term: each.termMonths === null ? catalog.words('states', 'term.none') : catalog.words('own', 'term', { months: each.termMonths }),
    termEndsOn: left ? '' : writtenDayOrNone(each.termEndsOn),
    left: left
      ? [
          {
            exitedOn: writtenDayOrNone(each.exitedOn),
            how: catalog.words('own', each.exitGround === null ? 'revoked' : 'shielded', { ground: exitGround }),
          },
        ]
      : [],
    higher: each.ofHigherCourt === null ? '' : catalog.words('states', `court.${each.ofHigherCourt}`),
    ...waysOn(app, each),
    matters: matters.map((matter) => ({ ...matter })),
  }
}

/** What holds for the debtor now, and which ways are open: before the exit, and after it. */
function waysOn(app: AppContext, each: OwnCase): PageValues {
  const left = hasExited(each.state)
  const ours = each.ofHigherCourt === null
  return {
    suspended: each.suspended,
    measures: left ? 0 : each.limits.measures,
    limited: !left && each.limits.measures > 0,
    objectionUntil: writtenDayOrNone(each.objectionUntil),
    mayObject: ours && !left,
    mayObjectUnit: ours && left,
    onList: each.state === 'listed',
    fixedTerm: !left && ours && each.termEndsOn !== null,
    mayPay: ours && !left,
    mayRepair: left,
    openEnded: !left && each.termEndsOn === null,
    ...liftPeriods(app),
  }
}

/** Within how many days the court tells the units, and the units lift. */
function liftPeriods({ config }: AppContext): PageValues {
  const days = (code: ClockCode): number => amountOf(code, config.profile, config.clockDays)
  return { notifyDays: days('lift.notify'), liftDays: days('lift.carry_out') }
}

/** Values of every page of the own case. */
export function frame({ config }: AppContext): PageValues {
  const { name: court, phone: courtPhone, address } = config.court
  return { court, courtPhone, address }
}
