// platform/sheets/xlsx: kinds of cells, sheets, archives that misstate their content, files of other types. Text tables are csv.test.ts.

import { expect } from 'chai'
import { Readable } from 'node:stream'
import { openSheet } from '../../../src/platform/sheets/read.ts'
import { bookParts, failure, rowsOf, sourceOf, tableOf, workbook, zip, type ZipPart } from './workbook.ts'

const shared = (...texts: string[]): string => texts.map((text) => `<si><t>${text}</t></si>`).join('')
const bookWithCell = (cell: string): Buffer => workbook({ tabs: [{ rows: `<row r="1">${cell}</row>` }] })
const codeOf = async (content: Buffer): Promise<string> => (await failure(rowsOf(sourceOf(content)))).code
const replaced = (parts: ZipPart[], name: string, part: Partial<ZipPart>): Buffer =>
  zip(parts.map((original) => (original.name === name ? { ...original, ...part } : original)))
const SHEET = 'xl/worksheets/sheet1.xml'

describe('opening a table refuses', () => {
  const refused = async (content: Buffer | string): Promise<unknown> => {
    const { code, values } = await failure(rowsOf(sourceOf(content)))
    return [code, values.found, values.hint]
  }

  it('old binary workbooks and encrypted ones, with the advice to save as .xlsx', async () => {
    const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2000)])
    expect(await refused(ole)).to.deep.equal(['import_type_unknown', 'xls', 'save_as_xlsx'])
    const encrypted = Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')])
    expect(await refused(encrypted)).to.deep.equal(['import_type_unknown', 'encrypted', 'save_as_xlsx'])
  })

  it('PDF files, images and archives', async () => {
    expect(await refused('%PDF-1.7\n1,2\n')).to.deep.equal(['import_type_unknown', 'pdf', undefined])
    expect(await refused(Buffer.from('89504e470d0a1a0a', 'hex'))).to.deep.equal(['import_type_unknown', 'image', undefined])
    expect(await refused(Buffer.from('1f8b0800', 'hex'))).to.deep.equal(['import_type_unknown', 'archive', undefined])
  })

  it('HTML and XML with the file name of a workbook', async () => {
    for (const text of [
      '<html><table><tr><td>1</td></tr></table>',
      '\uFEFF\r\n <!DOCTYPE html>',
      '<?xml version="1.0"?><Workbook/>',
      'MIME-Version: 1.0',
    ])
      expect(await refused(text), text).to.deep.equal(['import_type_unknown', 'html', 'save_as_xlsx'])
  })

  it('a text document and an archive that is no workbook', async () => {
    const docx = zip([
      {
        name: '_rels/.rels',
        content: '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships>',
      },
      { name: 'word/document.xml', content: '<w:document xmlns:w="w"/>' },
    ])
    expect(await refused(docx)).to.deep.equal(['import_type_unknown', 'zip', 'save_as_xlsx'])
    expect(await refused(zip([{ name: 'a.txt', content: 'x' }]))).to.deep.equal(['import_type_unknown', 'zip', 'save_as_xlsx'])
  })
})

describe('reading a workbook refuses', () => {
  const good = bookParts({ tabs: [{ rows: '<row r="1"><c r="A1"><v>1</v></c></row>' }] })

  it('a truncated archive, wherever it is cut', async () => {
    const whole = zip(good)
    for (const length of [10, 200, Math.floor(whole.length / 2), whole.length - 30, whole.length - 1])
      expect(await codeOf(whole.subarray(0, length)), String(length)).to.equal('import_file_broken')
  })

  it('an archive whose parts share bytes or are too many, before any is read', async () => {
    const sheet = good.find(({ name }) => name === SHEET)
    const many = (count: number, part: Partial<ZipPart>): ZipPart[] =>
      Array.from({ length: count }, (_, n) => ({ ...{ name: `xl/worksheets/other${n}.xml`, content: sheet?.content ?? '' }, ...part }))
    expect(await codeOf(zip([...good, ...many(1, { name: 'xl/worksheets/sheet2.xml', overlaps: true })])), 'two').to.equal(
      'import_file_broken',
    )
    expect(await codeOf(zip([...good, ...many(1_900, { overlaps: true })])), 'very many').to.equal('import_file_broken')
    expect(await codeOf(zip([...good, ...many(2_000, { content: '' })])), 'too many').to.equal('import_file_broken')
    expect(await rowsOf(sourceOf(zip([...good, ...many(1_900, { content: '' })])))).not.to.have.length(0)
  })

  it('a part whose length or checksum differs from the table of contents', async () => {
    expect(await codeOf(replaced(good, SHEET, { lie: { crc: 1 } }))).to.equal('import_file_broken')
    expect(await codeOf(replaced(good, SHEET, { lie: { size: 5 } }))).to.equal('import_file_broken')
    expect(await codeOf(replaced(good, SHEET, { lie: { size: 9_999 } }))).to.equal('import_file_broken')
  })

  it('a missing part', async () => {
    expect(await codeOf(zip(good.filter(({ name }) => name !== SHEET)))).to.equal('import_file_broken')
  })

  it('XML that is cut off, ill-formed, too deep, or declares entities or a document type', async () => {
    const texts = [
      '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>',
      '<worksheet><sheetData></worksheet>',
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&e;</v></c></row></sheetData></worksheet>',
      '<!DOCTYPE worksheet><worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>',
      '<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&nope;</v></c></row></sheetData></worksheet>',
      `<worksheet>${'<a>'.repeat(100)}${'</a>'.repeat(100)}</worksheet>`,
    ]
    for (const content of texts)
      expect(await codeOf(replaced(good, SHEET, { content })), content.slice(0, 60)).to.equal('import_file_broken')
  })

  it('a part that expands too far, by ratio, by size or by texts', async () => {
    const bomb = replaced(good, SHEET, { content: `<worksheet>${' '.repeat(12_000_000)}</worksheet>` })
    expect(await codeOf(bomb)).to.equal('sheet_ratio')
    expect((await failure(rowsOf(sourceOf(zip(good)), { maxUnpacked: 100 }))).code).to.equal('sheet_unpacked')
    const wordy = workbook({ tabs: [{ rows: '<row r="1"><c r="A1" t="s"><v>0</v></c></row>' }], shared: shared('x'.repeat(2000)) })
    expect((await failure(rowsOf(sourceOf(wordy), { maxTexts: 1000 }))).code).to.equal('sheet_texts_long')
  })

  it('an endless text between two tags', async () => {
    const content = `<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>${Array.from({ length: 600_000 }, (_, n) => n).join('')}`
    expect(await codeOf(replaced(good, SHEET, { content }))).to.equal('import_file_broken')
  })

  it('too many columns, rows that go backwards, and a missing shared text, naming the row of each', async () => {
    const wide = await failure(rowsOf(sourceOf(bookWithCell('<c r="XFE1"><v>1</v></c>'))))
    expect([wide.code, wide.values.row]).to.deep.equal(['import_too_wide', 1])
    const back = workbook({ tabs: [{ rows: '<row r="5"><c r="A5"><v>1</v></c></row><row r="5"><c r="A5"><v>1</v></c></row>' }] })
    expect((await failure(rowsOf(sourceOf(back)))).values.row).to.equal(6)
    const lost = await failure(rowsOf(sourceOf(bookWithCell('<c r="A1" t="s"><v>7</v></c>'))))
    expect([lost.code, lost.values.row]).to.deep.equal(['import_file_broken', 1])
  })

  it('a workbook without a row', async () => {
    expect(await codeOf(workbook({ tabs: [{ rows: '' }, { rows: '<row r="1"><c r="A1"/></row>' }] }))).to.equal('import_empty')
    expect(await codeOf(workbook({ tabs: [{ rows: '<row r="1"><c r="A1"><v>1</v></c></row>', state: 'hidden' }] }))).to.equal(
      'import_empty',
    )
  })
})

describe('reading a workbook accepts', () => {
  it('every kind of cell', async () => {
    const rows = `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>2</v></c><c r="D2" t="s"><v>3</v></c>
      <c r="E2"><v>45606</v></c><c r="F2" t="n"><v>1.5E3</v></c><c r="G2" t="str"><f>A1&amp;"x"</f><v>得数</v></c><c r="H2"><f>1+1</f><v>2</v></c>
      <c r="I2" t="b"><v>1</v></c><c r="J2" t="e"><v>#N/A</v></c><c r="K2" t="inlineStr"><is><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></is></c>
      <c r="L2" t="d"><v>2024-11-10</v></c><c r="M2" t="d"><v>2024-11-10T12:00:00</v></c><c r="O2" t="str"><v>末</v></c><c r="P2"/></row>`
    const texts =
      '<si><t>533421198410140222</t></si><si><r><rPr><b/></rPr><t>张</t></r><r><t>三</t></r></si>' +
      '<si><t>山田</t><rPh sb="0" eb="2"><t>ヤマダ</t></rPh><phoneticPr fontId="1"/></si><si><t>a_x000D_\nb&amp;&#65;</t></si>'
    expect(await tableOf(workbook({ tabs: [{ rows }], shared: texts }))).to.deep.equal([
      [2, '533421198410140222', '张三', '山田', 'a\r\nb&A', 45606, 1500, '得数', 2, 'TRUE', '#N/A', '甲 乙', 45606, 45606.5, '', '末'],
    ])
  })

  it('a formula without a stored value as its own text, a calculated empty text as nothing, also where a row has nothing else', async () => {
    const rows =
      '<row r="1"><c r="A1"><f>B2&amp;"甲"</f></c><c r="B1"><f>C2</f><v/></c><c r="C1" t="str"><f>D2</f></c><c r="D1"><f t="shared" si="0"/></c></row>' +
      '<row r="2"><c r="A2" t="str"><f>IF(B2="","",1)</f><v></v></c></row>' +
      `<row r="3"><c r="A3"><f>${'A'.repeat(5_000)}</f></c></row><row r="4"><c r="A4" t="e"><f>Z9</f><v>#REF!</v></c></row>`
    expect(await tableOf(workbook({ tabs: [{ rows }] }))).to.deep.equal([
      [1, '=B2&"甲"', '=C2', '=D2', '='],
      [3, `=${'A'.repeat(200)}`],
      [4, '#REF!'],
    ])
  })

  it('merged cells with their value once, and rows below a title with their own numbers', async () => {
    const content = workbook({
      tabs: [{ rows: '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"/></row><row r="4"><c r="B4" t="s"><v>1</v></c></row>' }],
      shared: shared('标题', '姓名'),
    })
    expect(await tableOf(content)).to.deep.equal([
      [1, '标题'],
      [4, '', '姓名'],
    ])
  })

  it('cells and rows without references, in their order', async () => {
    expect(
      await tableOf(
        workbook({ tabs: [{ rows: '<row><c><v>1</v></c><c><v>2</v></c></row><row><c r="C2"><v>3</v></c><c><v>4</v></c></row>' }] }),
      ),
    ).to.deep.equal([
      [1, 1, 2],
      [2, '', '', 3, 4],
    ])
  })

  it('tags with a prefix', async () => {
    const xml =
      '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>'
    expect(await tableOf(workbook({ tabs: [{ rows: '', xml }] }))).to.deep.equal([[1, '甲']])
  })

  it('days counted from 1904 and converts them, but no other numbers', async () => {
    const styles =
      '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="165" formatCode="[Red]0.00&quot;days&quot;"/></numFmts>' +
      '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
    const rows = '<row r="1">' + [0, 1, 2, 3].map((style) => `<c s="${style}"><v>100</v></c>`).join('') + '</row>'
    const book = { tabs: [{ rows }], styles }
    expect(await tableOf(workbook({ ...book, workbookPr: '<workbookPr date1904="1"/>' }))).to.deep.equal([[1, 100, 1562, 1562, 100]])
    expect(await tableOf(workbook(book))).to.deep.equal([[1, 100, 100, 100, 100]])
  })

  it('the first visible sheet with a row, and ignores the others', async () => {
    const row = (text: string): string => `<row r="1"><c r="A1" t="str"><v>${text}</v></c></row>`
    const tabs = [{ rows: row('hidden'), state: 'veryHidden' }, { rows: '' }, { rows: row('this') }, { rows: row('later') }]
    expect(await tableOf(workbook({ tabs }))).to.deep.equal([[1, 'this']])
  })

  it('hidden columns, each once, however often and widely a file hides them', async () => {
    const hide = '<col min="1" max="16384" hidden="1"/>'.repeat(50_000)
    const sheet = (columns: string): string =>
      `<worksheet>${columns}<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`
    const [tab] = (await openSheet(sourceOf(workbook({ tabs: [{ rows: '', xml: sheet(`<cols>${hide}</cols>`) }] })))).tabs
    expect(await tab?.hiddenColumns()).to.deep.equal(Array.from({ length: 16_384 }, (_, column) => column))
    const some = '<cols><col min="2" max="3" hidden="true"/><col min="3" max="4" hidden="1"/><col min="6" max="6"/></cols>'
    const [other] = (await openSheet(sourceOf(workbook({ tabs: [{ rows: '', xml: sheet(some) }] })))).tabs
    expect(await other?.hiddenColumns()).to.deep.equal([1, 2, 3])
  })

  it('many rows in batches, with shared texts that cross the chunks of the text table, and reads them twice', async () => {
    const count = 3000
    const text = (n: number): string => `${'债'.repeat(200)}${n}`
    const rows = Array.from({ length: count }, (_, n) => `<row r="${n + 1}"><c r="A${n + 1}" t="s"><v>${n}</v></c></row>`).join('')
    const content = workbook({ tabs: [{ rows }], shared: shared(...Array.from({ length: count }, (_, n) => text(n))) })
    const sheet = await openSheet(sourceOf(content))
    for (let round = 0; round < 2; round++) {
      let seen = 0
      for await (const batch of sheet.rows()) for (const { cells } of batch) expect(cells).to.deep.equal([text(seen++)])
      expect(seen).to.equal(count)
    }
    await sheet.close()
  })

  it('a source with ranges, without reading all of it', async () => {
    const content = workbook({ tabs: [{ rows: '<row r="1"><c r="A1"><v>1</v></c></row>' }] })
    const source = { ...sourceOf(content), range: (start: number, end: number) => Readable.from([content.subarray(start, end)]) }
    let whole = 0
    const stream = (): Readable => {
      whole++
      return sourceOf(content).stream()
    }
    expect((await rowsOf({ ...source, stream })).map(({ cells }) => cells)).to.deep.equal([[1]])
    expect(whole, 'only to recognise its type').to.equal(1)
  })
})
