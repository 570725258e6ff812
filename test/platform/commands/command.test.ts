// platform/commands/command: a command commits only together with a row of the audit, and only for whoever has its permission.

import { expect } from 'chai'
import { command } from '../../../src/platform/commands/command.ts'
import { PUBLIC, SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_, make) => {
  describe('a command', () => {
    let made: TestApp
    beforeEach(async () => {
      made = await make()
    })

    const rows = async (): Promise<number> =>
      (await made.app.store.read((db) => db.query<{ name: string }>("select name from migrations where name = 'Probe'"))).length

    it('that leaves no audit row commits nothing', async () => {
      const silent = command('staff.housekeep', async ({ tx }) => {
        await tx.run("insert into migrations (timestamp, name) values (1, 'Probe')")
      })
      const failed: unknown = await silent(made.app, SYSTEM, undefined).catch((error: unknown) => error)
      expect(failed).to.be.instanceOf(Error)
      expect((failed as Error).message).to.equal('staff.housekeep left no audit row')
      expect(await rows()).to.equal(0)
    })

    it('does not run for an actor without its permission', async () => {
      let ran = false
      const never = command('staff.manage', () => {
        ran = true
        return Promise.resolve()
      })
      const failed: unknown = await never(made.app, PUBLIC, undefined).catch((error: unknown) => error)
      expect(failed).to.include({ code: 'not_allowed' })
      expect(ran).to.equal(false)
    })
  })
})
