// Assistance notices through their commands, with deadlines, links and messages, on both databases.
// The routes and the page that a link opens are routes.test.ts.

import { expect } from 'chai'
import { confirmAssistance, followAssistance, replyByLink } from '../../../src/features/assistance/linked.commands.ts'
import { listAssistance, showAssistance } from '../../../src/features/assistance/views.ts'
import {
  discardAssistance,
  draftAssistance,
  editAssistance,
  issueAssistance,
  recordAssistanceService,
  sendAssistanceLink,
  withdrawAssistance,
  acknowledgeAssistance,
  answerAssistance,
  replyAssistanceReview,
  suggestAssistanceReview,
} from '../../../src/features/assistance/commands.ts'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { bearerHash, createSecrets } from '../../../src/core/secrets.ts'
import { SYSTEM, PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { ANSWER_BY, addWechatUnit, assistanceTo, issued, liaisonOf, TODAY, tokensSent, urlsSent } from '../../support/assistance.ts'
import { addUnit, at, PAGE, told } from '../../support/deadlines.ts'
import { eachDatabase, TEST_KEY } from '../../support/app.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { clocksOf, texts } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'
import { decideAssistanceLift, requestAssistanceLift } from '../../../src/features/assistance/lifting.commands.ts'
import { revokeByTwo } from '../../support/proposed.ts'

const BOTH: Actor = { id: 'staff:both', roles: ['clerk', 'approver'] }
const OTHER: Actor = { id: 'staff:other', roles: ['approver'] }
const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const AUDITOR: Actor = { id: 'staff:auditor', roles: ['auditor'] }
const UNKNOWN_ID = '01M81ZJK12XTFTYW6TKHXAKXPJ'
const ANSWER_TEXT = '已于当日停止办理'

describe('an assistance notice', () => {
  eachDatabase((_db, make) => {
    it('is refused for wrong roles, units, listings, texts and days, and nothing is stored', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [listingId = ''] = await listed(app, 1)
      await addUnit(app, 'u1')
      const draft = (change: Parameters<typeof assistanceTo>[1], actor = CLERK): Promise<unknown> =>
        draftAssistance(app, actor, assistanceTo('u1', change))
      await refusal('not_allowed', () => draft({}, AUDITOR))
      await refusal('unit_missing', () => draft({ unitId: 'nowhere' }))
      await refusal('assistance_debtor_needed', () => draft({ kind: 'assistance' }))
      await refusal('listing_missing', () => draft({ kind: 'assistance', listingId: UNKNOWN_ID }))
      await refusal('reason_needed', () => draft({ request: ' ' }))
      await refusal('request_invalid', () => draft({ facts: '甲'.repeat(1001) }))
      const late = await refusal('request_invalid', () => draft({ answerBy: TODAY }))
      expect(app.catalog.check(late.problems[0] ?? { code: '' })).to.equal('“答复期限”须晚于今天（2026-03-02），请改一个以后的日期。')
      await revokeByTwo(app, [listingId], '列入有误')
      const gone = await refusal('assistance_debtor_unfit', () => draft({ kind: 'assistance', listingId }))
      expect(app.catalog.problem(gone.code, gone.values)).to.include('“已撤销”')
      expect((await listAssistance(app, CLERK, { filter: {}, page: PAGE })).total).to.equal(0)
    })

    it('is issued by another person, numbered per year and kind, and sends each liaison a link of their own (P45)', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [listingId = ''] = await listed(app, 1)
      await addWechatUnit(app, 'u1', 2)
      const { id } = await draftAssistance(app, BOTH, assistanceTo('u1', { kind: 'assistance', listingId }))
      await refusal('own_draft', () => issueAssistance(app, BOTH, { id }))
      const both = { id: 'staff:both', roles: ['clerk', 'approver'] } as const
      await editAssistance(app, both, { id, ...assistanceTo('u1', { request: '冻结某账户（甲银行）' }) })
      await refusal('own_draft', () => issueAssistance(app, both, { id, version: 2 }))
      await refusal('assistance_version_stale', () => issueAssistance(app, APPROVER, { id, version: 1 }))
      const outcome = await issueAssistance(app, APPROVER, { id, version: 2 })
      expect(outcome).to.include({ number: '（2026）云3401执协1号', state: 'issued', version: 3 })
      const second = await issued(app, 'u1')
      expect((await showAssistance(app, CLERK, second)).number).to.equal('（2026）云3401司建1号')
      const wrong = await refusal('assistance_act_impossible', () => editAssistance(app, CLERK, { id, ...assistanceTo('u1') }))
      expect(app.catalog.problem(wrong.code, wrong.values)).to.match(/“已签发”，不能“修改”.*确认收到/)

      const { record } = await showAssistance(app, CLERK, id)
      expect(record.document?.join('\n')).to.match(
        /^u1局：\n.*\n被执行人：扎西某[\s\S]*请协助办理：冻结某账户（甲银行）[\s\S]*在2026年3月20日前/,
      )
      expect(record.document?.join('\n')).to.not.include('533421198410140222')
      expect(record.debtor?.identifier).to.equal('533421198410140222')
      expect((await showAssistance(app, AUDITOR, id)).record.debtor?.identifier).to.match(/^\*+0222$/)
      expect(await clocksOf(app, `assistance:${id}`)).to.deep.equal([
        'assistance.acknowledge open 2026-03-05',
        'assistance.answer open 2026-03-20',
      ])

      const urls = await urlsSent(app, `assistance.issued:${id}`)
      expect(new Set(urls).size).to.equal(2)
      const kept = await app.store.read((db) =>
        db.query<{ hash: string }>('select token_hash as hash from link where subject_id = ?', [id]),
      )
      expect(kept.map((row) => row.hash).sort()).to.deep.equal(
        (await tokensSent(app, `assistance.issued:${id}`)).map((token) => bearerHash(app.secrets, 'link', token)).sort(),
      )
      expect(JSON.stringify(await told(app, 'assistance.issued'))).to.not.include('扎西某')
      const rows = await app.store.read((db) => db.query<Record<string, string>>('select * from assistance'))
      expect(JSON.stringify(rows)).to.not.match(/扎西某|冻结某账户/)
    })

    it('becomes a clerk’s task where the unit has no liaison; service by hand then starts the deadline to acknowledge', async () => {
      const { app, clock } = await make({ now: at(TODAY, 10) })
      await app.store.write((tx) => tx.run("insert into unit values ('bare', 'bare局', 'government', 0, null, 0, 1, 1)"))
      const id = await issued(app, 'bare')
      expect(await texts(app, 'assistance.issued')).to.deep.equal(['assistance.issued unit clerk'])
      expect(await clocksOf(app, `assistance:${id}`)).to.deep.equal(['assistance.answer open 2026-03-20'])
      clock.set(at('2026-03-04', 10))
      await refusal('request_invalid', () => recordAssistanceService(app, CLERK, { id, servedOn: '2026-03-05', manner: '直接送达' }))
      await refusal('request_invalid', () => recordAssistanceService(app, CLERK, { id, servedOn: '2026-03-01', manner: '直接送达' }))
      await recordAssistanceService(app, CLERK, { id, servedOn: '2026-03-03', manner: '直接送达' })
      expect(await clocksOf(app, `assistance:${id}`)).to.deep.equal([
        'assistance.acknowledge open 2026-03-06',
        'assistance.answer open 2026-03-20',
      ])
      await acknowledgeAssistance(app, CLERK, { id })
      expect((await showAssistance(app, CLERK, id)).acknowledgedWay).to.equal('clerk')
    })

    it('can be looked at by link any number of times, confirmed once, and answered only from the browser that confirmed (P46)', async () => {
      const { app, clock } = await make({ now: at(TODAY, 10) })
      await addWechatUnit(app, 'u1')
      const id = await issued(app, 'u1')
      const [token = ''] = await tokensSent(app, 'assistance.issued')
      const preview = { token, holder: null }
      for (let n = 0; n < 3; n += 1) expect((await followAssistance(app, PUBLIC, preview)).state).to.equal('fresh')
      expect((await showAssistance(app, CLERK, id)).state).to.equal('issued')
      await refusal('link_wrong', () => followAssistance(app, PUBLIC, { token: 'x'.repeat(43), holder: null }))
      await refusal('link_used', () => replyByLink(app, PUBLIC, { ...preview, reply: { outcome: 'carried_out', text: ANSWER_TEXT } }))

      const both = await Promise.allSettled([confirmAssistance(app, PUBLIC, preview), confirmAssistance(app, PUBLIC, preview)])
      expect(both.map((each) => each.status).sort()).to.deep.equal(['fulfilled', 'rejected'])
      const holder = both.flatMap((each) => (each.status === 'fulfilled' ? each.value.holder : []))[0] ?? ''
      await refusal('link_used', () => confirmAssistance(app, PUBLIC, preview))
      expect(await showAssistance(app, CLERK, id)).to.include({ state: 'acknowledged', acknowledgedWay: 'link', servedOn: TODAY })
      expect(await clocksOf(app, `assistance:${id}`)).to.deep.equal([
        'assistance.acknowledge closed 2026-03-05',
        'assistance.answer open 2026-03-20',
      ])
      expect((await followAssistance(app, PUBLIC, preview)).state).to.equal('used')
      expect((await followAssistance(app, PUBLIC, { token, holder })).state).to.equal('held')

      await replyByLink(app, PUBLIC, { token, holder, reply: { review: '该企业不归本单位登记' } })
      await refusal('assistance_review_pending', () => replyByLink(app, PUBLIC, { token, holder, reply: { review: '再说一次' } }))
      await replyByLink(app, PUBLIC, { token, holder, reply: { outcome: 'could_not', text: '系统停机' } })
      await replyByLink(app, PUBLIC, { token, holder, reply: { outcome: 'carried_out', text: ANSWER_TEXT } })
      await refusal('assistance_act_impossible', () =>
        replyByLink(app, PUBLIC, { token, holder, reply: { outcome: 'could_not', text: '又' } }),
      )
      clock.set(at('2026-03-18', 0))
      expect((await followAssistance(app, PUBLIC, { token, holder })).state).to.equal('ended')
      await refusal('link_ended', () => replyByLink(app, PUBLIC, { token, holder, reply: { review: '再说一次' } }))
    })

    it('ends an unused link when a new one is sent, and when its days are over', async () => {
      const { app, clock } = await make({ now: at(TODAY, 10) })
      await addWechatUnit(app, 'u1')
      const id = await issued(app, 'u1')
      await sendAssistanceLink(app, CLERK, { id })
      const [first = '', second = ''] = await tokensSent(app, 'assistance.issued')
      expect((await followAssistance(app, PUBLIC, { token: first, holder: null })).state).to.equal('ended')
      await refusal('link_ended', () => confirmAssistance(app, PUBLIC, { token: first, holder: null }))
      clock.set(at('2026-03-17', 23))
      expect((await followAssistance(app, PUBLIC, { token: second, holder: null })).state).to.equal('fresh')
      clock.set(at('2026-03-18', 0))
      await refusal('link_ended', () => confirmAssistance(app, PUBLIC, { token: second, holder: null }))
      await withdrawAssistance(app, APPROVER, { id, reason: '对象有误' })
      await refusal('assistance_act_impossible', () => sendAssistanceLink(app, CLERK, { id }))
    })

    it('says what the caller may do: two people issue and lift, and what is pending is not asked twice', async () => {
      const { app, clock } = await make({ now: at(TODAY, 10) })
      await addUnit(app, 'u1')
      const possible = async (actor: Actor, id: string): Promise<string[]> => [...(await showAssistance(app, actor, id)).possible]
      const total = async (filter: Parameters<typeof listAssistance>[2]['filter'], actor = CLERK): Promise<number> =>
        (await listAssistance(app, actor, { filter, page: PAGE })).total
      const { id } = await draftAssistance(app, CLERK, assistanceTo('u1'))
      await editAssistance(app, BOTH, { id, ...assistanceTo('u1') })
      expect(await possible(BOTH, id)).to.deep.equal(['edit', 'discard'])
      expect(await possible(OTHER, id)).to.deep.equal(['issue', 'discard'])
      expect((await listAssistance(app, OTHER, { filter: {}, page: PAGE })).items[0]?.possible).to.deep.equal(['issue', 'discard'])
      expect([await total({ mine: 'yes' }), await total({ mine: 'yes' }, BOTH)]).to.deep.equal([1, 0])
      await issueAssistance(app, OTHER, { id })
      expect(await possible(CLERK, id)).to.include.members(['suggest_review', 'request_lift', 'send_link', 'answer'])
      expect(await possible(OTHER, id)).to.deep.equal(['withdraw'])
      await suggestAssistanceReview(app, CLERK, { id, text: '对象是否有误' })
      await requestAssistanceLift(app, BOTH, { id, ground: 'performed', note: '已付清' })
      expect(await possible(CLERK, id))
        .to.not.include.members(['suggest_review'])
        .and.to.not.include.members(['request_lift'])
      expect(await possible(OTHER, id)).to.deep.equal(['reply_review', 'decide_lift', 'lift', 'withdraw'])
      expect(await possible(BOTH, id))
        .to.include('reply_review')
        .and.to.not.include.members(['lift', 'decide_lift'])
      expect([await total({ review: 'pending' }), await total({ lift: 'pending' }), await total({ overdue: 'yes' })]).to.deep.equal([
        1, 1, 0,
      ])
      clock.set(at('2026-03-21', 10))
      expect(await total({ overdue: 'yes' })).to.equal(1)
      await answerAssistance(app, CLERK, { id, outcome: 'carried_out', text: ANSWER_TEXT })
      expect([await total({ overdue: 'yes' }), (await possible(CLERK, id)).includes('answer')]).to.deep.equal([0, false])
    })

    it('is read and answered by its own unit alone; a review suggestion stops no deadline (P47)', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      await addWechatUnit(app, 'u1')
      await addWechatUnit(app, 'u2')
      const [u1, u2] = [liaisonOf('u1'), liaisonOf('u2')]
      const draft = await draftAssistance(app, CLERK, assistanceTo('u1'))
      await refusal('assistance_missing', () => showAssistance(app, u1, draft.id))
      await refusal('assistance_missing', () => acknowledgeAssistance(app, u1, { id: draft.id }))
      const { id } = await issueAssistance(app, APPROVER, { id: draft.id })
      for (const run of [
        () => showAssistance(app, u2, id),
        () => acknowledgeAssistance(app, u2, { id }),
        () => answerAssistance(app, u2, { id, outcome: 'carried_out', text: ANSWER_TEXT }),
        () => listAssistance(app, u2, { filter: { unitId: 'u1' }, page: PAGE }),
      ])
        await refusal('unit_other', run)
      expect((await listAssistance(app, u2, { filter: {}, page: PAGE })).total).to.equal(0)
      await refusal('not_allowed', () => issueAssistance(app, u1, { id }))
      const shown = await showAssistance(app, u1, id)
      expect([shown.audit.length, shown.links.length, shown.possible]).to.deep.equal([0, 0, ['acknowledge', 'answer', 'suggest_review']])

      await refusal('assistance_no_review', () => replyAssistanceReview(app, APPROVER, { id, reply: '继续办理' }))
      await suggestAssistanceReview(app, u1, { id, text: '该企业不归本单位登记' })
      expect(await clocksOf(app, `assistance:${id}`)).to.deep.equal([
        'assistance.acknowledge open 2026-03-05',
        'assistance.answer open 2026-03-20',
      ])
      await replyAssistanceReview(app, APPROVER, { id, reply: '继续办理，名下登记见附表' })
      await answerAssistance(app, u1, { id, outcome: 'carried_out', text: ANSWER_TEXT })
      expect(await showAssistance(app, u1, id)).to.deep.include({ state: 'answered', outcome: 'carried_out', acknowledgedWay: 'unit' })
      expect(await clocksOf(app, `assistance:${id}`)).to.deep.equal([
        'assistance.acknowledge closed 2026-03-05',
        'assistance.answer closed 2026-03-20',
      ])
      expect((await texts(app, 'assistance.')).filter((each) => each.includes('role'))).to.deep.equal([
        'assistance.answered role clerk',
        'assistance.review_suggested role clerk',
      ])
    })

    it('is lifted or kept by another person than the requester, and the debtor is notified of the decision (P48, P49)', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      const [listingId = ''] = await listed(app, 1)
      await addWechatUnit(app, 'u1')
      const id = await issued(app, 'u1', { kind: 'assistance', listingId })
      await refusal('assistance_no_lift', () => decideAssistanceLift(app, OTHER, { id, granted: true, reason: '已经履行' }))
      await requestAssistanceLift(app, BOTH, { id, ground: 'security', note: '提供房产担保' })
      await refusal('assistance_lift_pending', () => requestAssistanceLift(app, CLERK, { id, ground: 'performed', note: '已付清' }))
      await refusal('assistance_own_request', () => decideAssistanceLift(app, BOTH, { id, granted: true, reason: '可以' }))
      expect(await decideAssistanceLift(app, OTHER, { id, granted: false, reason: '担保不足' })).to.include({ state: 'issued' })
      await requestAssistanceLift(app, CLERK, { id, ground: 'performed', note: '已付清' })
      expect(await decideAssistanceLift(app, OTHER, { id, granted: true, reason: '经核实已付清' })).to.include({ state: 'lifted' })
      expect(await clocksOf(app, `assistance:${id}`)).to.deep.equal([
        'assistance.acknowledge cancelled 2026-03-05',
        'assistance.answer cancelled 2026-03-20',
      ])
      const lifted = await told(app, 'assistance.lift')
      expect(lifted.map(({ event, recipient }) => `${event.split(':')[0]} ${recipient.split(':')[0]}`)).to.deep.equal([
        'assistance.lift_refused debtor',
        'assistance.lifted debtor',
        'assistance.lifted liaison',
      ])
      expect(lifted[0]?.text).to.include('被执行人提供担保').and.include('担保不足')
      await refusal('assistance_act_impossible', () =>
        answerAssistance(app, liaisonOf('u1'), { id, outcome: 'carried_out', text: ANSWER_TEXT }),
      )
      const [token = ''] = await tokensSent(app, 'assistance.issued')
      expect((await confirmAssistance(app, PUBLIC, { token, holder: null })).id).to.equal(id)
    })

    it('is followed by reminders and missed-deadline reports when the unit does not reply; a draft can be discarded', async () => {
      const { app, clock } = await make({ now: at(TODAY, 10) })
      await addUnit(app, 'u1')
      const { id: unwanted } = await draftAssistance(app, CLERK, assistanceTo('u1'))
      expect(await discardAssistance(app, CLERK, { id: unwanted })).to.include({ state: 'discarded', number: null })
      const id = await issued(app, 'u1')
      for (const day of ['2026-03-02', '2026-03-04', '2026-03-05', '2026-03-06', '2026-03-17', ANSWER_BY, '2026-03-21']) {
        clock.set(at(day, 9))
        await runDeadlines(app, SYSTEM)
      }
      const reports = (await told(app)).map(({ event, recipient, text }) => [
        event,
        recipient.split(':')[0],
        /协助通知(回执|答复)/.exec(text)?.[0],
      ])
      expect(reports.filter(([event]) => event === 'deadline.missed:2026-03-06').length).to.be.above(1)
      expect(reports.filter(([event, , what]) => event === 'deadline.missed:2026-03-21' && what === '协助通知答复').length).to.be.above(1)
      expect(reports.filter(([event]) => event?.startsWith('deadline.reminder')).length).to.be.above(3)
      await answerAssistance(app, liaisonOf('u1'), { id, outcome: 'could_not', text: '没有该登记' })
      expect(await clocksOf(app, `assistance:${id}`)).to.deep.equal([
        'assistance.acknowledge closed_late 2026-03-05',
        'assistance.answer closed_late 2026-03-20',
      ])
    })

    it('may be a judicial suggestion to the supervision bureau about a unit, without a listing (P52)', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      await addWechatUnit(app, 'supervision_bureau')
      const facts = '某单位收到本院（2026）云3401执协1号通知书后逾期未答复'
      const id = await issued(app, 'supervision_bureau', { facts, request: '依法处理并函复本院' })
      const { record, number } = await showAssistance(app, CLERK, id)
      expect(number).to.equal('（2026）云3401司建1号')
      expect(record.document?.join('')).to.include('司法建议').and.include(facts).and.not.include('被执行人：')
      await answerAssistance(app, liaisonOf('supervision_bureau'), { id, outcome: 'carried_out', text: '已约谈该单位负责人' })
      expect((await texts(app, 'assistance.answered')).length).to.equal(1)

      const next = { id: 'k2', bytes: Buffer.alloc(32, 9) }
      await rotateKeys({ ...app, secrets: createSecrets([next, TEST_KEY]) }, OPERATOR)
      const after = await showAssistance({ ...app, secrets: createSecrets([next]) }, CLERK, id)
      expect(after.record).to.deep.equal({ ...record, answer: '已约谈该单位负责人' })
    })
  })
})
