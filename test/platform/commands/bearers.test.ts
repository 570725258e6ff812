// What earlier versions stored bare of sessions, browsers, units' keys, links and codes is keyed once, at the first start after the update, so
// that nobody is logged out and no key stops working. Later a bare hash opens nothing, whoever put it there.

import { expect } from 'chai'
import { openApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config/config.ts'
import { newToken } from '../../../src/core/ids.ts'
import { createSecrets, sha256, type DataKey } from '../../../src/core/secrets.ts'
import { followAssistance } from '../../../src/features/assistance/linked.commands.ts'
import { grantReceipt, openReceipt } from '../../../src/features/forms/commands.ts'
import { csrfTokenOf } from '../../../src/features/sessions/commands.ts'
import { issueBindingCode, hashesOfCode } from '../../../src/features/units/subscriptions.commands.ts'
import { liaisonOfCode } from '../../../src/features/units/bindings.store.ts'
import { keyBearers } from '../../../src/platform/commands/bearers.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { addWechatUnit, issued, TODAY, tokensSent } from '../../support/assistance.ts'
import { eachDatabase, TEST_KEY, type TestApp } from '../../support/app.ts'
import { ADMIN, addUnit } from '../../support/deadlines.ts'
import { openServer, type Answer, type Person, type TestServer } from '../../support/http-server.ts'
import { loggedInLiaison, type LiaisonVisit } from '../../support/liaison-visit.ts'
import { unproved } from '../../support/proofs.ts'
import { addKey } from '../../support/screening.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const NEXT: DataKey = { id: 't2', bytes: Buffer.alloc(32, 9) }

/** Everything that a person or program shows to be let in. */
interface Held {
  person: Person
  liaison: LiaisonVisit
  unitKey: string
  link: string
  receipt: string
  code: string
}

eachDatabase((_db, make) => {
  describe('what an earlier version stored bare', () => {
    let made: TestApp
    let server: TestServer
    let held: Held

    const write = (sql: string, params: readonly string[] = []): Promise<number> => made.app.store.write((tx) => tx.run(sql, params))
    const tokenOf = (cookie: string): string => cookie.split('=')[1] ?? ''

    beforeEach(async () => {
      made = await make({ now: new Date(`${TODAY}T02:00:00.000Z`) })
      const { app } = made
      server = await openServer(made)
      await addUnit(app, 'u1')
      await addWechatUnit(app, 'forestry')
      await issued(app, 'forestry')
      const [liaison] = await app.store.read((db) => db.query<{ id: string }>("select id from liaison where unit_id = 'u1'"))
      held = {
        person: await server.person('approver'),
        liaison: await loggedInLiaison(made, 'u1'),
        unitKey: await addKey(app, 'u1', ['lifts']),
        link: (await tokensSent(app, 'assistance'))[0] ?? '',
        receipt: await grantReceipt(app, PUBLIC, { purpose: 'complaint', record: { number: 'x' } }),
        code: (await issueBindingCode(app, ADMIN, liaison?.id ?? '')).code,
      }
    })
    afterEach(() => server.close())

    /** Writes the rows as the previous version did. */
    async function asBefore(): Promise<void> {
      const { person, liaison, unitKey, link, receipt, code } = held
      const hash = (token: string): string => sha256(token)
      for (const [table, token] of [
        ['session', tokenOf(person.cookie)],
        ['unit_session', tokenOf(liaison.cookie)],
      ] as const)
        await write(`update ${table} set id = ?, csrf_hash = ?`, [hash(token), hash(csrfTokenOf(token))])
      await write('update unit_browser set id = ?', [hash(newToken())])
      await write('delete from unit_code_request')
      await write('update unit_key set hash = ?', [hash(unitKey.slice(31))])
      await write('update link set token_hash = ?, token = null', [hash(link)])
      // The receipt is bound to its id.
      const { app } = made
      const [row] = await app.store.read((db) => db.query<{ id: string; record: string }>('select id, record from form_receipt'))
      const place = (id: string): string => `form_receipt.record ${JSON.stringify([id])}`
      const record = app.secrets.seal(app.secrets.open(row?.record ?? '', place(row?.id ?? '')), place(hash(receipt)))
      await write('update form_receipt set id = ?, record = ?', [hash(receipt), record])
      await write('update liaison_code set code_hash = ?', [hash(code.replace('-', ''))])
    }

    /** What of all that opens. */
    async function opening(app: AppContext = made.app): Promise<string[]> {
      const { person, liaison, unitKey, link, receipt, code } = held
      const works = async (work: () => Promise<unknown>): Promise<boolean> => {
        try {
          await work()
          return true
        } catch {
          return false
        }
      }
      const other = app === made.app ? server : await openServer({ ...made, app })
      const isOk = async (answer: Promise<Answer>): Promise<boolean> => (await answer).status === 200
      const seen = {
        session: await isOk(other.ask('GET', '/api/v1/session', { headers: { cookie: person.cookie } })),
        unit_session: await isOk(other.ask('GET', '/api/v1/unit-session', { headers: { cookie: liaison.cookie } })),
        unit_key: await isOk(other.ask('GET', '/api/v1/lift-orders', { headers: { authorization: `Bearer ${unitKey}` } })),
        link: await works(() => followAssistance(app, PUBLIC, { token: link, holder: null })),
        receipt: await works(() => openReceipt(app, PUBLIC, { pass: receipt, purpose: 'complaint' })),
        code: await works(async () => {
          const found = await app.store.read((db) => liaisonOfCode(db, hashesOfCode(app.secrets, code), app.clock.now()))
          if (found === null) throw new Error('wrong')
        }),
      }
      if (other !== server) await other.close()
      return Object.entries(seen).flatMap(([name, isOpen]) => (isOpen ? [name] : []))
    }

    const ALL = ['session', 'unit_session', 'unit_key', 'link', 'receipt', 'code']

    it('opens nothing until the first start has keyed it, and everything from then on', async () => {
      await write("delete from counter where name = 'bearers.bare'")
      await asBefore()
      expect(await opening()).to.deep.equal([])
      await unproved(made.app)
      await write("insert into counter (name, value) values ('bearers.bare', 1)")
      const env = made.url === undefined ? {} : { DATABASE_URL: made.url }
      const DATA_KEY = `${TEST_KEY.id}:${TEST_KEY.bytes.toString('base64')}`
      await (await openApp(readConfig({ NODE_ENV: 'test', DATA_DIR: made.folder, LOG_LEVEL: 'silent', DATA_KEY, ...env }))).close()
      expect(await opening()).to.deep.equal(ALL)
    })

    it('is keyed once: a later start, and a rotation, leave bare hashes shut', async () => {
      await keyBearers(made.app)
      expect(made.logged.filter(({ event }) => event.startsWith('bearers.'))).to.deep.equal([])
      await asBefore()
      await keyBearers(made.app)
      await rotateKeys(made.app, OPERATOR)
      expect(await opening()).to.deep.equal([])
    })

    it('is refused and reported where keyed ones stand beside it: that is no update', async () => {
      await keyBearers(made.app)
      const secret = newToken()
      await write(
        `insert into unit_key (id, unit_id, label, hash, scopes, created_by, created_at, expires_at)
          select 'PLANTED', unit_id, label, ?, scopes, created_by, created_at, expires_at from unit_key`,
        [sha256(secret)],
      )
      await write("insert into counter (name, value) values ('bearers.bare', 1)")
      await keyBearers(made.app)
      const [row] = await made.app.store.read((db) => db.query<{ hash: string }>("select hash from unit_key where id = 'PLANTED'"))
      expect(row?.hash).to.equal(sha256(secret))
      expect(made.logged.filter(({ event }) => event.startsWith('bearers.'))).to.containSubset([
        { level: 'error', event: 'bearers.refused', facts: { tables: 'unit_key' } },
      ])
      expect(await opening()).to.deep.equal(ALL)
    })

    it('opens during a rotation of the key; afterwards keys of units and links open under the new key alone', async () => {
      const under = (...keys: [DataKey, ...DataKey[]]): AppContext => ({ ...made.app, secrets: createSecrets(keys) })
      expect(await opening(under(NEXT, TEST_KEY))).to.deep.equal(ALL)
      await rotateKeys(under(NEXT, TEST_KEY), OPERATOR)
      expect(await opening(under(NEXT, TEST_KEY))).to.deep.equal(ALL)
      expect(await opening(under(NEXT))).to.deep.equal(['unit_key', 'link'])
    })
  })
})
