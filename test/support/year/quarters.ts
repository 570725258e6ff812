// Work that recurs in the simulated year: screenings, returns of a quarter, the quarterly list, proposals, and assistance notices.
// Lift orders and complaints are units.ts.

import { draftAssistance, issueAssistance, acknowledgeAssistance, answerAssistance } from '../../../src/features/assistance/commands.ts'
import { issueCircular } from '../../../src/features/accountability/circulars.commands.ts'
import { listCirculars, listProposals } from '../../../src/features/accountability/views.ts'
import { decideProposal } from '../../../src/features/accountability/commands.ts'
import { listReturns, listRounds } from '../../../src/features/feedback/views.ts'
import { submitReturn } from '../../../src/features/feedback/commands.ts'
import { listPushes } from '../../../src/features/quarterly-list/views.ts'
import { preparePush, releasePush } from '../../../src/features/quarterly-list/commands.ts'
import { askScreening, reportOutcome } from '../../../src/features/screening/commands.ts'
import { addDays } from '../../../src/core/calendar.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { quarterOf } from '../../../src/features/deadlines/rules.ts'
import { dutyUnitIds } from '../../../src/features/units/store.ts'
import type { World } from './world.ts'

const PAGE = { limit: 200, offset: 0 }

/** A unit screens debtors before it decides, and reports the outcome: refused, or approved with a reason. */
export async function screenSomebody(world: World): Promise<void> {
  const { app, chance } = world
  const withDuty = new Set(await app.store.read((db) => dutyUnitIds(db)))
  const { liaison } = chance.pick(world.units.filter((unit) => unit.liaison !== null && withDuty.has(unit.id)))
  if (liaison === null || world.free.length === 0) return
  const quarter = quarterOf(world.today()).name
  for (let n = chance.int(1, 4); n > 0; n -= 1) {
    const { content } = chance.pick(world.free)
    const { id, answer } = await askScreening(app, liaison, { name: String(content.name), identifier: String(content.identifier) })
    world.count(`checked ${quarter}`)
    if (answer !== 'hit' || chance.yes(0.1)) continue
    const outcome = chance.yes(0.7) ? 'refused' : 'approved'
    await reportOutcome(app, liaison, { screeningId: id, outcome, ...(outcome === 'approved' ? { reason: '申请人提供了足额担保' } : {}) })
    world.count(`${outcome} ${quarter}`)
  }
}

/** After a quarter its round has opened by itself; units return the counted figures in time, late, after the end, or never. */
export async function returnQuarter(world: World): Promise<void> {
  const { app, chance, office } = world
  const [round] = (await listRounds(app, office, { filter: {}, page: PAGE })).items
  if (round === undefined) return
  const { items } = await listReturns(app, office, { filter: { roundId: round.id }, page: PAGE })
  for (const { unitId } of items) {
    if (chance.yes(0.07)) {
      world.count('returns never made')
      continue
    }
    world.after(chance.yes(0.85) ? chance.int(0, 8) : chance.int(9, 26), async () => {
      const ownReturn = (await listReturns(app, office, { filter: { roundId: round.id, unitId }, page: PAGE })).items[0]
      const actor = world.units.find((unit) => unit.id === unitId)?.liaison ?? world.clerk
      const { checked = 0, restricted = 0, approved = 0 } = ownReturn ?? {}
      const submitted = await submitReturn(app, actor, { roundId: round.id, unitId, checked, restricted, approved })
      world.count(submitted.afterClose ? 'returns after the end' : 'returns')
    })
  }
}

/** Somebody releases the quarterly list that was prepared by itself; it is prepared anew when entries have exited meanwhile. */
export async function pushQuarter(world: World): Promise<void> {
  const { app, clerk, approver } = world
  const [prepared] = (await listPushes(app, clerk, { filter: { state: 'prepared' }, page: PAGE })).items
  if (prepared === undefined) return
  try {
    await releasePush(app, approver, { id: prepared.id })
  } catch (error) {
    if (!isAppError(error, 'push_outdated')) throw error
    const { id } = await preparePush(app, clerk, { quarter: prepared.quarter, anew: true })
    await releasePush(app, approver, { id })
  }
  world.count('pushes')
}

/** The group office decides all open proposals. */
export async function callToAccount(world: World): Promise<void> {
  const { app, chance, office } = world
  const { items } = await listProposals(app, office, { filter: { state: 'open' }, page: PAGE })
  for (const { id } of items) {
    const decision = chance.pick(['dismiss', 'dismiss', 'circular', 'interview'] as const)
    const days = { calledFor: addDays(world.today(), 5), rectifyBy: addDays(world.today(), 15) }
    const decide = (): Promise<unknown> => decideProposal(app, office, { id, decision, reason: '经核实，作出如下处理', ...days })
    // The running processes add causes to proposals at the same time: whoever decided on an older state looks again.
    await decide().catch((error: unknown) => {
      if (!isAppError(error, 'proposal_version_stale')) throw error
      return decide()
    })
    world.count(`proposals ${decision}`)
  }
  const drafts = await listCirculars(app, office, { filter: { state: 'draft' }, page: PAGE })
  for (const { id } of drafts.items) await issueCircular(app, world.secondOffice, { id })
}

/** A unit gets an assistance notice, and acknowledges and answers it in time, late or never. */
export async function askAssistance(world: World): Promise<void> {
  const { app, chance, clerk, approver } = world
  const entry = chance.pick(world.free)
  const { id: unitId, liaison } = chance.pick(world.units.filter((unit) => unit.liaison !== null))
  const asked = { facts: '被执行人在贵单位办理业务', request: '协助冻结有关账户', basis: '联动意见第十九条' }
  const kind = chance.yes(0.7) ? ('assistance' as const) : ('suggestion' as const)
  const { id } = await draftAssistance(app, clerk, { kind, unitId, listingId: entry.id, ...asked, answerBy: addDays(world.today(), 20) })
  await issueAssistance(app, approver, { id })
  world.count('assistance')
  if (liaison === null || chance.yes(0.1)) return
  world.after(chance.int(0, 6), async () => {
    await acknowledgeAssistance(app, liaison, { id })
    if (chance.yes(0.1)) return
    world.after(chance.int(1, 24), async () => {
      await answerAssistance(app, liaison, { id, outcome: chance.yes(0.8) ? 'carried_out' : 'could_not', text: '已办理完毕' })
    })
  })
}
