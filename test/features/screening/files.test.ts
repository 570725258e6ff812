// Screening by file: the advice of each row is that of a single question; problems by row, double uploads, a crash, deletion, other units.
// How a question is answered is tested in rules.test.ts, batches in batches.test.ts.

import { Readable } from 'node:stream'
import { expect } from 'chai'
import { isAppError } from '../../../src/core/errors.ts'
import { idCheckDigit } from '../../../src/core/identifiers.ts'
import { askScreening } from '../../../src/features/screening/commands.ts'
import { receiveScreeningFile, removeFile, startFile, workThrough } from '../../../src/features/screening/files.commands.ts'
import { forgetScreeningFiles, resumeScreeningFiles } from '../../../src/features/screening/files.tasks.ts'
import { fileResult, listFiles, showFile } from '../../../src/features/screening/files.views.ts'
import { screeningFigures } from '../../../src/features/screening/store.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { SYSTEM, type Actor } from '../../../src/platform/commands/permissions.ts'
import { STEP_LEASE } from '../../../src/platform/scheduler/step-lease.ts'
import { bytesSource } from '../../../src/platform/sheets/sources.ts'
import { openSheet } from '../../../src/platform/sheets/read.ts'
import { writeXlsx } from '../../../src/platform/sheets/xlsx-write.ts'
import { eachDatabase } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { systemOf, unitWithMeasures } from '../../support/screening.ts'

const NAME = String(PERSON['name'])
const ID = String(PERSON['identifier'])
const HEAD = '姓名或名称,身份证号码或统一社会信用代码,惩戒措施,办理事项,拟任职人员'
const DAY = 86_400_000

/** An invented person who is not listed. */
function stranger(n: number): string {
  const first = `53342119700101${String(100 + n)}`
  return `旦增${n}号某,${first}${idCheckDigit(first)}`
}

const csv = (...lines: string[]): string => `${[HEAD, ...lines].join('\n')}\n`

async function handIn(
  app: AppContext,
  actor: Actor,
  content: string | Buffer,
  more: object = {},
): Promise<{ id: string; repeated: boolean }> {
  const chunks = Readable.from([Buffer.from(content)])
  const { file, repeated } = await receiveScreeningFile(app, actor, { fileName: '某某的申请.csv', content: chunks, ...more })
  return { id: file.id, repeated }
}

/** The rows below the header of the annotated sheet. */
async function resultRows(app: AppContext, actor: Actor, id: string): Promise<(string | number)[][]> {
  const rows = await allRows(app, actor, id)
  return rows.slice(rows.findIndex((cells) => cells[0] === '原行号') + 1)
}

/** What stands above the header of the annotated sheet. */
async function resultNotes(app: AppContext, actor: Actor, id: string): Promise<string> {
  const rows = await allRows(app, actor, id)
  return rows
    .slice(
      0,
      rows.findIndex((cells) => cells[0] === '原行号'),
    )
    .join('\n')
}

async function allRows(app: AppContext, actor: Actor, id: string): Promise<(string | number)[][]> {
  const { content } = await fileResult(app, actor, id)
  const parts: Buffer[] = []
  for await (const part of content) parts.push(part as Buffer)
  const sheet = await openSheet(bytesSource('r.xlsx', Buffer.concat(parts)))
  const rows: (string | number)[][] = []
  for await (const batch of sheet.rows()) rows.push(...batch.map((row) => row.cells))
  return rows
}

const countLogged = async (app: AppContext): Promise<number> =>
  Number((await app.store.read((db) => db.query<{ n: number }>('select count(*) as n from screening')))[0]?.n)

eachDatabase((db, make) => {
  it('P30 answers every row as the same single question, and hands the rows back as given with measure, basis and what to do', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, ['1.1', '3.1'])
    const actor = systemOf(unit)
    const content = csv(
      `${NAME},${ID},1.1,设立小额信贷公司,`,
      `${NAME},,1.1,设立小额信贷公司,`,
      `${NAME},${ID},,,`,
      `某某公司,,3.1,公司设立登记,董事：${NAME} ${ID}`,
      `${stranger(1)},1.1,设立小额信贷公司,`,
      `${NAME},${ID},1.1,设立小额信贷公司,`,
    )
    const { id } = await handIn(app, actor, content)
    const done = await workThrough(app, actor, id)
    expect([done.state, done.rows, done.good, done.bad, done.warnings]).to.deep.equal(['done', 6, 6, 0, 3])
    const shown = await showFile(app, actor, id)
    expect([shown.answered, shown.counts, shown.proceedings]).to.deep.equal([
      6,
      { hit: 3, review: 1, none: 1 },
      { restrict: 2, ask: 2, pass: 1 },
    ])
    expect(await countLogged(app), 'the repeated row is asked once').to.equal(5)
    const rows = await resultRows(app, actor, id)
    expect(rows.map((cells) => cells.slice(0, 3))).to.deep.equal(
      content
        .trim()
        .split('\n')
        .slice(1)
        .map((line, at) => [at + 2, ...line.split(',').slice(0, 2)]),
    )
    const word = (key: string): string => app.catalog.words('screenings', key)
    const single = { measureId: '1.1', business: '设立小额信贷公司' }
    const questions = [
      { name: NAME, identifier: ID, ...single },
      { name: NAME, ...single },
      { name: NAME, identifier: ID },
      { name: '某某公司', nominees: [{ office: 'director', name: NAME, identifier: ID }], measureId: '3.1', business: '公司设立登记' },
      { name: stranger(1).split(',')[0] ?? '', identifier: stranger(1).split(',')[1], ...single },
      { name: NAME, identifier: ID, ...single },
    ] as const
    for (const [at, question] of questions.entries()) {
      const view = await askScreening(app, actor, question)
      const measures = (view.findings ?? []).flatMap((finding) => finding.measures)
      expect(rows[at]?.slice(6, 11), `row ${at}`).to.deep.equal([
        word(`file.proceeding.${view.proceeding}`),
        word(`answer.${view.answer}`),
        word(`advice.${view.advice}`),
        measures.map((measure) => `${measure.id} ${measure.title}`).join('\n'),
        measures.map((measure) => measure.sentence).join('\n'),
      ])
      expect(rows[at]?.[11]).to.equal(view.explanation ?? word('file.todo.no_record'))
    }
    expect([rows[5]?.[13], String(rows[5]?.[15])]).to.deep.equal([rows[0]?.[13], '与第 2 行完全相同，只核查一次，结果相同。'])
  })

  it('says that rows without a measure are asked about all of the unit’s, in the report and on the annotated sheet', async () => {
    const { app } = await make()
    const [unit] = await unitWithMeasures(app, ['1.1', '3.1'])
    const actor = systemOf(unit)
    const content = csv(`${stranger(1)},,,`, `${stranger(2)},1.1,设立小额信贷公司,`, `${stranger(3)},,,`)
    const { id } = await handIn(app, actor, content)
    expect((await workThrough(app, actor, id)).state).to.equal('done')
    const { problems } = await showFile(app, actor, id)
    expect(problems.map(({ code, severity, row }) => [code, severity, row])).to.deep.equal([['measures_all', 'warning', undefined]])
    expect(problems[0]?.message).to.include('有 2 行').and.include('全部 2 项措施')
    expect(await resultNotes(app, actor, id)).to.include('全部 2 项措施')
    const { id: chosen } = await handIn(app, actor, content, { measureId: '1.1', business: '设立小额信贷公司' })
    await workThrough(app, actor, chosen)
    expect((await showFile(app, actor, chosen)).problems).to.deep.equal([])
    expect(await resultNotes(app, actor, chosen)).to.not.include('全部')
    const [alone] = await unitWithMeasures(app, ['1.1'])
    const { id: single } = await handIn(app, systemOf(alone), content)
    await workThrough(app, systemOf(alone), single)
    expect((await showFile(app, systemOf(alone), single)).problems).to.deep.equal([])
  })

  it('reads every sheet with a header, whatever the order of its columns, and names the sheets that it leaves out', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const actor = systemOf(unit)
    const [one = '', oneNo = ''] = stranger(1).split(',')
    const [two = '', twoNo = ''] = stranger(2).split(',')
    const columns = (titles: string[]): { title: string }[] => titles.map((title) => ({ title }))
    const content = await writeXlsx([
      { name: '个人', columns: columns(['姓名或名称', '身份证号码或统一社会信用代码']), rows: [[one, oneNo]] },
      { name: '说明', columns: columns(['填表说明']), rows: [['请如实填写']] },
      {
        name: '单位',
        columns: columns(['身份证号码或统一社会信用代码', '姓名或名称']),
        rows: [
          [ID, NAME],
          [oneNo, one],
          [twoNo, two],
          ['', ''],
        ],
      },
    ])
    const { id } = await handIn(app, actor, content)
    expect((await workThrough(app, actor, id)).state).to.equal('done')
    const { problems, rows, answered } = await showFile(app, actor, id)
    expect([rows, answered]).to.deep.equal([4, 4])
    expect(problems.map(({ code, column }) => [code, column])).to.deep.equal([
      ['tab_unread', undefined],
      ['question_twice', '单位!'],
    ])
    expect(problems[0]?.message).to.include('说明')
    const written = await resultRows(app, actor, id)
    expect(written.map((cells) => cells.slice(0, 3).map(String))).to.deep.equal([
      ['2', one, oneNo],
      ['单位!2', NAME, ID],
      ['单位!3', one, oneNo],
      ['单位!4', two, twoNo],
    ])
    expect(written.map((cells) => cells[4])).to.deep.equal(['未查到', '命中', '未查到', '未查到'])
    expect(await countLogged(app)).to.equal(3)
  })

  it('asks nothing before the unit has seen the problems of rows, and then the others', async () => {
    const { app } = await make()
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const actor = systemOf(unit)
    const { id } = await handIn(
      app,
      actor,
      csv(
        `${stranger(1)},,,`,
        `某某某,533421198410140223,,,`,
        `,${ID},,,`,
        `${stranger(2)},9.9,,`,
        `${stranger(3)},1.1,跳舞,`,
        `${stranger(4)},,,看门人 甲`,
        `${stranger(5)},,=D2,`,
      ),
    )
    const checked = await workThrough(app, actor, id)
    expect([checked.state, checked.rows, checked.good, checked.bad, await countLogged(app)]).to.deep.equal(['checked', 7, 1, 6, 0])
    const { problems, possible } = await showFile(app, actor, id)
    expect(possible).to.deep.equal(['start', 'download', 'remove'])
    expect(problems.map(({ row, code }) => `${row} ${code}`)).to.deep.equal([
      '3 id_check_wrong',
      '4 field_missing',
      '5 screening_measure',
      '6 screening_business',
      '7 holder_unreadable',
      '8 cell_formula',
    ])
    expect(problems.every(({ message, column }) => /\p{Script=Han}/u.test(message) && column !== undefined)).to.equal(true)
    expect(JSON.stringify(problems)).not.to.include('533421198410140223').and.not.include('某某某')
    expect((await resultRows(app, actor, id)).map((cells) => cells[6])).to.deep.equal([
      '尚未核查',
      ...Array.from({ length: 6 }, () => '未核查'),
    ])
    await startFile(app, actor, id)
    await refusal('screening_file_state', () => startFile(app, actor, id))
    expect((await workThrough(app, actor, id)).state).to.equal('done')
    expect(await countLogged(app)).to.equal(1)
    expect((await resultRows(app, actor, id))[1]?.[15]).to.include('校验位不对')
  })

  it('takes the same sheet of the same day for one file, also twice at once, and asks again only when told to or on another day', async () => {
    const { app, clock } = await make()
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const actor = systemOf(unit)
    const content = csv(`${stranger(1)},,,`, `${stranger(2)},,,`)
    const both = await Promise.all([handIn(app, actor, content), handIn(app, actor, content)])
    expect(both[0].id).to.equal(both[1].id)
    expect(both.map(({ repeated }) => repeated).sort()).to.deep.equal([false, true])
    const work = await Promise.allSettled([workThrough(app, actor, both[0].id), workThrough(app, actor, both[1].id)])
    expect(work.filter(({ status }) => status === 'rejected').every((each) => isAppError((each as PromiseRejectedResult).reason))).to.equal(
      true,
    )
    expect((await showFile(app, actor, both[0].id)).state).to.equal('done')
    expect(await countLogged(app)).to.equal(2)
    expect((await app.files.list()).sort()).to.deep.equal([both[0].id, `${both[0].id}-result`].sort())
    const again = await handIn(app, actor, content, { again: true })
    expect([again.repeated, again.id === both[0].id]).to.deep.equal([false, false])
    expect((await handIn(app, actor, content, { measureId: '1.1' })).repeated).to.equal(false)
    clock.advance(DAY)
    expect((await handIn(app, actor, content)).repeated).to.equal(false)
    await refusal('screening_files_many', () => handIn(app, actor, content, { again: true }))
    const span = { from: new Date(0), until: new Date(clock.now().getTime() + DAY), unitId: unit }
    expect((await app.store.read((read) => screeningFigures(read, span))).map(({ checked }) => checked)).to.deep.equal([2])
  })

  it('goes on after a crash, and asks nothing twice', async () => {
    const { app, clock } = await make()
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const actor = systemOf(unit)
    const lines = Array.from({ length: 800 }, (_, n) => `${stranger(n)},,,`)
    const { id } = await handIn(app, actor, csv(...lines))
    let portions = 0
    const crashing: AppContext = {
      ...app,
      log: { ...app.log, info: (event, facts) => (event === 'screening.ask' && ++portions === 2 ? crash() : app.log.info(event, facts)) },
    }
    await workThrough(crashing, actor, id).then(
      () => expect.fail('it was to crash'),
      (error: unknown) => expect(error).to.be.an('error', 'crashed'),
    )
    expect(await countLogged(app)).to.equal(500)
    expect(await resumeScreeningFiles(app, SYSTEM), 'too early').to.equal(0)
    clock.advance(STEP_LEASE + 1_000)
    expect(await resumeScreeningFiles(app, SYSTEM)).to.equal(1)
    expect([(await showFile(app, actor, id)).state, await countLogged(app)]).to.deep.equal(['done', 800])
    expect(await resumeScreeningFiles(app, SYSTEM)).to.equal(0)
  })

  it('keeps a file from other units and from the court’s staff, sealed, and deletes it in time or when the unit says so', async () => {
    const { app, clock, folder } = await make()
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const [other] = await unitWithMeasures(app, ['1.1'])
    const actor = systemOf(unit)
    const { id } = await handIn(app, actor, csv(`${stranger(1)},,,`))
    await workThrough(app, actor, id)
    for (const stranger of [systemOf(other), { id: 'staff:x', roles: ['auditor'] } as const]) {
      await refusal('unit_other', () => showFile(app, stranger, id))
      await refusal('unit_other', () => fileResult(app, stranger, id))
    }
    expect((await listFiles(app, systemOf(other), { limit: 10, offset: 0 })).total).to.equal(0)
    const stored = await app.store.read((read) => read.query('select * from screening_file'))
    expect(JSON.stringify(stored)).not.to.include('某某的申请')
    expect(folder).to.be.a('string')
    await removeFile(app, actor, id)
    expect(await app.files.list()).to.deep.equal([])
    const removed = await showFile(app, actor, id)
    expect([removed.state, removed.fileName, removed.rows, removed.possible]).to.deep.equal(['removed', null, 1, []])
    await refusal('screening_file_state', () => fileResult(app, actor, id))
    const later = await handIn(app, actor, csv(`${stranger(1)},,,`))
    await workThrough(app, actor, later.id)
    clock.advance(31 * DAY)
    const before = new Date(clock.now().getTime() - 30 * DAY)
    expect(await forgetScreeningFiles(app, SYSTEM, { before, limit: 10 })).to.equal(1)
    expect([(await showFile(app, actor, later.id)).state, await app.files.list()]).to.deep.equal(['removed', []])
    expect(await countLogged(app), 'the log stays').to.equal(2)
  })

  it('says what is wrong with a file that cannot be used, and takes it again when it is mended', async () => {
    const { app } = await make()
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const actor = systemOf(unit)
    await refusal('import_empty', () => handIn(app, actor, ''))
    await refusal('screening_measure_other', () => handIn(app, actor, csv(), { measureId: '3.1' }))
    await refusal('screening_business_unknown', () => handIn(app, actor, csv(), { measureId: '1.1', business: '跳舞' }))
    for (const [content, code] of [
      ['姓名,办理事项\n某某,其他\n', 'import_columns_missing'],
      [csv(), 'import_empty'],
      ['%PDF-1.4 ', 'import_type_unknown'],
      [csv(...Array.from({ length: 10_001 }, (_, n) => `某某${n},,,,`)), 'screening_file_long'],
    ] as const) {
      const { id } = await handIn(app, actor, content)
      await refusal(code, () => workThrough(app, actor, id))
      const { state, failure, possible } = await showFile(app, actor, id)
      expect([state, failure?.code, possible]).to.deep.equal(['refused', code, ['remove']])
      expect(failure?.message)
        .to.match(/\p{Script=Han}/u)
        .and.not.include('—')
    }
    expect(await app.files.list()).to.have.length(4)
    const rounded = await writeXlsx([
      { name: 'x', columns: [{ title: '姓名' }, { title: '身份证号' }], rows: [['某某某', 533421198410140200]] },
    ])
    const { id } = await handIn(app, actor, rounded)
    expect((await workThrough(app, actor, id)).problems?.map(({ code }) => code)).to.deep.equal(['identifier_rounded'])
  })
})

function crash(): never {
  throw new Error('crashed')
}
