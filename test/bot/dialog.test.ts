// The dialog engine by itself: precedence of alarm, commands, current step and new intent; expiry, versions and retries. Pure.
// Whole conversations are conversation-scripts.test.ts.

import { expect } from 'chai'
import {
  EMPTY_POSITION,
  DIALOG_TIMEOUT,
  settle,
  step,
  type Dialog,
  type DialogMessage,
  type Position,
  type Turn,
} from '../../bot/engine.ts'
import { DIALOGS } from '../../bot/dialogs/all.ts'
import { EXPECTED_TEXTS, TEXTS } from '../../bot/dialogs/texts.ts'
import { commandIn } from '../../bot/understanding/commands.ts'
import { INTENTS, type Understanding } from '../../src/core/understanding.ts'
import { loadDialogTexts } from '../../src/platform/texts/dialogs.ts'

const NOW = new Date('2026-11-22T02:00:00Z')

function message(text: string, understood: Partial<Understanding> = {}): DialogMessage {
  return {
    text,
    understood: { intent: 'other', confidence: 1, choices: [], slots: {}, ...understood },
    command: commandIn(text),
    hasAccount: false,
    isConfirmed: false,
    isLiaison: false,
  }
}

const take = (position: Position, received: DialogMessage, dialogs: readonly Dialog[] = DIALOGS, now = NOW): Turn =>
  step(dialogs, position, received, now)
const keys = (turn: Turn): string[] => turn.say.map((line) => line.key)
const complaintStarted = take(EMPTY_POSITION, message('x', { intent: 'complaint_new' })).position

describe('the dialog engine', () => {
  it('handles an alarm before everything else, also before a command, and hands over to a clerk', () => {
    const turn = take(complaintStarted, message('取消', { alarm: 'self_harm' }))
    expect(keys(turn)).to.deep.equal(['alarm.self_harm', 'alarm.reach'])
    expect(turn.effect).to.deep.include({ name: 'hand_off', input: { reason: 'self_harm' } })
    expect(turn.position).to.deep.equal(EMPTY_POSITION)
  })

  it('handles a command before the current step reads the message', () => {
    expect(keys(take(complaintStarted, message('取消')))).to.deep.equal(['cancelled.done'])
    expect(take(complaintStarted, message('0')).effect?.name).to.equal('hand_off')
    expect(keys(take(complaintStarted, message('帮助')))).to.deep.equal(['help_inside', 'complaint.ask_whom'])
    expect(keys(take(EMPTY_POSITION, message('取消')))).to.deep.equal(['cancelled.nothing'])
    expect(keys(take(EMPTY_POSITION, message('返回')))).to.deep.equal(['menu'])
  })

  it('lets the current step read the message before it starts a new intent', () => {
    const turn = take(complaintStarted, message('和志强', { intent: 'query_list', slots: { name: '和志强' } }))
    expect(keys(turn)).to.deep.equal(['complaint.ask_what'])
    expect(turn.position.active?.slots).to.deep.equal({ debtorName: '和志强' })
  })

  it('asks before another dialog replaces the one in progress', () => {
    const asked = take(complaintStarted, message('我要绑定', { intent: 'liaison_bind' }))
    expect(keys(asked)).to.deep.equal(['pause'])
    expect(keys(take(asked.position, message('否')))).to.deep.equal(['complaint.ask_whom'])
    expect(keys(take(asked.position, message('是')))).to.deep.equal(['binding.ask_code'])
    expect(keys(take(asked.position, message('和志强', { slots: { name: '和志强' } })))).to.deep.equal(['complaint.ask_what'])
  })

  it('offers a choice of intents and keeps the slots of the message for each of them', () => {
    const ambiguous = message('和志强', { intent: 'query_list', choices: ['query_list', 'complaint_new'], slots: { name: '和志强' } })
    const offered = take(EMPTY_POSITION, ambiguous)
    expect(keys(offered)).to.deep.equal(['choice.head', 'choice.item', 'choice.item', 'choice.foot'])
    expect(keys(take(offered.position, message('1')))).to.deep.equal(['enquiry.ask_identifier'])
    expect(keys(take(offered.position, message('２。')))).to.deep.equal(['complaint.ask_what'])
    expect(keys(take(offered.position, message('3')))).to.deep.equal(['answer.other'])
  })

  it('hands over to a clerk after three unreadable answers', () => {
    let turn = take(complaintStarted, message('1234567'))
    expect(keys(turn)).to.deep.equal(['unclear', 'complaint.ask_whom'])
    for (let n = 2; n <= 3; n += 1) turn = take(turn.position, message('1234567'))
    expect(keys(turn)).to.deep.equal(['unclear_often'])
    expect(turn.effect).to.deep.include({ name: 'hand_off', input: { reason: 'misses' } })
  })

  it('goes back one answer at a time, and no further than the first question', () => {
    const afterName = take(complaintStarted, message('和志强', { slots: { name: '和志强' } }))
    const afterStory = take(afterName.position, message('欠钱不还坐飞机'))
    const back = take(afterStory.position, message('返回'))
    expect(keys(back)).to.deep.equal(['complaint.ask_what'])
    const first = take(back.position, message('返回'))
    expect(keys(first)).to.deep.equal(['complaint.ask_whom'])
    expect(keys(take(first.position, message('返回')))).to.deep.equal(['complaint.ask_whom'])
  })

  it('forgets an unfinished dialog exactly when it expires, and says so', () => {
    const end = new Date(NOW.getTime() + DIALOG_TIMEOUT)
    expect(keys(take(complaintStarted, message('和志强'), DIALOGS, new Date(end.getTime() - 1)))).to.deep.equal(['complaint.ask_what'])
    expect(keys(take(complaintStarted, message('和志强'), DIALOGS, end))).to.deep.equal(['expired', 'answer.other'])
  })

  it('explains when a release removed the dialog, its version or its step', () => {
    const without = DIALOGS.filter((each) => each.name !== 'complaint')
    const newer = DIALOGS.map((each) => (each.name === 'complaint' ? { ...each, version: 2 } : each))
    const shorter = DIALOGS.map((each) => (each.name === 'complaint' ? { ...each, steps: each.steps.slice(1) } : each))
    for (const dialogs of [without, newer, shorter]) expect(keys(take(complaintStarted, message('你好'), dialogs))[0]).to.equal('renewed')
  })

  it('answers a dialog without steps in the middle of another, and then asks the open question again', () => {
    const turn = take(complaintStarted, message('怎么退出', { intent: 'removal_info' }))
    expect(turn.effect?.name).to.equal('show_own')
    const general = settle(DIALOGS, turn.position, turn.effect as NonNullable<Turn['effect']>, { name: 'unconfirmed' }, NOW)
    expect(keys(general)).to.deep.equal(['answer.removal_info', 'own.hint', 'complaint.ask_whom'])
    const left = take(complaintStarted, message('TD', { intent: 'unsubscribe' }))
    expect(left.effect?.name).to.equal('unsubscribe')
    expect(left.position.active?.step).to.equal('whom')
    const done = settle(DIALOGS, left.position, left.effect as NonNullable<Turn['effect']>, { name: 'done' }, NOW)
    expect(keys(done)).to.deep.equal(['unsubscribe.done', 'complaint.ask_whom'])
  })

  it('asks again for the fields that a command refused, and keeps the others', () => {
    const slots = { debtorName: '和志强', text: 'x', when: '', name: '李', phone: '1', confirmed: 'yes' }
    const effect = { name: 'file_complaint', input: slots, dialog: 'complaint', slots, trail: [] } as const
    const turn = settle(DIALOGS, EMPTY_POSITION, effect, { name: 'incomplete', values: { problems: '…' }, fields: ['text', 'phone'] }, NOW)
    expect(keys(turn)).to.deep.equal(['complaint.incomplete', 'complaint.ask_what'])
    expect(turn.position.active?.slots).to.deep.equal({ debtorName: '和志强', when: '' })
  })

  it('keeps its position as plain JSON, which can be stored between any two messages', () => {
    expect(JSON.parse(JSON.stringify(complaintStarted))).to.deep.equal(complaintStarted)
  })
})

describe('the dialogs', () => {
  it('are one for each intent, with unique names', () => {
    expect(DIALOGS.map((each) => each.intent).sort()).to.deep.equal([...INTENTS].sort())
    expect(new Set(DIALOGS.map((each) => each.name)).size).to.equal(DIALOGS.length)
  })

  it('ask with texts that exist, and have six steps at most', () => {
    for (const { name, steps } of DIALOGS) {
      expect(steps.length, name).to.be.at.most(6)
      for (const each of steps) for (const { key } of each.ask({})) expect(TEXTS, `${name} ${each.name}`).to.have.property(key)
    }
  })

  it('are refused at start when a text is missing', () => {
    expect(() => loadDialogTexts('templates/words/zh-CN', EXPECTED_TEXTS)).to.throw(/is missing|is no text/)
  })

  it('never turn a person’s words into a link or a placeholder', () => {
    const { say } = loadDialogTexts('templates/dialogs/zh-CN', EXPECTED_TEXTS)
    const facts = {
      court: 'c',
      phone: 'p',
      address: 'a',
      objectionPeriod: '',
      reviewPeriod: '',
      reconsiderPeriod: '',
      exitPeriod: '',
      acceptPeriod: '',
      codeMinutes: 10,
      codeDigits: 6,
    }
    const text = say([{ key: 'enquiry.ask_identifier', values: { name: '{phone} http://evil.example/x' } }], facts)
    expect(text).to.include('{phone}').and.not.include('http://')
  })
})

describe('commands', () => {
  it('are recognised only as a whole message, in any spelling', () => {
    for (const [text, command] of [
      ['取消', 'cancel'],
      ['返 回。', 'back'],
      ['０', 'human'],
      ['轉人工', 'human'],
      ['？', 'help'],
      ['好的！', 'yes'],
      ['OK', 'yes'],
    ] as const)
      expect(commandIn(text), text).to.equal(command)
    for (const text of ['取消订阅', '我要人工服务吗', '10', '', '不好意思']) expect(commandIn(text), text).to.equal(null)
  })
})
