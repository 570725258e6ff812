// Scenes of the demo about the list: importing a file, approval by another person, publication, an enquiry, and one exit.
// Who was notified is shown by stage.ts; objections, lift orders and feedback are procedures.ts.

import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { commitImport } from '../features/imports/commit.commands.ts'
import { checkImport, receiveImport } from '../features/imports/commands.ts'
import { listListings, showListing } from '../features/listings/views.ts'
import { answerExclusions, approveListings, recordServices, submitListings } from '../features/listings/commands.ts'
import { EXCLUSIONS, type ExclusionAnswers } from '../features/listings/exclusions.rules.ts'
import type { AppContext } from '../platform/commands/command.ts'
import { listDuties } from '../features/notices/views.ts'
import { enquire } from '../features/enquiry/views.ts'
import { dayOf } from '../core/calendar.ts'
import { isAppError } from '../core/errors.ts'
import { PUBLIC, type Actor } from '../platform/commands/permissions.ts'
import { OPERATOR, told, type Items, type Stage } from './stage.ts'
import { type BulletinOutcome, publishListings, shieldListings } from '../features/bulletins/commands.ts'

/** Imports the file as drafts. Answers the drafted listings. */
export async function importList({ app, terminal }: Stage, clerk: Actor, file: string): Promise<Items> {
  const { say } = terminal
  const { id } = await receiveImport(app, clerk, { fileName: basename(file), mode: 'draft', content: createReadStream(file) })
  const report = await checkImport(app, clerk, id)
  say('demo.checked', { file: basename(file), rows: report.rows, good: report.good, bad: report.bad })
  const committed = await commitImport(app, clerk, { id })
  say('demo.drafted', { taken: committed.taken })
  const items: Items = []
  for (let offset = 0; ; offset += 200) {
    const page = await listListings(app, clerk, { filter: { importId: id }, page: { limit: 200, offset } })
    items.push(...page.items.map((item) => ({ id: item.id })))
    if (page.items.length < 200) return items
  }
}

/** Submits the drafts, with the answers to art. 3; approval by their own drafter is refused, approval by another person succeeds. */
export async function approveDrafts(stage: Stage, clerk: Actor, approver: Actor, items: Items): Promise<void> {
  const { app, terminal } = stage
  const answers = Object.fromEntries(EXCLUSIONS.map((exclusion) => [exclusion, false])) as ExclusionAnswers
  await answerExclusions(app, clerk, { items, answers })
  await submitListings(app, clerk, { items })
  try {
    await approveListings(app, { ...clerk, roles: ['clerk', 'approver'] }, { items })
  } catch (error) {
    if (!isAppError(error)) throw error
    terminal.say('demo.own', { reason: app.catalog.problem(error.code, error.values) })
  }
  await approveListings(app, approver, { items })
  await stage.deliver()
  terminal.say('demo.decided', { count: items.length })
  await told(stage, clerk, { listingId: items[0]?.id ?? '' })
}

/** Records the service of the decisions and publishes the list. */
export async function publish(stage: Stage, clerk: Actor, items: Items): Promise<void> {
  const { app, terminal } = stage
  const servedOn = dayOf(app.clock.now())
  await recordServices(app, clerk, { items, servedOn, manner: terminal.words('demo.manner') })
  const { bulletin } = await publishListings(app, clerk, { items })
  await stage.deliver()
  terminal.say('demo.published', { number: bulletin.number, count: items.length, version: bulletin.listVersion })
  await told(stage, clerk, { bulletinId: bulletin.id })
  const duties = await listDuties(app, clerk, { limit: 200, offset: 0 })
  terminal.say('demo.duties', { count: duties.total })
}

/** A citizen asks about a debtor: a name alone is not enough. */
export async function ask({ app, terminal }: Stage, items: Items): Promise<void> {
  const { say } = terminal
  const shown = await showListing(app, OPERATOR, items.at(-1)?.id ?? '')
  const { name, identifier } = shown.content.debtor
  say('demo.asks', { name })
  try {
    await enquire(app, PUBLIC, { name })
  } catch (error) {
    if (!isAppError(error)) throw error
    say('demo.answer', { text: app.catalog.problem(error.code, error.values) })
  }
  const answer = await enquire(app, PUBLIC, { name, identifier: identifier.slice(-4) })
  for (const entry of answer.entries)
    say('demo.found', { name: entry.name, identifier: entry.identifier, caseNo: entry.caseNo, court: entry.court })
}

/** Shields one listing whose debtor has performed. Answers the bulletin. */
export async function shieldOne(stage: Stage, clerk: Actor, items: Items): Promise<BulletinOutcome> {
  const { app, terminal } = stage
  const item = await firstWithoutTerm(app, items)
  const outcome = await shieldListings(app, clerk, { items: [item], ground: 'fully_performed', reason: terminal.words('demo.performed') })
  await stage.deliver()
  terminal.say('demo.shielded', { number: outcome.bulletin.number, version: outcome.bulletin.listVersion })
  await told(stage, clerk, { listingId: item.id }, 1)
  await told(stage, clerk, { bulletinId: outcome.bulletin.id }, 5)
  return outcome
}

/** A public listing without a fixed term whose debtor has a phone; the last one drafted is tried first. */
async function firstWithoutTerm(app: AppContext, items: Items): Promise<{ id: string }> {
  for (const item of items.toReversed()) {
    const { content } = await showListing(app, OPERATOR, item.id)
    if (content.termMonths === null && content.disclosure === 'public' && content.debtor.phone !== undefined) return item
  }
  throw new Error('the list has no entry without a fixed term')
}
