// Rules of creditors' matters: what a form must hold, who may decide, which listing fits, and what the creditor sees.
// The commands on both databases are commands.test.ts.

import { expect } from 'chai'
import { readMatter, type MatterForm } from '../../../src/features/creditors/form.rules.ts'
import {
  answer,
  confirm,
  decide,
  decline,
  drafted,
  possibleActs,
  publicState,
  review,
  sendBack,
  type Matter,
  type MatterKind,
} from '../../../src/features/creditors/rules.ts'
import { isAppError } from '../../../src/core/errors.ts'
import type { Listing } from '../../../src/features/listings/rules.ts'
import { check } from '../../support/drafts.ts'

const TODAY = '2026-11-22'
const FORM: MatterForm = {
  kind: 'application',
  name: '央宗卓玛',
  phone: '13988120001',
  caseNo: '(2026)云3401执9号',
  debtorName: '扎西某',
  text: '他把房子过户给了亲戚。',
}
const CASE = '（2026）云3401执9号'

function problems(change: Partial<MatterForm>): string[] {
  try {
    readMatter({ ...FORM, ...change }, TODAY)
  } catch (error) {
    if (!isAppError(error, 'creditor_incomplete')) throw error
    return error.problems.map(({ code, field }) => `${code} ${field ?? ''}`)
  }
  return []
}

function matter(kind: MatterKind, change: Partial<Matter> = {}): Matter {
  return {
    ...{ id: 'm', number: 'NR20261122-0001', kind, way: 'web', state: 'received', version: 1, receivedOn: TODAY, receivedAt: new Date(0) },
    ...{ registeredBy: 'public', confirmedBy: null, reviewedBy: null, decidedBy: null, finding: null, listingId: null },
    record: readMatter({ ...FORM, kind }, TODAY),
    ...change,
  }
}

function listing(state: Listing['state'], caseNo = CASE, source = 'court'): Listing {
  const { content } = check({ caseNo })
  if (content === null) throw new Error('the draft is wrong')
  return { id: 'l', source, state, version: 1, contentVersion: 1, content, draftedBy: 'staff:clerk' }
}

function code(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isAppError(error)) return error.code
    throw error
  }
  return ''
}

describe('the form of a creditor', () => {
  it('is refused with every problem at once', () => {
    expect(problems({ name: '', phone: '', caseNo: '', debtorName: '某', debtorIdentifier: '123', text: '?' })).to.deep.equal([
      'field_missing name',
      'field_missing phone',
      'field_missing caseNo',
      'field_short debtorName',
      'identifier_form debtorIdentifier',
      'field_short text',
    ])
    expect(problems({ phone: '12', caseNo: '民初9号', ground: '字'.repeat(501), text: '字'.repeat(2001) })).to.deep.equal([
      'phone_invalid phone',
      'case_no_form caseNo',
      'field_too_long ground',
      'field_too_long text',
    ])
    expect(problems({ caseNo: '（2027）云3401执9号' })).to.deep.equal(['case_no_year caseNo'])
  })

  it('needs no phone from an account that the channel vouches for', () => {
    expect(problems({ phone: undefined, wechat: 'oYangzong_0123456789' })).to.deep.equal([])
  })

  it('is read with one spelling of case number, phone and names', () => {
    const record = readMatter({ ...FORM, name: ' 央宗 卓玛 ', debtorIdentifier: '533421 198410140222' }, TODAY)
    expect(record).to.deep.equal({
      applicant: { name: '央宗卓玛', phone: '+8613988120001' },
      caseNo: CASE,
      debtor: { name: '扎西某', identifier: '533421198410140222' },
      text: '他把房子过户给了亲戚。',
    })
  })
})

describe('a matter', () => {
  it('is neither decided nor answered before a clerk knows who wrote it', () => {
    for (const kind of ['application', 'clue', 'exit_objection'] as const)
      expect(possibleActs(matter(kind)), kind).to.deep.equal(['confirm', 'decline', 'withdraw'])
    expect(code(() => answer(matter('clue'), '已经核实'))).to.equal('creditor_act_impossible')
    expect(code(() => decline(matter('clue'), ' '))).to.equal('reason_needed')
  })

  it('of an exit is confirmed only with a listing of our court in that case that left the list', () => {
    const objection = matter('exit_objection')
    const withListing = (found: Listing | null): string => code(() => confirm(objection, { by: 'staff:clerk', listing: found }))
    expect(withListing(null)).to.equal('creditor_listing_needed')
    expect(withListing(listing('listed'))).to.equal('creditor_listing_unfit')
    expect(withListing(listing('shielded', '（2026）云3401执8号'))).to.equal('creditor_listing_unfit')
    expect(withListing(listing('shielded', CASE, 'supreme_court'))).to.equal('creditor_listing_unfit')
    expect(withListing(listing('shielded'))).to.equal('')
    expect(withListing(listing('revoked'))).to.equal('')
  })

  it('that asks for a listing is granted by a draft and never by a proposal', () => {
    const application = matter('application', { state: 'confirmed', confirmedBy: 'staff:clerk' })
    const proposal = { by: 'staff:clerk', finding: 'upheld', reason: '应当纳入' } as const
    expect(code(() => review(application, proposal))).to.equal('creditor_draft_needed')
    expect(code(() => drafted(application, listing('served')))).to.equal('creditor_listing_unfit')
    const after = drafted(application, listing('draft'))
    expect([after.state, after.listingId]).to.deep.equal(['drafted', 'l'])
  })

  it('is decided by none of those who entered, confirmed or reviewed it', () => {
    const reviewed = matter('exit_objection', {
      ...{ state: 'reviewed', finding: 'refused', registeredBy: 'staff:a', confirmedBy: 'staff:b', reviewedBy: 'staff:c' },
    })
    for (const by of ['staff:a', 'staff:b', 'staff:c']) {
      expect(
        code(() => decide(reviewed, by)),
        by,
      ).to.equal('own_draft')
      expect(
        code(() => sendBack(reviewed, { by, reason: '请补充' })),
        by,
      ).to.equal('own_draft')
    }
    expect(decide(reviewed, 'staff:d').state).to.equal('refused')
    expect(decide({ ...reviewed, finding: 'upheld' }, 'staff:d').state).to.equal('upheld')
    expect(sendBack(reviewed, { by: 'staff:d', reason: '请补充' })).to.include({ state: 'confirmed', finding: null })
  })

  it('shows the creditor no proposal, and a grant only when the listing was decided on', () => {
    expect(publicState(matter('exit_objection', { state: 'reviewed' }), listing('shielded'))).to.equal('handling')
    const application = matter('application', { state: 'drafted' })
    expect(publicState(application, listing('pending'))).to.equal('handling')
    expect(publicState(application, listing('withdrawn'))).to.equal('handling')
    for (const state of ['decided', 'served', 'listed', 'shielded'] as const)
      expect(publicState(application, listing(state)), state).to.equal('granted')
    expect(publicState(matter('exit_objection', { state: 'drafted' }), listing('draft'))).to.equal('upheld')
  })
})
