// The forms of somebody's own case: an objection, an application for credit repair, and word of a payment, each with photos.
// Who is confirmed, and the listings, are pages.ts; handing in is page.commands.ts.

import { z } from 'zod'
import { AppError, isAppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { FORM_REPLY, HTML_REPLY, type SeeOther } from '../../platform/http/reply.ts'
import { idText, perMinute, route, type Route } from '../../platform/http/route.ts'
import { heldFiles } from '../forms/commands.ts'
import { keptForm, showAgain } from '../forms/kept.routes.ts'
import { errorsOf, formValues, photoForm, photoValues, receiptPass, receiveForm, type ReceivedForm } from '../forms/receive.routes.ts'
import { OBJECTION_SUBJECTS } from '../objections/rules.ts'
import { confirmedAtDoor } from '../own-case/door.commands.ts'
import { showOwnCases, type OwnCase } from '../own-case/views.ts'
import { fileIntakeFromPage, keepDraft, keptDraft } from './page.commands.ts'
import { askPage, doorToken, draftCookie, frame, kept, OWN } from './pages.ts'
import { INTAKE_KINDS, type IntakeKind } from './rules.ts'

const params = z.object({ id: idText, kind: z.enum(INTAKE_KINDS) })
const path = `${OWN}/:id/:kind` as const
const FIELDS = ['text', 'unitWords'] as const

export const ownFormPages: readonly Route[] = [
  route({
    name: 'page.own_form',
    method: 'GET',
    path,
    access: 'public',
    permission: 'case.read_own',
    limit: perMinute(60),
    params,
    query: kept,
    reply: HTML_REPLY,
    async run({ app, actor, params: target, request, query: { again } }) {
      const conversationId = await confirmedAtDoor(app, actor, doorToken(app, request))
      if (conversationId === null) return askPage(app, {})
      const own = await ownCaseOf(app, actor, conversationId, target.id)
      const form = await keptForm(app, actor, { page: pageOf(target), request, again })
      if (form !== null) return formPage(app, own, target.kind, form)
      const draft = await keptDraft(app, actor, receiptPass(request))
      const isOwnDraft = draft?.['listingId'] === target.id && draft['kind'] === target.kind
      const { form: token = newToken(), ...typed } = isOwnDraft ? draft : {}
      const files = isOwnDraft ? await heldFiles(app, actor, token) : []
      return formPage(app, own, target.kind, { token, typed, files, errors: [] })
    },
  }),
  route({
    name: 'page.own_file',
    method: 'POST',
    path,
    access: 'public',
    permission: 'intake.file',
    limit: perMinute(20),
    params,
    body: photoForm,
    reply: FORM_REPLY,
    async run({ app, actor, params: { id, kind }, body, request, setHeader }) {
      const form = await receiveForm(app, actor, { parts: body, origin: request.ip, fields: [...FIELDS, 'about'] })
      const conversationId = await confirmedAtDoor(app, actor, doorToken(app, request))
      if (conversationId === null) {
        const pass = await keepDraft(app, actor, { ...form.typed, form: form.token, listingId: id, kind })
        setHeader('set-cookie', draftCookie(app, pass))
        return askPage(app, { expired: true })
      }
      await ownCaseOf(app, actor, conversationId, id)
      const again = { page: pageOf({ id, kind }), path: OWN }
      if (form.act !== '' || form.errors.length > 0) return showAgain(app, actor, again, { ...form, origin: request.ip, setHeader })
      const { text = '', unitWords = '' } = form.typed
      const about = OBJECTION_SUBJECTS.find((each) => each === form.typed['about'])
      try {
        const page = { token: form.token, content: { ...form.typed, id, kind }, origin: request.ip }
        const words = unitWords.trim() === '' ? {} : { unitWords: unitWords.trim().slice(0, 100) }
        await fileIntakeFromPage(app, actor, page, { conversationId, kind, listingId: id, about, text, ...words })
      } catch (error) {
        if (!isAppError(error) || !['invalid', 'conflict', 'limited'].includes(error.kind)) throw error
        return showAgain(app, actor, again, { ...form, origin: request.ip, setHeader, errors: errorsOf(app, error, () => 'text') })
      }
      return { seeOther: `${OWN}?done=filed` } satisfies SeeOther
    },
  }),
]

/** The page of a form. */
function pageOf({ id, kind }: { id: string; kind: IntakeKind }): `/${string}` {
  return `${OWN}/${id}/${kind}`
}

/** @throws `listing_missing` for a listing of somebody else. */
async function ownCaseOf(app: AppContext, actor: Actor, conversationId: string, listingId: string): Promise<OwnCase> {
  const own = (await showOwnCases(app, actor, conversationId))?.find((each) => each.listingId === listingId)
  if (own === undefined) throw new AppError('listing_missing', { id: listingId })
  return own
}

function formPage(app: AppContext, own: OwnCase, kind: IntakeKind, { token, typed, files, errors }: Omit<ReceivedForm, 'act'>): string {
  const words = (key: string): string => app.catalog.words('forms', key)
  return app.catalog.page('own-form', {
    ...frame(app),
    ...formValues(FIELDS, typed, errors),
    ...photoValues(app, files),
    sizeForm: 'form',
    form: token,
    hasErrors: errors.length > 0,
    listingId: own.listingId,
    kind,
    caseNo: own.caseNo,
    caseCourt: own.court,
    heading: words(`own.heading.${kind}`),
    lead: words(`own.lead.${kind}`),
    textLabel: words(`own.text.${kind}`),
    hasAbouts: kind === 'objection',
    abouts:
      kind === 'objection'
        ? OBJECTION_SUBJECTS.map((value) => ({
            value,
            label: words(`own.about.${value}`),
            chosen: (typed['about'] ?? 'listing') === value,
          }))
        : [],
    isPayment: kind === 'payment',
  })
}
