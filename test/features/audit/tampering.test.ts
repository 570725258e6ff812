// Whoever writes in the database past this application is found out by the verification: without the key by the columns that no signature
// covers, with the key by the audit. Databases of earlier versions are test/platform/database/previous-version.test.ts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { verifyNext } from '../../../src/features/audit/steps.commands.ts'
import { listingTable, toListing, toRow } from '../../../src/features/listings/store.ts'
import { findListing } from '../../../src/features/listings/search.store.ts'
import { registerObjection, reviewObjection, suspendForObjection, withdrawObjection } from '../../../src/features/objections/commands.ts'
import { auditHeads } from '../../../src/platform/commands/audit.store.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import type { Param } from '../../../src/platform/database/database.ts'
import { newId } from '../../../src/core/ids.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { ORGANISATION } from '../../support/drafts.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { objectionTo } from '../../support/objections.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }
const OTHER: Actor = { id: 'staff:other', roles: ['clerk'] }
eachDatabase((_db, make) => {
  describe('the verification of a database in which somebody wrote', () => {
    let made: TestApp
    let ids: string[]
    let objections: string[]

    const run = (sql: string, params: readonly Param[] = []): Promise<number> => made.app.store.write((tx) => tx.run(sql, params))
    const faults = async (): Promise<string[]> =>
      (await verifyAudit(made.app, OPERATOR)).faults.map(({ subject, fault }) => `${subject} ${fault}`).sort()
    const cell = async (sql: string, params: readonly Param[] = []): Promise<Param> =>
      (await made.app.store.read((db) => db.query<{ cell: Param }>(sql, params)))[0]?.cell ?? null

    before(async () => {
      made = await make({ now: new Date('2026-03-02T02:00:00.000Z') })
      const { app } = made
      await addTheUnits(app)
      ids = await listed(app, 3, { ground: '违反限制消费令', term: '24个月' })
      const about = (listingId: string, change: Parameters<typeof objectionTo>[1]): Promise<string> =>
        registerObjection(app, CLERK, objectionTo(listingId, change)).then(({ id }) => id)
      const [first = '', second = ''] = ids
      objections = [await about(first, { about: 'measure', unitId: 'land' }), await about(second, { about: 'listing' })]
      const [measure = '', whole = ''] = objections
      await reviewObjection(app, OTHER, { id: measure })
      made.clock.advance(60_000)
      await withdrawObjection(app, CLERK, { id: measure, reason: '当事人撤回' })
      await reviewObjection(app, OTHER, { id: whole })
      made.clock.advance(60_000)
      await suspendForObjection(app, APPROVER, { id: whole })
    })

    it('finds nothing in one that is untouched', async () => {
      expect(await faults()).to.deep.equal([])
    })

    it('names the numbers of the journal of a listing that was deleted with its audit, first, last or in between', async () => {
      const { app } = made
      const rows = await app.store.read((db) => db.query<{ seq: number }>('select seq from journal order by seq'))
      const all = rows.map(({ seq }) => Number(seq))
      const last = all.at(-1) ?? 0
      for (const seq of [1, 2, last]) {
        await run('update journal set seq = seq + 1000000 where seq = ?', [seq])
        expect(
          (await faults()).filter((each) => each.startsWith('journal')),
          String(seq),
        ).to.deep.equal(['journal journal'])
        expect((await verifyAudit(app, OPERATOR)).faults).to.deep.include({ subject: 'journal', n: seq, fault: 'journal' })
        await run('update journal set seq = seq - 1000000 where seq > 1000000')
      }
      const [id = ''] = ids
      await run('update journal set listing_id = ? where listing_id = ?', ['GONE', id])
      const named = (await verifyAudit(app, OPERATOR)).faults.filter(({ fault }) => fault === 'journal').map(({ n }) => n)
      await run('update journal set listing_id = ? where listing_id = ?', [id, 'GONE'])
      const own = await app.store.read((db) => db.query<{ seq: number }>('select seq from journal where listing_id = ? order by seq', [id]))
      expect(named).to.deep.equal(own.map(({ seq }) => Number(seq)))
      expect(await faults()).to.deep.equal([])
    })

    it('names a listing that nobody finds any more by its number, its name or its case, or as its officer', async () => {
      const [id = '', other = ''] = ids
      for (const [column, value] of [
        ['identifier_index', 'x'.repeat(22)],
        ['name_key', '别人'],
        ['in_force_key', null],
        ['in_force_key', 'y'.repeat(22)],
      ] as const) {
        const was = await cell(`select ${column} as cell from listing where id = ?`, [id])
        await run(`update listing set ${column} = ? where id = ?`, [value, id])
        expect(await faults(), column).to.deep.equal([`listing:${id} lookup`])
        await run(`update listing set ${column} = ? where id = ?`, [was, id])
      }
      await run("insert into listing_officer (id, listing_id, office, name_index) values (?, ?, 'legal_representative', ?)", [
        newId(),
        other,
        made.app.secrets.index('name', '别人'),
      ])
      expect(await faults()).to.deep.equal([`listing:${other} lookup`])
      await run('delete from listing_officer where listing_id = ?', [other])
    })

    it('names a listing whose term, day of decision or of service is not what was recorded', async () => {
      const [id = ''] = ids
      for (const column of ['term_ends_on', 'decided_on', 'served_on']) {
        const was = await cell(`select ${column} as cell from listing where id = ?`, [id])
        expect(was, column).to.be.a('string')
        await run(`update listing set ${column} = '2026-03-01' where id = ?`, [id])
        expect(await faults(), column).to.deep.equal([`listing:${id} record`])
        await run(`update listing set ${column} = ? where id = ?`, [was, id])
      }
    })

    it('names a listing that was signed anew with the key, but not audited', async () => {
      const { app } = made
      const [id = ''] = ids
      const row = await app.store.read((db) => findListing(db, id))
      if (row === null) throw new Error('no listing')
      const listing = toListing(app.secrets, row)
      const head = (await app.store.read((db) => auditHeads(db, [`listing:${id}`]))).get(`listing:${id}`)?.hash ?? ''
      const at = { created: row.createdAt, updated: row.updatedAt }
      const save = (changed: typeof listing): Promise<unknown> =>
        app.store.write((tx) => tx.manager.getRepository(listingTable.schema).save(toRow(app.secrets, changed, at, head)))
      await save({ ...listing, content: { ...listing.content, obligation: '已全部履行' } })
      expect(await faults()).to.deep.equal([`listing:${id} record`])
      await save({ ...listing, version: listing.version + 1 })
      expect(await faults()).to.deep.equal([`listing:${id} record`])
      await save(listing)
      expect(await faults()).to.deep.equal([])
    })

    it('names an objection because of which something rests that should not, or does not rest that should', async () => {
      const [measure = '', whole = ''] = objections
      const [, , third = ''] = ids
      const tampered: readonly (readonly [string, Param, string])[] = [
        ['ended_at', null, measure],
        ['started_at', new Date('2026-01-01T00:00:00.000Z'), measure],
        ['unit_id', null, measure],
        ['unit_id', 'tax', measure],
        ['measure_ids', 'land.1', measure],
        ['listing_id', third, whole],
        ['ended_at', new Date('2026-03-02T03:00:00.000Z'), whole],
      ]
      for (const [column, value, id] of tampered) {
        const [was] = await made.app.store.read((db) =>
          db.query<{ cell: Param }>(`select ${column} as cell from suspension where objection_id = ?`, [id]),
        )
        await run(`update suspension set ${column} = ? where objection_id = ?`, [value, id])
        expect(await faults(), column).to.deep.equal([`objection:${id} rests`])
        await run(`update suspension set ${column} = ? where objection_id = ?`, [was?.cell ?? null, id])
      }
      expect(await faults()).to.deep.equal([])
      await run('delete from suspension where objection_id = ?', [whole])
      expect(await faults()).to.deep.equal([`objection:${whole} rests`])
    })

    it('goes through all of it in steps, and says each fault in words', async () => {
      const [, whole = ''] = objections
      const step = await verifyNext(made.app, ADMIN, { phase: 'suspensions', after: '' })
      expect(step).to.deep.include({ next: null, faults: [{ subject: `objection:${whole}`, n: 0, fault: 'rests' }] })
      for (const fault of ['hash', 'gap', 'seal', 'unreadable', 'lookup', 'record', 'rests'])
        expect(made.app.catalog.words('cli', `fault.${fault}`)).to.match(/\p{Script=Han}/u)
    })
  })

  it('an officer of an organisation that screening does not find any more is named by the verification', async () => {
    const { app } = await make()
    const [id = ''] = await listed(app, 1, ORGANISATION)
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    expect(await app.store.write((tx) => tx.run('delete from listing_officer where listing_id = ?', [id]))).to.be.above(0)
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([{ subject: `listing:${id}`, n: 0, fault: 'lookup' }])
  })
})
