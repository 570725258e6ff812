// platform/http/limits: a counter whose memory is bounded. The network of an address is test/core/networks.test.ts.

import { expect } from 'chai'
import { createLimiter, createNetworkLimiter } from '../../../src/platform/http/limits.ts'
import { createPlaces } from '../../../src/platform/http/places.ts'

describe('a limiter', () => {
  it('refuses a caller beyond its points with the seconds that are left, and no other caller', () => {
    const take = createLimiter(2, 60)
    expect([take('a'), take('a'), take('b')]).to.deep.equal([null, null, null])
    expect(take('a')?.retrySeconds).to.be.within(59, 60)
  })

  it('counts several at once or, where fewer are left, none of them', () => {
    const take = createLimiter(10, 60)
    expect(take('a', 8)).to.equal(null)
    expect(take('a', 3)?.left).to.equal(2)
    expect(take('a', 2)).to.equal(null)
    expect(take('a')?.left).to.equal(0)
    expect(take('b', 11)).to.deep.equal({ left: 10, retrySeconds: 1 })
    expect(take('b', 10)).to.equal(null)
  })

  it('gives a caller places that are free again when their work is done, and other callers their own', () => {
    const take = createPlaces(2)
    const [first, second] = [take('a'), take('a')]
    expect([take('a'), take('b')].map((each) => each !== null)).to.deep.equal([false, true])
    first?.()
    expect(take('a')).to.be.a('function')
    second?.()
  })

  it('gives all callers together no more places than there are', () => {
    const take = createPlaces(2, 3)
    const taken = [take('a'), take('a'), take('b')]
    expect(taken.every((each) => each !== null)).to.equal(true)
    expect(take('c')).to.equal(null)
    taken[0]?.()
    expect(take('c')).to.be.a('function')
  })

  it('count the networks around one of IPv6 too, five times as many, and none that was refused itself', () => {
    const take = createNetworkLimiter(2, 60)
    const network = (n: number): string => `2001:db8:1:${n.toString(16)}::/64`
    for (let n = 0; n < 50; n += 1) take(network(0))
    const taken = Array.from({ length: 12 }, (_, n) => take(network(n + 1))).filter((over) => over === null)
    expect(taken, 'two of the ten are gone').to.have.length(8)
    expect([take('2001:db8:2:1::/64'), take('203.0.113.7')], 'others').to.deep.equal([null, null])
    const places = createPlaces(1)
    const held = Array.from({ length: 8 }, (_, n) => places(network(n)))
    expect(held.filter((free) => free !== null)).to.have.length(5)
    held[0]?.()
    expect(places(network(9)), 'freed for the networks around too').to.be.a('function')
  })

  it('takes no memory for callers that have not come', () => {
    const used = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
    const before = used()
    const limits = Array.from({ length: 100 }, () => createLimiter(10, 60))
    expect(used() - before, 'of a hundred limits, in bytes').to.be.below(20_000_000)
    expect(limits.every((limit) => limit('192.0.2.1') === null)).to.equal(true)
  })

  it('remembers the last 50,000 of a million addresses, and forgets those before them rather than fill the memory', () => {
    const take = createLimiter(1, 600)
    const addresses = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, n) => `10.${(from + n) >> 16}.${((from + n) >> 8) & 255}.${(from + n) & 255}`)
    for (const address of addresses(0, 1_000_000)) take(address)
    // A refusal makes no entry, so that looking changes nothing.
    expect(addresses(950_000, 1_000_000).filter((address) => take(address) === null)).to.deep.equal([])
    expect(addresses(940_000, 950_000).filter((address) => take(address) !== null)).to.deep.equal([])
  }).timeout(60_000)

  it('keeps nothing of callers whose work is done', () => {
    const take = createPlaces(1)
    for (let n = 0; n < 1_000_000; n++) take(String(n))?.()
    expect([take('0'), take('999999')].map((free) => free !== null)).to.deep.equal([true, true])
  }).timeout(60_000)
})
