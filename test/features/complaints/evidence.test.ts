// Evidence from upload to download, on both databases: refused files, who may add it, and who may see it.
// What a kind of file looks like inside is test/platform/media.

import { expect } from 'chai'
import {
  acceptComplaint,
  answerComplaint,
  assignComplaint,
  declineComplaint,
  fileComplaint,
  type FiledComplaint,
} from '../../../src/features/complaints/commands.ts'
import { showComplaint, statusOfComplaint } from '../../../src/features/complaints/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { addEvidence, openEvidence } from '../../../src/features/complaints/evidence.commands.ts'
import { sha256 } from '../../../src/core/secrets.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { CLERK } from '../../support/deadlines.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { eachDatabase, type MakeApp } from '../../support/app.ts'
import { amr, exif, jpeg, mp4, pdf, png } from '../../support/media.ts'
import { refusal } from '../../support/refusal.ts'

const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }
const liaison = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })
const MEGABYTE = 1_048_576

async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part)
}

async function open(make: MakeApp, env: Record<string, string> = {}): Promise<{ app: AppContext; filed: FiledComplaint }> {
  const { app } = await make({ env })
  await addTheUnits(app)
  const form = { about: 'unit', text: '国土局没有查名单就办了手续。', unitId: 'land', anonymous: true, way: 'web' } as const
  return { app, filed: await fileComplaint(app, PUBLIC, form) }
}

eachDatabase((_db, make) => {
  describe('evidence', () => {
    it('is refused when it is too large, of another kind or broken, and nothing of it is stored', async () => {
      const { app, filed } = await open(make)
      const complaint = { number: filed.number, code: filed.code }
      let chunksRead = 0
      const endless = (async function* () {
        const part = Buffer.alloc(MEGABYTE, 0xff)
        yield Buffer.concat([jpeg().subarray(0, 100), part])
        for (;;) {
          chunksRead += 1
          yield await Promise.resolve(part)
        }
      })()
      const { values } = await refusal('body_too_large', () => addEvidence(app, PUBLIC, { complaint, content: endless }))
      expect(values).to.include({ max: 20 * MEGABYTE })
      expect(values['bytes']).to.be.above(20 * MEGABYTE)
      expect(chunksRead).to.be.below(21)
      const wrong = [Buffer.alloc(0), Buffer.from('<html><script>alert(1)</script>'), Buffer.from('PK\x03\x04 a zip file', 'latin1')]
      for (const bytes of wrong)
        await refusal('evidence_type_refused', () => addEvidence(app, PUBLIC, { complaint, content: chunks(bytes) }))
      for (const bytes of [jpeg().subarray(0, 60), png().subarray(0, 30), Buffer.from('%PDF-1.7 and no end')])
        await refusal('evidence_broken', () => addEvidence(app, PUBLIC, { complaint, content: chunks(bytes) }))
      expect(await app.files.list()).to.deep.equal([])
      expect((await statusOfComplaint(app, PUBLIC, complaint)).evidence).to.equal(0)
    })

    it('of somebody without an account is counted by network, also where it is refused, and before it is read', async () => {
      const { app, filed } = await open(make)
      const complaint = { number: filed.number, code: filed.code }
      const add = (origin: string) => (): Promise<unknown> =>
        addEvidence(app, PUBLIC, { complaint, origin, content: chunks(Buffer.alloc(20)) })
      for (let count = 0; count < 60; count += 1) await refusal('evidence_type_refused', add('192.0.2.1'))
      await refusal('uploads_limited', add('192.0.2.1'))
      await refusal('evidence_type_refused', add('192.0.2.2'))
    })

    it('is refused without number and code, and for a closed complaint, before the file is read', async () => {
      const { app, filed } = await open(make)
      const { id, number, code } = filed
      let wasRead = false
      const content = (): AsyncIterable<Uint8Array> =>
        (async function* () {
          wasRead = true
          yield await Promise.resolve(jpeg())
        })()
      await refusal('complaint_missing', () => addEvidence(app, PUBLIC, { complaint: { id }, content: content() }))
      await refusal('complaint_missing', () =>
        addEvidence(app, PUBLIC, { complaint: { number, code: 'AAAA-AAAA-AAAA' }, content: content() }),
      )
      await refusal('complaint_not_yours', () => addEvidence(app, OFFICE, { complaint: { id }, content: content() }))
      await refusal('not_allowed', () => addEvidence(app, liaison('land'), { complaint: { number, code }, content: content() }))
      await declineComplaint(app, CLERK, { id, reason: 'no_facts' })
      await refusal('complaint_act_impossible', () => addEvidence(app, PUBLIC, { complaint: { number, code }, content: content() }))
      expect(wasRead, 'the file was read').to.equal(false)
    })

    it('is accepted up to the limit of files, also when several are uploaded at once', async () => {
      const { app, filed } = await open(make, { EVIDENCE_MAX_FILES: '3' })
      const complaint = { number: filed.number, code: filed.code }
      const files = [jpeg(), png(), pdf(), amr(), mp4([], [])]
      const done = await Promise.allSettled(files.map((bytes) => addEvidence(app, PUBLIC, { complaint, content: chunks(bytes) })))
      expect(done.filter((each) => each.status === 'fulfilled')).to.have.length(3)
      await refusal('evidence_too_many', () => addEvidence(app, PUBLIC, { complaint, content: chunks(jpeg()) }))
      expect(await app.files.list()).to.have.length(3)
      expect((await statusOfComplaint(app, PUBLIC, complaint)).evidence).to.equal(3)
      expect(await showComplaint(app, CLERK, filed.id)).to.include({ version: 4 })
    })

    it('is cleaned, hashed and sealed, and opened by the handler and by the unit to which it was released', async () => {
      const { app, filed } = await open(make)
      const { id, number, code } = filed
      const original = jpeg({ before: [exif(6, Buffer.from('GPS 27.82 99.70 央宗的手机'))] })
      const parts = [original.subarray(0, 3), original.subarray(3, 40), original.subarray(40)]
      const photo = await addEvidence(app, PUBLIC, { complaint: { number, code }, content: chunks(...parts) })
      const paper = await addEvidence(app, CLERK, { complaint: { id }, content: chunks(pdf()) })
      const clean = jpeg({ before: [exif(6)] })
      expect(photo).to.include({ kind: 'jpeg', bytes: clean.length, sha256: sha256(clean) })
      const rows = await app.store.read((db) =>
        db.query<{ hash: string }>('select original_sha256 as hash from complaint_evidence order by id'),
      )
      expect(rows[0]?.hash).to.equal(sha256(original))

      const read = async (actor: Actor, evidenceId: string): Promise<Buffer> => {
        const { content } = await openEvidence(app, actor, { complaintId: id, evidenceId })
        return Buffer.concat((await content.toArray()) as Buffer[])
      }
      expect((await read(CLERK, photo.id)).equals(clean)).to.equal(true)
      const { fileName, type } = await openEvidence(app, CLERK, { complaintId: id, evidenceId: paper.id })
      expect({ fileName, type }).to.deep.equal({ fileName: `${number}-2.pdf`, type: 'application/pdf' })

      await acceptComplaint(app, CLERK, { id })
      await assignComplaint(app, CLERK, { id, unitId: 'forestry', brief: '请核查。', evidence: [photo.id] })
      expect((await read(liaison('forestry'), photo.id)).equals(clean)).to.equal(true)
      await refusal('evidence_missing', () => read(liaison('forestry'), paper.id))
      const strangers: Actor[] = [liaison('land'), liaison('bank_one'), OFFICE, { id: 'staff:a', roles: ['auditor'] }]
      for (const actor of strangers) await refusal('evidence_missing', () => read(actor, photo.id))
      await refusal('not_allowed', () => read(PUBLIC, photo.id))
      await refusal('evidence_missing', () => read(CLERK, 'nothing'))

      await assignComplaint(app, CLERK, { id, brief: '请再核查。' })
      await refusal('evidence_missing', () => read(liaison('forestry'), photo.id))
      await refusal('evidence_missing', () => read(OFFICE, photo.id))
      await refusal('complaint_act_impossible', () => answerComplaint(app, CLERK, { id, answer: '已处理。' }))
    })
  })
})
