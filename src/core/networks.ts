// From which network a request comes, and which networks are around it: the callers that limits count. Pure.
// The limits themselves are platform/http/limits.ts, in one process, and features/enquiry/limits.commands.ts, in the database.

import { isIPv6 } from 'node:net'

/**
 * The network of an address, by which callers are counted: an IPv4 address, also one written as IPv6, and of IPv6 the first 64 bits, which
 * one household or one phone has whole. Some proxies write the port of the connection behind the address: each would be a new caller.
 */
export function networkOf(written: string): string {
  const [, inBrackets, beforePort] = (PORT.exec(written) ?? []) as (string | undefined)[]
  const address = inBrackets ?? beforePort ?? written
  if (!isIPv6(address)) return address
  const groups = groupsOf(address)
  const [high = 0, low = 0] = groups.slice(6)
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The network around one of IPv6: its first 48 bits, which anybody can have for nothing. Null for IPv4, and for one that is no /64. */
export function networkAround(network: string): string | null {
  const groups = /^((?:[0-9a-f]+:){3})[0-9a-f]+::\/64$/.exec(network)
  return groups?.[1] === undefined ? null : `${groups[1]}:/48`
}

/** What all networks of one /48 may do together, as a multiple of what one may: many phones of a carrier share one. */
export const AROUND = 5

/** Somebody whose acts are counted together, and how many there may be. */
export interface Counted {
  sender: string
  most: number
}

/** Who is counted for a sender who may do something `most` times: itself and, for a network of IPv6, all networks around it together. */
export function countedFor(sender: string, most: number): [Counted, ...Counted[]] {
  const around = networkAround(sender)
  return [{ sender, most }, ...(around === null ? [] : [{ sender: around, most: AROUND * most }])]
}

/** `[address]`, `[address]:port` and `address:port`; of a bare IPv6 address nothing can be a port. */
const PORT = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/

/** The eight groups of an IPv6 address, of which the last two may be written as an IPv4 address. */
function groupsOf(address: string): number[] {
  const plain = (address.split('%')[0] ?? '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...[a, b, c, d]: string[]) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  )
  const [before = '', after] = plain.split('::')
  const parts = (text: string): number[] => (text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16)))
  const [left, right] = [parts(before), parts(after ?? '')]
  return [...left, ...Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right]
}
