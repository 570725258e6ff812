// Signed links to a bulletin: a liaison without an account sees the bulletin’s public entries until the link expires.
// Links are put into messages by tasks.ts; what staff see of bulletins is views.ts.

import { addDays, dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { bulletinDetail, type BulletinDetail } from './views.ts'

/** Days for which a link opens: longer than a unit has to answer a lift order, and short enough that the entries are not outdated. */
const LINK_DAYS = 30

/** What the address of a link holds. */
export interface BulletinKey {
  id: string
  /** The last day on which the link opens. */
  until: Day
  /** The application's signature over id and day. */
  key: string
}

/** The signed public address of a bulletin's page. */
export function bulletinLink({ config, secrets }: Pick<AppContext, 'config' | 'secrets'>, id: string, now: Date): string {
  const until = addDays(dayOf(now), LINK_DAYS)
  return `${config.publicUrl}/bulletins/${id}?until=${until}&key=${encodeURIComponent(secrets.sign(signedText(id, until)))}`
}

/** A page of a bulletin's public entries, identifiers masked as for the public, because nobody logs in. @throws `link_wrong`, the same for a wrong, altered or expired link. */
export const openBulletinLink = query(
  'bulletin.follow',
  async ({ db, app, now }, input: BulletinKey & { page: { limit: number; offset: number } }): Promise<BulletinDetail> => {
    const isValid = app.secrets.verify(signedText(input.id, input.until), input.key)
    if (!isValid || input.until < dayOf(now)) throw new AppError('link_wrong')
    return bulletinDetail(app, db, input, 'public')
  },
)

function signedText(id: string, until: Day): string {
  return `bulletin|${id}|${until}`
}
