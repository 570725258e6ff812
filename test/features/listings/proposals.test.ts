// Two people change a published listing: every role, act and authorship, on both databases (P02, P10). Whatever is refused changes nothing.
// What a correction may name is corrections.rules.test.ts; the deadlines are clocks.test.ts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { approveProposals, proposeChange, rejectProposals, type ProposedItem } from '../../../src/features/bulletins/proposals.commands.ts'
import { listProposals, showListing } from '../../../src/features/listings/views.ts'
import type { ProposedTerms } from '../../../src/features/listings/proposals.rules.ts'
import { EXIT_GROUNDS, type ExitGround } from '../../../src/features/listings/rules.ts'
import { registerObjection, reviewObjection, upholdObjection } from '../../../src/features/objections/commands.ts'
import { disableStaff, setRoles } from '../../../src/features/staff/commands.ts'
import type { Code } from '../../../src/core/errors.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import type { Actor, Role } from '../../../src/platform/commands/permissions.ts'
import { addStaff, ADMIN, at, told } from '../../support/deadlines.ts'
import { eachDatabase } from '../../support/app.ts'
import { TODAY } from '../../support/drafts.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { objectionTo } from '../../support/objections.ts'
import { changeByTwo, correctByTwo } from '../../support/proposed.ts'
import { refusal } from '../../support/refusal.ts'

const person = (name: string, ...roles: Role[]): Actor => ({ id: `staff:${name}`, roles })
const BOTH = person('both', 'clerk', 'approver')
const THIRD = person('third', 'approver')
const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const TERMED = { ground: '违反财产报告制度', term: '2年' }
const PAGE = { limit: 50, offset: 0 }

const CORRECTION: ProposedTerms = { act: 'correct', patch: { obligation: '支付货款72000元' }, reason: '金额录入有误' }
const REVOCATION: ProposedTerms = { act: 'revoke', reason: '不应当列入' }
const REQUEST: ProposedTerms = { act: 'shield', ground: 'creditor_request', reason: '申请执行人书面申请', askedBy: '央宗' }
const TERMS = { correct: CORRECTION, shield: REQUEST, revoke: REVOCATION }

async function propose(app: AppContext, by: Actor, item: ProposedItem, terms: ProposedTerms): Promise<string> {
  const [proposal] = await proposeChange(app, by, { items: [item], terms })
  return proposal?.id ?? ''
}

/** Everything that a refused command must leave as it is. */
async function snapshot(app: AppContext): Promise<unknown> {
  return app.store.read(async (db) => {
    const counts = ['audit', 'journal', 'notice', 'bulletin', 'deadline'].map((table) => db.query(`select count(*) as n from ${table}`))
    return [
      await db.query('select id, state, version, content_version, obligation, reason from listing order by id'),
      await db.query('select id, state, decided_by from listing_proposal order by id'),
      ...(await Promise.all(counts)),
    ]
  })
}

/** Expects a refusal that changes nothing. */
async function nothingDone(app: AppContext, code: Code, run: () => Promise<unknown>): Promise<string> {
  const before = await snapshot(app)
  const error = await refusal(code, run)
  expect(await snapshot(app)).to.deep.equal(before)
  return app.catalog.problem(error.code, error.values)
}

eachDatabase((_db, make) => {
  describe('a change of a published listing', () => {
    for (const act of ['correct', 'shield', 'revoke'] as const)
      it(`to ${act} is proposed by one person and takes effect when another approves, whatever roles they have`, async () => {
        const { app } = await make({ now: at(TODAY, 10) })
        // All are listed first: an exit at the creditor’s request bars the next listing of the same debtor.
        const ids = await listed(app, 4)
        for (const [number, proposer] of [CLERK, APPROVER, BOTH, OPERATOR].entries()) {
          const id = ids[number] ?? ''
          const proposal = await propose(app, proposer, { id }, TERMS[act])
          expect((await showListing(app, CLERK, id)).state, 'only proposed').to.equal('listed')
          for (const role of ['clerk', 'operator', 'admin', 'auditor', 'group_office'] as const)
            for (const decide of [approveProposals, rejectProposals])
              await nothingDone(app, 'not_allowed', () => decide(app, person('other', role), { ids: [proposal], reason: '不同意' }))
          const asApprover: Actor = { id: proposer.id, roles: ['approver'] }
          for (const decide of [approveProposals, rejectProposals])
            expect(await nothingDone(app, 'own_draft', () => decide(app, asApprover, { ids: [proposal], reason: '不同意' }))).to.match(
              /不能审批自己.*提出.*另一人办理/,
            )
          await approveProposals(app, THIRD, { ids: [proposal] })
          const shown = await showListing(app, CLERK, id)
          expect(shown.state).to.equal({ correct: 'listed', shield: 'shielded', revoke: 'revoked' }[act])
          expect(shown.content.obligation).to.equal(act === 'correct' ? '支付货款72000元' : '支付货款71000元')
          expect(shown.proposals.map(({ state, proposedBy, decidedBy }) => [state, proposedBy, decidedBy])).to.deep.equal([
            ['approved', proposer.id, THIRD.id],
          ])
        }
        expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
      })

    it('is proposed by clerks, approvers and operators alone', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [id = ''] = await listed(app, 1)
      for (const role of ['admin', 'auditor', 'group_office'] as const)
        for (const terms of Object.values(TERMS))
          await nothingDone(app, 'not_allowed', () => propose(app, person('other', role), { id }, terms))
    })

    it('is shown with who, when, what and why on the listing and in the list of open proposals, without values to those who only read', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [id = ''] = await listed(app, 1)
      const proposal = await propose(app, CLERK, { id }, { ...CORRECTION, act: 'correct', patch: { phone: '13900002222' } })
      const { items, total } = await listProposals(app, APPROVER, PAGE)
      expect(total).to.equal(1)
      const [shown] = (await showListing(app, APPROVER, id)).proposals
      expect(shown).to.deep.equal(items[0])
      expect(shown).to.deep.include({ id: proposal, listingId: id, act: 'correct', state: 'open', patch: { phone: '13900002222' } })
      expect(shown).to.deep.include({ reason: '金额录入有误', proposedBy: CLERK.id, proposedAt: at(TODAY, 10), decidedBy: null })
      const [masked] = (await listProposals(app, person('auditor', 'auditor'), PAGE)).items
      expect(masked?.patch).to.deep.equal({ phone: '***' })
      const stored = await app.store.read((db) => db.query('select * from listing_proposal'))
      const audited = await app.store.read((db) => db.query("select detail from audit where subject like 'listing_proposal:%'"))
      expect(JSON.stringify([stored, audited])).not.to.match(/13900002222|金额录入有误/)
    })

    it('that was rejected needs a reason, changes nothing, and is not decided again', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [id = ''] = await listed(app, 1)
      const proposal = await propose(app, CLERK, { id }, CORRECTION)
      await nothingDone(app, 'reason_needed', () => rejectProposals(app, APPROVER, { ids: [proposal], reason: ' ' }))
      await rejectProposals(app, APPROVER, { ids: [proposal], reason: '请附判决书' })
      const shown = await showListing(app, CLERK, id)
      expect([shown.state, shown.version]).to.deep.equal(['listed', 5])
      expect(shown.proposals[0]).to.include({ state: 'rejected', refusal: '请附判决书', decidedBy: APPROVER.id })
      expect(await nothingDone(app, 'listing_proposal_closed', () => approveProposals(app, THIRD, { ids: [proposal] }))).to.include(
        '已驳回',
      )
      expect((await listProposals(app, APPROVER, PAGE)).total).to.equal(0)
      await nothingDone(app, 'listing_proposal_missing', () => approveProposals(app, THIRD, { ids: [id] }))
      await nothingDone(app, 'request_invalid', () => approveProposals(app, THIRD, { ids: [proposal, proposal] }))
    })

    it('is not put in force once the account that proposed it is closed or may propose no more, and its approver sees that', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const ids = await listed(app, 2)
      const leavers: [string, (id: string) => Promise<unknown>][] = [
        [await addStaff(app, 'clerk'), (staffId) => disableStaff(app, ADMIN, { id: staffId })],
        [await addStaff(app, 'clerk'), (staffId) => setRoles(app, ADMIN, { id: staffId, roles: ['auditor'] })],
      ]
      for (const [number, [leaver, leave]] of leavers.entries()) {
        const id = ids[number] ?? ''
        const proposal = await propose(app, { id: leaver, roles: ['clerk'] }, { id }, CORRECTION)
        const seen = async (): Promise<unknown> => [
          (await showListing(app, APPROVER, id)).proposals.at(-1)?.proposerCeased,
          (await listProposals(app, APPROVER, PAGE)).items.at(-1)?.proposerCeased,
        ]
        expect(await seen()).to.deep.equal([false, false])
        await leave(leaver.slice('staff:'.length))
        expect(await seen()).to.deep.equal([true, true])
        const words = await nothingDone(app, 'proposer_ceased', () => approveProposals(app, APPROVER, { ids: [proposal] }))
        expect(words).to.match(/重新提出/)
        const again = await propose(app, CLERK, { id, replaces: proposal }, CORRECTION)
        await approveProposals(app, APPROVER, { ids: [again] })
      }
    })

    it('is open once a listing; one in its place names it, and the authors of both are its authors', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [id = '', other = ''] = await listed(app, 2)
      const first = await propose(app, APPROVER, { id }, CORRECTION)
      expect(await nothingDone(app, 'listing_proposal_open', () => propose(app, BOTH, { id }, REVOCATION))).to.include('replaces')
      await nothingDone(app, 'listing_proposal_missing', () => propose(app, BOTH, { id: other, replaces: first }, REVOCATION))
      const second = await propose(app, BOTH, { id, replaces: first }, REVOCATION)
      for (const author of [APPROVER, BOTH]) await nothingDone(app, 'own_draft', () => approveProposals(app, author, { ids: [second] }))
      await nothingDone(app, 'listing_proposal_closed', () => approveProposals(app, THIRD, { ids: [first] }))
      await nothingDone(app, 'listing_proposal_closed', () => propose(app, CLERK, { id, replaces: first }, REVOCATION))
      await approveProposals(app, THIRD, { ids: [second] })
      expect((await showListing(app, CLERK, id)).state).to.equal('revoked')
    })

    it('is stale once the listing changed: it is not approved, and not in the list of open ones', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [left = '', worded = '', rests = ''] = await listed(app, 3)
      const stale = await propose(app, CLERK, { id: left }, CORRECTION)
      await shieldListings(app, CLERK, { items: [{ id: left }], ground: 'fully_performed', reason: '已履行' })
      expect(await nothingDone(app, 'listing_proposal_closed', () => approveProposals(app, APPROVER, { ids: [stale] }))).to.match(
        /条目已变动.*重新提出/,
      )
      // Of several, one that is stale keeps the others from taking effect.
      const good = await propose(app, CLERK, { id: worded }, CORRECTION)
      await nothingDone(app, 'listing_proposal_closed', () => approveProposals(app, APPROVER, { ids: [good, stale] }))
      await nothingDone(app, 'listing_version_stale', () => propose(app, CLERK, { id: worded, version: 1 }, CORRECTION))
      // A suspension changes neither wording nor state, so that what was proposed still fits.
      const suspended = await propose(app, CLERK, { id: rests }, REVOCATION)
      const objection = await registerObjection(app, CLERK, objectionTo(rests, { receivedOn: TODAY }))
      await reviewObjection(app, CLERK, { id: objection.id })
      await approveProposals(app, APPROVER, { ids: [good, suspended] })
      expect((await listProposals(app, APPROVER, PAGE)).total).to.equal(0)
    })

    it('is refused at the proposal when it could not take effect', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [id = '', gone = ''] = await listed(app, 2)
      const identity: ProposedTerms = { act: 'correct', patch: { name: '扎西另', phone: '13900002222' }, reason: '姓名有误' }
      expect(await nothingDone(app, 'correction_fixed', () => propose(app, CLERK, { id }, identity))).to.match(
        /被执行人姓名.*撤销.*重新列入/,
      )
      await shieldListings(app, CLERK, { items: [{ id: gone }], ground: 'fully_performed', reason: '已履行' })
      for (const terms of Object.values(TERMS)) {
        await nothingDone(app, 'listing_act_impossible', () => propose(app, CLERK, { id: gone }, terms))
        await nothingDone(app, 'reason_needed', () => propose(app, CLERK, { id }, { ...terms, reason: ' ' }))
      }
    })

    it('by a correction keeps phone and province that it does not name, keeps the old wording, and tells debtor and units once', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [id = ''] = await listed(app, 1, { phone: '13900001111', province: '云南' })
      const { listings } = await correctByTwo(app, id, { obligation: '支付货款72000元' }, '金额录入有误')
      expect(listings).to.deep.equal([{ id, version: 6, state: 'listed' }])
      const { content, contentVersion, wordings, reason } = await showListing(app, CLERK, id)
      expect([content.obligation, content.province, content.debtor.phone]).to.deep.equal(['支付货款72000元', '云南', '+8613900001111'])
      expect([contentVersion, reason, wordings.map((each) => each.content.obligation)]).to.deep.equal([
        2,
        '金额录入有误',
        ['支付货款71000元'],
      ])
      expect((await told(app, 'listing.corrected')).map(({ text }) => /金额录入有误/.test(text))).to.deep.equal([true])
    })

    it('of several listings takes effect together, in one bulletin for each act', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [a = '', b = '', c = ''] = await listed(app, 3)
      const corrections = await proposeChange(app, CLERK, { items: [{ id: a }, { id: b }], terms: CORRECTION })
      const revocation = await propose(app, CLERK, { id: c }, REVOCATION)
      const waiting = await told(app, 'listing.proposed')
      expect(waiting.map(({ text }) => /更正2条|撤销1条/.exec(text)?.[0])).to.have.members(['更正2条', '撤销1条'])
      const { bulletins } = await approveProposals(app, APPROVER, { ids: [...corrections.map(({ id }) => id), revocation] })
      expect(bulletins.map(({ listings }) => listings.map(({ id }) => id))).to.deep.equal([[a, b], [c]])
    })
  })

  describe('an exit', () => {
    const BY_ONE: readonly ExitGround[] = ['fully_performed', 'settlement_performed', 'case_concluded', 'not_enforced', 'stayed']
    const BY_TWO = EXIT_GROUNDS.filter((ground) => !BY_ONE.includes(ground) && ground !== 'term_ended' && ground !== 'source_removed')
    const QUERIES = { closedOn: '2026-03-02', queriedOn: ['2026-06-01', '2026-09-01'], leadGiven: false }

    it('without a fixed term is one clerk’s act on a fact, and takes two people at the creditor’s request or after 终本 (P10)', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      for (const [number, ground] of BY_ONE.entries()) {
        const [id = ''] = await listed(app, 1, {}, number + 1)
        await nothingDone(app, 'exit_by_two', () =>
          shieldListings(app, CLERK, { items: [{ id }], ground: 'source_removed', reason: '上级法院已移出' }),
        )
        await shieldListings(app, CLERK, { items: [{ id }], ground, reason: '符合退出情形' })
      }
      expect(BY_TWO).to.deep.equal(['creditor_request', 'no_assets_found'])
      const ids = await listed(app, BY_TWO.length, {}, 20)
      for (const [number, ground] of BY_TWO.entries()) {
        const id = ids[number] ?? ''
        for (const actor of [CLERK, APPROVER, BOTH])
          expect(
            await nothingDone(app, 'exit_by_two', () => shieldListings(app, actor, { items: [{ id }], ground, reason: '符合' })),
          ).to.match(/一人提出.*另一名审批人批准/)
        await changeByTwo(app, [{ id }], {
          act: 'shield',
          ground,
          reason: '符合',
          ...(ground === 'no_assets_found' ? { queries: QUERIES } : { askedBy: '央宗' }),
        })
        expect((await showListing(app, CLERK, id)).exitGround).to.equal(ground)
      }
    })

    it('before the end of a fixed term takes two people and an early-deletion decision, on whatever ground', async () => {
      const { app, clock } = await make({ now: at('2026-03-02', 10) })
      const [id = '', late = ''] = await listed(app, 2, TERMED)
      for (const ground of BY_ONE)
        for (const actor of [CLERK, APPROVER, BOTH])
          await nothingDone(app, 'exit_by_two', () => shieldListings(app, actor, { items: [{ id }], ground, reason: '已履行' }))
      const terms: ProposedTerms = { act: 'shield', ground: 'fully_performed', reason: '已履行' }
      await nothingDone(app, 'listing_early_exit', () => propose(app, CLERK, { id }, terms))
      await nothingDone(app, 'listing_early_exit', () =>
        shieldListings(app, CLERK, { items: [{ id }], ground: 'term_ended', reason: '期满' }),
      )
      await changeByTwo(app, [{ id }], { ...terms, act: 'shield', ground: 'fully_performed', earlyDecisionNo: '早1号' })
      expect(await showListing(app, CLERK, id)).to.include({ state: 'shielded', reason: '早1号 已履行' })
      clock.set(at('2028-03-03', 10))
      await shieldListings(app, CLERK, { items: [{ id: late }], ground: 'term_ended', reason: '期满' })
    })

    for (const [what, queries, code] of [
      ['no queries', undefined, 'exit_queries_needed'],
      ['one query', { ...QUERIES, queriedOn: ['2026-06-01'] }, 'exit_queries_unfit'],
      ['two queries on one day', { ...QUERIES, queriedOn: ['2026-06-01', '2026-06-01'] }, 'exit_queries_unfit'],
      ['a query before 终本', { ...QUERIES, queriedOn: ['2026-03-01', '2026-06-01'] }, 'exit_queries_unfit'],
      ['a query in the future', { ...QUERIES, queriedOn: ['2026-06-01', '2026-11-23'] }, 'exit_queries_unfit'],
      ['a query later than a year', { ...QUERIES, closedOn: '2025-03-02', queriedOn: ['2025-06-01', '2026-03-03'] }, 'exit_queries_unfit'],
      ['a lead', { ...QUERIES, leadGiven: true }, 'exit_queries_unfit'],
    ] as const)
      it(`after 终本 is refused with ${what}`, async () => {
        const { app } = await make({ now: at(TODAY, 10) })
        const [id = ''] = await listed(app, 1)
        const terms: ProposedTerms = { act: 'shield', ground: 'no_assets_found', reason: '查询未果', queries }
        await nothingDone(app, code, () => propose(app, CLERK, { id }, terms))
      })

    it('after 终本 has no limit of a year under the statute, and other grounds state no queries', async () => {
      const { app } = await make({ now: at(TODAY, 10), env: { CLOCK_PROFILE: 'statute' } })
      const [id = ''] = await listed(app, 1)
      await nothingDone(app, 'exit_queries_needed', () =>
        propose(app, CLERK, { id }, { ...REQUEST, act: 'shield', ground: 'stayed', queries: QUERIES }),
      )
      const queries = { closedOn: '2024-03-02', queriedOn: ['2024-06-01', '2026-03-03'], leadGiven: false }
      await changeByTwo(app, [{ id }], { act: 'shield', ground: 'no_assets_found', reason: '查询未果', queries })
      expect((await showListing(app, CLERK, id)).proposals[0]?.queries).to.deep.equal(queries)
    })
  })

  describe('the remedy of an upheld objection', () => {
    async function reviewed(app: AppContext, listingId: string): Promise<string> {
      const { id } = await registerObjection(app, CLERK, objectionTo(listingId, { receivedOn: TODAY }))
      await reviewObjection(app, CLERK, { id })
      return id
    }

    it('takes effect with the decision when another person proposed it, and later by two people when nobody had (P06)', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [id = '', plain = ''] = await listed(app, 2)
      const objection = await reviewed(app, id)
      const proposalId = await propose(app, CLERK, { id }, REVOCATION)
      await upholdObjection(app, APPROVER, { id: objection, remedy: 'revoke', reason: '理由成立', proposalId })
      const shown = await showListing(app, CLERK, id)
      expect([shown.state, shown.proposals[0]?.decidedBy]).to.deep.equal(['revoked', APPROVER.id])
      await upholdObjection(app, APPROVER, { id: await reviewed(app, plain), remedy: 'revoke', reason: '理由成立' })
      expect((await showListing(app, CLERK, plain)).state).to.equal('listed')
      await changeByTwo(app, [{ id: plain }], REVOCATION)
      expect((await showListing(app, CLERK, plain)).state).to.equal('revoked')
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('does not take effect by the decision of its proposer, nor when the proposal is of another listing or act', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [id = '', other = ''] = await listed(app, 2)
      const objection = await reviewed(app, id)
      const own = await propose(app, APPROVER, { id }, REVOCATION)
      const foreign = await propose(app, CLERK, { id: other }, REVOCATION)
      const uphold = (by: Actor, proposalId: string, remedy: 'revoke' | 'shield' = 'revoke'): Promise<unknown> =>
        upholdObjection(app, by, { id: objection, remedy, reason: '理由成立', proposalId })
      await nothingDone(app, 'own_draft', () => uphold(APPROVER, own))
      await nothingDone(app, 'objection_proposal_unfit', () => uphold(THIRD, foreign))
      await nothingDone(app, 'objection_proposal_unfit', () => uphold(THIRD, own, 'shield'))
      await nothingDone(app, 'listing_proposal_missing', () => uphold(THIRD, id))
      await uphold(THIRD, own)
      expect((await showListing(app, CLERK, id)).state).to.equal('revoked')
    })
  })
})
