// What a unit sees of itself: measures, people, notices with their texts, keys; and nothing of another unit.
// Screening is tested in test/features/screening, the keys themselves in test/features/units/keys.test.ts.

import { expect } from 'chai'
import { enqueueNotice } from '../../../src/messaging/outbox.ts'
import { ownKeys, tryKey } from '../../../src/features/units/keys.views.ts'
import { addUnitKey, revokeUnitKey } from '../../../src/features/units/keys.commands.ts'
import { showOwnUnit, unitNotices } from '../../../src/features/portal/views.ts'
import { unitRecipients } from '../../../src/features/units/recipients.ts'
import { openFeedback } from '../../../src/features/feedback/rounds.commands.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { ADMIN, CLERK, PAGE } from '../../support/deadlines.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { codesSent } from '../../support/codes.ts'
import { asking, openServer } from '../../support/http-server.ts'
import { addKey, unitWithMeasures } from '../../support/screening.ts'

const liaisonOf = (unitId: string, liaison: string): Actor => ({ id: liaison, roles: ['liaison'], unitId })

async function tell({ app }: TestApp, unitId: string, key: string): Promise<void> {
  await app.store.write(async (tx) => {
    const context = { app, tx, now: app.clock.now(), actor: ADMIN }
    const values = { shielded: 3, revoked: 1, version: 7, replyDays: 1, court: '某某法院', phone: '0887' }
    const notice = { event: 'bulletin.lifted' as const, key, values, listVersion: 7 }
    await enqueueNotice(context, 'unit', notice, await unitRecipients(context, unitId))
  })
}

eachDatabase((_db, make) => {
  it('shows a unit its measures with clauses and the closed list, its liaisons masked but for the caller, and the open round', async () => {
    const made = await make()
    const { app } = made
    const [unitId, liaison] = await unitWithMeasures(app, ['3.1', '1.1'])
    await openFeedback(app, CLERK, { quarter: '2026Q3' })
    const own = await showOwnUnit(app, liaisonOf(unitId, liaison), undefined)
    expect([own.unit.id, own.measures.map(({ id }) => id)]).to.deep.equal([unitId, ['1.1', '3.1']])
    const [first, second] = own.measures
    expect(first?.clauses[0]).to.deep.include({ id: '1.1a', advice: 'reference', means: '作为参考' })
    expect(first?.clauses[0]?.reaches[0]).to.match(/\p{Script=Han}/u)
    expect(first?.businesses.at(-1)?.name).to.equal('其他')
    expect(second?.businesses.some(({ forNominees }) => forNominees)).to.equal(true)
    expect(own.liaisons.map(({ self, head }) => [self, head])).to.deep.equal([
      [true, false],
      [false, true],
    ])
    expect(JSON.stringify(own)).not.to.include('13800000001').and.not.include('13800000002')
    expect(own.rounds.map(({ quarter, state }) => [quarter, state])).to.deep.equal([['2026Q3', 'open']])
    const asSystem = await showOwnUnit(app, { id: 'unit_key:x', roles: ['unit_system'], unitId }, undefined)
    expect(asSystem.liaisons.map(({ self }) => self)).to.deep.equal([false, false])
  })

  it('shows what its own liaisons were told, with the text as sent, and nothing of others', async () => {
    const made = await make()
    const { app } = made
    const [unitId, liaison] = await unitWithMeasures(app, ['1.1'])
    const [other, otherLiaison] = await unitWithMeasures(app, ['1.1'])
    await tell(made, unitId, 'bulletin.lifted:1')
    await tell(made, other, 'bulletin.lifted:2')
    const { items, total } = await unitNotices(app, liaisonOf(unitId, liaison), PAGE)
    expect([total, items.length]).to.deep.equal([1, 1])
    expect(items[0]).to.deep.include({ subject: '解除惩戒通知', verdict: 'under_way', served: '待送达', to: '甲' })
    expect(items[0]?.text).to.include('屏蔽3条')
    const sealed = await app.store.read((db) => db.query<{ body: string }>('select body from delivery'))
    expect(JSON.stringify(sealed)).not.to.include('屏蔽3条')
    expect((await unitNotices(app, liaisonOf(other, otherLiaison), PAGE)).total).to.equal(1)
    expect((await unitNotices(app, liaisonOf('nobody', liaison), PAGE)).total).to.equal(0)
  })

  it('lists the keys of its systems, and says what a pasted one may do without keeping it', async () => {
    const made = await make()
    const { app, clock, logged } = made
    const [unitId, liaison] = await unitWithMeasures(app, ['1.1'])
    const [other] = await unitWithMeasures(app, ['1.1'])
    const actor = liaisonOf(unitId, liaison)
    const { key, id } = await addUnitKey(app, ADMIN, { unitId, label: '大厅', scopes: ['screening', 'ledger'] })
    const tried = await tryKey(app, actor, ` Bearer ${key}\n`)
    expect([tried?.label, tried?.state, tried?.scopes.map(({ name }) => name)]).to.deep.equal(['大厅', 'works', ['前置审查', '本单位台账']])
    expect(tried?.lastUsedAt).to.equal(null)
    for (const wrong of ['zxt_', `${key}x`, key.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')), await addKey(app, other, ['feed'])])
      expect(await tryKey(app, actor, wrong)).to.equal(null)
    clock.advance(366 * 86_400_000)
    expect((await tryKey(app, actor, key))?.state).to.equal('expired')
    await revokeUnitKey(app, ADMIN, { unitId, id })
    expect((await ownKeys(app, actor, undefined)).map(({ id: listed, state }) => [listed, state])).to.deep.equal([[id, 'revoked']])
    expect(JSON.stringify(logged)).not.to.include(key.slice(-43))
    const stored = await app.store.read((db) => Promise.all(['unit_key', 'audit'].map((name) => db.query(`select * from ${name}`))))
    expect(JSON.stringify(stored)).not.to.include(key.slice(-43))
  })

  it('serves a liaison who logged in by a code: own unit, a sheet to screen, and no code among the notices', async () => {
    const made = await make()
    const { app } = made
    const server = await openServer(made)
    try {
      const [unitId] = await unitWithMeasures(app, ['1.1'])
      await addLiaison(app, ADMIN, { unitId, name: '和联络', phone: '13988880001' })
      const asked = await server.ask('POST', '/api/v1/unit-session/code', { json: { phone: '13988880001' } })
      const code = (await codesSent(app)).at(-1)?.code ?? ''
      const headers = { cookie: (asked.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' }
      const opened = await server.ask('POST', '/api/v1/unit-session', { json: { phone: '13988880001', code }, headers })
      const cookie = (opened.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
      const ask = asking(server.url, { cookie, 'x-csrf-token': String(opened.body['csrfToken']), 'x-session': 'unit' })
      const own = (await ask('GET', '/api/v1/units/me')).body as { liaisons: { name: string; self: boolean }[] }
      expect(own.liaisons.filter(({ self }) => self).map(({ name }) => name)).to.deep.equal(['和联络'])
      const sheet = { body: '姓名,身份证号\n旦增某,\n', headers: { 'content-type': 'text/csv' } }
      const sent = await ask('POST', '/api/v1/screening/files?measureId=1.1', sheet)
      expect([sent.status, sent.body['state'], sent.body['answered']]).to.deep.equal([201, 'done', 1])
      expect((await ask('GET', `/api/v1/screening/files/${String(sent.body['id'])}/result`)).status).to.equal(200)
      const told = await ask('GET', '/api/v1/units/me/notices')
      expect([told.status, told.body['total'], told.text.includes(code)]).to.deep.equal([200, 0, false])
      const ledger = (await ask('GET', `/api/v1/units/${unitId}/ledger`)).body as { figures: { told: number } }
      expect(ledger.figures.told).to.equal(0)
    } finally {
      await server.close()
    }
  })

  it('is served over HTTP to a key with the scope, and to nobody of the court', async () => {
    const made = await make()
    const server = await openServer(made)
    try {
      const [unitId] = await unitWithMeasures(made.app, ['1.1'])
      const key = await addKey(made.app, unitId, ['ledger'])
      const headers = { authorization: `Bearer ${key}` }
      for (const path of ['', '/notices', '/keys'])
        expect((await server.ask('GET', `/api/v1/units/me${path}`, { headers })).status).to.equal(200)
      const tried = await server.ask('POST', '/api/v1/units/me/keys/test', { headers, json: { key } })
      expect([tried.status, (tried.body['key'] as { state: string }).state]).to.deep.equal([200, 'works'])
      const narrow = { authorization: `Bearer ${await addKey(made.app, unitId, ['feed'])}` }
      expect((await server.ask('GET', '/api/v1/units/me', { headers: narrow })).body['code']).to.equal('scope_missing')
      const admin = await server.person('admin')
      expect((await admin.ask('GET', '/api/v1/units/me')).body['code']).to.equal('not_allowed')
    } finally {
      await server.close()
    }
  })
})
