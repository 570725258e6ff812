// The signed link of a bulletin opens its page until its last day, also one that an earlier version has sent.

import { addDays, dayOf } from '../../../src/core/calendar.ts'
import { bulletinLink, openBulletinLink } from '../../../src/features/bulletins/links.commands.ts'
import { listBulletins } from '../../../src/features/bulletins/views.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { earlierSignature } from '../../support/signatures.ts'

const PAGE = { limit: 10, offset: 0 }

eachDatabase((_db, make) => {
  it('the link of a bulletin opens, now or sent by an earlier version; another one does not', async () => {
    const { app, clock } = await make()
    await listed(app, 1)
    const { items } = await listBulletins(app, CLERK, { filter: {}, page: PAGE })
    const id = items[0]?.id ?? ''
    const query = new URL(bulletinLink(app, id, clock.now())).searchParams
    const until = addDays(dayOf(clock.now()), 3)
    const open = (day: string, key: string): Promise<unknown> => openBulletinLink(app, PUBLIC, { id, until: day, key, page: PAGE })
    await open(query.get('until') ?? '', query.get('key') ?? '')
    await open(until, earlierSignature(`bulletin|${id}|${until}`))
    await refusal('link_wrong', () => open(until, query.get('key') ?? ''))
    await refusal('link_wrong', () => open(until, app.secrets.sign(`bulletin|${id}|${until}`, 'row')))
  })
})
