// platform/media/apart: files are cleaned in another thread, with the same results and errors; one that takes too long ends that thread alone.

import { expect } from 'chai'
import { cleanApart } from '../../../src/platform/media/apart.ts'
import { cleanMedia } from '../../../src/platform/media/clean.ts'
import { hostilePdf } from '../../support/hostile-media.ts'
import { exif, jpeg, mp3, pdf } from '../../support/media.ts'
import { refusal } from '../../support/refusal.ts'
import { sourcesUnder } from '../../support/sources.ts'

describe('a file that is cleaned in another thread', () => {
  it('is the same as in this one, and refused with the same errors', async () => {
    for (const original of [jpeg({ before: [exif(6, Buffer.from('GPS'))] }), mp3()])
      expect(await cleanApart(original)).to.deep.equal(cleanMedia(original))
    await refusal('evidence_type_refused', () => cleanApart(Buffer.alloc(20)))
    const active = pdf([Buffer.from('<< /S /Launch >>')])
    await refusal('evidence_active', () => cleanApart(active))
    const broken = await refusal('evidence_broken', () => cleanApart(jpeg().subarray(0, 60)))
    expect(broken.values).to.deep.equal({ kind: 'jpeg' })
    expect((await Promise.all([1, 2, 3].map(() => cleanApart(jpeg())))).map(({ kind }) => kind)).to.deep.equal(['jpeg', 'jpeg', 'jpeg'])
  })

  it('that takes too long is given up, and the next one is cleaned', async () => {
    await refusal('evidence_time', () => cleanApart(hostilePdf(14_000, 3_000_000), 1))
    expect((await cleanApart(jpeg())).kind).to.equal('jpeg')
  })

  it('is what every feature does: nothing that ships cleans one in its own thread', () => {
    const cleaners = sourcesUnder('src', 'bot').filter(({ text }) => /\bcleanMedia\(/.test(text))
    expect(cleaners.map(({ path }) => path).sort()).to.deep.equal(['src/platform/media/clean.ts', 'src/platform/media/thread-entry.ts'])
  })
})
