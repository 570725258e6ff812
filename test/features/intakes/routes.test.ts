// Handing in an objection over the real server: the web chat, the code by SMS through the outbox, and the clerks' queue.
// What the commands refuse is test/features/own-case/commands.test.ts.

import { expect } from 'chai'
import { startCourt, type RunningCourt, type Visitor } from '../../support/court.ts'
import { eachDatabase } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'

const OWN = '533421198410140222'

interface Summary {
  id: string
  number: string
  kind: string
  about: string
  way: string
  receivedOn: string
}

eachDatabase((_db, make) => {
  describe('an intake of a debtor', function () {
    this.timeout(120_000)
    let court: RunningCourt
    let clerk: Visitor
    let admin: Visitor

    before(async () => {
      court = await startCourt(make)
      admin = await court.admin()
      clerk = await court.staff(admin, 'wang', 'clerk')
      await listed(court.app, 1, { name: '扎西次仁', phone: '13900001111' })
    })
    after(() => court.close())

    it('is shown to nobody but the court’s clerks', async () => {
      for (const path of ['/api/v1/intakes', '/api/v1/intakes/01M81ZJK12XTFTYW6TKHXAKXPJ'])
        expect((await court.visitor().ask('GET', path)).status, path).to.equal(401)
      expect((await admin.ask('GET', '/api/v1/intakes')).body['code']).to.equal('not_allowed')
      expect((await clerk.ask('GET', '/api/v1/intakes?state=lost')).body['code']).to.equal('request_invalid')
      expect((await clerk.ask('GET', '/api/v1/intakes/01M81ZJK12XTFTYW6TKHXAKXPJ')).status).to.equal(404)
      const wrong = await clerk.ask('POST', '/api/v1/intakes/01M81ZJK12XTFTYW6TKHXAKXPJ/decline', { json: { reason: '' } })
      expect(wrong.body['code']).to.equal('request_invalid')
    })

    it('goes from the web chat through a code by SMS to the clerk who registers it', async () => {
      const visitor = court.visitor()
      let conversation: unknown
      let n = 0
      const say = async (text: string): Promise<string> => {
        n += 1
        const json = { text, messageId: `m${n}`, ...(conversation === undefined ? {} : { conversation }) }
        const answer = await visitor.ask('POST', '/api/v1/chat', { json })
        expect(answer.status, answer.text).to.equal(200)
        conversation = answer.body['conversation']
        return String(answer.body['reply'])
      }
      expect(await say('我要提异议')).to.match(/核对身份/)
      expect(await say(OWN)).to.match(/验证码/)
      await court.quiet()
      const sms = court.twilio.sent.filter(({ to, body }) => to === '+8613900001111' && body.includes('验证码'))
      expect(sms).to.have.length(1)
      expect(await say(/验证码(\d{6})/.exec(sms[0]?.body ?? '')?.[1] ?? '')).to.match(/有异议/)
      await say('1')
      await say('2026年9月已经全部还清，有收据')
      expect(await say('是')).to.match(/编号SQ/)

      const list = await clerk.ask('GET', '/api/v1/intakes?state=waiting')
      const [intake] = list.body['items'] as Summary[]
      expect(intake).to.include({ kind: 'objection', about: 'listing', way: 'web', receivedOn: '2026-11-22' })
      const path = `/api/v1/intakes/${intake?.id ?? ''}`
      const shown = await clerk.ask('GET', path)
      expect(shown.body).to.deep.include({ record: { text: '2026年9月已经全部还清，有收据' }, dueOn: '2026-12-07' })
      const registered = await clerk.ask('POST', `${path}/register`, { json: {} })
      expect(registered.status, registered.text).to.equal(200)
      const objection = await clerk.ask('GET', `/api/v1/objections/${String(registered.body['registeredAs'])}`)
      expect(objection.body).to.include({ state: 'registered', way: 'web', receivedOn: '2026-11-22', late: false })
      const twice = await clerk.ask('POST', `${path}/decline`, { json: { reason: '重复提交' } })
      expect([twice.status, twice.body['code']]).to.deep.equal([409, 'intake_act_impossible'])
    })
  })
})
