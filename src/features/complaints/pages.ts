// The pages of complaints, without script: file one with photos, and with number and code follow it, add to it and withdraw it.
// Number and code are posted and then kept for the browser under a cookie, never in an address; the commands are complainant.commands.ts.

import { z } from 'zod'
import { dayOf, writtenDay } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import { squeeze } from '../../core/text.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { formBody, LONG_TEXTS } from '../../platform/http/body.ts'
import { FORM_REPLY, HTML_REPLY, type SeeOther } from '../../platform/http/reply.ts'
import { perMinute, route, type RequestFacts, type Route } from '../../platform/http/route.ts'
import { endReceipt, heldFiles, type HeldFile } from '../forms/commands.ts'
import {
  errorsOf,
  formValues,
  photoForm,
  photoValues,
  receiptCookie,
  receiptPass,
  receiveForm,
  type FieldError,
  type ReceivedForm,
} from '../forms/receive.routes.ts'
import { endKept, keptForm, largeCookies, showAgain } from '../forms/kept.routes.ts'
import { addFromPage, fileFromPage, openedComplaint, openOnPage, withdrawComplaint, type OpenedComplaint } from './complainant.commands.ts'
import { COMPLAINT_SUBJECTS } from './rules.ts'
import type { OwnComplaintView } from './views.rules.ts'
import { ownComplaint } from './views.ts'

type PageValues = Parameters<AppContext['catalog']['page']>[1]

const FORM = '/complaints'
const MINE = '/complaints/mine'
const FIELDS = ['debtorName', 'debtorIdentifier', 'unitWords', 'text', 'happenedOn', 'place', 'name', 'phone'] as const
/** What was just done, said above the complaint. */
const DONE = ['added', 'withdrawn'] as const
const AT_FORM = { page: FORM, path: FORM } as const
const AT_MINE = { page: MINE, path: FORM } as const
const SIZE_FORM = 'form'
const NOTHING_TYPED = (): ReceivedForm => ({ token: newToken(), act: '', typed: {}, files: [], errors: [] })
const kept = z.object({ again: z.string().max(1).optional() })
const line = z.string().max(200).default('')
const formToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .catch(() => newToken())

export const complaintPages: readonly Route[] = [
  route({
    name: 'page.complaint_form',
    method: 'GET',
    path: FORM,
    access: 'public',
    permission: 'none',
    query: kept,
    reply: HTML_REPLY,
    async run({ app, actor, request, query: { again } }) {
      return formPage(app, (await keptForm(app, actor, { page: FORM, request, again })) ?? NOTHING_TYPED())
    },
  }),
  route({
    name: 'page.complaint_file',
    method: 'POST',
    path: FORM,
    access: 'public',
    permission: 'complaint.file',
    limit: perMinute(10),
    body: photoForm,
    reply: FORM_REPLY,
    async run({ app, actor, body, request, setHeader }) {
      const form = await receiveForm(app, actor, { parts: body, origin: request.ip, fields: [...FIELDS, 'about', 'named'] })
      if (form.act !== '' || form.errors.length > 0) return showAgain(app, actor, AT_FORM, { ...form, origin: request.ip, setHeader })
      return caught(
        async () => {
          const content = form.typed
          const pass = await fileFromPage(app, actor, { token: form.token, content, origin: request.ip }, complaintOf(content))
          setHeader('set-cookie', receiptCookie(app, FORM, pass))
          return { seeOther: MINE }
        },
        (error) =>
          showAgain(app, actor, AT_FORM, { ...form, origin: request.ip, setHeader, errors: errorsOf(app, error, fieldOf, 'complaint') }),
      )
    },
  }),
  route({
    name: 'page.complaint_mine',
    method: 'GET',
    path: MINE,
    access: 'public',
    permission: 'complaint.follow',
    limit: perMinute(60),
    query: kept.extend({ done: z.enum(DONE).optional() }),
    reply: HTML_REPLY,
    async run({ app, actor, request, query: { done, again } }) {
      const form = await keptForm(app, actor, { page: MINE, request, again })
      const typed = form === null ? {} : { token: form.token, typed: form.typed, errors: form.errors }
      return whenOpened(app, actor, request, typed, (key) => minePage(app, actor, key, { done, ...form }))
    },
  }),
  route({
    name: 'page.complaint_open',
    method: 'POST',
    path: MINE,
    access: 'public',
    permission: 'complaint.follow',
    limit: perMinute(30),
    body: formBody(
      z.object({ number: line, code: line, act: line, form: formToken, text: z.string().max(10_000).default('') }),
      LONG_TEXTS,
    ),
    reply: FORM_REPLY,
    async run({ app, actor, body, request, setHeader }) {
      const { code, act, form, text } = body
      const number = tidyNumber(body.number)
      const large = largeCookies(app, act)
      if (large.length > 0) {
        setHeader('set-cookie', large)
        return openPage(app, { token: form, typed: { number: body.number, code, text } })
      }
      return caught(
        async () => {
          const pass = await openOnPage(app, actor, { number, code, origin: request.ip })
          setHeader('set-cookie', receiptCookie(app, FORM, pass))
          const files = await heldFiles(app, actor, form)
          if (text === '' && files.length === 0) return { seeOther: MINE }
          // What was written before the page expired is shown again, ready to be handed in.
          return minePage(app, actor, await openedComplaint(app, actor, pass), { token: form, typed: { text }, files })
        },
        (error) => {
          const errors = errorsOf(app, error, () => 'number')
          return showAgain(app, actor, AT_MINE, {
            token: form,
            typed: { number: body.number, text },
            errors,
            origin: request.ip,
            setHeader,
          })
        },
      )
    },
  }),
  route({
    name: 'page.complaint_add',
    method: 'POST',
    path: `${MINE}/add`,
    access: 'public',
    permission: 'complaint.add_evidence',
    limit: perMinute(20),
    body: photoForm,
    reply: FORM_REPLY,
    async run({ app, actor, body, request, setHeader }) {
      const form = await receiveForm(app, actor, { parts: body, origin: request.ip, fields: ['text'] })
      const { token, typed, act, errors } = form
      return whenOpened<PageReply>(app, actor, request, { token, typed }, async (key) => {
        if (act !== '' || errors.length > 0) return showAgain(app, actor, AT_MINE, { ...form, origin: request.ip, setHeader })
        return caught(
          async () => {
            const content = { number: key.number, text: typed['text'] }
            await addFromPage(app, actor, { token, content, origin: request.ip, key, text: typed['text'] ?? '' })
            return { seeOther: `${MINE}?done=added` }
          },
          (error) =>
            showAgain(app, actor, AT_MINE, {
              ...form,
              origin: request.ip,
              setHeader,
              errors: errorsOf(app, error, () => additionField(error.code)),
            }),
        )
      })
    },
  }),
  route({
    name: 'page.complaint_withdraw',
    method: 'POST',
    path: `${MINE}/withdraw`,
    access: 'public',
    permission: 'complaint.withdraw',
    limit: perMinute(20),
    body: formBody(z.object({ sure: z.string().max(10).default('') })),
    reply: FORM_REPLY,
    run: ({ app, actor, body, request, setHeader }) =>
      whenOpened<PageReply>(app, actor, request, {}, async (key) => {
        const unsure = { field: 'sure', message: app.catalog.words('forms', 'withdraw_sure') }
        if (body.sure !== 'yes') return showAgain(app, actor, AT_MINE, { errors: [unsure], origin: request.ip, setHeader })
        return caught(
          async () => {
            await withdrawComplaint(app, actor, key)
            return { seeOther: `${MINE}?done=withdrawn` }
          },
          // Pressed twice, or decided in the meantime: the page shows how it stands.
          () => ({ seeOther: MINE }),
        )
      }),
  }),
  route({
    name: 'page.complaint_end',
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
      setHeader('set-cookie', [receiptCookie(app, FORM, ''), await endKept(app, actor, request, FORM)])
      return { seeOther: FORM }
    },
  }),
]

type PageReply = string | SeeOther
type AppErrorOf = Parameters<typeof errorsOf>[1]

/** Runs a command; a refusal that the person can mend is shown on the page, with everything as it was typed. */
async function caught(run: () => Promise<PageReply>, refused: (error: AppErrorOf) => PageReply | Promise<PageReply>): Promise<PageReply> {
  try {
    return await run()
  } catch (error) {
    if (!isAppError(error) || !['invalid', 'conflict', 'missing', 'limited'].includes(error.kind)) throw error
    return refused(error)
  }
}

/** Shows the complaint that this browser filed or opened; without one, the form for number and code, and what was typed in it. */
async function whenOpened<Reply extends PageReply>(
  app: AppContext,
  actor: Actor,
  request: RequestFacts,
  typed: Partial<Pick<ReceivedForm, 'token' | 'typed' | 'errors'>>,
  show: (key: OpenedComplaint) => Promise<Reply>,
): Promise<Reply | string> {
  const pass = receiptPass(request)
  let key: OpenedComplaint
  try {
    key = await openedComplaint(app, actor, pass)
  } catch (error) {
    if (!isAppError(error, 'form_expired')) throw error
    const isRefused = (typed.errors ?? []).length > 0
    return openPage(app, { ...typed, expired: !isRefused && (pass !== null || typed.typed !== undefined) })
  }
  return show(key)
}

function complaintOf(typed: Readonly<Record<string, string>>): Parameters<typeof fileFromPage>[3] {
  const about = COMPLAINT_SUBJECTS.find((each) => each === typed['about']) ?? 'debtor'
  const fields = Object.fromEntries(FIELDS.map((field) => [field, typed[field]]))
  return { ...fields, about, text: typed['text'] ?? '', anonymous: typed['named'] !== 'yes' }
}

/** A number as people copy it: with blanks, full-width, in small letters, without the hyphen. */
function tidyNumber(typed: string): string {
  const number = squeeze(typed)
    .toUpperCase()
    .replace(/[—–－_]/g, '-')
  return number.replace(/^([A-Z]{2}\d{8})-?(\d+)$/, '$1-$2')
}

/** The input of the page for a field of the command. */
function fieldOf(field: string): string {
  return INPUTS.get(field) ?? field
}

const INPUTS: ReadonlyMap<string, string> = new Map([
  ['complainantName', 'name'],
  ['unitId', 'unitWords'],
  ['', 'text'],
])

function additionField(code: string): string {
  return code.startsWith('evidence_') ? 'photos' : 'text'
}

function formPage(app: AppContext, { token, typed, files, errors }: ReceivedForm): string {
  const chosen = (name: string, value: string, first: string): boolean => (typed[name] ?? first) === value
  const words = (key: string): string => app.catalog.words('forms', key)
  return app.catalog.page('complaint', {
    ...frame(app),
    ...formValues([...FIELDS, 'about'], typed, errors),
    ...photoValues(app, files),
    here: FORM,
    sizeForm: SIZE_FORM,
    form: token,
    hasErrors: errors.length > 0,
    abouts: COMPLAINT_SUBJECTS.map((value) => ({ value, label: words(`about.${value}`), chosen: chosen('about', value, 'debtor') })),
    names: ['no', 'yes'].map((value) => ({ value, label: words(`named.${value}`), chosen: chosen('named', value, 'no') })),
  })
}

interface OpenForm {
  token?: string
  typed?: Readonly<Record<string, string>>
  errors?: readonly FieldError[]
  expired?: boolean
}

function openPage(app: AppContext, { token = newToken(), typed = {}, errors = [], expired = false }: OpenForm): string {
  const values = { ...frame(app), ...formValues(['number', 'code', 'text'], typed, errors), here: MINE, sizeForm: SIZE_FORM, form: token }
  return app.catalog.page('complaint-open', { ...values, hasErrors: errors.length > 0, expired })
}

interface MineForm {
  token?: string
  typed?: Readonly<Record<string, string>>
  files?: readonly HeldFile[]
  errors?: readonly FieldError[]
  done?: (typeof DONE)[number] | undefined
}

async function minePage(app: AppContext, actor: Actor, key: OpenedComplaint, form: MineForm): Promise<string> {
  const view = await ownComplaint(app, actor, key)
  const { token = newToken(), typed = {}, files = [], errors = [], done } = form
  return app.catalog.page('complaint-mine', {
    ...frame(app),
    ...formValues(['text', 'sure'], typed, errors),
    ...photoValues(app, files, view.evidence),
    ...viewValues(app, view),
    here: MINE,
    // Without the form for additions there is nothing typed that the button could lose.
    sizeForm: view.open ? SIZE_FORM : '',
    form: token,
    code: key.code,
    filed: key.filed,
    done: done === undefined ? '' : app.catalog.words('forms', `done.${done}`),
    hasErrors: errors.length > 0,
  })
}

function viewValues({ catalog }: AppContext, view: OwnComplaintView): PageValues {
  const words = (key: string): string => catalog.words('complaints', key)
  const { number, state, steps, declineReason, declineNote, finding, answer, evidence, open, withdrawable } = view
  return {
    number,
    evidence,
    open,
    withdrawable,
    answer,
    note: declineNote,
    stateName: words(`plain.${state}`),
    reason: declineReason === null ? '' : words(`decline.${declineReason}`),
    finding: finding === null ? '' : words(`finding.${finding}`),
    ownText: view.text,
    dueOn: view.open && view.dueOn !== null ? writtenDay(view.dueOn) : '',
    steps: [
      ...steps.map(({ at, state: reached }) => ({ on: dayOf(at), step: words(`state.${reached}`), added: '' })),
      ...view.additions.map(({ on, text: added }) => ({ on, step: words('added'), added })),
    ]
      .sort((one, other) => one.on.localeCompare(other.on))
      .map(({ on, ...step }) => ({ time: writtenDay(on), ...step })),
  }
}

function frame({ config }: AppContext): PageValues {
  const { name: court, phone: courtPhone, address } = config.court
  return { court, courtPhone, address }
}
