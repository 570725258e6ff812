// The dialog engine by itself: crisis before global words before the step before a new intent before the menu; time, versions, retries. Pure.
// Whole conversations are test/flows/conversation-scripts.

import { expect } from 'chai'
import { NOWHERE, PATIENCE, settle, step, type Dialog, type Heard, type Position, type Turn } from '../../bot/engine.ts'
import { DIALOGS } from '../../bot/dialogs/all.ts'
import { EXPECTED_TEXTS, TEXTS } from '../../bot/dialogs/texts.ts'
import { commandIn } from '../../bot/understanding/commands.ts'
import { INTENTS, type Understanding } from '../../src/core/understanding.ts'
import { loadDialogTexts } from '../../src/platform/texts/dialogs.ts'

const NOW = new Date('2026-11-22T02:00:00Z')

function heard(text: string, understood: Partial<Understanding> = {}): Heard {
  return {
    text,
    understood: { intent: 'other', confidence: 1, choices: [], slots: {}, ...understood },
    command: commandIn(text),
    hasAccount: false,
    isConfirmed: false,
    isLiaison: false,
  }
}

const hear = (position: Position, said: Heard, dialogs: readonly Dialog[] = DIALOGS, now = NOW): Turn => step(dialogs, position, said, now)
const keys = (turn: Turn): string[] => turn.say.map((line) => line.key)
const begun = hear(NOWHERE, heard('x', { intent: 'complaint_new' })).position

describe('the dialog engine', () => {
  it('puts an alarm before everything, also before a global word, and wants a person', () => {
    const turn = hear(begun, heard('取消', { alarm: 'self_harm' }))
    expect(keys(turn)).to.deep.equal(['alarm.self_harm'])
    expect(turn.effect).to.deep.include({ name: 'hand_off', input: { reason: 'self_harm' } })
    expect(turn.position).to.deep.equal(NOWHERE)
  })

  it('puts global words before the step’s own reading', () => {
    expect(keys(hear(begun, heard('取消')))).to.deep.equal(['cancelled.done'])
    expect(hear(begun, heard('0')).effect?.name).to.equal('hand_off')
    expect(keys(hear(begun, heard('帮助')))).to.deep.equal(['help_inside', 'complaint.ask_whom'])
    expect(keys(hear(NOWHERE, heard('取消')))).to.deep.equal(['cancelled.nothing'])
    expect(keys(hear(NOWHERE, heard('返回')))).to.deep.equal(['menu'])
  })

  it('puts the step’s reading before a new intent', () => {
    const turn = hear(begun, heard('和志强', { intent: 'query_list', slots: { name: '和志强' } }))
    expect(keys(turn)).to.deep.equal(['complaint.ask_what'])
    expect(turn.position.active?.slots).to.deep.equal({ debtorName: '和志强' })
  })

  it('asks before another dialog takes the place of the one under way', () => {
    const asked = hear(begun, heard('我要绑定', { intent: 'liaison_bind' }))
    expect(keys(asked)).to.deep.equal(['pause'])
    expect(keys(hear(asked.position, heard('否')))).to.deep.equal(['complaint.ask_whom'])
    expect(keys(hear(asked.position, heard('是')))).to.deep.equal(['binding.ask_code'])
    expect(keys(hear(asked.position, heard('和志强', { slots: { name: '和志强' } })))).to.deep.equal(['complaint.ask_what'])
  })

  it('offers a choice and keeps for each what was said', () => {
    const said = heard('和志强', { intent: 'query_list', choices: ['query_list', 'complaint_new'], slots: { name: '和志强' } })
    const offered = hear(NOWHERE, said)
    expect(keys(offered)).to.deep.equal(['choice.head', 'choice.item', 'choice.item', 'choice.foot'])
    expect(keys(hear(offered.position, heard('1')))).to.deep.equal(['enquiry.ask_identifier'])
    expect(keys(hear(offered.position, heard('２。')))).to.deep.equal(['complaint.ask_what'])
    expect(keys(hear(offered.position, heard('3')))).to.deep.equal(['answer.other'])
  })

  it('offers a person when it could not read three answers, and stays', () => {
    let turn = hear(begun, heard('1234567'))
    expect(keys(turn)).to.deep.equal(['unclear', 'complaint.ask_whom'])
    for (let n = 2; n <= 3; n += 1) turn = hear(turn.position, heard('1234567'))
    expect(keys(turn)).to.deep.equal(['unclear_often', 'complaint.ask_whom'])
    expect(turn.position.active?.step).to.equal('whom')
  })

  it('goes back one answer at a time, and no further than the first question', () => {
    const named = hear(begun, heard('和志强', { slots: { name: '和志强' } }))
    const told = hear(named.position, heard('欠钱不还坐飞机'))
    const back = hear(told.position, heard('返回'))
    expect(keys(back)).to.deep.equal(['complaint.ask_what'])
    const first = hear(back.position, heard('返回'))
    expect(keys(first)).to.deep.equal(['complaint.ask_whom'])
    expect(keys(hear(first.position, heard('返回')))).to.deep.equal(['complaint.ask_whom'])
  })

  it('forgets what was left lying, at its very moment, and says so', () => {
    const end = new Date(NOW.getTime() + PATIENCE)
    expect(keys(hear(begun, heard('和志强'), DIALOGS, new Date(end.getTime() - 1)))).to.deep.equal(['complaint.ask_what'])
    expect(keys(hear(begun, heard('和志强'), DIALOGS, end))).to.deep.equal(['expired', 'answer.other'])
  })

  it('tells politely when a release took the dialog, its version or its step away', () => {
    const without = DIALOGS.filter((each) => each.name !== 'complaint')
    const newer = DIALOGS.map((each) => (each.name === 'complaint' ? { ...each, version: 2 } : each))
    const shorter = DIALOGS.map((each) => (each.name === 'complaint' ? { ...each, steps: each.steps.slice(1) } : each))
    for (const dialogs of [without, newer, shorter]) expect(keys(hear(begun, heard('你好'), dialogs))[0]).to.equal('renewed')
  })

  it('answers what has no steps in the middle of a dialog, and asks again', () => {
    const turn = hear(begun, heard('怎么退出', { intent: 'removal_info' }))
    expect(turn.effect?.name).to.equal('show_own')
    const general = settle(DIALOGS, turn.position, turn.effect as NonNullable<Turn['effect']>, { name: 'unconfirmed' }, NOW)
    expect(keys(general)).to.deep.equal(['answer.removal_info', 'own.hint', 'complaint.ask_whom'])
    const left = hear(begun, heard('TD', { intent: 'unsubscribe' }))
    expect(left.effect?.name).to.equal('unsubscribe')
    expect(left.position.active?.step).to.equal('whom')
    const done = settle(DIALOGS, left.position, left.effect as NonNullable<Turn['effect']>, { name: 'done' }, NOW)
    expect(keys(done)).to.deep.equal(['unsubscribe.done', 'complaint.ask_whom'])
  })

  it('asks again what an act refused, and keeps the rest', () => {
    const slots = { debtorName: '和志强', text: 'x', when: '', name: '李', phone: '1', confirmed: 'yes' }
    const want = { name: 'file_complaint', input: slots, dialog: 'complaint', slots, trail: [] } as const
    const turn = settle(DIALOGS, NOWHERE, want, { name: 'incomplete', values: { problems: '…' }, fields: ['text', 'phone'] }, NOW)
    expect(keys(turn)).to.deep.equal(['complaint.incomplete', 'complaint.ask_what'])
    expect(turn.position.active?.slots).to.deep.equal({ debtorName: '和志强', when: '' })
  })

  it('can be stored between any two messages: a position is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(begun))).to.deep.equal(begun)
  })
})

describe('the dialogs', () => {
  it('are one for every intent, under one name each', () => {
    expect(DIALOGS.map((each) => each.intent).sort()).to.deep.equal([...INTENTS].sort())
    expect(new Set(DIALOGS.map((each) => each.name)).size).to.equal(DIALOGS.length)
  })

  it('ask in texts that are there, and go through in six turns at most', () => {
    for (const { name, steps } of DIALOGS) {
      expect(steps.length, name).to.be.at.most(6)
      for (const each of steps) for (const { key } of each.ask({})) expect(TEXTS, `${name} ${each.name}`).to.have.property(key)
    }
  })

  it('are refused at start when a text is missing', () => {
    expect(() => loadDialogTexts('templates/words/zh-CN', EXPECTED_TEXTS)).to.throw(/is missing|is no text/)
  })

  it('never put a person’s words where a link or another text could grow from them', () => {
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
    const said = say([{ key: 'enquiry.ask_identifier', values: { name: '{phone} http://evil.example/x' } }], facts)
    expect(said).to.include('{phone}').and.not.include('http://')
  })
})

describe('commands', () => {
  it('are whole messages, however they are typed', () => {
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
