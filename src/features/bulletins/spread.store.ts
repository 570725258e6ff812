// SQL that counts the notices of a bulletin by audience and state.
// What the counts are shown as is preview.views.ts; notices are written by messaging/outbox.ts.

import type { NoticeState } from '../../messaging/notices.store.ts'
import type { Db } from '../../platform/database/database.ts'

/**
 * How many notices of a bulletin are in each state, by audience: those of its broadcasts, and those to the parties of its listings, which
 * name the list version of the bulletin and not the bulletin.
 */
export async function noticeStatesOfBulletin(
  db: Db,
  bulletinId: string,
): Promise<{ audience: string; state: NoticeState; count: number }[]> {
  const rows = await db.query<{ audience: string; state: NoticeState; n: string | number }>(
    `select audience, state, count(*) as n from (
        select n.id, n.audience, n.state from notice n where n.bulletin_id = ?
        union
        select n.id, n.audience, n.state from bulletin b join journal j on j.bulletin_id = b.id join notice n on n.listing_id = j.listing_id
          where b.id = ? and n.list_version = b.list_version
      ) told group by audience, state order by audience, state`,
    [bulletinId, bulletinId],
  )
  return rows.map(({ n, ...row }) => ({ ...row, count: Number(n) }))
}
