// A file during whose reading the process ended three times is not read a fourth time: it is refused with the reason. A cell that is far too
// long is cut and its row named.

import { Readable } from 'node:stream'
import { expect } from 'chai'
import { checkImport, getImport, receiveImport } from '../../../src/features/imports/commands.ts'
import { resumeImports } from '../../../src/features/imports/tasks.ts'
import { receiveScreeningFile } from '../../../src/features/screening/files.commands.ts'
import { resumeScreeningFiles } from '../../../src/features/screening/files.tasks.ts'
import { showFile } from '../../../src/features/screening/files.views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { beginRun } from '../../../src/platform/scheduler/runs.store.ts'
import { STEP_LEASE, stepRun } from '../../../src/platform/scheduler/step-lease.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { listFile } from '../../support/list-file.ts'
import { CLERK } from '../../support/listed.ts'
import { systemOf, unitWithMeasures } from '../../support/screening.ts'

/** Begins a step as a process does that then ends without a word. */
async function crash({ app, clock }: TestApp, step: string, id: string): Promise<void> {
  const now = clock.now()
  await app.store.write((tx) => beginRun(tx, { ...stepRun(step, id), token: 'crashed', now, until: new Date(now.getTime() + STEP_LEASE) }))
  clock.advance(2 * STEP_LEASE)
}

const receive = (app: AppContext, content: string): Promise<{ id: string }> =>
  receiveImport(app, CLERK, { fileName: 'list.csv', mode: 'draft', content: Readable.from([Buffer.from(content)]) })

eachDatabase((_db, make) => {
  describe('a file that ends the process', () => {
    it('is resumed twice as a list, and then refused with the reason', async () => {
      const made = await make()
      const { app } = made
      const twice = await receive(app, listFile(2))
      for (let times = 0; times < 2; times += 1) await crash(made, 'import.check', twice.id)
      expect(await resumeImports(app, SYSTEM)).to.equal(1)
      expect((await getImport(app, CLERK, twice.id)).state).to.equal('checked')
      const thrice = await receive(app, listFile(3))
      for (let times = 0; times < 3; times += 1) await crash(made, 'import.check', thrice.id)
      expect(await resumeImports(app, SYSTEM)).to.equal(0)
      expect(await getImport(app, CLERK, thrice.id)).to.include({ state: 'refused', failure: 'import_stopped' })
      expect(app.catalog.problem('import_stopped', { times: 3 })).to.include('3 次')
    })

    it('is refused after three readings as a sheet that a unit handed in', async () => {
      const made = await make()
      const { app } = made
      const [unit] = await unitWithMeasures(app, ['1.1'])
      const actor = systemOf(unit)
      const content = Readable.from([Buffer.from('姓名或名称,身份证号码或统一社会信用代码\n旦增某,533421197001010018\n')])
      const { file } = await receiveScreeningFile(app, actor, { fileName: 'sheet.csv', content })
      for (let times = 0; times < 3; times += 1) await crash(made, 'screening.check', file.id)
      expect(await resumeScreeningFiles(app, SYSTEM)).to.equal(0)
      expect(await showFile(app, actor, file.id)).to.include({ state: 'refused' })
    })
  })

  describe('a cell of a hundred thousand characters', () => {
    it('is cut, and its row refused by name', async () => {
      const { app } = await make()
      const [head = '', first = '', ...rest] = listFile(2).split('\n')
      const column = head.split(',').findIndex((heading) => heading.includes('义务'))
      const cells = first.split(',').map((cell, at) => (at === column ? '等（'.repeat(50_000) : cell))
      const { id } = await receive(app, [head, cells.join(','), ...rest].join('\n'))
      const row = await checkImport(app, CLERK, id)
      expect(row).to.include({ good: 1, bad: 1 })
      expect(row.problems).to.include('"field_too_long"').and.include('"row":2')
    })
  })
})
