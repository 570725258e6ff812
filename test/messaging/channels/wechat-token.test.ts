// The access token of the official account: one renewal at a time, forced renewals, and no message lost or doubled by a renewal.

import { expect } from 'chai'
import type { TokenStore } from '../../../src/messaging/channels/wechat-official/account.ts'
import { memoryStore, START, stopAll, wechatBench, wechatMessage } from '../../support/wechat-bench.ts'

describe('the WeChat access token', () => {
  afterEach(stopAll)

  it('is requested once for 50 messages at the same time, and shared among processes', async () => {
    const { server, channel, another, store } = await wechatBench({ latency: 5 })
    const other = another()
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? channel : other).send(wechatMessage())))
    expect(outcomes.every(({ kind }) => kind === 'accepted')).to.equal(true)
    expect(server.tokenRequests).to.deep.equal([{ force: false }])
    expect(server.sent).to.have.length(50)
    expect(store.row?.token.length).to.be.above(500)
  })

  it('is renewed once for 50 messages that all get 42001, each of which is sent once', async () => {
    const { server, channel, another } = await wechatBench({ latency: 5 })
    const other = another()
    await channel.send(wechatMessage())
    await other.send(wechatMessage())
    server.expireTokens()
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? channel : other).send(wechatMessage())))
    expect(outcomes.every(({ kind }) => kind === 'accepted')).to.equal(true)
    expect(server.tokenRequests).to.deep.equal([{ force: false }, { force: false }])
    expect(new Set(server.sent.map(({ id }) => id)).size).to.equal(52)
    expect(server.sent).to.have.length(52)
  })

  it('is requested again a minute before its end, and not earlier', async () => {
    const { server, channel, clock, store } = await wechatBench({ tokenLife: 345 })
    await channel.send(wechatMessage())
    clock.advance(284_000)
    await channel.send(wechatMessage())
    expect(server.tokenRequests).to.have.length(1)
    clock.advance(2_000)
    expect((await channel.send(wechatMessage())).kind).to.equal('accepted')
    expect(server.tokenRequests).to.have.length(2)
    expect(store.row?.expiresAt.getTime()).to.equal(START.getTime() + 286_000 + 345_000)
  })

  it('is renewed by force only when the platform gives out a token that it refuses, and at most every 30 seconds', async () => {
    const { server, channel, another, clock } = await wechatBench()
    await channel.send(wechatMessage())
    server.poisonToken()
    expect((await channel.send(wechatMessage())).kind).to.equal('accepted')
    expect(server.tokenRequests.map(({ force }) => force)).to.deep.equal([false, false, true])
    server.poisonToken()
    clock.advance(10_000)
    const second = await another().send(wechatMessage())
    expect(second).to.deep.include({ kind: 'later', code: 'token_forced', notBefore: new Date(START.getTime() + 30_000) })
    expect(server.tokenRequests.filter(({ force }) => force)).to.have.length(1)
    clock.advance(21_000)
    expect((await channel.send(wechatMessage())).kind).to.equal('accepted')
    expect(server.tokenRequests.filter(({ force }) => force)).to.have.length(2)
  })

  it('is renewed once for each message, which waits when the new token is refused as well', async () => {
    const { server, channel } = await wechatBench()
    server.fail('next', 42001, 10)
    expect(await channel.send(wechatMessage())).to.include({ kind: 'later', code: '42001' })
    expect(server.tokenRequests).to.deep.equal([{ force: false }, { force: false }, { force: true }])
    expect(server.sent).to.deep.equal([])
  })

  it('cannot be had while secret, app id or server address are refused: messages wait, and an error is logged', async () => {
    for (const code of [40001, 40013, 40125, 40164, 48001, 12345]) {
      const { server, channel, errors } = await wechatBench()
      server.failToken(code)
      const outcome = await channel.send(wechatMessage())
      expect(outcome, String(code)).to.deep.include({ kind: 'later', code: String(code), notBefore: new Date(START.getTime() + 900_000) })
      expect(errors.map(({ event }) => event)).to.deep.equal(['token_refused'])
    }
    const { channel, another } = await wechatBench()
    expect(await another({ secret: 'wrong' }).send(wechatMessage())).to.include({ code: '40125' })
    expect(await another({ appId: 'wrong' }).send(wechatMessage())).to.include({ code: '40013' })
    expect((await channel.send(wechatMessage())).kind).to.equal('accepted')
  })

  it('cannot be had after a time-out, a reset or a 500: messages wait', async () => {
    const { server, channel, errors } = await wechatBench()
    for (const mishap of [{ kind: 'hang' }, { kind: 'reset' }, { kind: 'status', status: 500 }] as const) {
      server.spoil('stable_token', mishap)
      expect(await channel.send(wechatMessage()), mishap.kind).to.include({ kind: 'later', code: 'token_unreachable' })
    }
    expect(errors).to.deep.equal([])
  })

  it('needs no lease while the shared token is valid; without a lease for the renewal messages wait, and no error is logged', async () => {
    const { server, channel, another, store, clock, errors } = await wechatBench({ tokenLife: 7200 })
    await channel.send(wechatMessage())
    const withoutLease: TokenStore = { ...store, read: () => Promise.resolve(store.row), withLease: () => Promise.resolve(null) }
    const other = another({ tokens: withoutLease })
    expect((await other.send(wechatMessage())).kind).to.equal('accepted')
    clock.advance(7200_000)
    expect(await other.send(wechatMessage())).to.include({ kind: 'later', code: 'token_turn_awaited' })
    expect(errors).to.deep.equal([])
    expect(server.sent).to.have.length(2)
  })

  it('cannot be had when the store fails: messages wait, and nothing is sent', async () => {
    const { server, another, errors } = await wechatBench()
    const broken: TokenStore = { ...memoryStore(), read: () => Promise.reject(new Error('database gone')) }
    expect(await another({ tokens: broken }).send(wechatMessage())).to.include({ kind: 'later', code: 'internal' })
    expect(errors.map(({ event }) => event)).to.deep.equal(['channel_failed'])
    expect(server.sent).to.deep.equal([])
  })
})
