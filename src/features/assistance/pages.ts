// The page of a liaison’s link, without script: look, confirm once, read and print, answer, suggest a review. Only POST changes anything.
// The commands are linked.commands.ts; the HTML is templates/pages.

import { z } from 'zod'
import { confirmAssistance, followAssistance, replyByLink, type LinkedAssistance, type LinkedReply } from './linked.commands.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { PresentedLink } from '../links/commands.ts'
import { wallTime, writtenDay } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { OUTCOMES } from './rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { formBody, LONG_TEXTS } from '../../platform/http/body.ts'
import { holderCookie, LINK_LIMIT, linkParams, presentedLink } from '../links/cookie.routes.ts'
import { HTML_REPLY } from '../../platform/http/reply.ts'
import { route, type Route } from '../../platform/http/route.ts'

type PageValues = Parameters<AppContext['catalog']['page']>[1]

const path = '/assistance/:token'
const common = { access: 'public', params: linkParams, limit: LINK_LIMIT, reply: HTML_REPLY } as const
/** Generous, because the rule checks the text and its refusal is shown on the page. */
const text = z.string().max(4000).default('')

export const assistancePages: readonly Route[] = [
  route({
    ...common,
    name: 'page.assistance',
    method: 'GET',
    path,
    permission: 'assistance.follow',
    run: async ({ app, actor, params, request }) => {
      const shown = presentedLink(params, request)
      return pageOf(app, shown, await followAssistance(app, actor, shown))
    },
  }),
  route({
    ...common,
    name: 'page.assistance_confirm',
    method: 'POST',
    path,
    permission: 'assistance.confirm',
    async run({ app, actor, params, request, setHeader }) {
      const shown = presentedLink(params, request)
      const linked = await followAssistance(app, actor, shown)
      // The form was sent again, or the link is used up: show its present state.
      if (linked.state !== 'fresh') return pageOf(app, shown, linked)
      const { holder } = await confirmAssistance(app, actor, shown)
      setHeader('set-cookie', holderCookie(app, `/assistance/${shown.token}`, holder, linked.expiresAt))
      const confirmed = { ...shown, holder }
      return pageOf(app, confirmed, await followAssistance(app, actor, confirmed))
    },
  }),
  route({
    ...common,
    name: 'page.assistance_answer',
    method: 'POST',
    path: `${path}/answer`,
    permission: 'assistance.reply',
    body: formBody(z.object({ outcome: z.enum(OUTCOMES), text }), LONG_TEXTS),
    run: ({ app, actor, params, request, body }) => replyPage(app, actor, presentedLink(params, request), body),
  }),
  route({
    ...common,
    name: 'page.assistance_review',
    method: 'POST',
    path: `${path}/review`,
    permission: 'assistance.reply',
    body: formBody(z.object({ text }), LONG_TEXTS),
    run: ({ app, actor, params, request, body }) => replyPage(app, actor, presentedLink(params, request), { review: body.text }),
  }),
]

/** The page after a reply; a refusal is shown above the form. */
async function replyPage(app: AppContext, actor: Actor, shown: PresentedLink, reply: LinkedReply): Promise<string> {
  let refusal = ''
  try {
    await replyByLink(app, actor, { ...shown, reply })
  } catch (error) {
    if (!isAppError(error) || (error.kind !== 'invalid' && error.kind !== 'conflict')) throw error
    refusal = [app.catalog.problem(error.code, error.values), ...error.problems.map((each) => app.catalog.check(each))].join('')
  }
  return pageOf(app, shown, await followAssistance(app, actor, shown), refusal)
}

function pageOf(app: AppContext, { token }: PresentedLink, linked: LinkedAssistance, refusal = ''): string {
  const { state, usedAt, expiresAt, assistance, unit } = linked
  const { kind, number } = assistance
  const word = (key: string): string => app.catalog.words('assistances', key)
  const envelope = {
    court: app.config.court.name,
    phone: app.config.court.phone,
    token,
    refusal,
    kind: word(`kind.${kind}`),
    number: number ?? '',
    unit,
    until: wallTime(expiresAt),
    usedAt: usedAt === null ? '' : wallTime(usedAt),
  }
  const shows = { fresh: state === 'fresh', used: state === 'used', ended: state === 'ended' }
  return app.catalog.page('assistance', { ...envelope, ...shows, held: state === 'held' ? [contentOf(app, linked)] : [] })
}

/** The document and its forms, rendered only for the browser that confirmed the link. */
function contentOf(app: AppContext, { assistance, possible }: LinkedAssistance): PageValues {
  const { record, outcome, state, endedOn, reviewPending } = assistance
  const word = (key: string): string => app.catalog.words('assistances', key)
  const { debtor, document = [], answer = '' } = record
  return {
    stateName: word(`state.${state}`),
    over: endedOn !== null,
    paragraphs: document.map((line) => ({ line })),
    debtor: debtor === undefined ? [] : [{ ...debtor }],
    answered: outcome === null ? [] : [{ outcome: word(`outcome.${outcome}`), text: answer }],
    reviews: record.reviews.map(({ text: reviewText, on, reply }) => ({ text: reviewText, on: writtenDay(on), reply: reply ?? null })),
    mayAnswer: possible.includes('answer') && outcome !== 'carried_out',
    mayReview: possible.includes('suggest_review') && !reviewPending,
    outcomes: OUTCOMES.map((each) => ({ outcome: each, outcomeName: word(`outcome.${each}`) })),
  }
}
