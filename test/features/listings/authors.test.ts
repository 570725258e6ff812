// Two people decide a listing: whoever drafted, edited or imported a part of it, or uploaded its file, may neither approve nor reject it, nor
// decide an objection to it. Tried over every kind of authorship, on both databases.

import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, receiveImport } from '../../../src/features/imports/commands.ts'
import {
  answerExclusions,
  approveListings,
  draftListing,
  editListing,
  rejectListings,
  submitListings,
} from '../../../src/features/listings/commands.ts'
import { findListing, idsInState } from '../../../src/features/listings/search.store.ts'
import { registerObjection, rejectObjection, reviewObjection } from '../../../src/features/objections/commands.ts'
import type { AppError } from '../../../src/core/errors.ts'
import { withinTransaction, type AppContext } from '../../../src/platform/commands/command.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { listed, NONE_APPLIES, submitted } from '../../support/listed.ts'
import { objectionTo } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'

/** Accounts that may both write and approve, as one person with two roles can. */
const [DRAFTER, EDITOR, UPLOADER, COMMITTER, ANSWERER, OTHER] = ['drafter', 'editor', 'uploader', 'committer', 'answerer', 'other'].map(
  (name): Actor => ({
    id: `staff:${name}`,
    roles: ['clerk', 'approver'],
  }),
) as [Actor, Actor, Actor, Actor, Actor, Actor]

const content = { ...PERSON, caseNo: '（2026）云3401执7号' }

const FILE =
  '被执行人姓名/名称,身份证号码/统一社会信用代码,执行法院,执行依据文号,立案时间,案号,做出执行依据单位,生效法律文书确定的义务,被执行人的履行情况,失信被执行人行为具体情形,发布时间\n' +
  '次仁取次,533421198410140222,迪庆州中级人民法院,（2023）云34民初13号,2024-11-10,（2024）云34执46号,迪庆州中级人民法院,支付赔偿款890000元,全部未履行,有履行能力而拒不履行生效法律文书确定义务,2025-04-27\n'

/** A pending listing that one person drafted and another edited. */
async function edited(app: AppContext): Promise<string> {
  const { id } = await draftListing(app, DRAFTER, { content })
  await editListing(app, EDITOR, { id, content: { ...content, obligation: '支付货款130000元' } })
  await submitted(app, ANSWERER, [{ id }])
  return id
}

/** A pending listing of a file that one person uploaded and another committed. */
async function imported(app: AppContext): Promise<string> {
  const file = { fileName: 'list.csv', mode: 'draft', content: Readable.from([Buffer.from(FILE)]) } as const
  const { id } = await receiveImport(app, UPLOADER, file)
  await checkImport(app, COMMITTER, id)
  await commitImport(app, COMMITTER, { id })
  const [listing] = await app.store.read((db) => idsInState(db, 'draft', 1))
  await submitted(app, ANSWERER, [{ id: listing as string }])
  return listing as string
}

async function stateOf(app: AppContext, id: string): Promise<string | undefined> {
  return (await app.store.read((db) => findListing(db, id)))?.state
}

eachDatabase((_db, make) => {
  describe('the decision on a listing', () => {
    for (const [kind, write, authors] of [
      ['drafted, edited and answered the exclusions of', edited, [DRAFTER, EDITOR, ANSWERER]],
      ['uploaded, committed and answered the exclusions of', imported, [UPLOADER, COMMITTER, ANSWERER]],
    ] as const)
      it(`is refused to everybody who ${kind} it, and open to another person`, async () => {
        const { app } = await make()
        const id = await write(app)
        for (const author of authors) {
          await refusal('own_draft', () => approveListings(app, author, { items: [{ id }] }))
          await refusal('own_draft', () => rejectListings(app, author, { items: [{ id }], reason: '需要补充材料' }))
        }
        expect(await stateOf(app, id)).to.equal('pending')
        await approveListings(app, OTHER, { items: [{ id }] })
        expect(await stateOf(app, id)).to.equal('decided')
      })

    it('waits for answers that are being written: whoever gives them neither slips past them nor decides', async () => {
      const { app } = await make()
      const { id } = await draftListing(app, DRAFTER, { content })
      await answerExclusions(app, DRAFTER, { items: [{ id }], answers: NONE_APPLIES })
      const items = [{ id }]
      let begun = (): void => undefined
      const written = new Promise<void>((resolve) => (begun = resolve))
      const answering = app.store.write(async (tx) => {
        await answerExclusions(withinTransaction(app, tx), OTHER, { items, answers: { ...NONE_APPLIES, securityGiven: true } })
        begun()
        await sleep(400)
      })
      await written
      const submitting = submitListings(app, DRAFTER, { items }).then(
        () => approveListings(app, OTHER, { items }),
        (error: unknown) => (error as AppError).code,
      )
      expect(await submitting).to.equal('listing_excluded')
      await answering
      expect(await stateOf(app, id)).to.equal('draft')
    })

    it('is refused while the answers of art. 3 stand against it, however the listing came to be pending', async () => {
      const { app } = await make()
      const id = await edited(app)
      const set = (value: boolean): Promise<number> =>
        app.store.write((tx) => tx.run('update listing_exclusion set security_given = ? where listing_id = ?', [value, id]))
      await set(true)
      await refusal('listing_excluded', () => approveListings(app, OTHER, { items: [{ id }] }))
      await set(false)
      await approveListings(app, OTHER, { items: [{ id }] })
    })

    it('is refused for all listings of a request when one of them has the approver as an author', async () => {
      const { app } = await make()
      const [mine, theirs] = [await edited(app), await imported(app)]
      await refusal('own_draft', () => approveListings(app, EDITOR, { items: [{ id: theirs }, { id: mine }] }))
      expect([await stateOf(app, mine), await stateOf(app, theirs)]).to.deep.equal(['pending', 'pending'])
    })

    it('on an objection is refused to an author of the listing objected to', async () => {
      const { app } = await make({ now: new Date('2026-03-02T02:00:00.000Z') })
      const [id] = (await listed(app, 1)) as [string]
      const objection = await registerObjection(app, OTHER, objectionTo(id))
      await reviewObjection(app, OTHER, { id: objection.id })
      const clerk: Actor = { id: 'staff:clerk', roles: ['approver'] }
      await refusal('own_draft', () => rejectObjection(app, clerk, { id: objection.id, reason: '理由不成立' }))
    })
  })
})
