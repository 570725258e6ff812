// A clerk answers: on the channel the person used, by the next rung when that one is closed, back to the clerks when none is left.
// Opening and closing handoffs is conversations.test.ts.

import { expect } from 'chai'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { showConversation } from '../../../src/features/handoffs/views.ts'
import { listHandoffs, releaseHandoff, answerHandoff, showHandoff, type HandoffDetail } from '../../../src/features/handoffs/commands.ts'
import { bindLiaison, issueBindingCode } from '../../../src/features/units/subscriptions.commands.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { answer } from '../../../bot/answer.ts'
import { closeDesks, makeDesk, phone, type Desk } from '../../support/delivery-setup.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { say, type Talker } from '../../support/talk.ts'

const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }
const OPENID = 'oCourtUser0000000000000000001'
const WORDS = '您的案件已转给承办法官。\n明天上午会给您打电话。'

eachDatabase((_db, make) => {
  let desk: Desk
  beforeEach(async () => {
    desk = await makeDesk(make)
  })
  afterEach(closeDesks)

  const PERSON: Talker = { channel: 'wechat', from: OPENID }
  let serial = 0
  /** The person writes in the official account, whose window opens. */
  const writes = async (text: string): Promise<string> => {
    desk.wechat.heard(OPENID)
    serial += 1
    return (await answer(desk.app, { ...PERSON, text, messageId: `w${serial}`, window: 48 * 3_600_000 })).text
  }
  const queued = async (): Promise<string> => (await listHandoffs(desk.app, CLERK, { limit: 5, offset: 0 })).items[0]?.id ?? ''
  const answered = async (text = WORDS): Promise<string> => {
    const handoffId = await queued()
    await answerHandoff(desk.app, CLERK, { handoffId, text })
    await desk.dispatcher.processAll()
    return handoffId
  }
  const shown = (id: string): Promise<HandoffDetail> => showHandoff(desk.app, CLERK, id)

  it('in the official account, while the window is open; what the person says meanwhile is seen, and the bot keeps quiet', async () => {
    await writes('人工')
    const id = await answered()
    expect(desk.wechat.sent.map((each) => each.text)).to.deep.equal([`【工作人员答复】\n${WORDS}\n（电话${desk.app.config.court.phone}）`])
    expect(await writes('好的，几点？')).to.equal('')
    const { lines } = await shown(id)
    expect(lines.map((line) => [line.said, line.author, line.delivery])).to.deep.equal([
      ['人工', null, null],
      ['', CLERK.id, 'accepted'],
      ['好的，几点？', null, null],
    ])
    await releaseHandoff(desk.app, CLERK, id)
    await refusal('handoff_closed', () => answerHandoff(desk.app, CLERK, { handoffId: id, text: WORDS }))
    desk.clock.advance(1000)
    expect(await writes('你好')).to.match(/可以查名单/)
    expect((await shown(id)).lines, 'nothing of what follows').to.have.length(3)
  })

  it('keeps the bot quiet for another day', async () => {
    await writes('人工')
    desk.clock.advance(23 * 3_600_000)
    await answered()
    desk.clock.advance(23 * 3_600_000)
    expect(await writes('在吗')).to.equal('')
    desk.clock.advance(25 * 3_600_000)
    expect(await writes('你好')).to.match(/可以查名单/)
  })

  it('by SMS when the window is closed and the number is known', async () => {
    await loadCatalogue(desk.app, await readCatalogue(desk.app.config.templatesFolder))
    const liaison = await addLiaison(desk.app, ADMIN, { unitId: 'public_security', name: '和某', phone: phone(1) })
    const { code } = await issueBindingCode(desk.app, ADMIN, liaison.id)
    await bindLiaison(desk.app, PUBLIC, { code, wechat: OPENID })
    await writes('人工')
    desk.clock.advance(49 * 3_600_000)
    await answered()
    expect(desk.wechat.sent).to.deep.equal([])
    expect(desk.twilio.sent.map((each) => each.to)).to.deep.equal([phone(1)])
    expect(desk.twilio.sent[0]?.body).to.match(
      /工作人员答复您的咨询（受理号RG\d{8}-0001）：您的案件已转给承办法官。 明天上午会给您打电话。/,
    )
  })

  it('and is a clerk’s task when no channel takes it', async () => {
    await writes('人工')
    desk.clock.advance(49 * 3_600_000)
    await answered()
    expect(await desk.states()).to.deep.equal(['wechat closed', 'clerk waiting_person'])
  })

  it('on the phone the person wrote from', async () => {
    await say(desk.app, { channel: 'sms', from: phone(2) }, '人工')
    await answered()
    expect(desk.twilio.sent.map((each) => each.to)).to.deep.equal([phone(2)])
  })

  it('on the web’s page, where nothing can be sent', async () => {
    const web: Talker = { channel: 'web', from: 'a'.repeat(43) }
    await say(desk.app, web, '人工')
    const { way } = await answerHandoff(desk.app, CLERK, { handoffId: await queued(), text: WORDS })
    expect(way).to.equal('page')
    const said = await showConversation(desk.app, PUBLIC, { ...web, limit: 9 })
    expect(said.map((each) => [each.byStaff, each.replied])).to.deep.include([true, WORDS])
    expect(await desk.notices()).to.deep.equal([])
  })

  it('is a clerk’s to give, in a conversation that there is', async () => {
    await writes('人工')
    const handoffId = await queued()
    await refusal('not_allowed', () => answerHandoff(desk.app, PUBLIC, { handoffId, text: WORDS }))
    await refusal('not_allowed', () => showHandoff(desk.app, PUBLIC, handoffId))
    await refusal('handoff_missing', () => answerHandoff(desk.app, CLERK, { handoffId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', text: WORDS }))
  })
})
