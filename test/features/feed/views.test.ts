// The feed for units that keep a copy of the list: every change in order without gaps, and nothing that a unit may not see.
// How a copy is kept is docs/integration.md.

import { expect } from 'chai'
import { readFeed, readSnapshot, type Feed, type FeedEntry } from '../../../src/features/feed/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { registerObjection, reviewObjection } from '../../../src/features/objections/commands.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { addUnit, at } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK, listed, served } from '../../support/listed.ts'
import { objectionTo } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'
import { publishListings, shieldListings } from '../../../src/features/bulletins/commands.ts'
import { correctByTwo, revokeByTwo } from '../../support/proposed.ts'

const UNIT_SYSTEM: Actor = { id: 'unit_key:feed', roles: ['unit_system'], unitId: 'u1', scopes: ['feed'] }
const read = (app: AppContext, after: number, limit = 500): Promise<Feed> => readFeed(app, UNIT_SYSTEM, { after, limit })

/** Keeps a unit's copy as docs/integration.md describes. */
async function follow(app: AppContext, copy: Map<string, FeedEntry>, from: number, limit: number): Promise<number> {
  let after = from
  for (;;) {
    const { changes, next, more } = await read(app, after, limit)
    for (const { listingId, entry } of changes) {
      if (entry === null) copy.delete(listingId)
      else copy.set(listingId, entry)
    }
    after = next
    if (!more) return after
  }
}

async function snapshot(app: AppContext, limit: number): Promise<{ copy: Map<string, FeedEntry>; version: number }> {
  const copy = new Map<string, FeedEntry>()
  const first = await readSnapshot(app, UNIT_SYSTEM, { after: '', limit })
  for (let page = first; ; page = await readSnapshot(app, UNIT_SYSTEM, { after: page.next, limit })) {
    for (const entry of page.entries) copy.set(entry.listingId, entry)
    if (page.next === null) return { copy, version: first.listVersion }
  }
}

eachDatabase((_db, make) => {
  it('gives the feed only to units with the scope, and refuses the court’s clerks', async () => {
    const { app } = await make()
    await refusal('scope_missing', () => readFeed(app, { ...UNIT_SYSTEM, scopes: ['screening'] }, { after: 0, limit: 10 }))
    await refusal('not_allowed', () => readFeed(app, CLERK, { after: 0, limit: 10 }))
    expect(await read(app, 0)).to.include({ next: 0, more: false, listVersion: 0 })
  })

  it('sends entries as they are now, only the id of an entry that has left the list, and a mark on suspended ones', async () => {
    const { app } = await make({ now: at('2026-03-02', 10) })
    const [stays = '', suspended = '', shielded = '', revoked = ''] = await listed(app, 4)
    await shieldListings(app, CLERK, { items: [{ id: shielded }], ground: 'fully_performed', reason: '全部履行' })
    await revokeByTwo(app, [revoked], '列入有误')
    await addUnit(app, 'u1')
    const objection = await registerObjection(app, CLERK, objectionTo(suspended, { about: 'measure', unitId: 'u1' }))
    await reviewObjection(app, CLERK, { id: objection.id })
    const { changes, next, listVersion } = await read(app, 0)
    expect(next).to.equal(listVersion)
    const shown = changes.map(({ event, listingId, entry }) => [event, listingId, entry === null])
    expect(shown).to.deep.include(['listing.listed', stays, false])
    for (const exited of [shielded, revoked])
      expect(changes.filter(({ listingId, entry }) => listingId === exited && entry !== null)).to.deep.equal([])
    expect(changes.map(({ seq }) => seq)).to.deep.equal([...changes.map(({ seq }) => seq)].sort((a, b) => a - b))
    const entry = changes.find(({ listingId }) => listingId === stays)?.entry
    expect(entry).to.include({ name: PERSON['name'], identifier: PERSON['identifier'], suspended: false })
    expect(changes.find(({ event }) => event === 'listing.suspended')?.entry).to.include({ listingId: suspended, suspended: true })
    expect(JSON.stringify(changes)).not.to.match(/phone|address|wechat|employer|drafted|applicant/)
    expect(await read(app, next)).to.deep.include({ changes: [], next, more: false })
    expect(await read(app, next + 1000)).to.deep.include({ changes: [], next: next + 1000, more: false })
  })

  it('omits undisclosed entries, and removes one that a correction of an earlier version made undisclosed', async () => {
    const { app } = await make()
    const hidden = { disclosure: '否', employer: '某局' }
    const [secret = ''] = await listed(app, 1, hidden)
    await correctByTwo(app, secret, { obligation: '支付货款1元' }, '更正')
    const empty = await read(app, 0)
    expect(empty.changes).to.deep.equal([])
    expect(empty.next).to.equal(empty.listVersion)
    const [open = ''] = await listed(app, 1, {}, 2)
    const copy = new Map<string, FeedEntry>()
    const after = await follow(app, copy, 0, 500)
    expect([...copy.keys()]).to.deep.equal([open])
    await correctByTwo(app, open, { obligation: '支付货款1元' }, '更正')
    // As an earlier version left it, in which a correction could change the disclosure.
    await app.store.write((tx) => tx.run("update listing set disclosure = 'undisclosed' where id = ?", [open]))
    await follow(app, copy, after, 500)
    expect([...copy.keys()]).to.deep.equal([])
    expect((await snapshot(app, 10)).copy.size).to.equal(0)
  })

  it('brings a copy to the same state as the list with small pages while others publish and shield (P11)', async () => {
    const { app } = await make()
    const first = await listed(app, 8)
    const begun = await snapshot(app, 3)
    expect([...begun.copy.keys()].sort()).to.deep.equal([...first].sort())
    const waiting = await served(app, 24, {}, 100)
    let publishing = true
    const publish = async (part: readonly string[]): Promise<void> => {
      for (let at = 0; at < part.length; at += 2) await publishListings(app, CLERK, { items: part.slice(at, at + 2).map((id) => ({ id })) })
    }
    const shield = async (): Promise<void> => {
      for (const id of first.slice(0, 4))
        await shieldListings(app, CLERK, { items: [{ id }], ground: 'fully_performed', reason: '全部履行' })
    }
    const seen: number[] = []
    const reader = async (): Promise<number> => {
      let after = begun.version
      for (;;) {
        const last = !publishing
        const { changes, next } = await read(app, after, 3)
        seen.push(...changes.map(({ seq }) => seq))
        for (const { listingId, entry } of changes) {
          if (entry === null) begun.copy.delete(listingId)
          else begun.copy.set(listingId, entry)
        }
        if (last && next === after) return after
        after = next
      }
    }
    const reading = reader()
    await Promise.all([publish(waiting.slice(0, 12)), publish(waiting.slice(12)), shield()])
    publishing = false
    const end = await reading
    expect(new Set(seen).size).to.equal(seen.length)
    const whole = await read(app, begun.version, 1000)
    expect(whole.next).to.equal(end)
    expect(seen).to.deep.equal(whole.changes.map(({ seq }) => seq))
    const now = await snapshot(app, 500)
    expect([...begun.copy.keys()].sort()).to.deep.equal([...now.copy.keys()].sort())
    expect(now.copy.size).to.equal(28)
  })
})
