// Bulk acts on listings over HTTP on both databases: named or all that match, every listing in the way named, nothing done twice.

import { expect } from 'chai'
import { carryOn, runBatch } from '../../../src/features/bulletins/batches.commands.ts'
import { resumeBatches } from '../../../src/features/bulletins/batches.tasks.ts'
import { answerExclusions, draftListing, editListing, submitListings } from '../../../src/features/listings/commands.ts'
import { newId } from '../../../src/core/ids.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer, type Answer, type Person, type TestServer } from '../../support/http-server.ts'
import { CLERK, NONE_APPLIES, listed, served } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'

const PATH = '/api/v1/listing-batches'

eachDatabase((_db, make) => {
  describe('a bulk act on listings', () => {
    let testApp: TestApp
    let server: TestServer
    let clerk: Person
    let approver: Person

    beforeEach(async () => {
      testApp = await make()
      server = await openServer(testApp)
      clerk = await server.person('clerk')
      approver = await server.person('approver')
    })
    afterEach(() => server.close())

    const drafted = async (count: number, first = 1): Promise<string[]> => {
      const ids: string[] = []
      for (let n = first; n < first + count; n += 1)
        ids.push((await draftListing(testApp.app, CLERK, { content: { ...PERSON, caseNo: `（2026）云3401执${n}号` } })).id)
      return ids
    }
    const pending = async (count: number, first = 1): Promise<string[]> => {
      const ids = await drafted(count, first)
      const items = ids.map((id) => ({ id }))
      await answerExclusions(testApp.app, CLERK, { items, answers: NONE_APPLIES })
      await submitListings(testApp.app, CLERK, { items })
      return ids
    }
    const version = async (id: string): Promise<number> => Number((await clerk.ask('GET', `/api/v1/listings/${id}`)).body['version'])
    const order = (person: Person, json: object): Promise<Answer> => person.ask('POST', PATH, { json: { id: newId(), ...json } })
    const total = async (states: string[]): Promise<unknown> =>
      (await clerk.ask('POST', '/api/v1/listings/search', { json: { states } })).body['total']

    it('names every listing in the way with its reason and does nothing, then leaves them out when told to', async () => {
      const [ready = '', other = ''] = await pending(2)
      const [draft = ''] = await drafted(1, 5)
      const items = [
        { id: ready, version: 2 },
        { id: draft, version: 1 },
        { id: other, version: 1 },
      ]
      const refused = await order(approver, { order: { act: 'approve' }, choice: { items } })
      expect(refused.body).to.deep.include({ state: 'blocked', total: 3, done: 0 })
      expect(refused.body['blocked']).to.deep.include.members([
        {
          ...{ id: draft, name: PERSON['name'], caseNo: '（2026）云3401执5号', code: 'listing_act_impossible' },
          message: '该条目现为“草稿”，不能“批准”。现在可以做的操作：修改、提交审批、撤回。',
        },
      ])
      expect((refused.body['blocked'] as { code: string }[]).map(({ code }) => code)).to.have.members([
        'listing_act_impossible',
        'listing_version_stale',
      ])
      expect(await total(['decided'])).to.equal(0)
      const done = await order(approver, { order: { act: 'approve' }, choice: { items }, skipBlocked: true })
      expect(done.body).to.deep.include({ state: 'done', total: 3, done: 3 })
      expect(done.body['blocked']).to.have.length(2)
      expect(await total(['decided'])).to.equal(1)
    })

    it('acts on all that match only while as many match as were confirmed', async () => {
      await pending(3)
      const matching = { states: ['pending'] }
      const wrong = await order(approver, { order: { act: 'approve' }, choice: { matching, confirmedTotal: 2 } })
      expect([wrong.status, wrong.body['code']]).to.deep.equal([409, 'batch_count_changed'])
      expect(wrong.body['detail']).to.include('2 条').and.to.include('3 条')
      const right = await order(approver, { order: { act: 'approve' }, choice: { matching, confirmedTotal: 3 } })
      expect(right.body).to.deep.include({ state: 'done', done: 3, blocked: [] })
      expect((await verifyAudit(testApp.app, { id: 'staff:a', roles: ['auditor'] })).faults).to.deep.equal([])
    })

    it('does nothing twice for a double click, one after the other or at once', async () => {
      const ids = await served(testApp.app, 3)
      const json = { id: newId(), order: { act: 'publish' }, choice: { items: ids.map((id) => ({ id })) } }
      const both = await Promise.all([clerk.ask('POST', PATH, { json }), clerk.ask('POST', PATH, { json })])
      const third = await clerk.ask('POST', PATH, { json })
      expect([...both, third].map(({ status }) => status)).to.deep.equal([200, 200, 200])
      expect(third.body).to.deep.include({ state: 'done', done: 3, blocked: [] })
      expect(third.body['bulletins']).to.have.length(1)
      expect((await clerk.ask('GET', '/api/v1/bulletins')).body['total']).to.equal(1)
      const another = await clerk.ask('POST', PATH, { json: { ...json, order: { act: 'submit' } } })
      expect([another.status, another.body['code']]).to.deep.equal([409, 'batch_of_another'])
    })

    it('submits, rejects, records service, withdraws, publishes, shields and proposes', async () => {
      const act = async (person: Person, each: object, ids: readonly string[]): Promise<void> => {
        const items = await Promise.all(ids.map(async (id) => ({ id, version: await version(id) })))
        const answer = await order(person, { order: each, choice: { items } })
        expect(answer.body, answer.text).to.deep.include({ state: 'done', done: ids.length, blocked: [] })
      }
      const [one = '', two = ''] = await drafted(2)
      const blocked = await order(clerk, { order: { act: 'submit' }, choice: { items: [{ id: one }] } })
      expect((blocked.body['blocked'] as { code: string }[])[0]?.code).to.equal('exclusions_unanswered')
      await answerExclusions(testApp.app, CLERK, { items: [{ id: one }, { id: two }], answers: NONE_APPLIES })
      await act(clerk, { act: 'submit' }, [one, two])
      await act(approver, { act: 'reject', reason: '请补充证据' }, [two])
      await act(clerk, { act: 'withdraw', reason: '不再列入' }, [two])
      await act(approver, { act: 'approve' }, [one])
      await act(clerk, { act: 'record_service', servedOn: '2026-11-22', manner: '直接送达' }, [one])
      await act(clerk, { act: 'publish' }, [one])
      await act(clerk, { act: 'propose', terms: { act: 'revoke', reason: '列入有误' } }, [one])
      const again = await order(clerk, {
        order: { act: 'propose', terms: { act: 'revoke', reason: '列入有误' } },
        choice: { items: [{ id: one }] },
      })
      expect((again.body['blocked'] as { code: string }[])[0]?.code).to.equal('listing_proposal_open')
      await act(clerk, { act: 'shield', ground: 'fully_performed', reason: '全部履行完毕' }, [one])
    })

    it('approves, as does the act on a few, only in the version that was seen: a draft sent back and written anew has another', async () => {
      const [id = ''] = await pending(1)
      const seen = await version(id)
      const few = (item: object): Promise<Answer> => approver.ask('POST', '/api/v1/listings/approve', { json: { items: [item] } })
      const many = (item: object): Promise<Answer> => order(approver, { order: { act: 'approve' }, choice: { items: [item] } })
      for (const approve of [few, many]) {
        const { status, body } = await approve({ id })
        expect([status, body['code']]).to.deep.equal([400, 'request_invalid'])
        expect((body['problems'] as { field: string }[]).map(({ field }) => field.split('.').at(-1))).to.deep.equal(['version'])
      }
      // Another approver sends it back, and its clerk writes it anew and submits it while the page of the first is still open.
      const other = await server.person('approver')
      await other.ask('POST', '/api/v1/listings/reject', { json: { items: [{ id }], reason: '请补充证据' } })
      const content = { ...PERSON, caseNo: '（2026）云3401执1号', obligation: '支付货款99000元' }
      await editListing(testApp.app, CLERK, { id, version: seen + 1, content })
      await submitListings(testApp.app, CLERK, { items: [{ id }] })
      expect((await few({ id, version: seen })).body['code']).to.equal('listing_version_stale')
      expect((await many({ id, version: seen })).body).to.deep.include({ state: 'blocked', done: 0 })
      expect(await total(['decided'])).to.equal(0)
      expect((await few({ id, version: await version(id) })).status).to.equal(200)
    })

    it('needs the permission of its act', async () => {
      const [id = ''] = await pending(1)
      expect((await order(clerk, { order: { act: 'approve' }, choice: { items: [{ id, version: 2 }] } })).status).to.equal(403)
      const auditor = await server.person('auditor')
      expect((await order(auditor, { order: { act: 'submit' }, choice: { items: [{ id }] } })).status).to.equal(403)
    })

    it('is taken up after a crash for the person who ordered it, and stopped when the account is no longer there', async () => {
      const { app, clock } = testApp
      const ids = await pending(2)
      const by = { id: `staff:${approver.id}`, roles: ['approver'] } as const
      const batch = { id: newId(), order: { act: 'approve' }, choice: { items: [{ id: ids[0] as string }] }, skipBlocked: false } as const
      await runBatch(app, by, batch)
      const rewind = (id: string): Promise<number> =>
        app.store.write((tx) => tx.run("update listing_batch set state = 'running', done = 0 where id = ?", [id]))
      await rewind(batch.id)
      expect(await resumeBatches(app, SYSTEM)).to.equal(0)
      clock.advance(200_000)
      expect(await resumeBatches(app, SYSTEM)).to.equal(1)
      const shown = await approver.ask('GET', `${PATH}/${batch.id}`)
      expect(shown.body).to.deep.include({ state: 'done', done: 1 })
      await rewind(batch.id)
      await app.store.write((tx) => tx.run('update listing_batch set actor = ? where id = ?', ['staff:nobody', batch.id]))
      clock.advance(200_000)
      expect(await resumeBatches(app, SYSTEM)).to.equal(1)
      expect((await approver.ask('GET', `${PATH}/${batch.id}`)).body['state']).to.equal('stopped')
      await carryOn(app, by, batch.id)
      await refusal('batch_of_another', () => runBatch(app, by, batch))
    })

    it('leaves a listed entry of the list alone when its order is blocked', async () => {
      const [id = ''] = await listed(testApp.app, 1)
      const answer = await order(clerk, {
        order: { act: 'shield', ground: 'creditor_request', reason: '申请人申请' },
        choice: { items: [{ id }] },
      })
      expect((answer.body['blocked'] as { code: string }[])[0]?.code).to.equal('exit_by_two')
      expect(await total(['listed'])).to.equal(1)
    })
  })
})
