// Screening in batches: errors of single items, a repeated batch that logs nothing twice, and a batch that broke off and goes on.
// Single questions are tested in commands.test.ts.

import { expect } from 'chai'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { screenBatch, type BatchAnswer, type BatchItem, type ItemAnswer } from '../../../src/features/screening/batches.commands.ts'
import { showBatch } from '../../../src/features/screening/views.ts'
import { addDays } from '../../../src/core/calendar.ts'
import { screeningFigures } from '../../../src/features/screening/store.ts'
import { PERSON } from '../../support/drafts.ts'
import { eachDatabase } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { systemOf, unitWithMeasures } from '../../support/screening.ts'
import { idCheckDigit } from '../../../src/core/identifiers.ts'

const NAME = String(PERSON['name'])
const ID = String(PERSON['identifier'])

/** An invented person who is not listed, another one for each number. */
function unlisted(n: number): BatchItem {
  const first = `533421${addDays('1950-01-01', n).replaceAll('-', '')}${String(100 + (n % 800))}`
  return { key: `k${n}`, name: `旦增${n % 500}号`, identifier: first + idCheckDigit(first) }
}

const countLogged = async (app: AppContext): Promise<number> =>
  Number((await app.store.read((db) => db.query<{ n: number }>('select count(*) as n from screening')))[0]?.n)
const codeOf = (item: ItemAnswer | undefined): string =>
  item === undefined ? '' : 'error' in item ? item.error.code : item.screening.answer

eachDatabase((db, make) => {
  it('answers each item of a batch separately and in order, with an error for each wrong one', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const items: BatchItem[] = [
      { key: 'a', name: NAME, identifier: ID },
      { key: 'b', name: NAME },
      { key: 'c', name: '某', identifier: '533421198410140223' },
      { key: 'd', name: NAME, identifier: unlisted(1).identifier },
      { key: 'a', name: NAME, identifier: ID },
      { key: 'e', name: NAME, identifier: ID, officers: [{ office: 'director', name: '别的人' }] },
    ]
    const answer = await screenBatch(app, systemOf(unit), { requestId: 'B-1', business: '批量核查', items })
    expect(answer.items.map((item) => `${item.key} ${codeOf(item)}`)).to.deep.equal([
      'a hit',
      'b review',
      'c screening_subject_wrong',
      'd none',
      'a screening_item_repeated',
      'e screening_subject_wrong',
    ])
    expect([answer.counts, answer.errors]).to.deep.equal([{ hit: 1, review: 1, none: 1 }, 3])
    const wrong = answer.items[2]
    expect(wrong !== undefined && 'error' in wrong && wrong.error.problems.map(({ code }) => code)).to.deep.equal([
      'name_form',
      'id_check_wrong',
    ])
    expect(JSON.stringify(answer)).not.to.include(ID).and.not.include('533421198410140223')
    expect(await countLogged(app)).to.equal(3)
  })

  it('reads the business of a batch for the measure it names, with nominees of each item, and refuses one that is on no list', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, ['3.1'])
    const holder = { office: 'director', name: NAME, identifier: ID } as const
    const items: BatchItem[] = [
      { key: 'a', name: '某某公司', nominees: [holder] },
      { key: 'b', name: '某某公司', officers: [holder] },
      { key: 'c', name: '某某公司', nominees: [{ ...holder, identifier: '123' }] },
    ]
    const batch = { requestId: 'B-1', measureId: '3.1', business: '公司设立登记', items }
    await refusal('screening_business_unknown', () => screenBatch(app, systemOf(unit), { ...batch, business: '年度复核' }))
    expect(await countLogged(app)).to.equal(0)
    const answer = await screenBatch(app, systemOf(unit), batch)
    expect(answer.items.map(codeOf)).to.deep.equal(['hit', 'none', 'screening_subject_wrong'])
    const [first] = answer.items
    expect(first !== undefined && 'screening' in first && first.screening.findings?.[0]?.measures[0]?.clause).to.equal('3.1a')
  })

  it('gives a repeated batch the same answers, logs nothing twice, and refuses another batch under its number', async () => {
    const { app, clock } = await make()
    const ids = await listed(app, 1)
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const [other] = await unitWithMeasures(app, ['1.1'])
    const items = [{ key: 'a', name: NAME, identifier: ID }, unlisted(1), unlisted(2)]
    const ask = (change: object = {}, actor = systemOf(unit)): Promise<BatchAnswer> =>
      screenBatch(app, actor, { requestId: 'B-1', items, ...change })
    const first = await ask()
    clock.advance(86_400_000)
    expect(ids).to.have.length(1)
    expect(await ask()).to.deep.equal(first)
    expect(await countLogged(app)).to.equal(3)
    await refusal('screening_batch_changed', () => ask({ items: items.slice(1) }))
    const swapped = await ask({ items: [{ ...items[0], name: '别的人' }, items[1], items[2]] })
    expect(swapped.items.map(codeOf)).to.deep.equal(['screening_item_changed', 'none', 'none'])
    expect((await ask({}, systemOf(other))).items.map(codeOf)).to.deep.equal(['hit', 'none', 'none'])
    expect(await countLogged(app)).to.equal(6)
    expect(await showBatch(app, systemOf(unit), { requestId: 'B-1' })).to.deep.include({
      items: 3,
      counts: { hit: 1, review: 0, none: 2 },
    })
    await refusal('screening_batch_missing', () => showBatch(app, systemOf(unit), { requestId: 'B-2' }))
    await refusal('request_invalid', () => ask({ items: [] }))
    await refusal('screening_measure_other', () => ask({ requestId: 'B-3', measureId: '12.1' }))
    await refusal('not_allowed', () => ask({}, { id: 'staff:clerk', roles: ['clerk'] }))
  })

  it('logs a batch once when it is sent twice at the same time', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const items = [{ key: 'a', name: NAME, identifier: ID }, ...Array.from({ length: 700 }, (_, n) => unlisted(n))]
    const send = (): Promise<BatchAnswer> => screenBatch(app, systemOf(unit), { requestId: 'B-1', items })
    const [first, second] = await Promise.all([send(), send()])
    expect(first).to.deep.equal(second)
    expect(await countLogged(app)).to.equal(701)
  })

  it('lets others have their turn within a long batch', async () => {
    const { app } = await make()
    const [unit] = await unitWithMeasures(app, ['1.1'])
    let turns = 0
    const turn = (): unknown => ((turns += 1), (pending = setImmediate(turn)))
    let pending = setImmediate(turn)
    await screenBatch(app, systemOf(unit), {
      requestId: 'B-turns',
      business: '批量核查',
      items: Array.from({ length: 4000 }, (_, n) => unlisted(n)),
    })
    clearImmediate(pending)
    expect(turns).to.be.at.least(20)
  })

  it('answers ten thousand items, wrong ones among them, also after breaking off and when sent again', async function () {
    this.timeout(120_000)
    const { app } = await make()
    await listed(app, 2)
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const items = Array.from({ length: 10_000 }, (_, n): BatchItem => {
      if (n % 1000 === 7) return { key: `k${n}`, name: NAME, identifier: ID }
      return n % 100 === 3 ? { ...unlisted(n), identifier: '123' } : unlisted(n)
    })
    const asked = { requestId: 'B-1', items }
    await refusal('request_invalid', () => screenBatch(app, systemOf(unit), { requestId: 'B-0', items: [...items, unlisted(10_000)] }))
    // The database becomes unavailable after some portions.
    let writes = 0
    const failing: AppContext = {
      ...app,
      store: {
        ...app.store,
        write: (change) => {
          writes += 1
          if (writes === 6) return Promise.reject(new Error('away'))
          return app.store.write(change)
        },
      },
    }
    await screenBatch(failing, systemOf(unit), asked).then(
      () => expect.fail('did not break off'),
      () => undefined,
    )
    const before = await countLogged(app)
    expect(before).to.be.within(500, 9000)
    const done = await screenBatch(app, systemOf(unit), asked)
    expect([done.counts, done.errors]).to.deep.equal([{ hit: 10, review: 0, none: 9890 }, 100])
    expect(done.items.map((item) => item.key)).to.deep.equal(items.map((item) => item.key))
    expect(await countLogged(app)).to.equal(9900)
    if (db === 'sqlite') expect((await screenBatch(app, systemOf(unit), asked)).counts).to.deep.equal(done.counts)
    expect(await countLogged(app)).to.equal(9900)
    const span = { from: new Date(0), until: new Date(app.clock.now().getTime() + 1) }
    const [figures] = await app.store.read((found) => screeningFigures(found, span))
    expect(figures).to.include({ unitId: unit, checked: 9900, hits: 10 })
  })
})
