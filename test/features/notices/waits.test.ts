// What a notice under way waits for: the end of the quiet hours, a person, or the provider.

import { expect } from 'chai'
import { listNotices } from '../../../src/features/notices/views.ts'
import { instantAt } from '../../../src/core/calendar.ts'
import { eachDatabase } from '../../support/app.ts'
import { PAGE } from '../../support/deadlines.ts'
import { CLERK, served } from '../../support/listed.ts'

eachDatabase((_db, make) => {
  it('says until when it waits, that a person has to tell it, or that it is being sent', async () => {
    const { app, clock } = await make({ now: instantAt('2026-11-22', 23) })
    const waits = async (): Promise<unknown[]> =>
      (await listNotices(app, CLERK, { filter: {}, page: PAGE })).items.map((notice) => notice.waits)
    await served(app, 1, { phone: '13800138000' })
    expect(await waits()).to.deep.equal([{ for: 'time', until: instantAt('2026-11-23', 8) }])
    clock.set(instantAt('2026-11-23', 8))
    expect(await waits()).to.deep.equal([{ for: 'provider', until: null }])
    await served(app, 1, {}, 2)
    expect((await waits())[0]).to.deep.equal({ for: 'person', until: null })
  })
})
