// Blind indexes of complaints and of counters of tries are of kinds of their own: in a copy of the database no equal value tells who complained
// or was asked about. Complaints of earlier versions are indexed anew by the start. Invented people.

import { expect } from 'chai'
import { fileComplaint } from '../../../src/features/complaints/commands.ts'
import { indexComplaints } from '../../../src/features/complaints/indexes.tasks.ts'
import { complaintsOfAccount } from '../../../src/features/complaints/views.ts'
import { askAtDoor } from '../../../src/features/own-case/door.commands.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { createMissLimits } from '../../../src/features/enquiry/limits.commands.ts'
import { newToken } from '../../../src/core/ids.ts'
import { columnName } from '../../../src/platform/database/columns.ts'
import { PUBLIC, SYSTEM } from '../../../src/platform/commands/permissions.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { ADMIN } from '../../support/deadlines.ts'
import { ORGANISATION } from '../../support/drafts.ts'
import { listed } from '../../support/listed.ts'

const PHONE = '13900001111'
const OPENID = 'oCourtUser0000000000000000001'
const DEBTOR = { name: '扎西次仁', identifier: '533421198410140222' }

/** The values of every blind index, by table. */
async function indexed(app: AppContext): Promise<Map<string, Set<string>>> {
  const values = new Map<string, Set<string>>()
  for (const { name, protection } of app.store.tables) {
    const columns = [...protection.indexes.keys()].map((property) => `\`${columnName(property)}\``)
    if (columns.length === 0) continue
    const rows = await app.store.read((db) => db.query<Record<string, string | null>>(`select ${columns.join(', ')} from \`${name}\``))
    values.set(name, new Set(rows.flatMap((row) => Object.values(row).filter((value) => value !== null))))
  }
  const counters = await app.store.read((db) => db.query<{ subject: string }>('select subject from chat_limit'))
  values.set('chat_limit', new Set(counters.map(({ subject }) => subject.slice(subject.indexOf(':') + 1))))
  return values
}

eachDatabase((_db, make) => {
  describe('blind indexes of complaints and counters', () => {
    let made: TestApp
    let id: string

    beforeEach(async () => {
      made = await make()
      const { app } = made
      await addTheUnits(app)
      await addLiaison(app, ADMIN, { unitId: 'land', name: '和联络', phone: PHONE, wechat: OPENID })
      await listed(app, 1, { ...DEBTOR, phone: PHONE })
      await listed(app, 1, { ...ORGANISATION, legalRepresentative: DEBTOR.name }, 2)
      const filed = { way: 'bot', about: 'debtor', text: '他一直在住高档酒店，出入都坐飞机。', anonymous: false } as const
      const person = { name: '木投诉', phone: PHONE, wechat: OPENID }
      id = (await fileComplaint(app, PUBLIC, { ...filed, ...person, debtorName: DEBTOR.name, debtorIdentifier: DEBTOR.identifier })).id
    })

    it('meet no other table’s', async () => {
      const { app } = made
      await askAtDoor(app, PUBLIC, { token: newToken(), identifier: DEBTOR.identifier, origin: '192.0.2.1' })
      const asking = createMissLimits(10)
      const question = { name: DEBTOR.name, identifier: '9999' }
      await asking(app, question, { network: '192.0.2.1', isMiss: () => true, ask: () => enquire(app, PUBLIC, question) })
      const values = await indexed(app)
      for (const own of ['complaint', 'chat_limit']) {
        expect(values.get(own)?.size, own).to.be.above(2)
        for (const [other, theirs] of values)
          if (other !== own)
            expect(
              [...(values.get(own) ?? [])].filter((value) => theirs.has(value)),
              `${own} and ${other}`,
            ).to.deep.equal([])
      }
    })

    it('of an earlier version are written anew by the start, and a complaint is found again', async () => {
      const { app } = made
      const { secrets } = app
      await app.store.write((tx) =>
        tx.run('update complaint set phone_index = ?, wechat_index = ?, debtor_index = ?, debtor_name_index = ? where id = ?', [
          secrets.index('phone', `+86${PHONE}`),
          secrets.index('wechat', OPENID),
          secrets.index('identifier', DEBTOR.identifier),
          secrets.index('name', DEBTOR.name),
          id,
        ]),
      )
      const before = JSON.stringify(await app.store.read((db) => db.query('select record, content, version from complaint')))
      await indexComplaints(app, SYSTEM)
      expect(await complaintsOfAccount(app, PUBLIC, { wechat: OPENID })).to.have.length(1)
      const values = await indexed(app)
      expect([...(values.get('complaint') ?? [])].filter((value) => values.get('liaison')?.has(value))).to.deep.equal([])
      expect(values.get('complaint')?.size).to.equal(4)
      expect(JSON.stringify(await app.store.read((db) => db.query('select record, content, version from complaint')))).to.equal(before)
    })
  })
})
