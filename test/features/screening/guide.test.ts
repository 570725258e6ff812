// docs/guides/contractor.md as a contractor follows it: every block is run in order against a real server, and the answers are compared.
// The whole table of the sandbox is sandbox.test.ts.

import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { createSandbox, SANDBOX_ENDINGS } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { ADVICE } from '../../../src/features/screening/rules.ts'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { ADMIN } from '../../support/deadlines.ts'
import { eachDatabase, makeApp, type TestApp } from '../../support/app.ts'
import { blocksOf, follow, mismatches, type Block } from '../../support/guide.ts'
import { openServer, type Answer, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { listen, readBody, sendJson } from '../../support/loopback.ts'
import { runCli } from '../../support/typed.ts'

const UNIT = 'market_supervision'
const page = readFileSync('docs/guides/contractor.md', 'utf8')
const blocks = blocksOf(page)
const ofLanguage = (language: string): Block[] => blocks.filter((each) => each.language === language)

/** Rows of the table of advice: the advice, and the question that gets it. */
const rows = [...page.matchAll(/^\| `(\w+)` +\| `(\{.*?\})` +\|/gm)].map(([, advice = '', question = '']) => ({ advice, question }))

/** What the court has done before: the invented person is listed, the unit has a liaison, and its key was made by the first block. */
async function courtWithKey({ app }: TestApp): Promise<{ ids: string[]; key: string }> {
  await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
  await addLiaison(app, ADMIN, { unitId: UNIT, name: '甲', phone: '13800000001' })
  const ids = await listed(app, 1)
  const [, , , , ...words] = ofLanguage('sh')[0]?.text.trim().split(' ') ?? []
  const [key = ''] = /zxt_[\w-]{70}/.exec(await runCli(app, ...words)) ?? []
  return { ids, key }
}

eachDatabase((_db, make) => {
  describe('the guide for contractors', () => {
    let made: TestApp
    let server: TestServer
    let ids: string[] = []
    let key = ''
    before(async () => {
      made = await make()
      server = await openServer(made)
      ;({ ids, key } = await courtWithKey(made))
    })
    after(() => server.close())

    it('runs from the key to the lift order as written, each answer as shown', async () => {
      const variables = new Map(Object.entries({ URL: server.url, KEY: key }))
      const left = blocks.findIndex(({ section }) => section.includes('Lift orders'))
      let answer: unknown
      let run = 0
      for (const [at, { language, text, section }] of blocks.entries()) {
        if (at === left)
          await shieldListings(made.app, CLERK, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行' })
        if (language === 'sh' && at > 0) {
          const followed = await follow(text, variables)
          run += followed.count
          answer = followed.answer
        }
        if (language === 'json') expect(mismatches(JSON.parse(text), answer), `${section}: ${text}`).to.deep.equal([])
      }
      expect([left > 0, run]).to.deep.equal([true, page.match(/^curl /gm)?.length])
    })

    it('gets each advice by the question beside it, and leaves none out', async () => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      for (const { advice, question } of rows) {
        const { status, body } = await server.ask('POST', '/api/v1/screenings/sandbox', { headers, body: question })
        expect([status, body['advice']], question).to.deep.equal([201, advice])
      }
      expect(new Set(rows.map(({ advice }) => advice))).to.deep.equal(new Set(ADVICE))
    })
  })
})

describe('what the guide for contractors says of limits and of sending again', () => {
  async function openCourt(env: Readonly<Record<string, string>>): Promise<{ server: TestServer; key: string; close(): Promise<void> }> {
    const made = await makeApp({ env })
    const server = await openServer(made)
    const { key } = await courtWithKey(made)
    const close = async (): Promise<void> => {
      await server.close()
      await made.close()
    }
    return { server, key, close }
  }

  it('is how a batch larger than what is left is refused', async () => {
    const { server, key, close } = await openCourt({ UNIT_KEY_PER_MINUTE: '5' })
    const items = Array.from({ length: 3 }, (_, at) => ({ key: `${at}`, name: '旦增某' }))
    const batch = (requestId: string): Promise<Answer> =>
      server.ask('POST', '/api/v1/screenings/batches', {
        headers: { authorization: `Bearer ${key}` },
        json: { requestId, business: '其他', items },
      })
    expect((await batch('first')).status).to.equal(200)
    const { status, headers, body } = await batch('second')
    const [line = '', ...names] = ofLanguage('http')[0]?.text.trim().split('\n') ?? []
    expect(`${status} ${String(body['code'])}`).to.equal(line)
    expect(names).to.have.length(2)
    for (const name of names) expect(headers.get(name.split(':')[0] ?? ''), name).to.match(/^\d+$/)
    await close()
  })

  it('has a function that asks until it is answered, once for the log, and gives up only what a person must see', async () => {
    const { server, key, close } = await openCourt({})
    const folder = await mkdtemp(join(tmpdir(), 'guide-'))
    await writeFile(join(folder, 'ask.mjs'), ofLanguage('js')[0]?.text ?? '')
    const { ask } = (await import(pathToFileURL(join(folder, 'ask.mjs')).href)) as {
      ask(url: string, key: string, question: object, tries?: number): Promise<Record<string, unknown>>
    }
    const faults: ('drop' | 'busy' | 'limited' | 'lost')[] = ['lost', 'drop', 'busy', 'limited']
    // Between the system and the court: loses an answer and a question, and refuses two.
    const between = await listen(async (incoming, response) => {
      const body = await readBody(incoming)
      const fault = faults.shift()
      if (fault === 'drop') return void incoming.socket.destroy()
      if (fault === 'busy') return sendJson(response, 503, { code: 'database_busy' }, { 'retry-after': '0' })
      if (fault === 'limited') return sendJson(response, 429, { code: 'unit_key_limited' }, { 'retry-after': '0' })
      const answer = await server.ask('POST', incoming.url ?? '', {
        body,
        headers: { authorization: incoming.headers.authorization ?? '', 'content-type': 'application/json' },
      })
      if (fault === 'lost') return void incoming.socket.destroy()
      return sendJson(response, answer.status, answer.body)
    })
    const question = { name: '扎西某', identifier: '533421198410140222', business: '其他', requestId: '2026-000124' }
    expect(await ask(between.url, key, question)).to.include({ answer: 'hit', advice: 'person_decides' })
    const logged = await server.ask('GET', '/api/v1/screenings', { headers: { authorization: `Bearer ${key}` } })
    expect([faults, logged.body['total']]).to.deep.equal([[], 1])
    const refused = await ask(between.url, key, { ...question, requestId: '2026-000125', identifier: '1' }).catch((error: unknown) => error)
    expect(refused).to.include({ refusal: 'screening_subject_wrong' })
    faults.push('drop', 'drop')
    expect(String(await ask(between.url, key, question, 2).catch((error: unknown) => error))).to.include('not answered')
    await between.close()
    await rm(folder, { recursive: true })
    await close()
  })

  it('shows every ending that fails on purpose, with what the sandbox does', async () => {
    const words = { refused: /refused/, closed: /next way/, later: /put off once/, unknown: /found delivered/, accepted: /^$/ }
    const shown = [...page.matchAll(/^\| `(\w+)` +\| (SMS, voice|WeChat) +\| (.*?) +\|$/gm)]
    for (const [, ending = '', medium, what] of shown) {
      const sent = await createSandbox(medium === 'WeChat' ? 'wechat' : 'sms').send({ id: '1', to: `x${ending}`, body: { text: 'x' } })
      expect(what, ending).to.match(sent.kind in words ? words[sent.kind as keyof typeof words] : /^$/)
    }
    expect(shown.map(([, ending]) => ending)).to.deep.equal(SANDBOX_ENDINGS.map(({ ending }) => ending))
  })
})
