// The channel of the official account against a local stand-in: every code, time-outs, repeats and receipts.
// The access token is tested in wechat-token.test.ts.

import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import type { Outcome } from '../../../src/messaging/channels/channel.ts'
import { readEvent, receiptOf } from '../../../src/messaging/channels/wechat-official/webhook.ts'
import { createLog } from '../../../src/core/log.ts'
import { listen, readBody } from '../../support/loopback.ts'
import { takeOutsideRequests } from '../../support/setup.ts'
import { ACCOUNT, alsoStop, PERSON, START, stopAll, wechatBench, wechatMessage } from '../../support/wechat-bench.ts'

const codeOf = (outcome: Outcome): string => ('code' in outcome ? outcome.code : '')

describe('the channel of the WeChat official account', () => {
  afterEach(stopAll)

  it('sends a template message once, with the delivery’s id as client_msg_id, and returns every digit of the msgid', async () => {
    const { server, channel, errors } = await wechatBench()
    const sent = wechatMessage()
    const outcome = await channel.send(sent)
    expect(server.sent).to.have.length(1)
    expect(server.sent[0]).to.deep.include({ id: sent.id, to: PERSON, templateId: 'TPL1', url: 'https://court.test/t/1' })
    expect(server.sent[0]?.fields).to.deep.equal(sent.body.template?.fields)
    expect(outcome).to.deep.equal({ kind: 'accepted', ref: server.sent[0]?.msgid })
    expect(BigInt(server.sent[0]?.msgid ?? '0') > 2n ** 53n).to.equal(true)
    expect(errors).to.deep.equal([])
  })

  describe('for an error code', () => {
    const listed = (name: string): number[] => {
      const text = readFileSync(new URL(`../../support/samples/api/${name}.json`, import.meta.url), 'utf8')
      const parsed = JSON.parse(text) as { errcode: number }[] | { err: { errcode: number }[] }
      return (Array.isArray(parsed) ? parsed : parsed.err).map(({ errcode }) => errcode)
    }
    const codes = [...new Set(['errors', 'template_send', 'custom_send', 'subscribe_bizsend', 'token'].flatMap(listed))]
    const expected: Record<string, readonly [kind: Outcome['kind'], alert: boolean, minutes: number | null]> = {
      '-1': ['later', false, null],
      40001: ['later', false, 1],
      40014: ['later', false, 1],
      42001: ['later', false, 1],
      41001: ['later', true, 15],
      40003: ['refused', true, null],
      40013: ['later', true, 15],
      40037: ['closed', true, null],
      40125: ['later', true, 15],
      40164: ['later', true, 15],
      40200: ['closed', true, null],
      43004: ['closed', false, null],
      43019: ['refused', false, null],
      43101: ['refused', false, null],
      43116: ['closed', true, null],
      43117: ['later', false, 60],
      // 00:05 in Beijing, where it is ten o'clock.
      45009: ['busy', true, 14 * 60 + 5],
      45011: ['busy', false, 1],
      45015: ['closed', false, null],
      45047: ['later', false, 60],
      47001: ['closed', true, null],
      47003: ['closed', true, null],
      48001: ['closed', true, null],
      48004: ['closed', true, null],
      50002: ['refused', false, null],
      99999: ['later', true, null],
    }
    /** Codes about the platform or the account: many of them demote it. The others are later for one person alone. */
    const ABOUT_PROVIDER = [-1, 40001, 40014, 42001, 41001, 40013, 40125, 40164]

    for (const code of [...codes, 99999]) {
      it(`returns ${expected[code]?.[0] ?? 'MISSING FROM THE TEST'} for ${code}`, async () => {
        const { server, channel, errors } = await wechatBench()
        server.fail('next', code, 2)
        const outcome = await channel.send(wechatMessage())
        const [kind, alert, minutes] = expected[code] ?? ['unknown', false, null]
        expect(outcome).to.include({ kind, code: String(code) })
        const counts = outcome.kind === 'later' && outcome.ofProvider === true
        expect(counts, 'counts against the provider').to.equal(ABOUT_PROVIDER.includes(code))
        const wait = 'notBefore' in outcome ? (outcome.notBefore.getTime() - START.getTime()) / 60_000 : null
        expect(wait).to.equal(minutes)
        expect(errors.map(({ event }) => event)).to.deep.equal(alert ? ['provider_code'] : [])
        expect(server.sent).to.deep.equal([])
      })
    }
  })

  describe('with customer-service texts', () => {
    it('replaces a template that is not configured while the 48 hours are open, five times', async () => {
      const asked: string[] = []
      const open = (openid: string): boolean => asked.push(openid) > 0
      const { server, channel } = await wechatBench({}, { windowOpen: open })
      server.heard(PERSON)
      for (let count = 0; count < 5; count += 1) {
        const sent = wechatMessage(PERSON, count % 2 === 0 ? 'unconfigured' : null)
        expect(await channel.send(sent)).to.deep.equal({ kind: 'accepted', ref: sent.id })
      }
      expect(server.sent.map(({ text }) => text)).to.deep.equal(Array.from({ length: 5 }, () => '【法院】您的惩戒措施已解除。'))
      expect(await channel.send(wechatMessage(PERSON, null))).to.include({ kind: 'later', code: '45047' })
      expect(asked[0]).to.equal(PERSON)
    })

    it('does not try one when the window is closed or its state is unknown', async () => {
      const { server, channel, another } = await wechatBench()
      server.heard(PERSON)
      expect(await channel.send(wechatMessage(PERSON, 'unconfigured'))).to.include({ kind: 'closed', code: 'no_template' })
      expect(await another({ windowOpen: () => Promise.resolve(false) }).send(wechatMessage(PERSON, null))).to.include({
        code: 'no_template',
      })
      expect(await another({ windowOpen: () => Promise.reject(new Error('gone')) }).send(wechatMessage(PERSON, null))).to.include({
        kind: 'later',
        code: 'internal',
      })
      expect(server.sent).to.deep.equal([])
    })

    it('returns closed when the platform says that the window is closed', async () => {
      const { channel } = await wechatBench({}, { windowOpen: () => true })
      expect(await channel.send(wechatMessage(PERSON, null))).to.include({ kind: 'closed', code: '45015' })
    })
  })

  describe('for a request that failed', () => {
    it('returns later when nothing can have been sent', async () => {
      const { channel, another } = await wechatBench()
      await channel.send(wechatMessage())
      const gone = await listen(() => Promise.resolve())
      await gone.close()
      const nobody = another({ baseUrl: gone.url })
      expect(await nobody.send(wechatMessage())).to.include({ kind: 'later', code: 'not_sent', reason: 'ECONNREFUSED', ofProvider: true })
      expect(await another({ baseUrl: 'not a url' }).send(wechatMessage())).to.include({ kind: 'later', code: 'not_sent' })
      expect(await another({ baseUrl: 'http://nobody.example' }).send(wechatMessage())).to.include({ kind: 'later', code: 'not_sent' })
      expect(takeOutsideRequests()).to.deep.equal(['nobody.example'])
    })

    it('returns unknown after a time-out, a reset, a 5xx or an answer that cannot be read', async () => {
      const { server, channel } = await wechatBench()
      await channel.send(wechatMessage())
      const cases = [
        [{ kind: 'hang' }, 'timeout'],
        [{ kind: 'hang-after' }, 'timeout'],
        [{ kind: 'reset-after' }, 'UND_ERR_SOCKET'],
        [{ kind: 'status-after', status: 502 }, 'http_502'],
        [{ kind: 'garbage-after' }, 'unreadable'],
      ] as const
      for (const [mishap, code] of cases) {
        server.spoil('next', mishap)
        expect(await channel.send(wechatMessage()), mishap.kind).to.include({ kind: 'unknown', code })
      }
      expect(server.sent).to.have.length(5)
    })

    it('returns later when a proxy answers in place of WeChat, and unknown when an answer is too long', async () => {
      const { channel, another } = await wechatBench()
      await channel.send(wechatMessage())
      for (const [status, body, kind] of [
        [403, '<html>', 'later'],
        [302, '', 'later'],
        [200, 'x'.repeat(200_000), 'unknown'],
        [200, '{"errmsg":"no code"}', 'unknown'],
      ] as const) {
        const proxy = await listen(async (incoming, response) => {
          await readBody(incoming)
          response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(body)
        })
        alsoStop(() => proxy.close())
        expect((await another({ baseUrl: proxy.url }).send(wechatMessage())).kind, `${status}`).to.equal(kind)
      }
    })

    it('settles the doubt within nine minutes by a repeat that the platform drops', async () => {
      const { server, channel, clock } = await wechatBench()
      const doubtful = wechatMessage()
      server.spoil('next', { kind: 'reset-after' })
      await channel.send(wechatMessage(PERSON, 'warm'))
      expect((await channel.send(doubtful)).kind).to.equal('unknown')
      clock.advance(60_000)
      expect(await channel.reconcile?.(doubtful, START)).to.deep.equal({ kind: 'accepted', ref: server.sent[0]?.msgid })
      expect(server.sent).to.have.length(1)
      expect(server.repeats).to.deep.equal([doubtful.id])
    })

    it('sends a message that never arrived when it is reconciled', async () => {
      const { server, channel } = await wechatBench()
      const lost = wechatMessage()
      server.spoil('next', { kind: 'hang' })
      expect((await channel.send(lost)).kind).to.equal('unknown')
      expect((await channel.reconcile?.(lost, START))?.kind).to.equal('accepted')
      expect(server.sent.map(({ id }) => id)).to.deep.equal([lost.id])
    })

    it('cannot settle a doubt after nine minutes, for texts, or while the platform is unreachable', async () => {
      const { server, channel, clock } = await wechatBench()
      server.fail('next', -1)
      expect(await channel.reconcile?.(wechatMessage(), START)).to.equal(null)
      server.spoil('next', { kind: 'hang' })
      expect(await channel.reconcile?.(wechatMessage(), START)).to.equal(null)
      expect(await channel.reconcile?.(wechatMessage(PERSON, null), START)).to.equal(null)
      clock.advance(541_000)
      expect(await channel.reconcile?.(wechatMessage(), START)).to.equal(null)
      expect(server.sent).to.deep.equal([])
    })
  })

  it('gets the receipt of each message as a signed, encrypted event', async () => {
    const account = { appId: ACCOUNT.appId, token: 'courttoken', aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
    const statuses: Record<string, string> = {}
    const webhook = await listen(async (incoming, response) => {
      const query = Object.fromEntries(new URL(incoming.url ?? '', 'http://x').searchParams)
      const receipt = receiptOf(readEvent(account, query, await readBody(incoming), START), createLog('silent'))
      statuses[receipt?.ref ?? ''] = receipt?.status ?? ''
      response.end()
    })
    alsoStop(() => webhook.close())
    const { server, channel } = await wechatBench({ callback: { url: `${webhook.url}/wx`, token: account.token, aesKey: account.aesKey } })
    server.block('oBlocker1')
    server.breakDown('oBroken1')
    server.unfollow('oStranger1')
    const refs: string[] = []
    for (const openid of [PERSON, 'oBlocker1', 'oBroken1', 'oStranger1']) {
      const outcome = await channel.send(wechatMessage(openid))
      refs.push(outcome.kind === 'accepted' ? outcome.ref : codeOf(outcome))
    }
    await server.settled()
    const [ok = '', blocked = '', broken = '', stranger = ''] = refs
    expect(stranger).to.equal('43004')
    expect(statuses).to.deep.equal({ [ok]: 'success', [blocked]: 'failed:user block', [broken]: 'failed: system failed' })
    expect(server.callbacks.every(({ status }) => status === 200)).to.equal(true)
  })

  it('writes no token, secret, openid or text into the log or an outcome', async () => {
    const { server, channel, errors } = await wechatBench()
    const outcomes: Outcome[] = []
    for (const code of [40003, 47003, 99999]) {
      server.fail('next', code)
      outcomes.push(await channel.send(wechatMessage()))
    }
    server.failToken(40125)
    server.expireTokens()
    outcomes.push(await channel.send(wechatMessage()))
    expect(errors).to.have.length(4)
    expect(JSON.stringify([errors, outcomes])).not.to.match(/TOKEN-|wechat-secret|oCourtUser|惩戒/)
  })
})
