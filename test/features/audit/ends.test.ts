// A chain of something other than a listing is written anew or cut at its end by somebody who has not the data key: its hashes have no key, and
// its proven end finds them out.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { revokeUnitKey } from '../../../src/features/units/keys.commands.ts'
import { auditHash, auditOf, type AuditRow } from '../../../src/platform/commands/audit.store.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { proveRows } from '../../../src/platform/commands/proofs.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { createSecrets, type DataKey } from '../../../src/core/secrets.ts'
import type { Param } from '../../../src/platform/database/database.ts'
import { eachDatabase, TEST_KEY, type TestApp } from '../../support/app.ts'
import { ADMIN, addUnit } from '../../support/deadlines.ts'
import { unproved } from '../../support/proofs.ts'
import { addKey } from '../../support/screening.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const NEXT: DataKey = { id: 't2', bytes: Buffer.alloc(32, 9) }

eachDatabase((_db, make) => {
  describe('the end of an audit chain', () => {
    let made: TestApp
    let id: string
    let subject: string

    beforeEach(async () => {
      made = await make()
      await addUnit(made.app, 'u1')
      id = (await addKey(made.app, 'u1', ['lifts'])).slice(4, 30)
      subject = `unit_key:${id}`
      await addKey(made.app, 'u1', ['lifts'])
      expect(await faults()).to.deep.equal([])
    })

    const run = (sql: string, params: readonly Param[] = []): Promise<number> => made.app.store.write((tx) => tx.run(sql, params))
    const faults = async (app = made.app): Promise<string[]> =>
      (await verifyAudit(app, OPERATOR)).faults.map((each) => `${each.fault} ${each.subject} ${each.n}`)
    const revoke = (): Promise<unknown> => revokeUnitKey(made.app, ADMIN, { unitId: 'u1', id })
    const chain = (): Promise<AuditRow[]> => made.app.store.read((db) => auditOf(db, subject))
    const cut = (): Promise<number> => run('delete from audit where subject = ? and n = 2', [subject])

    /** Writes the whole chain anew, with another actor. */
    async function forge(): Promise<string> {
      let previous = ''
      for (const row of await chain()) {
        const forged = { ...row, actor: 'staff:somebody', previous }
        previous = auditHash(forged)
        const { actor, n } = forged
        await run('update audit set actor = ?, previous = ?, hash = ? where subject = ? and n = ?', [
          actor,
          forged.previous,
          previous,
          subject,
          n,
        ])
      }
      return previous
    }

    it('is missed where the chain is cut there, or written anew as a whole', async () => {
      await revoke()
      expect(await faults()).to.deep.equal([])
      await forge()
      expect(await faults()).to.deep.equal([`end ${subject} 2`])
      await cut()
      expect(await faults()).to.deep.equal([`end ${subject} 2`])
      await run('delete from audit where subject = ?', [subject])
      expect(await faults()).to.deep.equal([`end ${subject} 2`])
    })

    it('is not moved by what follows: the application approves of no chain that was cut or written anew', async () => {
      await forge()
      await revoke()
      expect(await chain()).to.have.length(2)
      expect(await faults()).to.deep.equal([`end ${subject} 1`])
    })

    it('is not made by whoever has no key, and not taken away', async () => {
      const hash = await forge()
      await run('update audit_end set hash = ? where subject = ?', [hash, subject])
      expect(await faults()).to.deep.equal([`proof audit_end:${subject} 0`])
      await revoke()
      expect(await faults()).to.deep.equal([`proof audit_end:${subject} 0`, `end ${subject} 1`])
      await run('delete from audit_end where subject = ?', [subject])
      expect(await faults()).to.deep.equal([`end ${subject} 0`])
    })

    it('is written by the first start after the update for the chains that are there', async () => {
      await revoke()
      await run('delete from audit_end')
      expect(await faults()).to.include(`end ${subject} 0`)
      await unproved(made.app)
      await proveRows(made.app)
      expect(await faults()).to.deep.equal([])
      await cut()
      expect(await faults()).to.deep.equal([`end ${subject} 2`])
    })

    it('is proved anew when the key is replaced, and a chain that was cut before is found afterwards too', async () => {
      await revoke()
      const rotating = { ...made.app, secrets: createSecrets([NEXT, TEST_KEY]) }
      expect(await rotateKeys(rotating, OPERATOR)).to.include({ damaged: 0 })
      const after = { ...made.app, secrets: createSecrets([NEXT]) }
      expect(await faults(after)).to.deep.equal([])
      await cut()
      expect(await faults(after)).to.deep.equal([`end ${subject} 2`])
    })
  })
})
