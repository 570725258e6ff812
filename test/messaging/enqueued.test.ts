// Whom an event was enqueued for already, asked for many events at once, on both databases.

import { expect } from 'chai'
import { newId } from '../../src/core/ids.ts'
import { alreadyEnqueued, insertNotices, type NoticeRow } from '../../src/messaging/notices.store.ts'
import { eachDatabase } from '../support/app.ts'

const TEMPLATE = 'listing-decided-debtor'

function notice(event: string, recipient: string, template = TEMPLATE): NoticeRow {
  const at = new Date('2026-11-29T01:00:00Z')
  const of = { id: newId(), event, recipient, template, audience: 'debtor', templateVersion: 1, templateHash: '0', listVersion: 1 } as const
  const about = { listingId: null, bulletinId: null, statutory: true, urgent: false } as const
  return {
    ...of,
    ...about,
    state: 'open',
    reason: null,
    settledBy: null,
    overtakenBy: null,
    createdAt: at,
    closedAt: null,
    archivedAt: null,
  }
}

eachDatabase((_db, make) => {
  describe('whom an event was enqueued for', () => {
    it('is answered for each event of its own, by template, for few recipients and for many', async () => {
      const { app } = await make()
      const many = Array.from({ length: 30 }, (_, n) => `unit:${n}`)
      await app.store.write((tx) =>
        insertNotices(tx, [
          notice('a', 'debtor:1'),
          notice('b', 'debtor:2', 'listing-decided-applicant'),
          notice('c', 'debtor:3'),
          ...many.slice(0, 20).map((unit) => notice('d', unit)),
        ]),
      )
      const asked = new Map([
        ['a', ['debtor:1']],
        ['b', ['debtor:2']],
        ['d', many],
        ['e', ['debtor:1']],
      ])
      const found = await app.store.read((db) => alreadyEnqueued(db, TEMPLATE, asked))
      expect(found).to.deep.equal(
        new Map([
          ['a', new Set(['debtor:1'])],
          ['d', new Set(many.slice(0, 20))],
        ]),
      )
      const one = await app.store.read((db) => alreadyEnqueued(db, TEMPLATE, new Map([['c', ['debtor:3', 'debtor:4']]])))
      expect(one).to.deep.equal(new Map([['c', new Set(['debtor:3'])]]))
    })
  })
})
