// The routes for a unit's system as docs/integration.md describes them: a question, a batch, an outcome, the feed, and refusals.
// Commands are tested in commands.test.ts and batches.test.ts, API keys in test/features/units/keys.test.ts.

import { expect } from 'chai'
import { BATCH_LIMIT } from '../../../src/features/screening/batches.commands.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer, type Answer, type Ask, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'
import { addKey, unitWithMeasures } from '../../support/screening.ts'

const NAME = String(PERSON['name'])
const ID = String(PERSON['identifier'])
const QUESTION = { name: NAME, identifier: ID, business: '申请小额贷款公司设立' }

const code = ({ status, body }: Answer): unknown[] => [status, body['code']]

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let unit = ''
  let ask: Ask
  before(async () => {
    made = await make({ env: { UNIT_KEY_PER_MINUTE: '20000' } })
    server = await openServer(made)
    await listed(made.app, 2)
    ;[unit] = await unitWithMeasures(made.app, ['1.1', '3.1'])
    ask = withKey(await addKey(made.app, unit, ['screening', 'feed']))
  })
  after(() => server.close())

  const withKey =
    (key: string): Ask =>
    (method, path, given = {}) =>
      server.ask(method, path, { ...given, headers: { ...given.headers, authorization: `Bearer ${key}` } })

  it('P29 lets a unit ask, report an outcome, change it with a reason, and look back', async () => {
    const asked = await ask('POST', '/api/v1/screenings', { json: QUESTION })
    expect(asked.status).to.equal(201)
    expect(asked.body).to.deep.include({ answer: 'hit', advice: 'person_decides', unitId: unit, outcome: null })
    expect(asked.text).not.to.include(ID)
    const path = `/api/v1/screenings/${String(asked.body['id'])}/outcome`
    expect(code(await ask('POST', path, { json: { outcome: 'approved' } }))).to.deep.equal([400, 'screening_reason_needed'])
    expect((await ask('POST', path, { json: { outcome: 'refused' } })).body['outcome']).to.equal('refused')
    const again = await ask('POST', path, { json: { outcome: 'not_needed' } })
    expect(code(again)).to.deep.equal([409, 'screening_reported'])
    expect(String(again.body['detail'])).to.include('不予同意')
    expect((await ask('POST', path, { json: { outcome: 'not_needed', reason: '申请人撤回' } })).body['version']).to.equal(3)
    expect((await ask('GET', '/api/v1/screenings?outcome=not_needed')).body['total']).to.equal(1)
    expect((await ask('GET', '/api/v1/screenings?outcome=open')).body['total']).to.equal(0)
    expect((await ask('GET', path.replace('/outcome', ''))).status).to.equal(200)
    const auditor = await server.person('auditor')
    expect((await auditor.ask('GET', `/api/v1/screenings?unitId=${unit}`)).body['total']).to.equal(1)
    const stopped = await ask('POST', '/api/v1/screenings', { json: { ...QUESTION, measureId: '1.1', business: '设立小额信贷公司' } })
    expect(stopped.body).to.deep.include({ answer: 'hit', advice: 'restrict' })
  })

  it('lists the measures with their clauses and businesses to keys that may screen, and to no others', async () => {
    const { status, body } = await ask('GET', '/api/v1/measures')
    const items = body['items'] as { id: string; clauses: unknown[]; businesses: unknown[] }[]
    expect([status, items.length]).to.deep.equal([200, 42])
    expect(items.find(({ id }) => id === '1.1')?.businesses).to.have.length.above(0)
    const other = withKey(await addKey(made.app, unit, ['feed']))
    expect((await other('GET', '/api/v1/measures')).status).to.equal(403)
    expect((await server.ask('GET', '/api/v1/measures')).status).to.equal(401)
  })

  it('names every wrong field, and refuses other units and roles', async () => {
    for (const [json, expected] of [
      [{}, 'request_invalid'],
      [{ ...QUESTION, business: '' }, 'request_invalid'],
      [{ ...QUESTION, identity: ID }, 'request_invalid'],
      [{ ...QUESTION, officers: [{ office: 'cook', name: NAME }] }, 'request_invalid'],
      [{ ...QUESTION, identifier: '53342119841014022' }, 'screening_subject_wrong'],
      [{ ...QUESTION, measureId: '99.9' }, 'screening_measure_other'],
    ] as const)
      expect(code(await ask('POST', '/api/v1/screenings', { json }))).to.deep.equal([400, expected])
    const wrong = await ask('POST', '/api/v1/screenings', { json: { ...QUESTION, identifier: '533421198410140223' } })
    const [problem] = wrong.body['problems'] as { field: string; message: string; value: string }[]
    expect(problem).to.include({ field: 'identifier', value: '**************0223' })
    expect(problem?.message).to.match(/\p{Script=Han}/u)
    const [other] = await unitWithMeasures(made.app, ['1.1'])
    const askAsOther = withKey(await addKey(made.app, other, ['screening']))
    const asked = await ask('POST', '/api/v1/screenings', { json: QUESTION })
    expect(code(await askAsOther('GET', `/api/v1/screenings/${String(asked.body['id'])}`))).to.deep.equal([403, 'unit_other'])
    expect(code(await askAsOther('GET', '/api/v1/changes'))).to.deep.equal([403, 'scope_missing'])
    const clerk = await server.person('clerk')
    expect(code(await clerk.ask('POST', '/api/v1/screenings', { json: QUESTION }))).to.deep.equal([403, 'not_allowed'])
  })

  it('lets a unit report many outcomes at once, and names the one that cannot be reported', async () => {
    const [own] = await unitWithMeasures(made.app, ['1.1'])
    const askOwn = withKey(await addKey(made.app, own, ['screening']))
    const ids: string[] = []
    for (const json of [QUESTION, { name: NAME, business: '核查' }, { name: '没有这人', business: '核查' }])
      ids.push(String((await askOwn('POST', '/api/v1/screenings', { json })).body['id']))
    const open = await askOwn('GET', '/api/v1/screenings?outcome=open')
    const waiting = open.body['items'] as { possibleOutcomes: string[]; reasonFor: string[] }[]
    expect(waiting.map(({ possibleOutcomes, reasonFor }) => [possibleOutcomes.length, reasonFor])).to.deep.equal([
      [3, ['refused']],
      [3, ['approved']],
    ])
    const items = ids.map((screeningId) => ({ screeningId, outcome: 'refused' }))
    const sent = await askOwn('POST', '/api/v1/screenings/outcomes', { json: { items } })
    const answers = sent.body['items'] as { screening?: { outcome: string }; error?: { code: string } }[]
    expect([sent.status, sent.body['errors']]).to.deep.equal([200, 2])
    expect(answers.map((each) => each.screening?.outcome ?? each.error?.code)).to.deep.equal([
      'refused',
      'screening_reason_needed',
      'screening_outcome_impossible',
    ])
    expect((await askOwn('GET', '/api/v1/screenings?outcome=open')).body['total']).to.equal(1)
    const other = await ask('POST', '/api/v1/screenings/outcomes', { json: { items: items.slice(0, 1) } })
    expect((other.body['items'] as { error: { code: string } }[])[0]?.error.code).to.equal('unit_other')
  })

  it('takes a sheet, says its limits before, works through it and hands it back, for a key with the scope only', async () => {
    const { limits } = (await ask('GET', '/api/v1/screening/files')).body as { limits: { rows: number; columns: { names: string[] }[] } }
    expect([limits.rows, limits.columns[0]?.names[0]]).to.deep.equal([10_000, '姓名或名称'])
    const body = `姓名,身份证号,办理事项\n${NAME},${ID},设立小额信贷公司\n`
    const path = `/api/v1/screening/files?measureId=1.1&fileName=${encodeURIComponent('申请.csv')}`
    const sent = await ask('POST', path, { body, headers: { 'content-type': 'text/csv' } })
    expect([sent.status, sent.body['state'], sent.body['repeated']]).to.deep.equal([201, 'done', false])
    expect(sent.body['proceedings']).to.deep.equal({ restrict: 1, ask: 0, pass: 0 })
    expect(sent.text).not.to.include(ID)
    const own = `/api/v1/screening/files/${String(sent.body['id'])}`
    const result = await ask('GET', `${own}/result`)
    expect([result.status, result.text.slice(0, 2)]).to.deep.equal([200, 'PK'])
    expect(result.headers.get('content-disposition')).to.include(encodeURIComponent('申请（核查结果）.xlsx'))
    const feedOnly = withKey(await addKey(made.app, unit, ['feed']))
    expect(code(await feedOnly('GET', own))).to.deep.equal([403, 'scope_missing'])
    expect((await ask('DELETE', own)).status).to.equal(204)
    expect(code(await ask('GET', `${own}/result`))).to.deep.equal([409, 'screening_file_state'])
    expect(code(await ask('POST', path, { body: 'x', headers: { 'content-type': 'application/json' } }))).to.deep.equal([
      415,
      'media_type_wrong',
    ])
  })

  it('accepts a batch larger than other bodies, shows its progress, and refuses one item too many', async () => {
    const people = (count: number): object[] =>
      Array.from({ length: count }, (_, n) => ({
        key: `applicant-${n}`,
        name: `${NAME}${'某'.repeat(30)}${String.fromCodePoint(0x4e00 + n)}`,
      }))
    const json = { requestId: '2026-11-22.1', business: '年度复核', items: people(9000) }
    expect(Buffer.byteLength(JSON.stringify(json))).to.be.above(1_048_576)
    const answered = await ask('POST', '/api/v1/screenings/batches', { json })
    expect([answered.status, answered.body['counts']]).to.deep.equal([200, { hit: 0, review: 0, none: 9000 }])
    expect((await ask('GET', '/api/v1/screenings/batches/2026-11-22.1')).body).to.deep.include({ items: 9000 })
    expect(code(await ask('GET', '/api/v1/screenings/batches/other'))).to.deep.equal([404, 'screening_batch_missing'])
    const over = await ask('POST', '/api/v1/screenings/batches', { json: { ...json, items: people(BATCH_LIMIT + 1) } })
    expect(code(over)).to.deep.equal([400, 'request_invalid'])
    expect(code(await ask('POST', '/api/v1/screenings/batches', { json: { ...json, items: [{ key: 'ü', name: NAME }] } }))).to.deep.equal([
      400,
      'request_invalid',
    ])
  }).timeout(60_000)

  it('serves a snapshot of the list page by page, and the changes after it', async () => {
    const page = await ask('GET', '/api/v1/changes/snapshot?limit=1')
    expect(page.body['next']).to.not.equal(null)
    const rest = await ask('GET', `/api/v1/changes/snapshot?limit=1&after=${String(page.body['next'])}`)
    expect((rest.body['entries'] as unknown[]).length).to.equal(1)
    const feed = await ask('GET', '/api/v1/changes?after=0&limit=1')
    expect(feed.body).to.include({ more: true })
    const next = await ask('GET', `/api/v1/changes?after=${String(feed.body['next'])}`)
    expect(next.body).to.include({ more: false, next: page.body['listVersion'] })
    expect(code(await ask('GET', '/api/v1/changes?after=-1'))).to.deep.equal([400, 'request_invalid'])
    expect(code(await server.ask('GET', '/api/v1/changes'))).to.deep.equal([401, 'login_required'])
  })
})
