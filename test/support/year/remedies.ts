// Remedies in the simulated year: objections to the listing, its content or a measure, reconsideration, and credit repair.
// How entries exit without an objection is lists.ts.

import {
  carryOutObjection,
  recordObjectionService,
  recordReconsideration,
  recordReconsiderationAsked,
} from '../../../src/features/objections/outcomes.commands.ts'
import {
  registerObjection,
  rejectObjection,
  reviewObjection,
  suspendForObjection,
  upholdObjection,
  withdrawObjection,
} from '../../../src/features/objections/commands.ts'
import {
  answerOnRepair,
  applyForRepair,
  approveRepair,
  consultOnRepair,
  refuseRepair,
  withdrawRepair,
} from '../../../src/features/repairs/commands.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import type { ObjectionSubject, Remedy } from '../../../src/features/objections/rules.ts'
import { put } from './lists.ts'
import { answerOrders } from './units.ts'
import { take, type Free, type World } from './world.ts'
import { changeByTwo } from '../proposed.ts'

/** The decider is neither the drafter nor the reviewer. */
const deciderOf = (world: World): Actor => world.approver

interface Case {
  id: string
  about: ObjectionSubject
  entry: Free
}

/** A debtor objects, and the objection is reviewed in time, late or never. */
export async function object(world: World): Promise<void> {
  const { app, chance, clerk } = world
  const entry = take(world, (content) => content.disclosure === '是')
  if (entry === undefined) return
  const about = chance.pick(['listing', 'content', 'measure'] as const)
  const unitId = about === 'measure' ? chance.pick(world.units.filter(({ liaison }) => liaison !== null)).id : undefined
  const given = { listingId: entry.id, about, unitId, way: 'counter', receivedOn: world.today(), claim: '请求核实纠正' } as const
  const { id } = await registerObjection(app, clerk, given)
  world.count('objections')
  if (about === 'measure') world.count('suspensions')
  const matter: Case = { id, about, entry }
  if (chance.yes(0.06)) return world.count('objections never looked at')
  world.after(chance.int(0, 5), () => review(world, matter))
}

async function review(world: World, matter: Case): Promise<void> {
  const { app, chance, clerk, approver } = world
  await reviewObjection(app, clerk, { id: matter.id })
  if (matter.about !== 'measure' && chance.yes(0.2)) {
    await suspendForObjection(app, approver, { id: matter.id })
    world.count('suspensions')
  }
  world.after(chance.int(2, 16), () => decide(world, matter))
}

async function decide(world: World, matter: Case): Promise<void> {
  const { app, chance, clerk } = world
  const { id } = matter
  if (chance.yes(0.1)) {
    await withdrawObjection(app, clerk, { id, reason: '被执行人撤回申请' })
    world.free.push(matter.entry)
    return world.count('objections withdrawn')
  }
  if (chance.yes(0.5)) {
    const remedy = remedyFor(world, matter.about)
    await upholdObjection(app, deciderOf(world), { id, reason: '理由成立', remedy })
    world.count('objections upheld')
    return world.after(chance.int(0, 6), () => carryOut(world, matter, remedy))
  }
  await rejectObjection(app, deciderOf(world), { id, reason: '理由不成立' })
  world.count('objections rejected')
  world.after(chance.int(0, 3), () => serve(world, matter))
}

function remedyFor({ chance }: World, about: ObjectionSubject): Remedy {
  const fitting: Record<ObjectionSubject, readonly Remedy[]> = {
    listing: ['revoke'],
    content: ['correct'],
    measure: ['lift_measure', 'revoke'],
  }
  return chance.pick(fitting[about])
}

async function carryOut(world: World, matter: Case, remedy: Remedy): Promise<void> {
  const { app, clerk, approver } = world
  if (remedy === 'revoke') {
    await changeByTwo(app, [{ id: matter.entry.id }], { act: 'revoke', reason: '列入有误' }, [clerk, approver])
    world.count('revoked')
    await answerOrders(world)
  } else if (remedy === 'correct') await put(world, matter.entry)
  else world.free.push(matter.entry)
  await carryOutObjection(app, clerk, { id: matter.id, note: '已按决定办理' })
  world.count('objections carried out')
}

async function serve(world: World, matter: Case): Promise<void> {
  const { app, chance, clerk } = world
  await recordObjectionService(app, clerk, { id: matter.id, servedOn: world.today() })
  if (chance.yes(0.4)) return void world.free.push(matter.entry)
  world.after(chance.int(1, 13), async () => {
    await recordReconsiderationAsked(app, clerk, { id: matter.id, askedOn: world.today() })
    world.count('reconsiderations')
    world.after(chance.int(5, 20), () => reconsidered(world, matter))
  })
}

async function reconsidered(world: World, matter: Case): Promise<void> {
  const { app, chance, clerk } = world
  const remedy = chance.yes(0.4) ? remedyFor(world, matter.about) : undefined
  const decision = { decidedOn: world.today(), decisionNo: `（2026）云34复${matter.id.slice(-6)}号`, reason: '复议决定' }
  await recordReconsideration(app, clerk, { id: matter.id, ...decision, remedy })
  if (remedy === undefined) world.free.push(matter.entry)
  else world.after(chance.int(0, 5), () => carryOut(world, matter, remedy))
}

/** A debtor who left the list applies for credit repair, which is granted, refused, withdrawn or never handled. */
export async function repair(world: World): Promise<void> {
  const { app, chance, clerk } = world
  const found = world.gone.shift()
  if (found === undefined) return
  const { id } = await applyForRepair(app, clerk, { listingId: found.id, receivedOn: world.today(), statement: '已纠正失信行为' })
  world.count('repairs')
  if (chance.yes(0.15)) return world.count('repairs left lying')
  const asked = new Set([chance.pick(world.units), chance.pick(world.units)])
  world.after(chance.int(0, 4), async () => {
    await consultOnRepair(app, clerk, { id, unitIds: [...asked].map((unit) => unit.id) })
    const opposed = chance.yes(0.3)
    let open = asked.size
    for (const unit of asked)
      world.after(chance.int(1, 14), async () => {
        const answer = opposed && open === 1 ? { opinion: 'object' as const, reason: '尚未纠正' } : { opinion: 'agree' as const }
        await answerOnRepair(app, unit.liaison ?? clerk, { id, unitId: unit.id, ...answer })
        open -= 1
        if (open === 0) world.after(chance.int(0, 6), () => decideRepair(world, id, opposed))
      })
  })
}

async function decideRepair(world: World, id: string, opposed: boolean): Promise<void> {
  const { app, chance, clerk, approver } = world
  if (chance.yes(0.15)) {
    await withdrawRepair(app, clerk, { id, reason: '申请人撤回' })
    return world.count('repairs withdrawn')
  }
  if (opposed) await refuseRepair(app, approver, { id, reason: '单位不同意' })
  else await approveRepair(app, approver, { id, reason: '符合条件' })
  world.count(opposed ? 'repairs refused' : 'repairs granted')
}
