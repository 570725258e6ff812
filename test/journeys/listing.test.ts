// The story of the demo as users see it, on both databases: over HTTP with cookies and CSRF, with loopback WeChat and Twilio calling back.
// Each test continues the one before. Wrong input is tested in test/features/imports/bad-input.test.ts.

import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { CHOSEN, startCourt, type RunningCourt, type Visitor } from '../support/court.ts'
import {
  get,
  listed,
  noticesOf,
  ok,
  post,
  refused,
  waysOf,
  type Notice,
  type Shown,
  answerNone,
  proposeAndApprove,
  seenAs,
} from '../support/asked.ts'
import type { Answer } from '../support/http-server.ts'
import { eachDatabase } from '../support/app.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const ROWS = 240

interface Bulletin {
  id: string
  number: string
}

eachDatabase((_db, make) => {
  describe('the way of a list from a file to the last message', function () {
    this.timeout(300_000)
    let court: RunningCourt
    let admin: Visitor
    let clerk: Visitor
    let approver: Visitor
    let second: Visitor
    let all: { id: string }[]
    let published: Bulletin

    const show = (id: string): Promise<Shown> => get(clerk, `/api/v1/listings/${id}`)
    const enquire = (query: Record<string, string>): Promise<Answer> =>
      court.visitor().ask('POST', '/api/v1/public/enquiries', { json: query })
    const bulletinOf = ({ body }: Answer): Bulletin => body['bulletin'] as Bulletin

    before(async () => {
      court = await startCourt(make)
      admin = await court.admin()
      clerk = await court.staff(admin, 'wang', 'clerk')
      approver = await court.staff(admin, 'li', 'approver')
      second = await court.staff(admin, 'zhao', 'approver')
    })
    after(() => court.close())

    it('lets people log in with their own passwords, and refuses requests without the CSRF token or the role', async () => {
      const again = court.visitor()
      await ok(again.logIn('wang', CHOSEN), 201)
      await refused(again.ask('DELETE', '/api/v1/session', { headers: { 'x-csrf-token': '' } }), 403, 'csrf_wrong')
      await ok(again.ask('DELETE', '/api/v1/session'), 204)
      await refused(again.ask('GET', '/api/v1/session'), 401, 'login_required')
      await refused(admin.ask('GET', '/api/v1/listings'), 403, 'not_allowed')
      await refused(clerk.ask('GET', '/api/v1/staff'), 403, 'not_allowed')
      await refused(court.visitor().ask('GET', '/api/v1/imports'), 401, 'login_required')
    })

    it('lets the administrator add liaisons and subscribers', async () => {
      const bank = (await post(admin, '/api/v1/units', { classId: 'commercial_banks', name: '香格里拉某商业银行支行' }, 201)).body['id']
      const people = [
        ['finance', { phone: '13900018812', wechat: 'oJourneyLiaison1' }],
        ['market_supervision', { phone: '139 0001 8813' }],
        ['real_estate_registry', { phone: '13900018814', wechat: 'oJourneyBlocks' }],
        [bank, { phone: '13900018819' }],
      ] as const
      for (const [unit, reach] of people)
        await post(admin, `/api/v1/units/${String(unit)}/liaisons`, { name: `联络员${String(unit)}`, ...reach }, 201)
      await post(admin, '/api/v1/subscribers', { kind: 'media', name: '某台', phone: '13900018816' }, 201)
      await post(admin, '/api/v1/subscribers', { kind: 'public', name: '市民', wechat: 'oJourneyCitizen1' }, 201)
      court.wechat.block('oJourneyBlocks')
      court.twilio.fail('+8613900018819', { status: 400, code: 21211 }, 99)
    })

    it('lets the clerk upload the list, see its report, and commit it once', async () => {
      const body = new Uint8Array(await readFile('samples/lists/list.xlsx'))
      const upload = (): Promise<Answer> =>
        ok(clerk.ask('POST', '/api/v1/imports?fileName=list.xlsx', { body, headers: { 'content-type': XLSX } }), 201)
      const report = (await upload()).body
      expect(report).to.include({ state: 'checked', rows: ROWS, good: ROWS, bad: 0, known: 0, fileName: 'list.xlsx', mode: 'draft' })
      expect(await listed(clerk, '/api/v1/listings')).to.have.length(0)
      const done = (await post(clerk, `/api/v1/imports/${String(report['id'])}/commit`, {})).body
      expect(done).to.include({ state: 'committed', taken: ROWS })
      await refused(clerk.ask('POST', `/api/v1/imports/${String(report['id'])}/commit`, { json: {} }), 409, 'import_state')
      const second = (await upload()).body
      expect(second).to.include({ good: ROWS, known: ROWS })
      expect((await post(clerk, `/api/v1/imports/${String(second['id'])}/commit`, {})).body).to.include({ taken: 0, known: ROWS })
      all = (await listed<{ id: string }>(clerk, '/api/v1/listings')).map(({ id }) => ({ id }))
      expect(all).to.have.length(ROWS)
    })

    it('lets an approver decide about drafts of others only, and notifies each debtor once', async () => {
      await refused(clerk.ask('POST', '/api/v1/listings/submit', { json: { items: all } }), 409, 'exclusions_unanswered')
      await answerNone(clerk, all)
      const pending = seenAs(await post(clerk, '/api/v1/listings/submit', { items: all }))
      const { body } = await admin.ask('GET', '/api/v1/staff')
      const [wang] = (body['items'] as { id: string; login: string }[]).filter(({ login }) => login === 'wang')
      await post(admin, `/api/v1/staff/${String(wang?.id)}/roles`, { roles: ['clerk', 'approver'] })
      await refused(clerk.ask('POST', '/api/v1/listings/approve', { json: { items: pending } }), 403, 'own_draft')
      await post(admin, `/api/v1/staff/${String(wang?.id)}/roles`, { roles: ['clerk'] })
      const outcomes = (await post(approver, '/api/v1/listings/approve', { items: pending })).body['listings'] as { state: string }[]
      expect(outcomes.filter(({ state }) => state === 'decided')).to.have.length(ROWS)
      await court.quiet()
      const [notice] = await noticesOf(clerk, `listingId=${all.at(-1)?.id ?? ''}`)
      expect(notice).to.include({ event: 'listing.decided', audience: 'debtor', state: 'delivered', verdict: 'served' })
      const [sms] = (notice as Notice).deliveries
      expect(sms?.text).to.match(/^【香格里拉市人民法院】.+编号[A-Z0-9]{8}\)$/)
      expect(sms?.address).to.match(/^139\*{4}\d{4}$/)
      expect(sms?.attempts.map(({ outcome }) => outcome)).to.deep.equal(['accepted'])
      expect(sms?.receipts.map(({ stage }) => stage)).to.include('delivered')
    })

    it('records service, publishes the list, and notifies units, media and subscribers by the medium that reaches them (P24)', async () => {
      await refused(clerk.ask('POST', '/api/v1/listings/publish', { json: { items: all } }), 409, 'listing_act_impossible')
      const future = { items: all, servedOn: '2026-11-23', manner: '直接送达' }
      await refused(clerk.ask('POST', '/api/v1/listings/service', { json: future }), 400, 'listing_incomplete')
      await post(clerk, '/api/v1/listings/service', { ...future, servedOn: '2026-11-22' })
      published = bulletinOf(await post(clerk, '/api/v1/listings/publish', { items: all }))
      expect(published.number).to.equal('2026-0001')
      await court.quiet()
      const notices = await noticesOf(clerk, `bulletinId=${published.id}`)
      const ways = (text: string): string[] => waysOf(notices.find(({ addressee }) => addressee.includes(text)))
      expect(ways('联络员finance')).to.deep.equal(['wechat delivered'])
      expect(ways('联络员market_supervision')).to.deep.equal(['sms delivered'])
      expect(ways('联络员real_estate_registry')).to.deep.equal(['wechat refused', 'sms delivered'])
      expect(ways('商业银行')).to.deep.equal(['sms refused', 'clerk waiting_person'])
      expect(notices.filter(({ audience }) => audience === 'media' || audience === 'public').map(({ verdict }) => verdict)).to.deep.equal([
        'served',
        'served',
      ])
      const blocked = notices.find(({ addressee }) => addressee.includes('real_estate_registry'))?.deliveries[0]
      expect(blocked?.receipts).to.have.length(1)
    })

    it('leaves undeliverable notices to a clerk, who settles them', async () => {
      interface Duty {
        deliveryId: string
        noticeId: string
        addressee: string
      }
      const open = await listed<Duty>(clerk, '/api/v1/duties')
      const duty = open.find(({ addressee }) => addressee.includes('商业银行')) as Duty
      await refused(clerk.ask('POST', `/api/v1/duties/${duty.deliveryId}`, { json: { verdict: 'done' } }), 400, 'reason_needed')
      await refused(
        approver.ask('POST', `/api/v1/duties/${duty.deliveryId}`, { json: { verdict: 'done', note: '代办' } }),
        403,
        'not_allowed',
      )
      await post(clerk, `/api/v1/duties/${duty.deliveryId}`, { verdict: 'done', note: '当面交联络员', on: '2026-11-22' })
      await refused(clerk.ask('POST', `/api/v1/duties/${duty.deliveryId}`, { json: { verdict: 'done', note: '再次' } }), 409, 'duty_done')
      const served = (await ok(clerk.ask('GET', `/api/v1/notices/${duty.noticeId}`))).body
      expect(served).to.include({ state: 'settled', verdict: 'served', reason: '2026-11-22 当面交联络员' })
      expect((await listed(clerk, '/api/v1/duties')).length).to.equal(open.length - 1)
      const trouble = (await ok(clerk.ask('GET', '/api/v1/notices-trouble'))).body['refused'] as { address: string }[]
      expect(trouble.map(({ address }) => address)).to.include('139****8819')
    })

    it('lets the public find debtors by an identifier, not by a name alone, and no undisclosed ones (P19)', async () => {
      const everybody = await Promise.all(all.map(({ id }) => show(id)))
      const person = everybody.find(({ content }) => content.debtor['kind'] === 'person' && content.disclosure === 'public') as Shown
      const { name, identifier } = person.content.debtor as { name: string; identifier: string }
      await refused(enquire({ name }), 400, 'enquiry_identifier_needed')
      const found = (await ok(enquire({ name, identifier: identifier.slice(-4) }))).body['entries'] as Record<string, unknown>[]
      expect(found).to.have.length(1)
      expect(found[0]).to.include({ name, identifier: '*'.repeat(identifier.length) })
      expect(JSON.stringify(found)).not.to.include(identifier)
      const hidden = everybody.find(({ content }) => content.disclosure === 'undisclosed') as Shown
      const miss = (await ok(enquire({ identifier: String(hidden.content.debtor['identifier']) }))).body
      expect(miss['entries']).to.deep.equal([])
      expect(miss['statement']).to.include('未查到')
      const page = await court.visitor().ask('POST', '/enquiry', {
        body: new TextEncoder().encode(new URLSearchParams({ name, identifier: identifier.slice(-4) }).toString()),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      expect(page.text).to.include(name).and.not.to.include(identifier)
      expect(page.text, '实施意见 四(二)7').to.include('不得用于营利')
    })

    it('removes a shielded listing from the public at once, and orders every notified unit to lift its measures (P11, P12)', async () => {
      const open = (await Promise.all(all.map(({ id }) => show(id)))).filter(
        ({ content }) => content.termMonths === null && content.disclosure === 'public' && content.debtor['phone'] !== undefined,
      )
      const [shielded, wrong, mistaken] = open as [Shown, Shown, Shown]
      const identifier = String(shielded.content.debtor['identifier'])
      const exit = { items: [{ id: shielded.id, version: shielded.version }], ground: 'fully_performed', reason: '全部履行完毕' }
      await refused(admin.ask('POST', '/api/v1/listings/shield', { json: exit }), 403, 'not_allowed')
      const bulletin = bulletinOf(await post(clerk, '/api/v1/listings/shield', exit))
      expect((await ok(enquire({ identifier }))).body['entries']).to.deep.equal([])
      await refused(clerk.ask('POST', '/api/v1/listings/shield', { json: exit }), 409, 'listing_version_stale')
      await court.quiet()
      const lifts = await noticesOf(clerk, `bulletinId=${bulletin.id}`)
      for (const unit of ['finance', 'market_supervision', 'real_estate_registry']) {
        const notice = lifts.find(({ addressee }) => addressee.includes(unit))
        expect(notice, unit).to.include({ event: 'bulletin.lifted', audience: 'unit', verdict: 'served' })
        expect(notice?.deliveries.map(({ text }) => text).join(''), unit).to.include('解除惩戒通知')
      }
      const others = lifts.filter(({ audience }) => audience === 'media' || audience === 'public')
      expect(others.map(({ audience, verdict }) => `${audience} ${verdict}`).sort()).to.deep.equal(['media served', 'public served'])
      const own = (await noticesOf(clerk, `listingId=${shielded.id}`)).filter(({ event }) => event === 'listing.shielded')
      expect(own.map(({ audience, verdict }) => `${audience} ${verdict}`)).to.deep.equal(['debtor served'])

      // A correction makes the new wording public and keeps the old one.
      const correction = { act: 'correct', patch: { obligation: '支付赔偿款990000元及利息' }, reason: '金额录入有误' }
      const outdated = { items: [{ id: wrong.id, version: 1 }], terms: correction }
      await refused(clerk.ask('POST', '/api/v1/listing-proposals', { json: outdated }), 409, 'listing_version_stale')
      await proposeAndApprove([clerk, approver], [{ id: wrong.id, version: wrong.version }], correction)
      const shown = (await ok(enquire({ identifier: String(wrong.content.debtor['identifier']) }))).body['entries'] as {
        obligation: string
      }[]
      expect(shown.map(({ obligation }) => obligation)).to.deep.equal(['支付赔偿款990000元及利息'])
      const { wordings, content } = await show(wrong.id)
      expect(wordings).to.have.length(1)
      expect(content.debtor['phone'], 'not named, so not changed').to.equal(wrong.content.debtor['phone'])

      // One proposes a revocation, another puts it in force.
      const items = [{ id: mistaken.id }]
      const terms = { act: 'revoke', reason: '列入有误' }
      const { body } = await post(approver, '/api/v1/listing-proposals', { items, terms }, 201)
      const ids = (body['proposals'] as { id: string }[]).map(({ id }) => id)
      for (const [who, code] of [
        [clerk, 'not_allowed'],
        [approver, 'own_draft'],
      ] as const)
        await refused(who.ask('POST', '/api/v1/listing-proposals/approve', { json: { ids } }), 403, code)
      const waiting = await listed<{ id: string; act: string; reason: string }>(clerk, '/api/v1/listing-proposals')
      expect(waiting.map(({ id, act, reason }) => [id, act, reason])).to.deep.equal([[ids[0], 'revoke', '列入有误']])
      await refused(approver.ask('POST', '/api/v1/listing-proposals/reject', { json: { ids, reason: '自己撤回' } }), 403, 'own_draft')
      await post(second, '/api/v1/listing-proposals/reject', { ids, reason: '请补充材料' })
      await proposeAndApprove([clerk, approver], items, terms)
      expect((await ok(enquire({ identifier: String(mistaken.content.debtor['identifier']) }))).body['entries']).to.deep.equal([])
      await court.quiet()
      for (const [id, event] of [
        [wrong.id, 'listing.corrected'],
        [mistaken.id, 'listing.revoked'],
      ] as const) {
        const notices = (await noticesOf(clerk, `listingId=${id}`)).filter((each) => each.event === event)
        expect(
          notices.map(({ audience, verdict }) => `${audience} ${verdict}`),
          event,
        ).to.deep.equal(['debtor served'])
      }
    })

    it('has sent every message once, processed every receipt, and written a journal without gaps', async () => {
      const everything = await noticesOf(clerk, '')
      const accepted = everything.flatMap(({ deliveries }) =>
        deliveries.filter(({ attempts }) => attempts.some((each) => each.outcome === 'accepted')),
      )
      const times = new Map<string, number>()
      for (const { body } of court.twilio.sent) count(times, /编号([A-Z0-9]{8})\)$/.exec(body)?.[1] ?? body)
      for (const { id } of court.wechat.sent) count(times, id ?? '?')
      expect([...times.values()].filter((n) => n !== 1)).to.deep.equal([])
      expect(times.size).to.equal(accepted.length).and.to.be.greaterThan(300)
      expect(accepted.filter(({ id, medium }) => !times.has(medium === 'sms' ? id.slice(-8) : id))).to.deep.equal([])
      expect(accepted.filter(({ repeated, attempts }) => repeated || attempts.length !== 1)).to.deep.equal([])
      expect(court.wechat.repeats).to.deep.equal([])
      // The stand-ins sign callbacks with code of their own; every signature was accepted.
      expect(court.twilio.callbacks.filter(({ answer }) => answer !== 200)).to.deep.equal([])
      expect(court.twilio.callbacks.length).to.equal(3 * court.twilio.sent.length)
      expect(court.wechat.callbacks.map(({ status }) => status)).to.deep.equal(court.wechat.sent.map(() => 200))
      expect(everything.filter(({ state }) => state === 'accepted')).to.deep.equal([])
      const waiting = new Set((await listed<{ noticeId: string }>(clerk, '/api/v1/duties')).map(({ noticeId }) => noticeId))
      expect(everything.filter(({ id, state }) => state === 'open' && !waiting.has(id))).to.deep.equal([])

      const seqs: number[] = []
      for (let after = 0; ; after = seqs.at(-1) ?? 0) {
        const { items } = (await ok(clerk.ask('GET', `/api/v1/journal?limit=1000&after=${after}`))).body as { items: { seq: number }[] }
        if (items.length === 0) break
        seqs.push(...items.map(({ seq }) => seq))
      }
      expect(seqs).to.deep.equal(seqs.map((_seq, n) => n + 1))
      expect(court.logged.filter(({ level }) => level === 'error').map(({ event }) => event)).to.deep.equal([])
    })
  })
})

function count(times: Map<string, number>, key: string): void {
  times.set(key, (times.get(key) ?? 0) + 1)
}
