// Screening by commands: asking, reporting outcomes, who may see what, suspended and retained measures, blanking of old questions.
// Whom a measure reaches is tested in rules.test.ts, batches in batches.test.ts.

import { openRow, sealPart } from '../../../src/platform/database/sealing.ts'
import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { indexOfficers } from '../../../src/features/listings/tasks.ts'
import { registerObjection, reviewObjection, withdrawObjection } from '../../../src/features/objections/commands.ts'
import { screeningChoices, type ScreeningView } from '../../../src/features/screening/lookup.views.ts'
import type { ReachingMeasure } from '../../../src/features/screening/rules.ts'
import { forgetScreenings, listScreenings, screeningsAbout, showScreening } from '../../../src/features/screening/views.ts'
import { screenBatch } from '../../../src/features/screening/batches.commands.ts'
import { askScreening, reportOutcome } from '../../../src/features/screening/commands.ts'
import type { AppError } from '../../../src/core/errors.ts'
import { createSecrets } from '../../../src/core/secrets.ts'
import type { Store } from '../../../src/platform/database/database.ts'
import { SYSTEM, type Actor } from '../../../src/platform/commands/permissions.ts'
import { deliveriesOf } from '../../../src/messaging/deliveries.store.ts'
import { screeningTable, screeningFigures, searchApprovals } from '../../../src/features/screening/store.ts'
import { addStaff, at, PAGE, told } from '../../support/deadlines.ts'
import { born, ORGANISATION, PERSON } from '../../support/drafts.ts'
import { eachDatabase, TEST_KEY } from '../../support/app.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { objectionTo } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'
import { systemOf, unitWithMeasures } from '../../support/screening.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { correctByTwo } from '../../support/proposed.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }
const NOBODY = '01M81ZJK12XTFTYW6TKHXAKXPJ'
const NAME = String(PERSON['name'])
const ID = String(PERSON['identifier'])
const APPLICANT = { name: NAME, identifier: ID, business: '申请小额贷款公司设立' }

/** A measure for persons and organisations, one that reaches officers of listed organisations, one that screens officers of applicants. */
const MEASURES = ['1.1', '1.2', '3.1', '5.3']

const select = async (app: AppContext, sql: string): Promise<unknown[]> => app.store.read((db) => db.query(sql))

const firstMeasure = ({ findings }: ScreeningView): (ReachingMeasure & { sentence: string }) | undefined => findings?.[0]?.measures[0]

eachDatabase((_db, make) => {
  it('refuses questions that cannot be asked, and askers who may not, and logs nothing', async () => {
    const { app } = await make()
    const [unit] = await unitWithMeasures(app, MEASURES)
    const [idle] = await unitWithMeasures(app, [])
    const system = systemOf(unit)
    const ask = (change: object, actor = system): Promise<unknown> => askScreening(app, actor, { ...APPLICANT, ...change })
    await refusal('not_allowed', () => ask({}, OFFICE))
    await refusal('scope_missing', () => ask({}, { ...system, scopes: ['lifts'] }))
    await refusal('unit_other', () => ask({ unitId: idle }))
    await refusal('screening_unit_needed', () => ask({}, OPERATOR))
    await refusal('unit_missing', () => ask({ unitId: 'nowhere' }, OPERATOR))
    await refusal('screening_no_measures', () => ask({}, systemOf(idle)))
    await refusal('screening_measure_other', () => ask({ measureId: '12.1' }))
    await refusal('screening_business_unknown', () => ask({ measureId: '1.1', business: '年度复核' }))
    await refusal('screening_subject_wrong', () => ask({ identifier: '533421198410140223' }))
    await refusal('screening_missing', () => reportOutcome(app, system, { screeningId: NOBODY, outcome: 'refused' }))
    expect(await select(app, 'select id from screening')).to.deep.equal([])
  })

  it('says of a namesake nothing that holds for the listed person alone, and of a term that ran out that the court is asked first', async () => {
    const { app, clock } = await make()
    await listed(app, 1, { ground: '违反限制消费令', term: '24个月' })
    const [unit] = await unitWithMeasures(app, ['1.1'])
    const about = { name: NAME, measureId: '1.1', business: '设立融资性担保公司、小额信贷公司、保险公司' }
    const ask = (asked: object): Promise<ScreeningView> => askScreening(app, systemOf(unit), { ...about, ...asked })
    const namesake = await ask({})
    expect(namesake).to.include({ answer: 'review', advice: 'check_identity' })
    expect(firstMeasure(namesake)?.sentence).to.contain('还不能确定是同一人').and.not.contain('依法限制')
    expect(namesake.explanation).to.not.contain(namesake.findings?.[0]?.caseNo ?? 'no case')
    expect(await ask({ identifier: ID })).to.include({ answer: 'hit', advice: 'restrict' })
    clock.advance(732 * 86_400_000)
    const over = await ask({ identifier: ID })
    expect(over).to.include({ answer: 'hit', advice: 'person_decides', proceeding: 'ask' })
    expect(over.findings?.[0]?.termEndedOn).to.equal('2028-11-22')
    expect(firstMeasure(over)?.sentence).to.contain('期限已于2028年11月22日届满').and.contain('不得据此')
  })

  it('P30 answers as of a list version, logs the question sealed, and repeats the answer under the caller’s own number', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, MEASURES)
    const system = systemOf(unit)
    const none = await askScreening(app, system, { name: '别的人', identifier: born('19900101'), requestId: 'A-1' })
    expect(none).to.include({ answer: 'none', advice: 'no_record', explanation: null, outcome: null })
    const hit = await askScreening(app, system, { ...APPLICANT, requestId: 'A-2' })
    expect(hit).to.include({ answer: 'hit', advice: 'person_decides', unitId: unit })
    expect(hit.listVersion).to.be.above(0)
    expect(hit.subject).to.deep.equal({ name: NAME, identifier: '**************0222' })
    expect((await askScreening(app, system, { ...APPLICANT, measureId: '1.1' })).explanation).to.include('工作人员复核')
    expect(hit.explanation).to.include('不得由系统自动拒绝').and.include(app.config.court.phone).and.include('（2026）云3401执1号')
    const again = await askScreening(app, system, { ...APPLICANT, requestId: 'A-2' })
    expect(again.id).to.equal(hit.id)
    for (const change of [{ name: '别的人' }, { business: '设立村镇银行' }, { measureId: '1.1' }])
      await refusal('screening_item_changed', () => askScreening(app, system, { ...APPLICANT, ...change, requestId: 'A-2' }))
    const rows =
      JSON.stringify(await select(app, 'select * from screening')) + JSON.stringify(await select(app, 'select detail from audit'))
    for (const secret of [ID, '贷款']) expect(rows).not.to.include(secret)
    expect((await select(app, 'select id from screening')).length).to.equal(3)
    expect((await verifyAudit(app, OPERATOR, undefined)).faults).to.deep.equal([])
  })

  it('answers questions that come at once in few commits, each as if it were alone, with a row and an audit row of its own', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, MEASURES)
    const [other] = await unitWithMeasures(app, MEASURES)
    let commits = 0
    const store: Store = { ...app.store, write: (change) => ((commits += 1), app.store.write(change)) }
    const counted = { ...app, store }
    const ask = (change: object, from = unit): Promise<ScreeningView> => askScreening(counted, systemOf(from), { ...APPLICANT, ...change })
    const strangers = Array.from({ length: 60 }, (_, n) =>
      ask({ name: `路人${'甲乙丙丁'[n % 4] ?? ''}`, identifier: born(`${1930 + n}0101`) }),
    )
    const numbered = [ask({ requestId: 'B-1' }), ask({ requestId: 'B-1' }), ask({ name: '另一人', requestId: 'B-1' })]
    const wrong = ask({ identifier: '533421198410140223' })
    const elsewhere = ask({}, other)
    const refused = await Promise.allSettled([...numbered, wrong])
    const answers = await Promise.all(strangers)
    expect(new Set(answers.map(({ id }) => id)).size).to.equal(60)
    expect(answers.map(({ answer }) => answer)).to.deep.equal(Array<string>(60).fill('none'))
    const codes = refused.map((each) => (each.status === 'fulfilled' ? each.value.id : (each.reason as AppError).code))
    expect(codes[0]).to.equal(codes[1])
    expect(codes.slice(2)).to.deep.equal(['screening_item_changed', 'screening_subject_wrong'])
    expect(await elsewhere).to.include({ answer: 'hit', unitId: other })
    expect(commits, 'commits for 65 questions').to.be.at.most(6)
    const rows = await select(
      app,
      "select s.id from screening s where exists (select 1 from audit a where a.subject = concat('screening:', s.id))",
    )
    expect(rows).to.have.length(62)
    expect((await verifyAudit(app, OPERATOR, undefined)).faults).to.deep.equal([])
  })

  it('answers officers and nominees of one question with clause, advice, relation and a sentence, and offers the list of businesses', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, ['3.1', '5.3'])
    const system = systemOf(unit)
    const choices = await screeningChoices(app, system, {})
    expect(choices.map(({ id }) => id)).to.deep.equal(['3.1', '5.3'])
    expect(choices[1]?.businesses[0]).to.deep.equal({ name: '融资授信', clauses: ['5.3b', '5.3a'], forNominees: false })
    const director = [{ office: 'director', name: NAME, identifier: ID }] as const
    const company = { name: String(ORGANISATION['name']), identifier: String(ORGANISATION['identifier']) }
    const loan = await askScreening(app, system, { ...company, officers: director, measureId: '5.3', business: '融资授信' })
    expect(loan).to.include({ answer: 'hit', advice: 'reference' })
    expect(loan.findings?.[0]).to.include({ relation: 'officer_of_applicant', office: 'director' })
    expect(firstMeasure(loan)).to.include({ clause: '5.3a', advice: 'reference', business: '融资授信' })
    expect(firstMeasure(loan)?.sentence).to.match(/^申请单位的董事列入名单；依照实施意见 二\(二\)5\(3\)“.*”，办理“融资授信”时作为参考/)
    const founding = { ...company, nominees: director, measureId: '3.1', business: '公司设立登记' }
    const board = await askScreening(app, system, founding)
    expect(firstMeasure(board)).to.include({ clause: '3.1a', advice: 'restrict' })
    expect(firstMeasure(board)?.sentence).to.match(/^拟任董事的人列入名单；.*依法限制。$/)
    expect((await askScreening(app, system, { ...founding, business: '其他' })).advice).to.equal('person_decides')
    expect((await askScreening(app, system, { ...founding, nominees: [] })).answer).to.equal('none')
    const another = [{ ...director[0], identifier: born('19900101') }]
    expect((await askScreening(app, system, { ...founding, nominees: another })).advice).to.equal('no_record')
  })

  it('shows an answer of before clauses were told apart, and leaves it to a person', async () => {
    const { app } = await make()
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, MEASURES)
    const asked = await askScreening(app, systemOf(unit), APPLICANT)
    const finding = {
      ...asked.findings?.[0],
      relation: undefined,
      way: 'subject',
      suspended: false,
      measures: [{ id: '1.1', title: '设立' }],
    }
    const old = { answer: 'hit', advice: 'person_decides', findings: [finding], more: 0, beyond: 0 }
    const { result } = sealPart(screeningTable, app.secrets, { id: asked.id }, { result: old })
    await app.store.write((tx) => tx.run('update screening set result = ? where id = ?', [result, asked.id]))
    const shown = await showScreening(app, systemOf(unit), asked.id)
    expect(shown.findings?.[0]).to.include({ relation: 'self' })
    expect(shown.findings?.[0]?.measures[0]).to.include({ id: '1.1', advice: 'ask', clause: null, suspended: false })
  })

  it('shows each unit only its own questions, and the court masked names', async () => {
    const { app } = await make()
    const [first] = await unitWithMeasures(app, MEASURES)
    const [other] = await unitWithMeasures(app, MEASURES)
    const asked = await askScreening(app, systemOf(first), APPLICANT)
    await refusal('unit_other', () => showScreening(app, systemOf(other), asked.id))
    await refusal('unit_other', () => reportOutcome(app, systemOf(other), { screeningId: asked.id, outcome: 'refused' }))
    await refusal('unit_other', () => listScreenings(app, systemOf(other), { filter: { unitId: first }, page: PAGE }))
    expect((await listScreenings(app, systemOf(other), { filter: {}, page: PAGE })).total).to.equal(0)
    expect((await showScreening(app, systemOf(first), asked.id)).subject?.name).to.equal(NAME)
    expect((await showScreening(app, OFFICE, asked.id)).subject?.name).to.equal(`扎${'*'.repeat(Array.from(NAME).length - 1)}`)
    expect((await screeningsAbout(app, OPERATOR, ID)).total).to.equal(1)
  })

  it('finds no undisclosed entry, and finds officers of organisations as the list names them', async () => {
    const { app } = await make()
    await listed(app, 1, { disclosure: '否', employer: '某局' })
    const [company = ''] = await listed(app, 1, ORGANISATION, 2)
    const [unit] = await unitWithMeasures(app, ['3.1'])
    const system = systemOf(unit)
    expect((await askScreening(app, system, APPLICANT)).answer).to.equal('none')
    const officer = { name: String(ORGANISATION['legalRepresentative']), identifier: born('19800101') }
    const [bank] = await unitWithMeasures(app, ['1.6'])
    const found = await askScreening(app, systemOf(bank), officer)
    expect(found).to.include({ answer: 'review', advice: 'check_identity' })
    expect(found.findings?.[0]).to.include({ relation: 'side_of_listed_organisation', office: 'legal_representative', listingId: company })

    await correctByTwo(app, company, { legalRepresentative: '次仁某', representativeIdentifier: born('19770707') }, '法定代表人变更')
    expect((await askScreening(app, systemOf(bank), officer)).answer).to.equal('none')
    expect((await askScreening(app, systemOf(bank), { name: '次仁某' })).answer).to.equal('review')
    expect((await askScreening(app, systemOf(bank), { name: '次仁某', identifier: born('19770707') })).answer).to.equal('hit')
    expect((await askScreening(app, systemOf(bank), { name: '次仁某', identifier: born('19880808') })).answer).to.equal('none')
    await app.store.write((tx) => tx.run('delete from listing_officer'))
    await indexOfficers(app, SYSTEM)
    expect((await askScreening(app, systemOf(bank), { name: '次仁某' })).answer).to.equal('review')
  })

  it('advises not to apply measures while an objection is verified, and to apply them again afterwards', async () => {
    const { app } = await make({ now: at('2026-03-02', 10) })
    const [id = ''] = await listed(app, 1)
    const [unit] = await unitWithMeasures(app, MEASURES)
    const system = systemOf(unit)
    const objection = await registerObjection(app, CLERK, objectionTo(id, { about: 'measure', unitId: unit }))
    const suspended = await askScreening(app, system, APPLICANT)
    expect(suspended).to.include({ answer: 'hit', advice: 'do_not_apply' })
    expect(suspended.explanation).to.include('照常办理')
    await refusal('screening_suspended', () => reportOutcome(app, system, { screeningId: suspended.id, outcome: 'refused' }))
    await reportOutcome(app, system, { screeningId: suspended.id, outcome: 'approved' })
    expect(await told(app, 'screening.')).to.deep.equal([])
    // Another unit goes on, for single questions and batches alike.
    const [other] = await unitWithMeasures(app, MEASURES)
    expect((await askScreening(app, systemOf(other), { ...APPLICANT, measureId: '1.1' })).advice).to.equal('restrict')
    await withdrawObjection(app, CLERK, { id: objection.id, reason: '申请人撤回' })
    const one = await registerObjection(app, CLERK, objectionTo(id, { about: 'measure', unitId: unit, measureIds: ['1.1'] }))
    const founding = { ...APPLICANT, measureId: '1.1' }
    const loan = { ...APPLICANT, measureId: '5.3', business: '融资授信' }
    expect((await askScreening(app, system, founding)).advice).to.equal('do_not_apply')
    expect((await askScreening(app, system, loan)).advice).to.equal('strict_review')
    const items = [{ key: 'a', name: NAME, identifier: ID }]
    for (const [requestId, asked, advice] of [
      ['B-1', founding, 'do_not_apply'],
      ['B-2', loan, 'strict_review'],
    ] as const) {
      const { items: answers } = await screenBatch(app, system, { requestId, measureId: asked.measureId, business: asked.business, items })
      expect(answers.map((each) => 'screening' in each && each.screening.advice)).to.deep.equal([advice])
    }
    await reviewObjection(app, CLERK, { id: one.id })
    expect((await askScreening(app, system, founding)).advice).to.equal('do_not_apply')
    await withdrawObjection(app, CLERK, { id: one.id, reason: '申请人撤回' })
    expect((await askScreening(app, system, { ...APPLICANT, measureId: '1.1' })).advice).to.equal('restrict')
  })

  it('shows after an exit what a unit retained, to that unit newKeyOnly, until the last day', async () => {
    const { app, clock } = await make({ now: at('2026-03-02', 10) })
    const [unit] = await unitWithMeasures(app, MEASURES)
    const [other] = await unitWithMeasures(app, MEASURES)
    const [id = ''] = await listed(app, 1)
    await shieldListings(app, CLERK, { items: [{ id }], ground: 'fully_performed', reason: '全部履行' })
    expect((await askScreening(app, systemOf(unit), APPLICANT)).answer).to.equal('none')
    const [order] = (await select(app, `select id from lift_order where unit_id = '${unit}'`)) as { id: string }[]
    const retained = [{ listingId: id, basis: '某条例第九条', until: '2026-09-30', measureIds: ['1.1'] }]
    await answerLift(app, systemOf(unit), { orderId: order?.id ?? '', retained })
    const retaining = await askScreening(app, systemOf(unit), APPLICANT)
    expect(retaining.findings?.[0]?.retained).to.deep.equal({ basis: '某条例第九条', until: '2026-09-30' })
    expect(retaining.findings?.flatMap(({ measures }) => measures.map((measure) => measure.id))).to.deep.equal(['1.1'])
    expect((await askScreening(app, systemOf(other), APPLICANT)).answer).to.equal('none')
    clock.set(at('2026-10-01', 10))
    expect((await askScreening(app, systemOf(unit), APPLICANT)).answer).to.equal('none')
  })

  it('P31 P32 counts outcomes, and notifies the leading group of an approval despite a hit at once and with the reason', async () => {
    const { app } = await make({ now: at('2026-03-02', 23) })
    await listed(app, 1)
    const office = await addStaff(app, 'group_office', '13800000009')
    const [unit] = await unitWithMeasures(app, MEASURES)
    const system = systemOf(unit)
    const ids = []
    for (let n = 0; n < 3; n += 1) ids.push((await askScreening(app, system, { ...APPLICANT, measureId: '1.1' })).id)
    const none = await askScreening(app, system, { name: '别的人', identifier: born('19900101') })
    const [first = '', second = '', third = ''] = ids
    await refusal('screening_outcome_impossible', () => reportOutcome(app, system, { screeningId: none.id, outcome: 'refused' }))
    await refusal('screening_reason_needed', () => reportOutcome(app, system, { screeningId: first, outcome: 'approved' }))
    await refusal('screening_version_stale', () => reportOutcome(app, system, { screeningId: first, outcome: 'refused', version: 7 }))
    const approved = { screeningId: first, outcome: 'approved', reason: '已提供足额担保' } as const
    expect(await reportOutcome(app, system, approved)).to.include({ outcome: 'approved', version: 2 })
    expect(await reportOutcome(app, system, approved)).to.include({ version: 2 })
    await reportOutcome(app, system, { screeningId: second, outcome: 'refused' })
    await reportOutcome(app, system, { screeningId: third, outcome: 'refused' })
    await refusal('screening_reported', () => reportOutcome(app, system, { screeningId: third, outcome: 'not_needed' }))
    await reportOutcome(app, system, { screeningId: third, outcome: 'not_needed', reason: '申请人撤回申请' })

    const notices = await told(app, 'screening.')
    expect(notices).to.have.length(1)
    expect(notices[0]?.text).to.include('仍同意办理业务')
    expect(notices[0]?.recipient).to.equal(office)
    const [notice] = (await select(app, "select id from notice where event like 'screening.%'")) as { id: string }[]
    const [firstDelivery] = await app.store.read((db) => deliveriesOf(db, [String(notice?.id)]))
    expect(firstDelivery?.dueAt).to.deep.equal(app.clock.now())

    const span = { from: at('2026-01-01', 0, 0), until: at('2026-04-01', 0, 0) }
    const figures = await app.store.read((db) => screeningFigures(db, span))
    expect(figures).to.deep.equal([
      { unitId: unit, measureId: null, checked: 1, hits: 0, refused: 0, approved: 0 },
      { unitId: unit, measureId: '1.1', checked: 3, hits: 3, refused: 1, approved: 1 },
    ])
    const { items, total } = await app.store.read((db) => searchApprovals(db, { ...span, unitId: unit }, PAGE))
    expect([
      total,
      items[0]?.screeningId,
      openRow(screeningTable, app.secrets, { id: first, outcomeReason: items[0]?.sealedReason ?? '' }).outcomeReason,
    ]).to.deep.equal([1, first, '已提供足额担保'])
    const earlierFigures = await app.store.read((db) => screeningFigures(db, { ...span, until: at('2026-03-02', 22) }))
    expect(earlierFigures).to.deep.equal([])
  })

  it('blanks old questions but keeps the counts, and seals questions anew with a new key', async () => {
    const { app, clock } = await make({ now: at('2026-03-02', 10) })
    await listed(app, 1)
    const [unit] = await unitWithMeasures(app, MEASURES)
    const old = await askScreening(app, systemOf(unit), { ...APPLICANT, requestId: 'A' })
    await reportOutcome(app, systemOf(unit), { screeningId: old.id, outcome: 'approved', reason: '已提供担保' })
    clock.set(at('2026-05-02', 10))
    const fresh = await askScreening(app, systemOf(unit), APPLICANT)
    expect(await forgetScreenings(app, SYSTEM, { before: at('2026-04-01'), limit: 10 })).to.equal(1)
    expect(await forgetScreenings(app, SYSTEM, { before: at('2026-04-01'), limit: 10 })).to.equal(0)
    const blank = await showScreening(app, systemOf(unit), old.id)
    expect(blank).to.include({ subject: null, findings: null, explanation: null, answer: 'hit', outcome: 'approved' })
    await refusal('screening_blanked', () => askScreening(app, systemOf(unit), { ...APPLICANT, requestId: 'A' }))

    const bothKeys = createSecrets([{ id: 't2', bytes: Buffer.alloc(32, 9) }, TEST_KEY])
    const rotated: AppContext = { ...app, secrets: bothKeys }
    await rotateKeys(rotated, OPERATOR)
    const newKeyOnly: AppContext = { ...app, secrets: createSecrets([{ id: 't2', bytes: Buffer.alloc(32, 9) }]) }
    expect((await showScreening(newKeyOnly, systemOf(unit), fresh.id)).subject?.name).to.equal(NAME)
    expect((await screeningsAbout(newKeyOnly, OPERATOR, ID)).total).to.equal(1)
    expect((await askScreening(newKeyOnly, systemOf(unit), APPLICANT)).answer).to.equal('hit')
  })
})
