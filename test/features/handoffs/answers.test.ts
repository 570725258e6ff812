// A clerk's answer to a conversation: sent on the channel the person used, by the next fallback step, or left as a clerk's task.
// Opening and closing handoffs is test/bot/conversations.test.ts.

import { expect } from 'chai'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { showConversation } from '../../../src/features/handoffs/views.ts'
import { releaseHandoff, answerHandoff } from '../../../src/features/handoffs/commands.ts'
import { listHandoffs, showHandoff, type HandoffDetail } from '../../../src/features/handoffs/inbox.views.ts'
import { bindLiaison, issueBindingCode } from '../../../src/features/units/subscriptions.commands.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { answer } from '../../../bot/answer.ts'
import { closeSetups, makeSetup, phone, type DeliverySetup } from '../../support/delivery-setup.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { say, type Talker } from '../../support/talk.ts'

const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }
const OPENID = 'oCourtUser0000000000000000001'
const WORDS = '您的案件已转给承办法官。\n明天上午会给您打电话。'

eachDatabase((_db, make) => {
  let setup: DeliverySetup
  beforeEach(async () => {
    setup = await makeSetup(make)
  })
  afterEach(closeSetups)

  const PERSON: Talker = { channel: 'wechat', from: OPENID }
  let serial = 0
  /** The person writeMessage in the official account, which opens the 48-hour window. Returns the bot's reply. */
  const writeMessage = async (text: string): Promise<string> => {
    setup.wechat.heard(OPENID)
    serial += 1
    return (await answer(setup.app, { ...PERSON, text, messageId: `w${serial}`, window: 48 * 3_600_000 })).text
  }
  const queuedHandoff = async (): Promise<string> => (await listHandoffs(setup.app, CLERK, { limit: 5, offset: 0 })).items[0]?.id ?? ''
  const answerQueued = async (text = WORDS): Promise<string> => {
    const handoffId = await queuedHandoff()
    await answerHandoff(setup.app, CLERK, { handoffId, text })
    await setup.dispatcher.processAll()
    return handoffId
  }
  const detailOf = (id: string): Promise<HandoffDetail> => showHandoff(setup.app, CLERK, { id })

  it('sends an answer in the official account while its window is open, keeps the bot quiet, and shows later messages to the clerk', async () => {
    await writeMessage('人工')
    const id = await answerQueued()
    expect(setup.wechat.sent.map((each) => each.text)).to.deep.equal([
      `【工作人员答复】\n${WORDS}\n（电话${setup.app.config.court.phone}）`,
    ])
    expect(await writeMessage('好的，几点？')).to.equal('')
    const { lines } = await detailOf(id)
    expect(lines.map((line) => [line.said, line.author, line.delivery])).to.deep.equal([
      ['人工', null, null],
      ['', CLERK.id, 'accepted'],
      ['好的，几点？', null, null],
    ])
    await releaseHandoff(setup.app, CLERK, id)
    await refusal('handoff_closed', () => answerHandoff(setup.app, CLERK, { handoffId: id, text: WORDS }))
    setup.clock.advance(1000)
    expect(await writeMessage('你好')).to.match(/可以查名单/)
    expect((await detailOf(id)).lines, 'messages after the closing are not shown').to.have.length(3)
  })

  it('keeps the bot quiet for another day after an answer', async () => {
    await writeMessage('人工')
    setup.clock.advance(23 * 3_600_000)
    await answerQueued()
    setup.clock.advance(23 * 3_600_000)
    expect(await writeMessage('在吗')).to.equal('')
    setup.clock.advance(25 * 3_600_000)
    expect(await writeMessage('你好')).to.match(/可以查名单/)
  })

  it('sends an answer by SMS when the window is closed and the number is known', async () => {
    await loadCatalogue(setup.app, await readCatalogue(setup.app.config.templatesFolder))
    const liaison = await addLiaison(setup.app, ADMIN, { unitId: 'public_security', name: '和某', phone: phone(1) })
    const { code } = await issueBindingCode(setup.app, ADMIN, liaison.id)
    await bindLiaison(setup.app, PUBLIC, { code, wechat: OPENID })
    await writeMessage('人工')
    setup.clock.advance(49 * 3_600_000)
    await answerQueued()
    expect(setup.wechat.sent).to.deep.equal([])
    expect(setup.twilio.sent.map((each) => each.to)).to.deep.equal([phone(1)])
    expect(setup.twilio.sent[0]?.body).to.match(
      /工作人员答复您的咨询（咨询编号RG\d{8}-0001）：您的案件已转给承办法官。 明天上午会给您打电话。/,
    )
  })

  it('leaves an answer as a clerk’s task when no channel accepts it', async () => {
    await writeMessage('人工')
    setup.clock.advance(49 * 3_600_000)
    await answerQueued()
    expect(await setup.states()).to.deep.equal(['wechat closed', 'clerk waiting_person'])
  })

  it('sends an answer to the phone from which the person wrote', async () => {
    await say(setup.app, { channel: 'sms', from: phone(2) }, '人工')
    await answerQueued()
    expect(setup.twilio.sent.map((each) => each.to)).to.deep.equal([phone(2)])
  })

  it('shows an answer on the web page, to which nothing can be sent', async () => {
    const web: Talker = { channel: 'web', from: 'a'.repeat(43) }
    await say(setup.app, web, '人工')
    const { way } = await answerHandoff(setup.app, CLERK, { handoffId: await queuedHandoff(), text: WORDS })
    expect(way).to.equal('page')
    const messages = await showConversation(setup.app, PUBLIC, { ...web, limit: 9 })
    expect(messages.map((each) => [each.byStaff, each.replied])).to.deep.include([true, WORDS])
    expect(await setup.notices()).to.deep.equal([])
  })

  it('refuses an answer by anybody but a clerk, and to a handoff that does not exist', async () => {
    await writeMessage('人工')
    const handoffId = await queuedHandoff()
    await refusal('not_allowed', () => answerHandoff(setup.app, PUBLIC, { handoffId, text: WORDS }))
    await refusal('not_allowed', () => showHandoff(setup.app, PUBLIC, { id: handoffId }))
    await refusal('handoff_missing', () => answerHandoff(setup.app, CLERK, { handoffId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', text: WORDS }))
  })
})
