// Workbooks over HTTP: every sheet with a list is read, and what was not read or was hidden is said. The people are made up.

import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { workbook, zip, type Tab } from '../../platform/sheets/workbook.ts'
import { eachDatabase } from '../../support/app.ts'
import { ok } from '../../support/asked.ts'
import { startCourt, type RunningCourt, type Visitor } from '../../support/court.ts'

const HEAD =
  '被执行人姓名/名称 身份证号码/统一社会信用代码 执行法院 执行依据文号 立案时间 案号 做出执行依据单位 生效法律文书确定的义务 被执行人的履行情况 失信被执行人行为具体情形'.split(
    ' ',
  )
const entry = (number: number, identifier = '533421198410140222'): string[] =>
  `次仁取次 ${identifier} 香格里拉市人民法院 （2023）云3401民初13号 2024-11-10 （2024）云3401执${number}号 香格里拉市人民法院 支付赔偿款890000元 全部未履行 有履行能力而拒不履行生效法律文书确定义务`.split(
    ' ',
  )
const cells = (texts: readonly string[]): string => texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')
const rowsOf = (lines: readonly (readonly string[])[], hidden: readonly number[] = []): string =>
  lines.map((line, at) => `<row r="${at + 1}"${hidden.includes(at + 1) ? ' hidden="1"' : ''}>${cells(line)}</row>`).join('')
const part = (before: string, rows: string, after = ''): Tab => ({
  rows: '',
  xml: `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">${before}<sheetData>${rows}</sheetData>${after}</worksheet>`,
})

eachDatabase((_db, make) => {
  describe('a workbook', function () {
    this.timeout(60_000)
    let court: RunningCourt
    let clerk: Visitor

    before(async () => {
      court = await startCourt(make, { timeout: 300 })
      clerk = await court.staff(await court.admin(), 'wang', 'clerk')
    })
    after(() => court.close())

    const upload = async (content: Buffer, type = 'application/vnd.ms-excel'): Promise<Record<string, unknown>> => {
      const request = { body: new Uint8Array(content), headers: { 'content-type': type } }
      return (await ok(clerk.ask('POST', '/api/v1/imports?fileName=list.xlsx', request), 201)).body
    }
    const codes = (body: Record<string, unknown>): string[] => (body['problems'] as { code: string }[]).map(({ code }) => code)

    it('is read from every sheet that has a list, whatever its media type is called', async () => {
      for (const type of ['application/vnd.ms-excel', 'text/plain', 'application/x-zip-compressed'])
        expect(await upload(await readFile('test/fixtures/real/07-two-tabs.xlsx'), type)).to.include({ rows: 7, bad: 0 })
    })

    it('names the sheets that are hidden or have no list, and keeps the place of a problem in another sheet', async () => {
      const body = await upload(
        workbook({
          tabs: [
            { rows: rowsOf([['填表说明'], ['请逐项填写']]) },
            { rows: rowsOf([HEAD, entry(1)]) },
            { rows: rowsOf([HEAD.toReversed(), entry(2, '533421198410140223').toReversed(), entry(3).toReversed()]) },
            { rows: rowsOf([HEAD, entry(4)]), state: 'hidden' },
          ],
        }),
      )
      expect(body).to.include({ rows: 3, good: 2, bad: 1 })
      expect(codes(body)).to.deep.equal(['tab_unread', 'tab_hidden', 'id_check_wrong'])
      expect((body['problems'] as { column?: string }[])[2]?.column).to.equal('S2!身份证号码/统一社会信用代码')
      const rejects = await clerk.ask('GET', `/api/v1/imports/${String(body['id'])}/rejects`)
      expect(rejects.text).to.include('S2!2').and.include('次仁取次,"=""533421198410140223""",香格里拉市人民法院')
    })

    it('says which rows and columns are hidden, and reads them', async () => {
      const columns = '<cols><col min="8" max="9" width="9" hidden="1"/></cols>'
      const body = await upload(workbook({ tabs: [part(columns, rowsOf([HEAD, entry(11), entry(12), entry(13)], [3, 4]))] }))
      expect(body).to.include({ rows: 3, good: 3 })
      const [first, second] = body['problems'] as { code: string; row?: number; message: string }[]
      expect([first?.code, first?.message.includes('生效法律文书确定的义务、被执行人的履行情况')]).to.deep.equal(['columns_hidden', true])
      expect([second?.code, second?.row, second?.message.includes('2 行')]).to.deep.equal(['rows_hidden', 3, true])
    })

    it('names the first cell beyond the columns that are read', async () => {
      const far = (at: number): string => `<c r="XFD${at}" t="inlineStr"><is><t>x</t></is></c></row>`
      const rows = rowsOf([HEAD, entry(15), entry(16)])
        .replaceAll(/<\/row>/g, '|')
        .split('|')
      const body = await upload(workbook({ tabs: [{ rows: `${rows[0] ?? ''}</row>${rows[1] ?? ''}${far(2)}${rows[2] ?? ''}${far(3)}` }] }))
      expect(body).to.include({ rows: 2, good: 2 })
      const [note] = body['problems'] as { code: string; row?: number; message: string }[]
      expect([note?.code, note?.row]).to.deep.equal(['columns_unread', 2])
      expect(note?.message).to.include('S0!XFD2').and.include('2 行').and.include('1024 列')
    })

    it('fills cells that are merged downwards', async () => {
      const second = entry(21, '533421198404120217').map((text, at) => (at < 2 ? text : ''))
      const merges = Array.from('CDEFGHIJ', (letter) => `<mergeCell ref="${letter}2:${letter}3"/>`).join('')
      const rows = rowsOf([HEAD, entry(21), second, ['合计']])
      const body = await upload(workbook({ tabs: [part('', rows, `<mergeCells>${merges}</mergeCells>`)] }))
      expect(body).to.include({ rows: 2, good: 2 })
    })

    it('names each row that is formulas without a value or their errors, with the way out, and removes nobody for it', async () => {
      const row = (at: number, cell: (index: number) => string): string =>
        `<row r="${at}">${HEAD.map((_heading, index) => cell(index)).join('')}</row>`
      const rows =
        rowsOf([
          [...HEAD, '发布时间', '备注'],
          [...entry(31), '2025-01-01'],
        ]) +
        row(3, (index) => `<c><f>Sheet2!${'ABCDEFGHIJ'[index] ?? ''}3</f></c>`) +
        row(4, () => '<c t="e"><v>#REF!</v></c>') +
        // Prepared for rows to come: a number and a column that nobody reads.
        '<row r="5"><c r="L5"><f>A5</f></c></row>'
      const request = { body: new Uint8Array(workbook({ tabs: [{ rows }] })), headers: { 'content-type': 'application/octet-stream' } }
      const path = '/api/v1/imports?fileName=list.xlsx&mode=snapshot&source=provincial_high_court'
      const { body } = await ok(clerk.ask('POST', path, request), 201)
      expect(body).to.include({ rows: 3, good: 1, bad: 2, removed: 0 })
      const problems = body['problems'] as { code: string; row: number; column: string; message: string }[]
      for (const at of [3, 4]) {
        const named = problems.filter((each) => each.row === at && each.code === 'cell_formula')
        expect(named.map(({ column }) => column)).to.have.members(HEAD)
        expect(named[0]?.message).to.include('Excel').and.include('WPS')
      }
      const rejects = await clerk.ask('GET', `/api/v1/imports/${String(body['id'])}/rejects`)
      expect(rejects.text).to.include("'=Sheet2!A3").and.include('#REF!')
    })

    it('is refused with the way out when it is an OpenDocument table', async () => {
      const type = 'application/vnd.oasis.opendocument.spreadsheet'
      const ods = zip([
        { name: 'mimetype', content: type },
        { name: 'content.xml', content: '<office:document-content/>' },
      ])
      const request = { body: new Uint8Array(ods), headers: { 'content-type': type } }
      const answer = await clerk.ask('POST', '/api/v1/imports?fileName=list.ods', request)
      expect([answer.status, answer.body['code']]).to.deep.equal([400, 'import_type_unknown'])
      expect(String(answer.body['detail'])).to.include('.xlsx')
    })
  })
})
