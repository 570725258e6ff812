// The liaisons of all units from a sheet: checked, seen, confirmed and entered once; and binding codes for them on paper.
// Single liaisons and binding are tested in test/bot/unit-conversations.test.ts; the sample is samples/liaisons.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { bindingSheet } from '../../../src/features/units/binding-sheets.commands.ts'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { addLiaison, showUnit } from '../../../src/features/units/commands.ts'
import { importLiaisons, type LiaisonImport } from '../../../src/features/units/liaison-import.commands.ts'
import { liaisonForm } from '../../../src/features/units/liaison-sheets.views.ts'
import { bindLiaison } from '../../../src/features/units/subscriptions.commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { writeXlsx } from '../../../src/platform/sheets/xlsx-write.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { ADMIN } from '../../support/deadlines.ts'
import { openServer } from '../../support/http-server.ts'
import { docxText } from '../../support/pushes.ts'
import { refusal } from '../../support/refusal.ts'

const SAMPLE = readFileSync('samples/liaisons/liaisons.xlsx')

async function catalogued(made: TestApp): Promise<AppContext> {
  await loadCatalogue(made.app, await readCatalogue(made.app.config.templatesFolder))
  return made.app
}

const send = (app: AppContext, content: string | Buffer, confirmation?: string): Promise<LiaisonImport> =>
  importLiaisons(app, ADMIN, { fileName: 'l.csv', bytes: Buffer.from(content), confirmation })

const countLiaisons = async (app: AppContext): Promise<number> =>
  Number((await app.store.read((db) => db.query<{ n: number }>('select count(*) as n from liaison')))[0]?.n)

const counts = ({ rows, added, changed, known, bad }: LiaisonImport): number[] => [rows, added, changed, known, bad]

eachDatabase((_db, make) => {
  it('enters the sample of all units after what it changes was seen, and nothing the second time', async () => {
    const app = await catalogued(await make())
    const checked = await send(app, SAMPLE)
    expect([counts(checked), checked.problems, checked.committed, await countLiaisons(app)]).to.deep.equal([
      [81, 81, 0, 0, 0],
      [],
      false,
      0,
    ])
    expect(checked.preview[0]?.phone).to.match(/^139\*{4}\d{4}$/)
    expect(checked.missing.length, 'classes without members').to.be.below(30)
    await refusal('liaison_sheet_unconfirmed', () => send(app, SAMPLE, 'x'))
    expect(await countLiaisons(app)).to.equal(0)
    const entered = await send(app, SAMPLE, checked.confirmation)
    expect([counts(entered), entered.committed, await countLiaisons(app)]).to.deep.equal([[81, 81, 0, 0, 0], true, 81])
    const again = await send(app, SAMPLE)
    expect(counts(again)).to.deep.equal([81, 0, 0, 81, 0])
    expect(counts(await send(app, SAMPLE, again.confirmation))).to.deep.equal([81, 0, 0, 81, 0])
    expect(await countLiaisons(app)).to.equal(81)
    const stored = await app.store.read((read) => read.query('select * from liaison'))
    expect(JSON.stringify(stored)).not.to.include('13900001000')
  })

  it('reads every sheet with a header and names the others, and says in which sheet a row is wrong', async () => {
    const app = await catalogued(await make())
    const { name } = await showUnit(app, ADMIN, 'market_supervision')
    const columns = (titles: string[]): { title: string }[] => titles.map((title) => ({ title }))
    const bytes = await writeXlsx([
      { name: '第一批', columns: columns(['单位', '姓名', '手机']), rows: [['court', '某甲', '13900009999']] },
      { name: '说明', columns: columns(['怎样填写']), rows: [['每个单位一行']] },
      {
        name: '第二批',
        columns: columns(['手机', '姓名', '单位']),
        rows: [
          ['13900009998', '某乙', name],
          ['139', '某丙', name],
        ],
      },
    ])
    const checked = await send(app, bytes)
    expect(counts(checked)).to.deep.equal([3, 2, 0, 0, 1])
    expect(checked.problems[0]).to.include({ code: 'tab_unread', severity: 'warning' })
    expect(checked.problems[0]?.message).to.include('说明')
    expect([checked.problems[1]?.row, checked.problems[1]?.column]).to.deep.equal([3, '第二批!手机'])
    await send(app, bytes, checked.confirmation)
    expect(await countLiaisons(app)).to.equal(2)
  })

  it('enters it once when it is confirmed twice at once', async () => {
    const app = await catalogued(await make())
    const sheet = '单位,姓名,手机\ncourt,某甲,13900009999\n'
    const { confirmation, added } = await send(app, sheet)
    expect(added).to.equal(1)
    const both = await Promise.allSettled([1, 2].map(() => send(app, sheet, confirmation)))
    expect(both.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
    expect(await countLiaisons(app)).to.equal(1)
  })

  it('names every row that cannot be entered and what to do, and enters the others', async () => {
    const app = await catalogued(await make())
    const { name } = await showUnit(app, ADMIN, 'market_supervision')
    await addLiaison(app, ADMIN, { unitId: 'court', name: '老人', phone: '13900000009' })
    const sheet = [
      '单位,姓名,手机号码,是否负责人',
      `${name},卓玛,13900000001,`,
      `${name},扎西,139-0000-0002,是`,
      '无此单位,某某,13900000003,',
      '相应的党组织,某某,13900000004,',
      `${name},,13900000005,`,
      `${name},某某,12345,`,
      `${name},某某,13900000006,也许`,
      `${name},某某,13900000001,`,
      `${name},某某,13900000009,`,
      `${name},=B2,13900000007,`,
      `${name},#N/A,13900000008,`,
      `${name},,,`,
    ].join('\n')
    const checked = await send(app, sheet)
    expect(counts(checked)).to.deep.equal([11, 2, 0, 0, 9])
    expect(checked.problems.map(({ row, code }) => `${row} ${code}`)).to.deep.equal([
      '4 unit_unknown',
      '5 unit_is_class',
      '6 field_missing',
      '7 phone_invalid',
      '8 head_unreadable',
      '9 liaison_twice',
      '10 liaison_elsewhere',
      '11 cell_formula',
      '12 cell_formula',
    ])
    expect(checked.problems.every(({ message }) => /\p{Script=Han}.*。$/u.test(message))).to.equal(true)
    expect(JSON.stringify(checked.problems)).not.to.include('13900000009')
    await send(app, sheet, checked.confirmation)
    const renamed = await send(app, sheet.replace('卓玛', '卓玛拉姆'))
    expect(counts(renamed)).to.deep.equal([11, 0, 1, 1, 9])
    await send(app, sheet.replace('卓玛', '卓玛拉姆'), renamed.confirmation)
    const { liaisons } = await showUnit(app, ADMIN, 'market_supervision')
    expect(liaisons.map((each) => [each.name, each.head])).to.have.deep.members([
      ['卓玛拉姆', false],
      ['扎西', true],
    ])
    await refusal('import_columns_missing', () => send(app, '单位,姓名,联系人邮箱,是否负责人\n甲,乙,丙,\n'))
    await refusal('import_empty', () => send(app, '单位,姓名,手机\n'))
    await refusal('not_allowed', () => importLiaisons(app, { id: 'staff:x', roles: ['clerk'] }, { fileName: '', bytes: SAMPLE }))
  })

  it('offers a form that it reads back, and codes on paper of which only a hash is kept', async () => {
    const app = await catalogued(await make())
    const { content } = await liaisonForm(app, ADMIN, undefined)
    const parts: Buffer[] = []
    for await (const part of content) parts.push(part as Buffer)
    await refusal('import_empty', () => send(app, Buffer.concat(parts)))
    await refusal('liaisons_none', () => bindingSheet(app, ADMIN, { days: 7 }))
    await addLiaison(app, ADMIN, { unitId: 'court', name: '卓玛', phone: '13900000001' })
    const { id } = await addLiaison(app, ADMIN, { unitId: 'market_supervision', name: '扎西', phone: '13900000002' })
    const codes = codesIn(await textOf(await bindingSheet(app, ADMIN, { days: 7 })))
    expect(codes).to.have.length(2)
    const stored = await app.store.read((read) => Promise.all(['liaison_code', 'audit'].map((name) => read.query(`select * from ${name}`))))
    for (const code of codes) expect(JSON.stringify(stored)).not.to.include(code)
    const renewed = codesIn(await textOf(await bindingSheet(app, ADMIN, { liaisonIds: [id], days: 7 })))
    const bind = (code: string, wechat: string): ReturnType<typeof bindLiaison> => bindLiaison(app, PUBLIC, { code, wechat })
    expect((await bind(renewed[0] ?? '', 'openid_of_zhaxi_1')).liaisonId).to.equal(id)
    const outcomes = await Promise.allSettled(codes.map((code, at) => bind(code, `openid_of_other_${at}`)))
    expect(
      outcomes.filter(({ status }) => status === 'fulfilled'),
      'the replaced code binds nobody',
    ).to.have.length(1)
    await refusal('liaison_missing', () => bindingSheet(app, ADMIN, { liaisonIds: ['01M81ZJK12XTFTYW6TKHXAKXPJ'], days: 7 }))
  })

  it('is served over HTTP to an administrator', async () => {
    const made = await make()
    await catalogued(made)
    const server = await openServer(made)
    try {
      const admin = await server.person('admin')
      const upload = { body: new Uint8Array(SAMPLE), headers: { 'content-type': 'application/octet-stream' } }
      const checked = await admin.ask('POST', '/api/v1/liaisons/import?fileName=l.xlsx', upload)
      expect([checked.status, checked.body['added']]).to.deep.equal([200, 81])
      const path = `/api/v1/liaisons/import?fileName=l.xlsx&confirmation=${String(checked.body['confirmation'])}`
      expect((await admin.ask('POST', path, upload)).body['committed']).to.equal(true)
      expect((await admin.ask('POST', path, upload)).body['code']).to.equal('liaison_sheet_unconfirmed')
      expect((await admin.ask('GET', '/api/v1/liaisons/form.xlsx')).status).to.equal(200)
      expect((await admin.ask('POST', '/api/v1/liaisons/binding-codes', { json: { days: 3 } })).text.slice(0, 2)).to.equal('PK')
      const clerk = await server.person('clerk')
      expect((await clerk.ask('POST', '/api/v1/liaisons/binding-codes', { json: {} })).body['code']).to.equal('not_allowed')
    } finally {
      await server.close()
    }
  })
})

async function textOf({ content }: Awaited<ReturnType<typeof bindingSheet>>): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of content) parts.push(part as Buffer)
  return docxText(Buffer.concat(parts))
}

const codesIn = (text: string): string[] => [...new Set([...text.matchAll(/[2-9A-Z]{4}-[2-9A-Z]{4}/g)].map(([code]) => code))]
