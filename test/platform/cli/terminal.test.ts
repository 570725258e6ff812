// The output of the commands `zxt clocks` and `zxt complaints` for an operator at the terminal.
// What the commands behind them decide is tested in test/features/deadlines and test/features/complaints.

import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import { pipedLines } from '../../../src/platform/cli/terminal.ts'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import { acceptComplaint, assignComplaint, fileComplaint } from '../../../src/features/complaints/commands.ts'
import { noteListingError } from '../../../src/features/listings/clocks.commands.ts'
import { SYSTEM, PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { addUnit, at } from '../../support/deadlines.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { runCli } from '../../support/typed.ts'

eachDatabase((_db, make) => {
  it('zxt clocks lists deadlines by state and owner, in words or as JSON', async () => {
    const { app, clock } = await make({ now: at('2026-03-02', 10) })
    const [id = ''] = await listed(app, 1)
    await noteListingError(app, CLERK, { items: [{ id }], foundOn: '2026-03-02', reason: '案号录入有误' })
    expect(await runCli(app, 'clocks', '--open'))
      .to.match(/更正或撤销错误信息 +error:\w+:1 +书记员 +2026-03-05 +进行中/)
      .and.include('共 2 件')
    expect(await runCli(app, 'clocks', '--owner', 'liaison')).to.include('共 0 件')
    expect(await runCli(app, 'clocks', '--overdue')).to.include('共 0 件')
    clock.set(at('2026-03-06', 10))
    expect(await runCli(app, 'clocks', '--open'), 'overdue even before the task has checked that day').to.include('逾期未办')
    await runDeadlines(app, SYSTEM)
    const { items } = JSON.parse(await runCli(app, 'clocks', '--overdue', '--json')) as { items: { code: string; due: string }[] }
    expect(items.map(({ code, due }) => `${code} ${due}`)).to.deep.equal(['listing.correct 2026-03-05'])
  })

  it('zxt clocks and zxt complaints refuse unknown options and numbers', async () => {
    const { app } = await make()
    const refused = async (...words: string[]): Promise<string> =>
      runCli(app, ...words).then(
        () => '',
        (error: unknown) => (error as { code: string }).code,
      )
    expect(await refused('clocks', '--open', '--overdue')).to.equal('commander.conflictingOption')
    expect(await refused('clocks', '--owner', 'somebody')).to.equal('commander.invalidArgument')
    expect(await refused('clocks', '--code', 'listing.exit.')).to.equal('commander.invalidArgument')
    expect(await refused('complaints', 'show', 'TS20260302-0009')).to.equal('complaint_missing')
  })

  it('zxt complaints shows the progress of each complaint, and nothing about the complainant', async () => {
    const { app } = await make({ now: at('2026-03-02', 10) })
    await addUnit(app, 'water')
    const form = {
      about: 'debtor',
      anonymous: false,
      text: '甲某在失信名单上，仍然坐飞机出行',
      debtorName: '甲某某',
      name: '次仁某',
      phone: '13800000077',
    } as const
    const filed = await fileComplaint(app, PUBLIC, { ...form, way: 'web' })
    await acceptComplaint(app, CLERK, { id: filed.id })
    await assignComplaint(app, CLERK, { id: filed.id, unitId: 'water', brief: '请核查购票情况' })
    expect(await runCli(app, 'complaints')).to.match(new RegExp(`${filed.number} +被执行人未受惩戒 +water +2026-03-23 +已转办`))
    expect(await runCli(app, 'complaints', 'list', '--state', 'received')).to.include('共 0 件')
    const shown = await runCli(app, 'complaints', 'show', filed.number)
    expect(shown).to.include('受理').and.include('转办 water').and.include('交办：请核查购票情况')
    const json = await runCli(app, 'complaints', 'show', filed.number, '--json')
    expect(json + shown)
      .to.not.include('次仁')
      .and.not.include('13800000077')
      .and.not.include('坐飞机')
  })
})

describe('lines of standard input', () => {
  it('are handed out one by one, whether they arrive together or late, and then there are no more', async () => {
    const input = new PassThrough()
    const line = pipedLines(input)
    input.write('password\n123456\nla')
    expect([await line(), await line()]).to.deep.equal(['password', '123456'])
    const late = line()
    input.end('te')
    expect(await late).to.equal('late')
    expect([await line(), await line()]).to.deep.equal([null, null])
  })
})
