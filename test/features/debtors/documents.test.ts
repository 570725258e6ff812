// Debtors who are no residents, and organisations that have an old code alone: the type is stated beside the number. Invented people.

import { expect } from 'chai'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { askScreening } from '../../../src/features/screening/commands.ts'
import { showListing } from '../../../src/features/listings/views.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { CHECKS } from '../../../src/features/debtors/checks.rules.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import { eachDatabase } from '../../support/app.ts'
import { check, ORGANISATION, PERSON } from '../../support/drafts.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { codesOf, readList } from '../../support/real-files.ts'
import { systemOf, unitWithMeasures } from '../../support/screening.ts'

const FOREIGNER: RawContent = { ...PERSON, name: 'MICHAEL BROWN', identifier: 'G12345678', sex: '', age: '', documentType: '护照' }

describe('a debtor with another document', () => {
  it('is asked for its type where a list has no column for it, by every kind of number', async () => {
    for (const row of await readList('16-list.csv')) expect([row.content, codesOf(row)]).to.deep.equal([null, ['document_needed']])
  })

  it('is taken with the type, and with sex and age as far as they are known', () => {
    expect(check(FOREIGNER).content?.debtor).to.include({ kind: 'person', identifier: 'G12345678', document: 'passport' })
    expect(check({ ...FOREIGNER, sex: '男' }).content?.debtor).to.include({ sex: 'male' })
    expect(check({ ...FOREIGNER, name: '陈嘉某', identifier: 'H0123456701', documentType: '回乡证' }).content?.debtor).to.include({
      identifier: 'H01234567',
      document: 'hk_macau_permit',
    })
    const old = check({ ...ORGANISATION, identifier: '12345678-8', uscc: '', documentType: '组织机构代码证' })
    expect(old.content?.debtor).to.include({ kind: 'organisation', identifier: '123456788', document: 'organisation_code' })
    expect(check({ ...PERSON, documentType: '身份证' }).content?.debtor).not.to.have.property('document')
  })

  it('is refused where type, number and the rest of the row contradict each other', () => {
    const cases: [RawContent, string][] = [
      [{ ...FOREIGNER, documentType: '驾驶证' }, 'document_unknown'],
      [{ ...FOREIGNER, documentType: '台胞证' }, 'document_number_wrong'],
      [{ ...FOREIGNER, documentType: '身份证' }, 'document_needed'],
      [{ ...PERSON, documentType: '营业执照' }, 'document_disagrees'],
      [{ ...PERSON, documentType: '护照' }, 'document_number_wrong'],
      [{ ...FOREIGNER, name: '迪庆某某商贸有限公司' }, 'kind_doubtful'],
      [{ ...FOREIGNER, age: 16 }, 'minor'],
    ]
    for (const [row, code] of cases) {
      const errors = check(row).problems.filter(({ severity }) => severity === 'error')
      expect(codesOf({ ...check(row), problems: errors }), JSON.stringify(row['documentType'])).to.deep.equal([code])
      expect(Object.keys(CHECKS)).to.include(code)
    }
  })
})

eachDatabase((_db, make) => {
  it('lists, finds and screens a debtor by a passport, masked in public, and says the document to the clerk', async () => {
    const { app } = await make()
    const [id = ''] = await listed(app, 1, FOREIGNER)
    const shown = await showListing(app, CLERK, id)
    expect(shown.content.debtor).to.include({ identifier: 'G12345678', document: 'passport' })
    const { entries } = await enquire(app, PUBLIC, { name: 'Michael Brown', identifier: 'g12345678' })
    expect(entries.map((entry) => [entry.name, entry.identifier, entry.ageBand])).to.deep.equal([['MICHAEL BROWN', '*********', null]])
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const ask = (identifier: string): ReturnType<typeof askScreening> =>
      askScreening(app, systemOf(unit), { name: 'MICHAEL BROWN', identifier, business: '申请小额贷款公司设立' })
    expect((await ask('G12345678')).answer).to.equal('hit')
    // Passports are renewed with another number: a person looks.
    expect((await ask('G87654321')).answer).to.equal('review')
  })
})
