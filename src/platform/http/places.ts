// Places for requests that are worked on at the same time. When all are taken, a body that hardly comes gives its place to a newcomer.
// How slow a body may be while there are places is body.ts.

import { elapsed } from '../../core/clock.ts'
import { countedFor } from '../../core/networks.ts'

/** A body on its way, as far as its place is concerned. */
export interface Sending {
  /** Bytes that came since the place was taken; null while the client is not waited for, as all is here or the server has yet to read. */
  bytes(): number | null
  /** Ends the request: somebody else has its place. */
  cut(): void
}

/** Takes a place for work of a caller. @returns the function that frees it; null when there is none for this caller. */
export type Places = (caller: string, sending?: Sending) => (() => void) | null

/** How many places there are: for one network, and in all. */
export type PlaceCount = readonly [ofOne: number, inAll: number]

/** Bytes a second below which a body may have to give way, less than any phone network gives; and milliseconds before that is judged. */
const [SLOW, JUDGED_AFTER] = [8_192, 1_000]

/** A place that is taken. */
interface Taken {
  /** The network and those around it, all of which have a number of places. */
  senders: readonly string[]
  sending: Sending | undefined
  since: number
}

/**
 * Places for work that goes on at the same time: `most` for each network, `AROUND` times as many for all networks of one /48 of IPv6, and
 * `inAll` for all, beyond which a slow body is cut for a newcomer. Networks without work are not remembered.
 */
export function createPlaces(most: number, inAll = Number.POSITIVE_INFINITY, now = elapsed): Places {
  const working = new Map<string, number>()
  const places = new Set<Taken>()
  const change = (of: string, by: number): void => {
    const left = (working.get(of) ?? 0) + by
    if (left > 0) working.set(of, left)
    else working.delete(of)
  }
  // A body that was cut is freed twice: at once, and when its request ends.
  const free = (place: Taken): void => {
    if (places.delete(place)) for (const sender of place.senders) change(sender, -1)
  }
  return (network, sending) => {
    const counted = countedFor(network, most)
    if (counted.some((each) => (working.get(each.sender) ?? 0) >= each.most)) return null
    if (places.size >= inAll) {
      const slow = toGiveWay(places, now())
      if (slow === undefined) return null
      free(slow)
      slow.sending?.cut()
    }
    const place = { senders: counted.map(({ sender }) => sender), sending, since: now() }
    for (const sender of place.senders) change(sender, 1)
    places.add(place)
    return () => free(place)
  }
}

/**
 * The slowest body of the network, a /48 of IPv6, that has the most slow ones; none while all move or have only begun. So many senders of
 * nothing give way to anybody, and a body that moves to nobody.
 */
function toGiveWay(places: Iterable<Taken>, time: number): Taken | undefined {
  const slow: { place: Taken; around: string; speed: number }[] = []
  const count = new Map<string, number>()
  for (const place of places) {
    const bytes = time - place.since < JUDGED_AFTER ? null : (place.sending?.bytes() ?? null)
    const speed = bytes === null ? SLOW : (bytes * 1000) / (time - place.since)
    if (speed >= SLOW) continue
    const around = place.senders.at(-1) ?? ''
    slow.push({ place, around, speed })
    count.set(around, (count.get(around) ?? 0) + 1)
  }
  const most = Math.max(...count.values())
  const theirs = slow.filter(({ around }) => count.get(around) === most)
  return theirs.sort((a, b) => a.speed - b.speed)[0]?.place
}
