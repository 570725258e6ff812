// The commands zxt screening ask and zxt screening advise on the terminal.
// How words are read for a business is test/features/units/clauses.test.ts; asking is commands.test.ts.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { ORGANISATION, PERSON } from '../../support/drafts.ts'
import { eachDatabase } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { unitWithMeasures } from '../../support/screening.ts'
import { runCli } from '../../support/typed.ts'

eachDatabase((_db, make) => {
  it('advises on each line with clause and business, names wrong lines by number, and goes on after them', async () => {
    const { app } = await make()
    await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
    const folder = await mkdtemp(join(tmpdir(), 'advise-'))
    const right = { id: 7, measure: '1.1', unit: 'pboc', business: '设立村镇银行', listed: { kind: 'organisation' }, relation: 'self' }
    const lines = [
      JSON.stringify(right),
      '{"id": 8',
      '',
      JSON.stringify({ ...right, id: 'x', measure: '99.1', business: ' ', listed: {}, relation: 'friend' }),
      JSON.stringify({ ...right, id: 'y', business: '年度复核' }),
      JSON.stringify({ ...right, id: 'z', relation: 'unrelated' }),
    ]
    const file = join(folder, 'lines.jsonl')
    await writeFile(file, lines.join('\r\n'))
    const answers = (await runCli(app, 'screening', 'advise', file))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    await rm(folder, { recursive: true })
    const entry = '设立、参股、收购银行业金融机构及其分支机构的审批'
    expect(answers[0]).to.deep.equal({ id: 7, advice: 'reference', clause: '1.1a', business: entry })
    expect(answers[1]).to.include({ line: 2 })
    expect(JSON.stringify(answers[1])).to.include('advice_line_wrong').and.include('不是一个 JSON 对象')
    expect(answers[2]).to.include({ line: 4 })
    for (const problem of ['没有这项惩戒措施', '“business”', 'listed.kind 应为', 'relation 应为'])
      expect(JSON.stringify(answers[2])).to.include(problem)
    expect(answers[3]).to.include({ id: 'y', advice: 'ask', clause: null })
    expect(answers[4]).to.deep.equal({ id: 'z', advice: 'none', clause: null, business: entry })
    expect(answers).to.have.length(5)
  })

  it('asks about an applicant with officers and nominees, and refuses an office it does not know', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, ['3.1'])
    const who = `${String(PERSON['name'])}:${String(PERSON['identifier'])}`
    const ask = (...more: string[]): Promise<string> =>
      runCli(
        app,
        'screening',
        'ask',
        String(ORGANISATION['name']),
        '--unit',
        unit,
        '--measure',
        '3.1',
        '--business',
        '公司设立登记',
        ...more,
      )
    expect(await ask('--nominee', `director:${who}`)).to.match(/命中，依法限制.*3\.1a +拟任董事的人列入名单/s)
    expect(await ask('--officer', `director:${who}`)).to.match(/未查到，有记录，所办业务没有条款限制/)
    await refusal('request_invalid', () => ask('--nominee', `shareholder:${who}`))
  })
})
