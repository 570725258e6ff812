// Numbers of persons in the columns of a list that are published: refused or masked on the way in, masked on the way out. Invented people.

import { expect } from 'chai'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { readSnapshot } from '../../../src/features/feed/views.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { check, codes, ORGANISATION, PERSON } from '../../support/drafts.ts'
import { listed } from '../../support/listed.ts'

const ID = String(PERSON['identifier'])
const OTHER = '533401200104110468'

describe('numbers of persons in columns that are published', () => {
  it('are refused in names, courts, numbers of documents and places, with the column named', () => {
    for (const number of [ID, '５３３４２１１９８４１０１４０２２２', '533421 19841014 0222', '13988887777']) {
      for (const field of ['court', 'province', 'basisNo', 'basisMaker', 'employer', 'superior', 'applicantName'] as const)
        expect(codes({ [field]: `某处${number}` }), `${field} ${number}`).to.include(`personal_number ${field}`)
      expect(codes({ name: `某某商贸有限公司${number}` }, 'draft', ORGANISATION)).to.include('personal_number name')
      const { content, problems } = check({ court: `某处${number}` })
      expect(content).to.equal(null)
      expect(JSON.stringify(problems)).not.to.match(/0222|８４１０|8888/)
    }
  })

  it('become the number of the legal representative when they stand beside that name, and else are refused', () => {
    const of = (change: RawContent): object | undefined => check({ ...ORGANISATION, ...change }).content?.debtor
    for (const legalRepresentative of [`卓玛某（${ID}）`, `卓玛某 身份证号：${ID}`])
      expect(of({ legalRepresentative })).to.deep.include({
        legalRepresentative: '卓玛某',
        officers: [{ office: 'legal_representative', name: '卓玛某', identifier: ID }],
      })
    expect(codes({ legalRepresentative: '卓玛某（13988887777）' }, 'draft', ORGANISATION)).to.deep.equal([
      'personal_number legalRepresentative',
    ])
    const two = { legalRepresentative: `卓玛某（${ID}）`, representativeIdentifier: OTHER }
    expect(codes(two, 'draft', ORGANISATION)).to.deep.equal(['representative_numbers_differ representativeIdentifier'])
  })

  it('are masked in prose, with a warning', () => {
    for (const field of ['obligation', 'performance', 'ownMotion'] as const) {
      const { content, problems } = check({ [field]: `向张三（${ID}，13988887777）支付8000元` })
      expect(content?.[field]).to.equal('向张三（******************，***********）支付8000元')
      expect(problems.map((each) => `${each.code} ${each.field ?? ''}`)).to.deep.equal([`personal_number_masked ${field}`])
      expect(JSON.stringify(problems)).not.to.match(/0222|8888/)
    }
  })
})

eachDatabase((_db, make) => {
  it('masks numbers that earlier lists brought in wherever a column is published', async () => {
    const { app } = await make()
    await listed(app, 1, { ...ORGANISATION })
    const text = `某处${ID}、139 8888 7777`
    const columns = ['name', 'legal_representative', 'court', 'province', 'basis_no', 'basis_maker', 'obligation', 'performance']
    await app.store.write((tx) =>
      tx.run(
        `update listing set ${columns.map((name) => `${name} = ?`).join(', ')}`,
        columns.map(() => text),
      ),
    )
    const answer = await enquire(app, PUBLIC, { identifier: String(ORGANISATION['identifier']) })
    expect(answer.entries).to.have.length(1)
    const feed = await readSnapshot(
      app,
      { id: 'unit_key:feed', roles: ['unit_system'], unitId: 'u1', scopes: ['feed'] },
      { after: '', limit: 9 },
    )
    expect(feed.entries).to.have.length(1)
    expect(JSON.stringify([answer, feed])).not.to.match(/1984|8888/)
  })
})
