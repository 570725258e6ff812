// The Twilio channel against a local stand-in: every code, doubts and how they are settled. Callbacks are in twilio-webhook.test.ts.

import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import type { Outcome, OutboundMessage } from '../../../src/messaging/channels/channel.ts'
import { listen, readBody } from '../../support/loopback.ts'
import { takeOutsideRequests } from '../../support/setup.ts'
import { alsoStop, PHONE, smsMessage, START, stopAll, twilioBench, type TwilioBench } from '../../support/twilio-bench.ts'

const sample = (name: string): string => readFileSync(new URL(`../../support/samples/${name}`, import.meta.url), 'utf8')

describe('the Twilio SMS channel', () => {
  afterEach(stopAll)

  it('sends the text unchanged, from a number or a messaging service', async () => {
    const { server, channel, another, errors } = await twilioBench()
    const sent = smsMessage()
    const outcome = await channel.send(sent)
    expect(outcome).to.deep.equal({ kind: 'accepted', ref: server.sent[0]?.sid })
    expect(server.sent[0]).to.include({ to: PHONE, from: '+15005550006', body: sent.body.text })
    await (await another({ sender: { messagingServiceSid: 'MG1' } })).send(smsMessage())
    expect(server.sent[1]).to.include({ from: 'MG1' })
    expect(errors).to.deep.equal([])
  })

  it('sends 300 messages at once over 64 sockets, loses none and sends none twice', async () => {
    const { server, channel } = await twilioBench({ latency: 2 }, { limits: { timeout: 10_000, maxBytes: 1_000_000 } })
    const outcomes = await Promise.all(Array.from({ length: 300 }, () => channel.send(smsMessage())))
    expect(outcomes.every(({ kind }) => kind === 'accepted')).to.equal(true)
    expect(new Set(server.sent.map(({ body }) => body)).size).to.equal(300)
    expect(server.sent).to.have.length(300)
  })

  describe('for an error code', () => {
    const expected: [status: number, code: number, kind: Outcome['kind'], alert: boolean][] = [
      [400, 21211, 'refused', false],
      [400, 21614, 'refused', false],
      [400, 21610, 'refused', false],
      [400, 21612, 'closed', false],
      [400, 21602, 'closed', true],
      [400, 21617, 'closed', true],
      [429, 20429, 'busy', false],
      [400, 21611, 'busy', false],
      [401, 20003, 'later', true],
      [404, 20404, 'later', true],
      [400, 21212, 'later', true],
      [400, 21408, 'later', true],
      [400, 21603, 'later', true],
      [400, 21606, 'later', true],
      [400, 21608, 'later', true],
      [400, 30002, 'later', true],
    ]
    for (const [status, code, kind, alert] of expected) {
      it(`returns ${kind} for ${code}${alert ? ' and logs an error' : ''}`, async () => {
        const { server, channel, errors } = await twilioBench()
        server.fail(PHONE, { status, code })
        const outcome = await channel.send(smsMessage())
        expect(outcome).to.include({ kind, code: String(code) })
        const pause = outcome.kind === 'later' ? outcome.notBefore?.getTime() : undefined
        expect(pause).to.equal(kind === 'later' && alert ? START.getTime() + 900_000 : undefined)
        expect(outcome.kind === 'later' && outcome.ofProvider === true, 'counts against the provider').to.equal(kind === 'later' && alert)
        expect(outcome.kind === 'refused' && outcome.optedOut === true).to.equal(code === 21610)
        expect(errors.map(({ event }) => event)).to.deep.equal(alert ? ['provider_code'] : [])
        expect(server.sent).to.deep.equal([])
      })
    }

    it('has every code of the samples in its table', async () => {
      const { server, channel, errors } = await twilioBench()
      for (const { status, code } of JSON.parse(sample('twilio/errors.json')) as { status: number; code: number }[]) {
        server.fail(PHONE, { status, code })
        await channel.send(smsMessage())
      }
      expect(errors.filter(({ facts }) => facts?.['listed'] === false)).to.deep.equal([])
    })

    it('returns later and logs an error for a code or an answer that it does not know', async () => {
      const { server, channel, errors } = await twilioBench()
      server.fail(PHONE, { status: 400, code: 29999 })
      expect(await channel.send(smsMessage())).to.include({ kind: 'later', code: '29999' })
      server.fail(PHONE, { status: 403, code: null })
      expect(await channel.send(smsMessage())).to.include({ kind: 'later', code: 'http_403' })
      expect(errors.map(({ facts }) => facts?.['listed'])).to.deep.equal([false, false])
    })

    it('waits as long as Retry-After says, and an hour at most', async () => {
      const { server, channel } = await twilioBench()
      const waits: [string, number][] = [
        ['7', 7],
        ['86400', 3600],
        [new Date(START.getTime() + 90_000).toUTCString(), 90],
        ['Mon, 01 Jan 2001 00:00:00 GMT', 1],
        ['soon', 60],
      ]
      for (const [retryAfter, seconds] of waits) {
        server.fail(PHONE, { status: 429, code: retryAfter === '7' ? null : 20429, retryAfter })
        const outcome = await channel.send(smsMessage())
        expect(outcome, retryAfter).to.deep.include({ kind: 'busy', code: '20429', notBefore: new Date(START.getTime() + seconds * 1000) })
      }
    })

    it('returns later for wrong credentials that the server refuses', async () => {
      const { another } = await twilioBench()
      expect(await (await another({ authToken: 'wrong' })).send(smsMessage())).to.include({ kind: 'later', code: '20003' })
      expect(await (await another({ accountSid: 'AC00000000000000000000000000000002' })).send(smsMessage())).to.include({
        kind: 'later',
        code: '20404',
      })
    })
  })

  describe('for a request that failed', () => {
    it('returns later when nothing can have been sent', async () => {
      const { another } = await twilioBench()
      expect(await (await another({ baseUrl: 'http://127.0.0.1:1' })).send(smsMessage())).to.include({
        kind: 'later',
        code: 'not_sent',
        ofProvider: true,
        reason: 'ECONNREFUSED',
      })
      expect(await (await another({ baseUrl: 'https://api.twilio.example' })).send(smsMessage())).to.include({
        kind: 'later',
        code: 'not_sent',
        ofProvider: true,
      })
      expect(takeOutsideRequests()).to.deep.equal(['api.twilio.example'])
    })

    it('returns unknown after a time-out, a reset, a 5xx or an answer that cannot be read', async () => {
      const { server, channel } = await twilioBench()
      const cases = [
        [{ kind: 'hang' }, 'timeout'],
        [{ kind: 'hang-after' }, 'timeout'],
        [{ kind: 'reset-after' }, 'ECONNRESET'],
        [{ kind: 'status', status: 503 }, 'http_503'],
        [{ kind: 'status-after', status: 500 }, 'http_500'],
        [{ kind: 'garbage-after' }, 'unreadable'],
      ] as const
      for (const [mishap, code] of cases) {
        server.spoil('next', mishap)
        expect(await channel.send(smsMessage()), mishap.kind).to.include({ kind: 'unknown', code })
      }
      expect(server.sent).to.have.length(4)
    })

    it('limits the time of an answer that arrives slowly, and the size of an answer', async () => {
      const dripping = await listen(async (incoming, response) => {
        await readBody(incoming)
        response.writeHead(201, { 'content-type': 'application/json' })
        const drip = setInterval(() => response.write(' '), 50)
        response.on('close', () => clearInterval(drip))
      })
      const flooding = await listen(async (incoming, response) => {
        await readBody(incoming)
        response.writeHead(201, { 'content-type': 'application/json' }).end(`{"sid":"${'x'.repeat(2_000_000)}"}`)
      })
      alsoStop(() => dripping.close())
      alsoStop(() => flooding.close())
      const { another } = await twilioBench()
      expect(await (await another({ baseUrl: dripping.url })).send(smsMessage())).to.include({ kind: 'unknown', code: 'timeout' })
      expect((await (await another({ baseUrl: flooding.url })).send(smsMessage())).kind).to.equal('unknown')
    })

    it('returns later for messages that still waited for a socket when the time ran out, and never for those that arrived', async () => {
      const arrived = new Set<string | null>()
      const hanging = await listen(async (incoming) => void arrived.add(new URLSearchParams(await readBody(incoming)).get('Body')))
      alsoStop(() => hanging.close())
      const { another } = await twilioBench()
      const channel = await another({ baseUrl: hanging.url })
      const messages = Array.from({ length: 200 }, () => smsMessage())
      const outcomes = await Promise.all(messages.map((each) => channel.send(each)))
      const later = messages.filter((_, index) => outcomes[index]?.kind === 'later')
      expect(new Set(outcomes.map(({ kind }) => kind))).to.deep.equal(new Set(['unknown', 'later']))
      expect(arrived.size).to.be.at.least(1)
      expect(later.filter(({ body }) => arrived.has(body.text))).to.deep.equal([])
    })
  })

  describe('when it settles a doubt', () => {
    const doubtful = async (app: TwilioBench, sent = smsMessage()): Promise<OutboundMessage> => {
      app.server.spoil(sent.to, { kind: 'status-after', status: 500 })
      expect((await app.channel.send(sent)).kind).to.equal('unknown')
      await app.server.settled()
      return sent
    }

    it('finds the message by its whole text and returns what became of it', async () => {
      const app = await twilioBench()
      for (const [statuses, code, expected] of [
        [['queued', 'sent'], undefined, { kind: 'accepted' }],
        [['queued'], undefined, { kind: 'accepted' }],
        [['sent', 'delivered'], undefined, { kind: 'accepted', receipt: 'delivered' }],
        [['sent', 'undelivered'], 30003, { kind: 'closed', code: '30003' }],
        [['failed'], 21610, { kind: 'refused', code: '21610', optedOut: true }],
      ] as const) {
        app.server.script(PHONE, statuses, code)
        const sent = await doubtful(app)
        const outcome = await app.channel.reconcile?.(sent, START)
        expect(outcome, statuses.join()).to.include(expected)
        if (outcome?.kind === 'accepted') expect(outcome.ref).to.equal(app.server.sent.at(-1)?.sid)
      }
    })

    it('finds the message among 150 later ones to the same number', async () => {
      const app = await twilioBench({ script: ['sent'] })
      const sent = await doubtful(app)
      for (let count = 0; count < 150; count += 1) await app.channel.send(smsMessage())
      expect(await app.channel.reconcile?.(sent, START)).to.deep.equal({ kind: 'accepted', ref: app.server.sent[0]?.sid })
    })

    it('returns not_found only after the window, and does not take a message with another text or number for it', async () => {
      const app = await twilioBench()
      await app.channel.send(smsMessage())
      const lost = smsMessage()
      app.server.spoil('next', { kind: 'status', status: 503 })
      expect((await app.channel.send(lost)).kind).to.equal('unknown')
      expect(await app.channel.reconcile?.(lost, START)).to.equal(null)
      app.clock.advance(59_999)
      expect(await app.channel.reconcile?.(lost, START)).to.equal(null)
      app.clock.advance(1)
      expect(await app.channel.reconcile?.(lost, START)).to.include({ kind: 'closed', code: 'not_found' })
      await app.channel.send({ ...lost, to: '+8613900002222' })
      expect(await app.channel.reconcile?.(lost, START)).to.include({ kind: 'closed', code: 'not_found' })
    })

    it('returns null while Twilio is unreachable, refuses or hangs', async () => {
      const app = await twilioBench()
      const sent = await doubtful(app)
      app.clock.advance(3_600_000)
      app.server.fail('list', { status: 503, code: null })
      expect(await app.channel.reconcile?.(sent, START)).to.equal(null)
      app.server.fail('list', { status: 429, code: 20429 })
      expect(await app.channel.reconcile?.(sent, START)).to.equal(null)
      app.server.spoil('list', { kind: 'hang' })
      expect(await app.channel.reconcile?.(sent, START)).to.equal(null)
      app.server.spoil('list', { kind: 'reset' })
      expect(await app.channel.reconcile?.(sent, START)).to.equal(null)
      expect((await app.channel.reconcile?.(sent, START))?.kind).to.equal('accepted')
    })
  })

  it('writes no number, text or credential into the log or an outcome', async () => {
    const { server, channel, errors, clock } = await twilioBench()
    const outcomes: (Outcome | null | undefined)[] = []
    for (const code of [21211, 21408, 29999]) {
      server.fail(PHONE, { status: 400, code })
      outcomes.push(await channel.send(smsMessage()))
    }
    server.spoil('next', { kind: 'hang' })
    outcomes.push(await channel.send(smsMessage()))
    clock.advance(60_000)
    outcomes.push(await channel.reconcile?.(smsMessage(), START))
    expect(errors).to.have.length(2)
    expect(JSON.stringify([errors, outcomes])).not.to.match(/139|法院|twilio-token/)
  })
})
