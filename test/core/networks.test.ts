// core/networks: the network of an address, and what is around it.

import { expect } from 'chai'
import { networkAround, networkOf } from '../../src/core/networks.ts'

describe('the network of an address', () => {
  it('is an IPv4 address, however it is written, and the first 64 bits of an IPv6 address', () => {
    const cases: [string, string][] = [
      ['203.0.113.7', '203.0.113.7'],
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
      ['2001:DB8:0000:0001::5', '2001:db8:0:1::/64'],
      ['2001:db8::1', '2001:db8:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['203.0.113.7:1001', '203.0.113.7'],
      ['[2001:db8:0:1::5]:443', '2001:db8:0:1::/64'],
      ['[::ffff:203.0.113.7]:1001', '203.0.113.7'],
      ['::FFFF:cb00:7107', '203.0.113.7'],
      ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
      ['::203.0.113.7', '0:0:0:0::/64'],
    ]
    for (const [address, network] of cases) expect(networkOf(address), address).to.equal(network)
  })

  it('has the first 48 bits around it where it is one of IPv6', () => {
    expect(networkAround(networkOf('2001:db8:7:1::5'))).to.equal('2001:db8:7::/48')
    expect(networkAround(networkOf('2001:db8:7:ffff::5'))).to.equal('2001:db8:7::/48')
    expect(networkAround(networkOf('::1'))).to.equal('0:0:0::/48')
    for (const none of ['203.0.113.7', 'wechat', '', '2001:db8:7::/48']) expect(networkAround(none), none).to.equal(null)
  })
})
