// The inbox of handoffs over HTTP: who has one, what is new, notes, prepared answers, and that an answer goes to the person it was written for.
// How an answer reaches the person is answers.test.ts.

import { expect } from 'chai'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { openServer, type Answer, type Person, type TestServer } from '../../support/http-server.ts'
import { say, type Talker } from '../../support/talk.ts'

const INBOX = '/api/v1/handoffs'

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let clerk: Person
  let other: Person

  beforeEach(async () => {
    made = await make()
    server = await openServer(made)
    clerk = await server.person('clerk')
    other = await server.person('clerk')
  })
  afterEach(() => server.close())

  const visitor = (n: number): Talker => ({ channel: 'web', from: String(n).repeat(43) })
  const code = (answer: Answer): unknown => answer.body['code']
  type Row = Record<string, unknown>
  const rows = async (who: Person, state: string): Promise<Row[]> =>
    (await who.ask('GET', `${INBOX}?state=${state}`)).body['items'] as Row[]

  async function asked(n = 1, text = '人工'): Promise<string> {
    await say(made.app, visitor(n), text)
    const [found] = await made.app.store.read((db) => db.query<{ id: string }>('select id from handoff order by id desc limit 1', []))
    return found?.id ?? ''
  }

  it('a handoff is taken by one person, whoever comes second is told by whom, and a colleague takes over by saying so', async () => {
    const id = await asked()
    const both = await Promise.all([clerk, other].map((who) => who.ask('POST', `${INBOX}/${id}/claim`, { json: {} })))
    expect(both.map(({ status }) => status).sort()).to.deep.equal([200, 409])
    const [first, second] = both[0]?.status === 200 ? [clerk, other] : [other, clerk]
    const refused = await second.ask('POST', `${INBOX}/${id}/answers`, { json: { text: '您好' } })
    expect([refused.status, code(refused)]).to.deep.equal([409, 'handoff_claimed'])
    expect(refused.body['detail']).to.include(first.login)
    expect((await rows(first, 'mine')).map((row) => row['id'])).to.deep.equal([id])
    expect((await rows(second, 'others'))[0]).to.include({ claimedByName: first.login, summary: null })
    expect(await rows(second, 'waiting')).to.deep.equal([])
    expect(code(await second.ask('POST', `${INBOX}/${id}/release`))).to.equal('handoff_claimed')
    expect((await second.ask('POST', `${INBOX}/${id}/claim`, { json: { takeOver: true } })).status).to.equal(200)
    expect(code(await first.ask('POST', `${INBOX}/${id}/put-back`))).to.equal('handoff_claimed')
    expect((await second.ask('POST', `${INBOX}/${id}/put-back`)).body).to.include({ claimedBy: null })
    expect((await rows(first, 'waiting'))[0]).to.include({ id, channel: 'web', summary: '人工' })
  })

  it('an answer takes the handoff, is sent once however often it is sent, and never goes to another person than its draft was for', async () => {
    const one = await asked(1)
    const two = await asked(2)
    const [number] = (await rows(clerk, 'open')).filter((row) => row['id'] === one).map((row) => row['number'])
    const draft = { text: '已经转给承办人。', number, requestId: 'draft-0001' }
    expect(code(await clerk.ask('POST', `${INBOX}/${two}/answers`, { json: draft }))).to.equal('handoff_other')
    const sent = await Promise.all([1, 2].map(() => clerk.ask('POST', `${INBOX}/${one}/answers`, { json: draft })))
    expect(sent.map(({ status, body }) => [status, body['repeated']]).sort()).to.deep.equal([
      [200, false],
      [200, true],
    ])
    const shown = await clerk.ask('GET', `${INBOX}/${one}`)
    const lines = shown.body['lines'] as Row[]
    expect(lines.filter((line) => line['author'] !== null).map((line) => [line['replied'], line['authorName']])).to.deep.equal([
      [draft.text, clerk.login],
    ])
    expect((await rows(clerk, 'mine')).map((row) => row['id'])).to.deep.equal([one])
  })

  it('new messages are found by asking what changed, with counts and without anything personal', async () => {
    const id = await asked()
    await clerk.ask('POST', `${INBOX}/${id}/claim`, { json: {} })
    const before = await clerk.ask('GET', `${INBOX}/news`)
    expect(before.body).to.deep.include({ waiting: 0, urgent: 0, mine: 1, changed: [] })
    made.clock.advance(60_000)
    expect((await clerk.ask('GET', `${INBOX}/news?since=${String(before.body['at'])}`)).body['changed']).to.have.length(1)
    const quiet = await clerk.ask('GET', `${INBOX}/news?since=${made.app.clock.now().toISOString()}`)
    expect(quiet.body['changed']).to.deep.equal([])
    await say(made.app, visitor(1), '还在吗')
    const { body } = await clerk.ask('GET', `${INBOX}/news?since=${String(quiet.body['at'])}`)
    expect(body['changed']).to.deep.equal([{ id, changedAt: made.app.clock.now().toISOString(), mine: true }])
    const since = await clerk.ask('GET', `${INBOX}/${id}?since=${String(quiet.body['at'])}`)
    expect((since.body['lines'] as Row[]).map((line) => line['said'])).to.deep.equal(['还在吗'])
    expect(JSON.stringify(body)).to.not.match(/还在吗/)
  })

  it('an internal note is read by staff and never by the person, and its words are not in the audit', async () => {
    const id = await asked()
    expect((await clerk.ask('POST', `${INBOX}/${id}/notes`, { json: { text: '电话已联系，未接。' } })).status).to.equal(200)
    const { body } = await other.ask('GET', `${INBOX}/${id}`)
    expect((body['notes'] as Row[]).map((note) => [note['text'], note['authorName']])).to.deep.equal([['电话已联系，未接。', clerk.login]])
    const history = await server.ask('POST', '/api/v1/chat/history', { json: { conversation: visitor(1).from } })
    expect(history.text).to.not.include('未接')
    const audit = await made.app.store.read((db) => db.query('select detail from audit where subject = ?', [`handoff:${id}`]))
    expect(JSON.stringify(audit)).to.not.include('未接')
    expect((await clerk.ask('POST', `${INBOX}/${id}/notes`, { json: { text: '  ' } })).status).to.equal(400)
  })

  it('a closed handoff moves to those that ended, and takes no claim and no answer', async () => {
    const id = await asked()
    expect((await clerk.ask('POST', `${INBOX}/${id}/release`)).status).to.equal(200)
    expect((await rows(clerk, 'closed')).map((row) => row['id'])).to.deep.equal([id])
    expect(await rows(clerk, 'open')).to.deep.equal([])
    for (const act of ['claim', 'put-back'])
      expect(code(await clerk.ask('POST', `${INBOX}/${id}/${act}`, act === 'claim' ? { json: {} } : {})), act).to.equal('handoff_closed')
    expect(code(await clerk.ask('POST', `${INBOX}/${id}/answers`, { json: { text: '您好' } }))).to.equal('handoff_closed')
  })

  it('who only watches reads the inbox without what people said, and changes nothing', async () => {
    const id = await asked()
    const auditor = await server.person('auditor')
    expect((await rows(auditor, 'open')).map((row) => [row['id'], row['summary']])).to.deep.equal([[id, null]])
    expect((await auditor.ask('POST', `${INBOX}/${id}/claim`, { json: {} })).status).to.equal(403)
    const admin = await server.person('admin')
    expect((await admin.ask('GET', INBOX)).status).to.equal(403)
    expect((await server.ask('GET', `${INBOX}/news`)).status).to.equal(401)
  })

  it('prepared answers are filled with the court’s own values and fit into one answer', async () => {
    const { body } = await clerk.ask('GET', `${INBOX}/prepared-answers`)
    const items = body['items'] as { text: string }[]
    expect(items.length).to.be.above(5)
    expect(items.filter(({ text }) => text.length > 400 || /[{}]/.test(text))).to.deep.equal([])
    expect(items.some(({ text }) => text.includes(made.app.config.court.phone))).to.equal(true)
  })
})
