// Commands on creditors' matters on both databases: refusals first, then an application, a clue and an objection to an exit to their ends.
// The routes are routes.test.ts, the conversation is test/bot/creditor.test.ts.

import { expect } from 'chai'
import {
  answerMatter,
  confirmMatter,
  decideMatter,
  declineMatter,
  draftMatter,
  fileMatter,
  reviewMatter,
  sendBackMatter,
  withdrawMatter,
  type FiledMatter,
  type NewMatter,
} from '../../../src/features/creditors/commands.ts'
import { followMatter, listMatters, mattersOfAccount, showMatter } from '../../../src/features/creditors/views.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { approveListings, withdrawListings } from '../../../src/features/listings/commands.ts'
import { showListing } from '../../../src/features/listings/views.ts'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { at, told } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { APPROVER, CLERK, listed, submitted } from '../../support/listed.ts'
import { clocksOf, TODAY } from '../../support/objections.ts'
import { changeByTwo } from '../../support/proposed.ts'
import { refusal } from '../../support/refusal.ts'

const CASE = '（2026）云3401执9号'
const PHONE = '13988120001'
const FORM: NewMatter = {
  kind: 'application',
  way: 'web',
  name: '央宗卓玛',
  phone: PHONE,
  caseNo: CASE,
  debtorName: '扎西某',
  ground: '有钱不还',
  text: '他把房子过户给了亲戚。',
}
const { name: _name, caseNo: _caseNo, ...REST } = PERSON
const BOTH: Actor = { id: 'staff:both', roles: ['clerk', 'approver'] }
const AUDITOR: Actor = { id: 'staff:auditor', roles: ['auditor'] }
const PAGE = { limit: 20, offset: 0 }

/** `event media` of the notices to the creditor, and their texts. */
async function toCreditor(app: AppContext): Promise<{ events: string[]; texts: string[] }> {
  const rows = (await told(app, 'creditor.')).filter(({ recipient }) => recipient.startsWith('creditor:'))
  return { events: rows.map(({ event, media }) => `${event.split(':')[0]} ${media}`), texts: rows.map(({ text }) => text) }
}

eachDatabase((_db, make) => {
  const openApp = async (): Promise<AppContext> => (await make({ now: at(TODAY, 10) })).app
  const file = (app: AppContext, change: Partial<NewMatter> = {}, actor = PUBLIC): Promise<FiledMatter> =>
    fileMatter(app, actor, { ...FORM, ...change })

  it('refuses an incomplete form, a way that is not the actor’s, and a later day of receipt, and keeps nothing', async () => {
    const app = await openApp()
    const wrong = await refusal('creditor_incomplete', () => file(app, { phone: '', caseNo: '9号' }))
    expect(wrong.problems.map(({ field, column }) => `${field ?? ''} ${column ?? ''}`)).to.deep.equal(['phone 您的手机号码', 'caseNo 案号'])
    await refusal('not_allowed', () => file(app, { way: 'phone' }))
    await refusal('not_allowed', () => file(app, { way: 'web' }, CLERK))
    await refusal('not_allowed', () => file(app, { way: 'phone' }, APPROVER))
    await refusal('request_invalid', () => file(app, { way: 'clerk', receivedOn: '2026-12-01' }, CLERK))
    await refusal('creditor_listing_needed', () => file(app, { kind: 'exit_objection', way: 'phone' }, CLERK))
    expect((await listMatters(app, CLERK, { filter: {}, page: PAGE })).total).to.equal(0)
    expect((await toCreditor(app)).events).to.deep.equal([])
  })

  it('enters what a clerk was told at the counter: taken up at once, audited with who entered it, and told where the number takes it', async () => {
    const app = await openApp()
    const wrong = await refusal('creditor_incomplete', () => file(app, { way: 'clerk', name: '', phone: '12' }, CLERK))
    expect(wrong.problems.map(({ column }) => column)).to.deep.equal(['申请执行人的姓名或者名称', '申请执行人的电话'])
    const early = await refusal('request_invalid', () => file(app, { way: 'clerk', receivedOn: '2026-12-01' }, CLERK))
    expect(early.problems[0]?.column).to.equal('收到日期')
    const reached = await file(app, { way: 'clerk' }, CLERK)
    expect(reached).to.include({ state: 'confirmed', told: true })
    const atHome = await file(app, { way: 'phone', kind: 'clue', phone: '0887-8222333' }, CLERK)
    expect(atHome.told).to.equal(false)
    expect((await toCreditor(app)).events).to.deep.equal(['creditor.received sms'])
    const shown = await showMatter(app, CLERK, atHome.id)
    expect(shown).to.include({ way: 'phone', registeredBy: CLERK.id })
    expect(shown.audit.map(({ actor, act }) => `${actor} ${act}`)).to.deep.equal([`${CLERK.id} creditor.file`])
    expect(await followMatter(app, PUBLIC, { number: atHome.number, code: atHome.code })).to.include({ state: 'handling' })
  })

  it('refuses acts on a matter that does not exist, was changed meanwhile, or is not confirmed', async () => {
    const app = await openApp()
    const { id } = await file(app)
    await refusal('creditor_missing', () => confirmMatter(app, CLERK, { id: '01KB0000000000000000000000' }))
    await refusal('creditor_version_stale', () => confirmMatter(app, CLERK, { id, version: 2 }))
    const early = await refusal('creditor_act_impossible', () => draftMatter(app, CLERK, { id, content: REST }))
    expect(app.catalog.problem(early.code, early.values)).to.equal(
      '这件事项现为“已收到，待核对身份”，不能“起草条目”。现在可以做的操作：确认是申请执行人、不予受理、登记撤回。',
    )
    await refusal('creditor_act_impossible', () => reviewMatter(app, CLERK, { id, finding: 'refused', reason: '没有证据' }))
    await refusal('not_allowed', () => confirmMatter(app, APPROVER, { id }))
    await refusal('not_allowed', () => decideMatter(app, CLERK, { id }))
    // A draft refused by the check of listings leaves the matter as it was.
    await confirmMatter(app, CLERK, { id })
    await refusal('listing_incomplete', () => draftMatter(app, CLERK, { id, content: {} }))
    expect((await showMatter(app, CLERK, id)).state).to.equal('confirmed')
  })

  it('answers and declines in the same words whether there is such a case or not', async () => {
    const app = await openApp()
    await listed(app, 1, { applicantName: '真正的申请人', applicantPhone: '13988120009' })
    const known = await file(app, { caseNo: '（2026）云3401执1号' })
    const unknown = await file(app, { caseNo: '（2026）云3401执77号', phone: '13988120002' })
    expect(Object.keys(known)).to.deep.equal(Object.keys(unknown))
    for (const { id } of [known, unknown]) await declineMatter(app, CLERK, { id, note: '不是该案的申请执行人' })
    const { events, texts } = await toCreditor(app)
    expect(events).to.deep.equal(['creditor.declined sms', 'creditor.declined sms', 'creditor.received sms', 'creditor.received sms'])
    const [first = '', second = ''] = texts.map((text) => text.replace(/(?:编号)?NR[\d-]+|编号[0-9A-Z]+/g, '#'))
    expect(first).to.equal(second)
    for (const text of texts) expect(text).to.not.match(/扎西|央宗|云3401|该案|真正/)
    const { code, number } = known
    expect(await followMatter(app, PUBLIC, { number, code })).to.include({ state: 'declined', answer: '', dueOn: null })
    expect(await clocksOf(app, `creditor:${known.id}`)).to.deep.equal(['creditor.apply_decide closed 2026-03-17'])
  })

  it('shows a matter to its own creditor only, and nothing of the creditor to those who only read', async () => {
    const app = await openApp()
    const own = await file(app, { way: 'bot', wechat: 'oYangzong_0123456789' })
    const other = await file(app, { way: 'bot', wechat: 'oOther_0123456789ab' })
    await refusal('creditor_missing', () => followMatter(app, PUBLIC, { number: own.number, code: other.code }))
    await refusal('creditor_missing', () => followMatter(app, PUBLIC, { number: 'NR20260302-9999', code: own.code }))
    const view = await followMatter(app, PUBLIC, { number: own.number.toLowerCase(), code: own.code.toLowerCase() })
    expect(view).to.deep.equal({
      ...{ number: own.number, kind: 'application', state: 'received', receivedOn: TODAY, dueOn: '2026-03-17', answer: '' },
    })
    expect((await mattersOfAccount(app, PUBLIC, { wechat: 'oYangzong_0123456789' })).map(({ number }) => number)).to.deep.equal([
      own.number,
    ])
    expect(await mattersOfAccount(app, PUBLIC, { wechat: 'oNobody_0123456789' })).to.deep.equal([])
    const seen = JSON.stringify(await showMatter(app, AUDITOR, own.id))
    expect(seen).to.not.match(/央宗|13988120001|oYangzong|扎西/)
    expect((await showMatter(app, CLERK, own.id)).record.applicant).to.deep.equal({ name: '央宗卓玛', phone: `+86${PHONE}`, wechat: true })
    await refusal('not_allowed', () => showMatter(app, { id: 'staff:office', roles: ['group_office'] }, own.id))
    const rows = await app.store.read((db) => db.query<Record<string, unknown>>('select * from creditor_matter'))
    expect(JSON.stringify(rows)).to.not.match(/央宗|13988120001|oYangzong|扎西|云3401/)
  })

  it('leads an application to a draft, and its deadline to the approval of that draft by another person', async () => {
    const app = await openApp()
    const { id, number, code } = await file(app)
    expect(await clocksOf(app, `creditor:${id}`)).to.deep.equal(['creditor.apply_decide open 2026-03-17'])
    await confirmMatter(app, CLERK, { id })
    const { listingId, state } = await draftMatter(app, CLERK, { id, content: REST })
    expect(state).to.equal('drafted')
    const { content } = await showListing(app, CLERK, listingId)
    expect([content.debtor.name, content.caseNo, content.applicant]).to.deep.equal([
      '扎西某',
      CASE,
      { name: '央宗卓玛', phone: `+86${PHONE}` },
    ])
    expect(await clocksOf(app, `creditor:${id}`)).to.deep.equal(['creditor.apply_decide cancelled 2026-03-17'])
    expect(await clocksOf(app, `listing:${listingId}`)).to.deep.equal(['creditor.apply_decide open 2026-03-17'])
    const items = [{ id: listingId }]
    await submitted(app, CLERK, items)
    expect(await followMatter(app, PUBLIC, { number, code })).to.include({ state: 'handling', dueOn: '2026-03-17' })
    await approveListings(app, APPROVER, { items })
    expect(await clocksOf(app, `listing:${listingId}`)).to.deep.equal(['creditor.apply_decide closed 2026-03-17'])
    expect(await followMatter(app, PUBLIC, { number, code })).to.include({ state: 'granted', dueOn: null })
    const { events, texts } = await toCreditor(app)
    expect(events).to.deep.equal(['creditor.confirmed sms', 'creditor.drafted sms', 'creditor.received sms'])
    for (const text of texts) expect(text).to.not.match(/扎西|云3401/)
    expect((await told(app, 'listing.decided')).map(({ recipient }) => recipient.split(':')[0]).sort()).to.deep.equal([
      'applicant',
      'debtor',
    ])
    await verified(app)
  })

  it('refuses the approval of a draft to whoever opened it from the application', async () => {
    const app = await openApp()
    const { id } = await file(app)
    await confirmMatter(app, BOTH, { id })
    const { listingId } = await draftMatter(app, BOTH, { id, content: REST })
    const items = [{ id: listingId }]
    await submitted(app, BOTH, items)
    await refusal('own_draft', () => approveListings(app, BOTH, { items }))
  })

  it('drafts nothing for a creditor who had the entry deleted within six months, under no other name either', async () => {
    const app = await openApp()
    const [deleted = ''] = await listed(app, 1, { applicantName: FORM.name, applicantPhone: PHONE })
    await changeByTwo(app, [{ id: deleted }], { act: 'shield', ground: 'creditor_request', reason: '书面申请' })
    const { id } = await file(app)
    await confirmMatter(app, CLERK, { id })
    await refusal('listing_barred', () => draftMatter(app, CLERK, { id, content: REST }))
    await refusal('listing_barred', () => draftMatter(app, CLERK, { id, content: { ...REST, applicantName: '别的人' } }))
    expect((await showMatter(app, CLERK, id)).state).to.equal('confirmed')
    expect(await clocksOf(app, `creditor:${id}`)).to.deep.equal(['creditor.apply_decide open 2026-03-17'])
    // The court of its own motion, with its reason: an approver decides on that draft.
    const { state } = await draftMatter(app, CLERK, { id, content: { ...REST, ownMotion: '被执行人转移财产，依职权纳入' } })
    expect(state).to.equal('drafted')
  })

  it('refuses an application by two people, also after its draft was withdrawn, and tells the reason', async () => {
    const app = await openApp()
    const { id, number, code } = await file(app)
    await confirmMatter(app, CLERK, { id })
    const { listingId } = await draftMatter(app, CLERK, { id, content: REST })
    await withdrawListings(app, CLERK, { items: [{ id: listingId }], reason: '尚需核实' })
    expect(await clocksOf(app, `listing:${listingId}`)).to.deep.equal(['creditor.apply_decide open 2026-03-17'])
    await refusal('creditor_listing_unfit', () => draftMatter(app, CLERK, { id, listingId }))
    await refusal('creditor_draft_needed', () => reviewMatter(app, CLERK, { id, finding: 'upheld', reason: '应当纳入' }))
    await reviewMatter(app, BOTH, { id, finding: 'refused', reason: '现有材料不能证明有履行能力' })
    await refusal('own_draft', () => decideMatter(app, BOTH, { id }))
    await sendBackMatter(app, APPROVER, { id, reason: '请再查一次存款' })
    await reviewMatter(app, CLERK, { id, finding: 'refused', reason: '再查仍无存款' })
    expect(await followMatter(app, PUBLIC, { number, code })).to.include({ state: 'handling', answer: '' })
    await decideMatter(app, APPROVER, { id })
    expect(await followMatter(app, PUBLIC, { number, code })).to.include({ state: 'refused', answer: '再查仍无存款' })
    expect(await clocksOf(app, `listing:${listingId}`)).to.deep.equal(['creditor.apply_decide closed 2026-03-17'])
    const { events, texts } = await toCreditor(app)
    expect(events).to.include('creditor.refused sms')
    expect(texts.find((text) => text.includes('不予支持'))).to.include('上一级人民法院')
    await verified(app)
  })

  it('verifies a clue within seven days and tells the answer', async () => {
    const app = await openApp()
    const { id, number, code } = await file(app, { kind: 'clue', text: '他在尼西乡有一台挖掘机。' })
    expect(number).to.match(/^XS20260302-0001$/)
    expect(await clocksOf(app, `creditor:${id}`)).to.deep.equal(['creditor.clue_verify open 2026-03-09'])
    const queue = await listMatters(app, CLERK, { filter: { kind: 'clue', state: 'received', caseNo: '(2026)云3401执9号' }, page: PAGE })
    expect(queue.items.map((each) => each.id)).to.deep.equal([id])
    await confirmMatter(app, CLERK, { id })
    await refusal('creditor_act_impossible', () => reviewMatter(app, CLERK, { id, finding: 'refused', reason: '没有' }))
    await refusal('reason_needed', () => answerMatter(app, CLERK, { id, text: '' }))
    await answerMatter(app, CLERK, { id, text: '已经查封该挖掘机' })
    expect(await followMatter(app, PUBLIC, { number, code })).to.include({ state: 'answered', answer: '已经查封该挖掘机' })
    expect(await clocksOf(app, `creditor:${id}`)).to.deep.equal(['creditor.clue_verify closed 2026-03-09'])
    await verified(app)
  })

  it('leads an upheld objection to an exit to a new listing, and leaves the one that left the list as it is', async () => {
    const app = await openApp()
    const [exited = ''] = await listed(app, 1, { applicantName: '央宗卓玛', applicantPhone: PHONE })
    const input = { kind: 'exit_objection', way: 'clerk', caseNo: '（2026）云3401执1号', text: '和解款没有付清。' } as const
    await refusal('creditor_listing_unfit', () => file(app, { ...input, listingId: exited }, CLERK))
    await shieldListings(app, CLERK, { items: [{ id: exited }], ground: 'settlement_performed', reason: '和解已履行' })
    const { id, state } = await file(app, { ...input, listingId: exited }, CLERK)
    expect(state).to.equal('confirmed')
    expect(await clocksOf(app, `creditor:${id}`)).to.deep.equal(['creditor.object_decide open 2026-03-17'])
    await refusal('creditor_act_impossible', () => draftMatter(app, CLERK, { id }))
    await reviewMatter(app, CLERK, { id, finding: 'upheld', reason: '余款三万元没有到账' })
    await decideMatter(app, APPROVER, { id })
    const { listingId } = await draftMatter(app, CLERK, { id })
    expect(listingId).to.not.equal(exited)
    const before = await showListing(app, CLERK, exited)
    const anew = await showListing(app, CLERK, listingId)
    expect([before.state, anew.state]).to.deep.equal(['shielded', 'draft'])
    expect(anew.content).to.deep.equal(before.content)
    const { events, texts } = await toCreditor(app)
    expect(events).to.include.members(['creditor.upheld sms', 'creditor.drafted sms'])
    for (const text of texts) expect(text).to.not.match(/扎西|余款/)
    await verified(app)
  })

  it('says what the caller may do: a proposal is decided as it stands by another person, and finds what somebody entered', async () => {
    const app = await openApp()
    const { id } = await file(app, { way: 'phone' }, BOTH)
    const possible = async (actor: Actor): Promise<string[]> => [...(await showMatter(app, actor, id)).possible]
    expect([await possible(CLERK), await possible(APPROVER)]).to.deep.equal([['draft', 'review', 'withdraw'], []])
    await reviewMatter(app, CLERK, { id, finding: 'refused', reason: '没有履行能力' })
    expect(await possible(BOTH)).to.deep.equal(['draft', 'review', 'withdraw'])
    expect(await possible(APPROVER)).to.deep.equal(['send_back', 'refuse'])
    const mine = async (actor: Actor): Promise<number> => (await listMatters(app, actor, { filter: { mine: 'yes' }, page: PAGE })).total
    expect([await mine(BOTH), await mine(CLERK)]).to.deep.equal([1, 0])
    await decideMatter(app, APPROVER, { id })
    expect(await mine(BOTH)).to.equal(0)
  })

  it('ends a matter that the creditor takes back', async () => {
    const app = await openApp()
    const { id } = await file(app)
    await refusal('reason_needed', () => withdrawMatter(app, CLERK, { id, note: '' }))
    await withdrawMatter(app, CLERK, { id, note: '本人来电撤回' })
    expect(await clocksOf(app, `creditor:${id}`)).to.deep.equal(['creditor.apply_decide cancelled 2026-03-17'])
    await refusal('creditor_act_impossible', () => confirmMatter(app, CLERK, { id }))
  })
})

async function verified(app: AppContext): Promise<void> {
  expect((await verifyAudit(app, AUDITOR)).faults).to.deep.equal([])
}
