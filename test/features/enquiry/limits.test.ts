// Limits of vain enquiries: asked in parallel, from many addresses, after a restart, and about one name from everywhere. Invented people.

import { expect } from 'chai'
import { createEnquiry } from '../../../src/features/enquiry/routes.ts'
import type { AppError } from '../../../src/core/errors.ts'
import type { Enquiry } from '../../../src/features/enquiry/views.ts'
import { eachDatabase, openTables } from '../../support/app.ts'
import { born, PERSON } from '../../support/drafts.ts'
import { listed } from '../../support/listed.ts'

const ID = String(PERSON['identifier'])
const NAME = String(PERSON['name'])
/** A valid number of nobody who is listed. */
const NOBODY = '533421198410140222'
const HOUR = 3_600_000

const outcomes = async (asked: readonly Promise<{ entries: readonly unknown[] }>[]): Promise<string[]> =>
  (await Promise.allSettled(asked)).map((each) =>
    each.status === 'rejected' ? (each.reason as AppError).code : each.value.entries.length > 0 ? 'found' : 'none',
  )

const count = (words: readonly string[], word: string): number => words.filter((each) => each === word).length

eachDatabase((_db, make) => {
  it('counts a question before it is asked, so that many at once find no more than one after the other', async () => {
    const { app, clock } = await make()
    const ask = createEnquiry(3)
    const at = (ip: string): ReturnType<typeof ask> => ask(app, { identifier: NOBODY }, ip)
    const many = await outcomes(Array.from({ length: 20 }, () => at('10.0.0.1')))
    expect([count(many, 'none'), count(many, 'enquiry_limited')]).to.deep.equal([3, 17])
    expect(await outcomes([at('10.0.0.2')]), 'another network').to.deep.equal(['none'])
    clock.advance(HOUR)
    expect(await outcomes([at('10.0.0.1')])).to.deep.equal(['none'])
  })

  it('makes questions that find somebody wait for each other at most, and refuses none', async () => {
    const { app } = await make()
    await listed(app, 1)
    const ask = createEnquiry(2)
    const many = await outcomes(Array.from({ length: 20 }, () => ask(app, { identifier: ID }, '10.0.0.1')))
    expect(count(many, 'found')).to.equal(20)
  })

  it('remembers misses after a restart, and those that another process counted', async () => {
    const { app } = await make()
    const [first, second] = [createEnquiry(3), createEnquiry(3)]
    const by = (ask: typeof first): Promise<string[]> => outcomes([ask(app, { identifier: NOBODY }, '10.0.0.1')])
    expect([...(await by(first)), ...(await by(second)), ...(await by(first))]).to.deep.equal(['none', 'none', 'none'])
    expect(await by(createEnquiry(3)), 'a process that has just started').to.deep.equal(['enquiry_limited'])
  })

  it('gives all processes together no more than one, when they are asked at the very same moment', async () => {
    const { app, folder, url } = await make()
    await listed(app, 1)
    // On SQLite there is one process alone; two limits in it know as little of each other.
    const others = url === undefined ? [] : await Promise.all([openTables(folder, app.log, url), openTables(folder, app.log, url)])
    const processes = [app, app, ...others.map((store) => ({ ...app, store }))].map((each) => ({ each, ask: createEnquiry(3) }))
    const everywhere = (times: number, question: Enquiry, network: (n: number) => string): Promise<string[]> =>
      outcomes(Array.from({ length: times }, (_, n) => n).flatMap((n) => processes.map(({ each, ask }) => ask(each, question, network(n)))))
    try {
      for (let round = 0; round < 2; round++) {
        const one = await everywhere(8, { identifier: born('19900101') }, () => `10.7.0.${round}`)
        expect(count(one, 'none'), 'of one network').to.equal(3)
        const around = await everywhere(12, { identifier: born('19900101') }, (n) => `2001:db8:${round}:${n.toString(16)}::/64`)
        expect(count(around, 'none'), 'of a /48').to.equal(15)
        const right = await everywhere(8, { identifier: ID }, () => `10.8.0.${round}`)
        expect(count(right, 'found'), 'questions that find somebody').to.equal(right.length)
      }
    } finally {
      for (const store of others) await store.close()
    }
  })

  it('has nobody who has not missed in a network that asks two processes about a name at once', async () => {
    const { app } = await make()
    await listed(app, 1)
    const guess = (ask: ReturnType<typeof createEnquiry>, n: number, ip: string): ReturnType<typeof ask> =>
      ask(app, { name: NAME, identifier: String(1000 + n) }, ip)
    const first = createEnquiry(3)
    for (let n = 0; n < 9; n++) expect(await outcomes([guess(first, n, `10.0.0.${n % 3}`)])).to.deep.equal(['none'])
    const processes = Array.from({ length: 4 }, () => createEnquiry(3))
    const many = await outcomes(processes.map((ask, n) => guess(ask, 50 + n, '10.9.9.9')))
    expect(count(many, 'none'), 'at most one of them is the first').to.be.at.most(1)
  })

  it('limits guesses of one name’s last digits from all addresses together, but not whole numbers and not those that are right', async () => {
    const { app } = await make()
    await listed(app, 1)
    const ask = createEnquiry(3)
    const guess = (n: number): ReturnType<typeof ask> => ask(app, { name: NAME, identifier: String(1000 + n) }, `10.0.${n}.1`)
    const guesses = await outcomes(Array.from({ length: 50 }, (_, n) => guess(n)))
    expect([count(guesses, 'none'), count(guesses, 'enquiry_limited')]).to.deep.equal([15, 35])
    expect(await outcomes([ask(app, { name: NAME, identifier: ID }, '10.9.9.9')])).to.deep.equal(['found'])
    expect(await outcomes([ask(app, { name: '别的人', identifier: ID.slice(-4) }, '10.9.9.9')])).to.deep.equal(['none'])
  })

  it('lets no few addresses hide a name from all others, however often they ask', async () => {
    const { app } = await make()
    await listed(app, 1)
    const ask = createEnquiry(3)
    const guess = (n: number, ip: string): Promise<string[]> => outcomes([ask(app, { name: NAME, identifier: String(1000 + n) }, ip)])
    const caseNo = (await ask(app, { identifier: ID }, '10.9.0.1')).entries[0]?.caseNo ?? ''
    for (let n = 0; n < 9; n++) expect(await guess(n, `10.0.0.${n % 3}`)).to.deep.equal(['none'])
    const tail = { name: NAME, identifier: ID.slice(-4) }
    expect(await outcomes([ask(app, tail, '10.9.9.9')]), 'somebody who has not missed').to.deep.equal(['found'])
    const missed = '10.9.9.8'
    expect(await outcomes([ask(app, { name: '别的人', identifier: '1234' }, missed)])).to.deep.equal(['none'])
    for (let n = 0; n < 40; n++) expect(await guess(n, missed)).to.deep.equal(['enquiry_limited'])
    expect(await outcomes([ask(app, tail, missed)]), 'somebody who has').to.deep.equal(['enquiry_limited'])
    const surely = (ip: string): Promise<string[]> => outcomes([ask(app, { name: NAME, caseNo }, ip), ask(app, { identifier: ID }, ip)])
    expect(await surely(missed)).to.deep.equal(['found', 'found'])
    expect(await outcomes([ask(app, tail, '10.9.9.7')]), 'after refused questions').to.deep.equal(['found'])
    const many = await outcomes(Array.from({ length: 40 }, (_, n) => ask(app, { name: NAME, identifier: String(2000 + n) }, `10.8.${n}.1`)))
    expect(count(many, 'none'), 'of fifteen guesses of an hour all together').to.equal(6)
    expect(await surely('10.9.9.6')).to.deep.equal(['found', 'found'])
  })

  it('counts the networks of one /48 together, so that whoever has it gets no more than five networks do', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [ask, another] = [createEnquiry(3), createEnquiry(3)]
    const at = (n: number): string => `2001:db8:7:${n.toString(16)}::/64`
    const many = await outcomes(Array.from({ length: 60 }, (_, n) => ask(app, { identifier: born('19900101') }, at(n))))
    expect([count(many, 'none'), count(many, 'enquiry_limited')]).to.deep.equal([15, 45])
    expect(await outcomes([another(app, { identifier: ID }, at(99))]), 'a process that has just started').to.deep.equal(['enquiry_limited'])
    expect(await outcomes([ask(app, { identifier: ID }, '2001:db8:8:1::/64')]), 'the next /48').to.deep.equal(['found'])
    const found = await outcomes(
      Array.from({ length: 30 }, (_, n) => another(app, { identifier: ID }, `2001:db8:9:${n.toString(16)}::/64`)),
    )
    expect(count(found, 'found')).to.equal(30)
  })

  it('has nobody of a /48 who has not missed once one of it has, when a name is guessed', async () => {
    const { app } = await make()
    await listed(app, 1)
    const ask = createEnquiry(3)
    const guess = (n: number): ReturnType<typeof ask> =>
      ask(app, { name: NAME, identifier: String(1000 + n) }, `2001:db8:7:${n.toString(16)}::/64`)
    const guesses: string[] = []
    for (let n = 0; n < 15; n++) guesses.push(...(await outcomes([guess(n)])))
    expect([count(guesses, 'none'), count(guesses, 'enquiry_limited')]).to.deep.equal([9, 6])
    expect(await outcomes([ask(app, { name: NAME, identifier: ID.slice(-4) }, '10.0.0.1')]), 'everybody else').to.deep.equal(['found'])
  })

  it('counts no question that could not be asked', async () => {
    const { app } = await make()
    await listed(app, 1)
    const ask = createEnquiry(3)
    for (let n = 0; n < 12; n++) expect(await outcomes([ask(app, { name: NAME }, '10.0.0.1')])).to.deep.equal(['enquiry_identifier_needed'])
    expect(await outcomes([ask(app, { name: NAME, identifier: ID.slice(-4) }, '10.0.0.1')])).to.deep.equal(['found'])
  })
})
