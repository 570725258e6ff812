// Feedback over the real server: the court opens and closes, a unit's system answers with its key, as JSON and as a file.
// A whole quarter by commands is commands.test.ts; the rules are rules.test.ts.

import { expect } from 'chai'
import { csvLine } from '../../../src/platform/sheets/write.ts'
import { writeXlsx, XLSX_TYPE } from '../../../src/platform/sheets/xlsx-write.ts'
import { at } from '../../support/deadlines.ts'
import { openServer, type Answer, type Ask, type Body, type TestServer, type Person } from '../../support/http-server.ts'
import { asked, unitsWithDuty } from '../../support/feedback.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addKey } from '../../support/screening.ts'
import { tableOf } from '../../platform/sheets/workbook.ts'

type Cells = (string | number)[]

const code = ({ status, body }: Answer): unknown[] => [status, body['code']]
const problems = ({ body }: Answer): unknown[] =>
  (body['problems'] as { code: string; row?: number; column?: string; message: string }[]).map(({ row, column, message }) => [
    row,
    column,
    message,
  ])

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let office: Person
  let clerk: Person
  let round = ''
  const keys = new Map<string, Ask>()

  before(async () => {
    made = await make({ now: at('2026-09-30', 12) })
    await unitsWithDuty(made.app, ['u1', 'u2', 'u3'])
    await asked(made.app, 'u1', '2026-08-03', ['refused', null])
    server = await openServer(made)
    made.clock.set(at('2026-10-01', 9))
    office = await server.person('group_office')
    clerk = await server.person('clerk')
    for (const unitId of ['u1', 'u2', 'u3']) {
      const key = await addKey(made.app, unitId, ['feedback'])
      keys.set(unitId, (method, path, given = {}) =>
        server.ask(method, path, { ...given, headers: { ...given.headers, authorization: `Bearer ${key}` } }),
      )
    }
  })
  after(() => server.close())

  const unit = (unitId: string): Ask => keys.get(unitId) as Ask
  const download = async (ask: Ask, path: string): Promise<Buffer> => {
    const { status, headers } = await ask('GET', path)
    expect([status, headers.get('content-type')]).to.deep.equal([200, XLSX_TYPE])
    const response = await fetch(server.url + path, { headers: { cookie: clerk.cookie } })
    return Buffer.from(await response.arrayBuffer())
  }
  /** The rows of the form without row numbers: the hidden row, the header, then the rows to fill in. */
  const formOf = async (unitId: string): Promise<Cells[]> => {
    const table = await tableOf(await download(clerk.ask, `/api/v1/feedback/form.xlsx?unitId=${unitId}`))
    const start = table.findIndex((row) => String(row[1]).startsWith('zxt-feedback'))
    return table.slice(start).map(([, ...cells]) => cells)
  }
  const workbook = async ([hidden = [], head = [], ...rows]: Cells[]): Promise<Body> =>
    new Uint8Array(await writeXlsx([{ name: 'x', hidden, columns: head.map((title) => ({ title: String(title) })), rows }]))
  const upload = (ask: Ask, body: Body, query = '', type: string = XLSX_TYPE): Promise<Answer> =>
    ask('POST', `/api/v1/feedback/form${query}`, { body, headers: { 'content-type': type } })

  it('opens a round once, for the court only', async () => {
    expect(code(await clerk.ask('POST', '/api/v1/feedback/rounds', { json: { quarter: '2026年3季度' } }))).to.deep.equal([
      400,
      'request_invalid',
    ])
    expect(code(await clerk.ask('POST', '/api/v1/feedback/rounds', { json: { quarter: '2026Q4' } }))).to.deep.equal([
      409,
      'feedback_running',
    ])
    expect(code(await unit('u1')('POST', '/api/v1/feedback/rounds', { json: { quarter: '2026Q3' } }))[0]).to.be.within(401, 403)
    const { status, body } = await office.ask('POST', '/api/v1/feedback/rounds', { json: { quarter: '2026Q3' } })
    expect(status).to.equal(201)
    expect(body).to.include({ quarter: '2026Q3', units: 3, dueOn: '2026-10-10' })
    round = String(body['id'])
    expect(code(await clerk.ask('POST', '/api/v1/feedback/rounds', { json: { quarter: '2026Q3' } }))).to.deep.equal([
      409,
      'feedback_exists',
    ])
    expect((await office.ask('GET', '/api/v1/feedback/rounds')).body['total']).to.equal(1)
    expect((await office.ask('GET', `/api/v1/feedback/rounds/${round}`)).body).to.include({ awaited: 3, overdue: false })
  })

  it('shows a unit its prefilled return and refuses that of another unit', async () => {
    const waiting = (await unit('u1')('GET', '/api/v1/feedback/own')).body['waiting']
    expect(waiting).to.include({ unitId: 'u1', state: 'open', version: 1, checked: 2, restricted: 1 })
    expect(code(await unit('u1')('GET', '/api/v1/feedback/own?unitId=u2'))).to.deep.equal([403, 'unit_other'])
    expect(code(await unit('u1')('GET', `/api/v1/feedback/rounds/${round}/returns/u2`))).to.deep.equal([403, 'unit_other'])
    expect(code(await clerk.ask('GET', '/api/v1/feedback/own'))).to.deep.equal([400, 'request_invalid'])
    const listed = (await unit('u1')('GET', `/api/v1/feedback/rounds/${round}/returns`)).body
    expect(listed['total']).to.equal(1)
    expect((listed['items'] as { possible: string[] }[])[0]?.possible).to.deep.equal(['submit'])
    const json = { checked: 0, restricted: 0, approved: 0 }
    const path = `/api/v1/feedback/rounds/${round}/returns/u2`
    expect(code(await unit('u1')('POST', path, { json }))).to.deep.equal([403, 'unit_other'])
    expect(code(await unit('u1')('GET', `/api/v1/feedback/rounds/${round}/report`))[0]).to.be.within(401, 403)
    const narrow = await addKey(made.app, 'u1', ['lifts'])
    const refused = await server.ask('GET', '/api/v1/feedback/own', { headers: { authorization: `Bearer ${narrow}` } })
    expect(code(refused)).to.deep.equal([403, 'scope_missing'])
  })

  it('accepts a return with a unit key, refuses impossible ones with every reason, and allows corrections', async () => {
    const path = `/api/v1/feedback/rounds/${round}/returns/u1`
    const send = (method: string, json: object): Promise<Answer> => unit('u1')(method, path, { json })
    expect(code(await send('POST', { checked: '3', restricted: 0, approved: 0 }))).to.deep.equal([400, 'request_invalid'])
    const wrong = await send('POST', { checked: 1, restricted: 2, approved: -1 })
    expect(code(wrong)).to.deep.equal([400, 'feedback_wrong'])
    expect(problems(wrong)).to.deep.equal([[undefined, '仍予批准件数', '“仍予批准件数”须填写 0 至 1000000 之间的整数，请核对数字。']])
    expect(code(await send('PUT', { checked: 1, restricted: 0, approved: 0 }))).to.deep.equal([409, 'feedback_act_impossible'])
    const json = {
      version: 1,
      checked: 3,
      restricted: 1,
      approved: 0,
      lines: [{ measureId: 'm1', checked: 2, restricted: 1, approved: 0 }],
    }
    const { status, body } = await send('POST', json)
    expect([status, body['state'], body['version'], body['late']]).to.deep.equal([201, 'submitted', 2, false])
    expect(code(await send('POST', json))).to.deep.equal([409, 'feedback_act_impossible'])
    expect(code(await send('PUT', json))).to.deep.equal([409, 'feedback_version_stale'])
    expect((await send('PUT', { ...json, version: 2, checked: 4 })).body).to.include({ state: 'corrected', version: 3 })
    const shown = (await unit('u1')('GET', path)).body
    expect((shown['entries'] as { checked: number }[]).map((each) => each.checked)).to.deep.equal([3, 4])
  })

  it('accepts the downloaded form after it was filled in, as a workbook or as CSV', async () => {
    const form = await formOf('u2')
    expect(form.map((cells) => cells[0])).to.deep.equal(['zxt-feedback-1', '编号', 'ALL', 'm1', 'm2'])
    expect(form[2]).to.deep.equal(['ALL', '合计', 0, 0, 0])
    const filled = structuredClone(form)
    filled[2] = ['ALL', '合计', 5, '1', 1, '已提供担保']
    filled[3] = ['m1', '', ' 4 ', 1, '']
    const { status, body } = await upload(unit('u2'), await workbook(filled))
    expect([status, body['state'], body['checked'], body['restricted']]).to.deep.equal([200, 'submitted', 5, 1])
    const shown = (await clerk.ask('GET', `/api/v1/feedback/rounds/${round}/returns/u2`)).body
    expect(shown).to.include({ note: '已提供担保', state: 'submitted' })
    expect(shown['lines']).to.deep.equal([{ measureId: 'm1', checked: 4, restricted: 1, approved: 0 }])
    expect((shown['entries'] as { way: string }[]).map((each) => each.way)).to.deep.equal(['file'])
    // The same file was made for a version that is no longer current.
    expect(code(await upload(unit('u2'), await workbook(filled)))).to.deep.equal([409, 'feedback_version_stale'])
    const again = await formOf('u2')
    again[2] = ['ALL', '合计', '6', '1', '0', '']
    const text = again.map((cells) => csvLine(cells)).join('')
    expect((await upload(unit('u2'), text, '', 'text/csv')).body).to.include({ state: 'corrected', checked: 6 })
  })

  it('refuses every other file, naming row and column, and stores nothing of it', async () => {
    const form = await formOf('u3')
    const uploadChanged = async (change: (rows: Cells[]) => void): Promise<Answer> => {
      const rows = structuredClone(form)
      change(rows)
      return upload(unit('u3'), await workbook(rows))
    }
    expect(code(await upload(unit('u3'), 'name,number\n1,2\n', '', 'text/csv'))).to.deep.equal([400, 'feedback_form_unknown'])
    expect(code(await upload(unit('u3'), '%PDF-1.7', '', 'application/octet-stream'))).to.deep.equal([400, 'import_type_unknown'])
    expect(code(await upload(unit('u3'), 'PK\u0003\u0004broken', '', XLSX_TYPE))).to.deep.equal([400, 'import_file_broken'])
    expect(code(await upload(unit('u3'), '', '', XLSX_TYPE))).to.deep.equal([400, 'import_empty'])
    expect(code(await upload(unit('u3'), 'x', '', 'application/json'))).to.deep.equal([415, 'media_type_wrong'])
    expect(code(await upload(unit('u3'), 'x'.repeat(2_097_153), '', 'text/csv'))).to.deep.equal([413, 'body_too_large'])
    expect(code(await upload(unit('u1'), await workbook(form)))).to.deep.equal([403, 'unit_other'])
    expect(code(await upload(unit('u3'), await workbook(form), '?roundId=01M81ZJK12XTFTYW6TKHXAKXPJ'))).to.deep.equal([
      409,
      'feedback_form_round',
    ])
    expect(code(await uploadChanged((rows) => rows[0]?.splice(1, 1, '01M81ZJK12XTFTYW6TKHXAKXPJ')))).to.deep.equal([
      400,
      'feedback_form_unknown',
    ])
    expect(code(await uploadChanged((rows) => rows[0]?.splice(3, 1, 'x')))).to.deep.equal([400, 'feedback_form_unknown'])
    expect(code(await uploadChanged((rows) => rows.slice(1).forEach((cells) => cells.splice(2, 1))))).to.deep.equal([
      400,
      'feedback_form_changed',
    ])
    expect(code(await uploadChanged((rows) => rows.splice(2, 1)))).to.deep.equal([400, 'feedback_form_changed'])
    const wrong = await uploadChanged((rows) => {
      rows[2] = ['ALL', '合计', '', '=1+1', 0]
      rows[3] = ['m1', '', '三', 0, 0]
    })
    expect(code(wrong)).to.deep.equal([400, 'feedback_wrong'])
    expect(problems(wrong).map((each) => (each as unknown[]).slice(0, 2))).to.deep.equal([
      [3, '核查（件）'],
      [3, '限制（件）'],
      [4, '核查（件）'],
    ])
    const over = await uploadChanged((rows) => {
      rows[2] = ['ALL', '合计', 3, 0, 0]
      rows[4] = ['m2', '', 2, 5, 0]
      rows.push(['m3', '', 1, 0, 0])
    })
    expect(problems(over)).to.deep.equal([
      [5, '限制（件）', '限制件数（5）多于核查件数（2），请核对两个数字。'],
      [6, '编号', '所填的惩戒措施不是该单位实施的，请核对措施编号。'],
      [3, '限制（件）', '“限制（件）”各项措施的合计（5）多于总数（0），请核对数字。'],
    ])
    expect((await unit('u3')('GET', '/api/v1/feedback/own')).body['waiting']).to.include({ state: 'open', version: 1 })
  })

  it('reminds units, lists overdue ones, closes once, and serves the report and the public figures', async () => {
    const remind = `/api/v1/feedback/rounds/${round}/remind`
    expect((await office.ask('POST', remind, { json: {} })).body).to.include({ awaited: 1, told: 1 })
    expect((await office.ask('POST', remind, { json: { unitIds: ['u1'] } })).body).to.include({ awaited: 0 })
    const close = `/api/v1/feedback/rounds/${round}/close`
    expect(code(await office.ask('POST', close))).to.deep.equal([409, 'feedback_early'])
    made.clock.set(at('2026-10-11', 9))
    office = await server.person('group_office')
    clerk = await server.person('clerk')
    expect(code(await clerk.ask('POST', close))).to.deep.equal([403, 'not_allowed'])
    const overdue = (await office.ask('GET', `/api/v1/feedback/rounds/${round}/returns?awaited=true`)).body['items'] as Record<
      string,
      unknown
    >[]
    expect(overdue.map(({ unitId, overdue: is }) => [unitId, is])).to.deep.equal([['u3', true]])
    const { status, body } = await office.ask('POST', close)
    expect(status).to.equal(200)
    expect(body['totals']).to.include({ units: 3, returned: 2, late: 0, notReturned: 1, checked: 10, restricted: 2, approved: 0 })
    expect(code(await office.ask('POST', close))).to.deep.equal([409, 'feedback_closed'])
    expect((await clerk.ask('GET', `/api/v1/feedback/rounds/${round}/report`)).body).to.deep.equal(body)
    const sheet = await tableOf(await download(clerk.ask, `/api/v1/feedback/rounds/${round}/report.xlsx`))
    expect(sheet.map(([, ...cells]) => cells)).to.deep.include.members([
      ['应反馈单位', 3],
      ['未反馈单位', 1],
      ['核查（件）', 10],
    ])
    const shown = (await server.ask('GET', '/api/v1/public/feedback')).body['items'] as Record<string, unknown>[]
    expect(shown).to.have.length(1)
    expect(shown[0]).to.include({ quarter: '2026Q3', units: 3, returned: 2, checked: 10 })
    expect(shown[0]).not.to.have.any.keys('unitId', 'approvals', 'notReturned')
    const late = await unit('u3')('POST', `/api/v1/feedback/rounds/${round}/returns/u3`, {
      json: { checked: 1, restricted: 0, approved: 0 },
    })
    expect(late.body).to.include({ late: true, afterClose: true })
  })
})
