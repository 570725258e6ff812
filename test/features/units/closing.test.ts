// Units as the desk lists them: what each lacks, and closing and reopening one. Liaisons and keys are tested beside this file.

import { expect } from 'chai'
import { addUnitKey } from '../../../src/features/units/keys.commands.ts'
import { addLiaison, changeLiaison } from '../../../src/features/units/commands.ts'
import { bindLiaison, issueBindingCode, liaisonActor } from '../../../src/features/units/subscriptions.commands.ts'
import type { AppError } from '../../../src/core/errors.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { ADMIN } from '../../support/deadlines.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'

const OPENID = 'openid_of_land_liaison_001'

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let admin: Person

  beforeEach(async () => {
    made = await make()
    await addTheUnits(made.app)
    server = await openServer(made)
    admin = await server.person('admin')
  })
  afterEach(() => server.close())

  type Listed = { id: string; className: string | null; liaisonCount: number; boundCount: number }
  async function list(query: string): Promise<Listed[]> {
    const { status, body } = await admin.ask('GET', `/api/v1/units?${query}`)
    expect(status, JSON.stringify(body)).to.equal(200)
    return body['items'] as Listed[]
  }
  const ids = async (query: string): Promise<string[]> => (await list(query)).map(({ id }) => id)

  it('units are found by what they lack and by their class, with their liaisons counted', async () => {
    const { app } = made
    await addLiaison(app, ADMIN, { unitId: 'land', name: '某甲', phone: '13900001111', wechat: 'openid_of_land_1' })
    await addLiaison(app, ADMIN, { unitId: 'land', name: '某乙', phone: '13900001112' })
    await addLiaison(app, ADMIN, { unitId: 'forestry', name: '负责人', phone: '13900001113', head: true })
    const gone = await addLiaison(app, ADMIN, { unitId: 'bank_one', name: '某丙', phone: '13900001114' })
    await changeLiaison(app, ADMIN, { id: gone.id, active: false })
    expect(await ids('need=unbound')).to.deep.equal(['forestry', 'land'])
    expect(await ids('need=no_liaison'))
      .to.include.members(['forestry', 'bank_one'])
      .and.not.include.members(['land', 'banks'])
    const [member] = await list('classId=banks')
    expect(member).to.deep.include({ id: 'bank_one', className: 'banks', liaisonCount: 0 })
    expect((await list('text=land'))[0]).to.deep.include({ liaisonCount: 2, boundCount: 1 })
    expect(await ids('isClass=yes')).to.deep.equal(['banks'])
    expect((await admin.ask('GET', '/api/v1/units?need=money')).status).to.equal(400)
  })

  it('a closed unit has no working key until it is taken up again, our own court is never closed, and only administrators close', async () => {
    const { key } = await addUnitKey(made.app, ADMIN, { unitId: 'land', label: '系统', scopes: ['clocks'] })
    const asked = async (): Promise<number> =>
      (await server.ask('GET', '/api/v1/clocks', { headers: { authorization: `Bearer ${key}` } })).status
    const set = (unit: string, active: boolean, who = admin) => who.ask('PATCH', `/api/v1/units/${unit}`, { json: { active } })
    const { id } = await addLiaison(made.app, ADMIN, { unitId: 'land', name: '某甲', phone: '13900001111', wechat: OPENID })
    const actor = (): Promise<Actor | null> => made.app.store.read((db) => liaisonActor(made.app, db, { wechat: OPENID }))
    const { code } = await issueBindingCode(made.app, ADMIN, id)
    const bind = (): Promise<string> =>
      bindLiaison(made.app, PUBLIC, { code, wechat: OPENID }).then(
        ({ unit }) => unit,
        (error: unknown) => (error as AppError).code,
      )
    expect(await asked()).to.equal(200)
    expect((await actor())?.unitId).to.equal('land')
    expect((await set('land', false)).body['active']).to.equal(false)
    expect(await asked()).to.equal(401)
    expect(await ids('need=closed')).to.deep.equal(['land'])
    expect([await actor(), await bind()], 'nobody acts for it').to.deep.equal([null, 'binding_code_wrong'])
    expect((await set('land', true)).body['active']).to.equal(true)
    expect(await asked()).to.equal(200)
    expect((await set('court', false)).body['code']).to.equal('unit_own_court')
    expect((await set('nowhere', false)).status).to.equal(404)
    expect((await set('land', false, await server.person('clerk'))).status).to.equal(403)
  })
})
