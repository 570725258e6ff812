// The public enquiry over the API, and the function by which the API and the page ask within the same limits (limits.commands.ts).
// Which entries are found and shown is views.ts; the page is pages.ts.

import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import { createMissLimits } from './limits.commands.ts'
import { enquireTogether, type Enquiry, type EnquiryAnswer } from './views.ts'
import { wavesByApp } from '../../platform/commands/waves.ts'
import { wallTime } from '../../core/calendar.ts'
import { PUBLIC } from '../../platform/commands/permissions.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, instant, route, type Route } from '../../platform/http/route.ts'

const entry = z.object({
  name: z.string(),
  kind: z.enum(['person', 'organisation']),
  identifier: z.string(),
  sex: z.string().nullable(),
  ageBand: z.object({ from: z.int(), to: z.int() }).nullable(),
  legalRepresentative: z.string().nullable(),
  court: z.string(),
  province: z.string().nullable(),
  caseNo: z.string(),
  filedOn: dayText,
  basisNo: z.string(),
  basisMaker: z.string(),
  obligation: z.string(),
  performance: z.string(),
  grounds: z.array(z.string()),
  termMonths: z.int().nullable(),
  publishedOn: dayText.nullable(),
  source: z.string(),
})

/** An answer with the sentence that explains what it means and what it does not mean. */
export interface EnquiryReply extends EnquiryAnswer {
  statement: string
}

/** Answers one enquiry for the client's network. @throws `enquiry_limited`, and what `enquire` throws. */
export type Enquire = (app: AppContext, question: Enquiry, network: string) => Promise<EnquiryReply>

/**
 * Creates the enquiry function that the API and the page share. Misses per hour are limited, which slows down guessing of numbers but not an
 * honest mistake. Questions that come while others are being answered share a database query.
 * @param missesPerHour misses that one network may have in an hour.
 */
export function createEnquiry(missesPerHour: number): Enquire {
  const withinLimits = createMissLimits(missesPerHour)
  return async (app, question, network) => {
    const answer = await withinLimits<EnquiryAnswer>(app, question, {
      network,
      isMiss: ({ entries }) => entries.length === 0,
      ask: () => askTogether(app, ALL, question),
    })
    const key = answer.entries.length === 0 ? 'enquiry.none' : 'enquiry.found'
    const asOf = wallTime(new Date(answer.asOf))
    const statement = app.catalog.words('public', key, { count: answer.entries.length, asOf })
    return { ...answer, statement: answer.nameDiffers ? `${app.catalog.words('public', 'enquiry.name_differs')}${statement}` : statement }
  }
}

/** Questions of everybody are answered together. */
const ALL = ''
const askTogether = wavesByApp<Enquiry, EnquiryAnswer>((app, questions) => enquireTogether(app, PUBLIC, questions))

/** The route of the public enquiry. */
export function publicRoutes(ask: Enquire): readonly Route[] {
  return [
    route({
      name: 'enquiries.ask',
      // A POST although it changes nothing: proxies log addresses, and the question names a person.
      method: 'POST',
      path: '/api/v1/public/enquiries',
      access: 'public',
      permission: 'public.enquire',
      limit: { code: 'enquiry_limited', perMinute: (config) => config.enquiry.perMinute },
      body: jsonBody(
        z.strictObject({
          name: z.string().max(100).optional(),
          identifier: z.string().max(40).optional(),
          caseNo: z.string().max(100).optional(),
        }),
      ),
      reply: jsonReply(
        z.object({ entries: z.array(entry), nameDiffers: z.boolean(), asOf: instant, listVersion: z.int(), statement: z.string() }),
      ),
      run: ({ app, body, request }) => ask(app, body, request.ip),
    }),
  ]
}
