// A bulletin opened from a message: a liaison without an account sees which entries it is about, by a signed link that ends.
// The message is made by messaging/outbox; what staff see of bulletins is features/listings/views.

import { addDays, dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { bulletinDetail, type BulletinDetail } from './views.ts'

/** Days for which the link of a message opens: longer than a unit has to answer, shorter than a list stays true. */
const OPEN_DAYS = 30

export interface BulletinKey {
  id: string
  /** The last day on which the link opens. */
  until: Day
  /** The house's signature over both. */
  key: string
}

/** The public address of a bulletin's page, for those who are told of it. */
export function bulletinLink({ config, secrets }: Pick<AppContext, 'config' | 'secrets'>, id: string, now: Date): string {
  const until = addDays(dayOf(now), OPEN_DAYS)
  return `${config.publicUrl}/bulletins/${id}?until=${until}&key=${encodeURIComponent(secrets.sign(signed(id, until)))}`
}

/** A page of a bulletin's public entries, numbers masked. @throws `link_wrong`, the same for a wrong, altered or ended link. */
export const openBulletinLink = query(
  'bulletin.follow',
  async ({ db, app, now }, input: BulletinKey & { page: { limit: number; offset: number } }): Promise<BulletinDetail> => {
    const fits = app.secrets.verify(signed(input.id, input.until), input.key)
    if (!fits || input.until < dayOf(now)) throw new AppError('link_wrong')
    return bulletinDetail(app, db, input)
  },
)

function signed(id: string, until: Day): string {
  return `bulletin|${id}|${until}`
}
