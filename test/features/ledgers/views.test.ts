// A unit’s ledger after a quarter of real procedures, on both databases: whole for the court, restricted for the unit, and as a workbook.
// The procedures that fill the ledger are tested with their own features.

import { expect } from 'chai'
import { doubtApproval } from '../../../src/features/accountability/commands.ts'
import { showProposal } from '../../../src/features/accountability/views.ts'
import { enqueueBroadcastPortion } from '../../../src/features/bulletins/tasks.ts'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import {
  acceptComplaint,
  answerComplaint,
  assignComplaint,
  decideComplaint,
  fileComplaint,
  recordInvestigation,
} from '../../../src/features/complaints/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { openFeedback } from '../../../src/features/feedback/rounds.commands.ts'
import { ledgerFile, showLedger, type Ledger } from '../../../src/features/ledgers/views.ts'
import { listLiftOrders } from '../../../src/features/lifts/views.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { askScreening, reportOutcome } from '../../../src/features/screening/commands.ts'
import type { LEDGER_SECTIONS } from '../../../src/features/ledgers/rules.ts'
import { SYSTEM, PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { AUDITOR, circular, draw, OFFICE, theProposal } from '../../support/accountability.ts'
import { at, PAGE } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { eachDatabase, type MakeApp, type TestApp } from '../../support/app.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { systemOf, unitWithMeasures } from '../../support/screening.ts'
import { tableOf } from '../../platform/sheets/workbook.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'

const liaisonOf = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })
const NOBODY = '01M81ZJK12XTFTYW6TKHXAKXPJ'
const COMPLAINANT = { anonymous: false, name: '央宗卓玛', phone: '13887112233' }
const BASIS = '《某某条例》第十二条'

/** An application on a Wednesday at the end of a quarter, with a unit that has lines in almost every section. */
async function unitWithEvents(make: MakeApp): Promise<TestApp & { unit: string }> {
  const made = await make({ now: at('2026-09-30', 10) })
  const { app, clock } = made
  const [unit] = await unitWithMeasures(app, ['1.1', '1.2'])
  const [kept = '', left = ''] = await listed(app, 2)
  const system = systemOf(unit)
  const ask = async (): Promise<string> =>
    (
      await askScreening(app, system, {
        name: String(PERSON['name']),
        identifier: String(PERSON['identifier']),
        business: '设立小额信贷公司',
        measureId: '1.1',
      })
    ).id
  await reportOutcome(app, system, { screeningId: await ask(), outcome: 'refused' })
  await reportOutcome(app, system, { screeningId: await ask(), outcome: 'approved', reason: '已提供足额担保' })
  await ask()
  await shieldListings(app, CLERK, { items: [{ id: kept }], ground: 'fully_performed', reason: '已履行' })
  const orderOf = async (): Promise<string> =>
    (await listLiftOrders(app, CLERK, { filter: { unitId: unit, state: 'open' }, page: PAGE })).items[0]?.id ?? ''
  await answerLift(app, liaisonOf(unit), {
    orderId: await orderOf(),
    retained: [{ listingId: kept, basis: BASIS, until: '2026-12-31' }],
    lifted: [],
  })
  await shieldListings(app, CLERK, { items: [{ id: left }], ground: 'fully_performed', reason: '已履行' })
  await fileComplaints(app, unit)
  while ((await enqueueBroadcastPortion(app, SYSTEM, undefined)) !== null);
  clock.set(at('2026-10-12', 10))
  await openFeedback(app, OFFICE, { quarter: '2026Q3' })
  await runDeadlines(app, SYSTEM)
  await draw(app)
  return { ...made, unit }
}

async function fileComplaints(app: AppContext, unitId: string): Promise<void> {
  const { id } = await fileComplaint(app, PUBLIC, { ...COMPLAINANT, about: 'unit', unitId, text: '没有查名单就办理了业务。', way: 'web' })
  await acceptComplaint(app, CLERK, { id })
  await assignComplaint(app, CLERK, { id, brief: '请核查。' })
  await recordInvestigation(app, OFFICE, { id, findings: '确有其事。' })
  await decideComplaint(app, CLERK, { id, finding: 'upheld', outcome: '已责令改正。' })
  await answerComplaint(app, CLERK, { id, answer: '已经改正。' })
  // A second complaint stays open, so the unit must not see it.
  await fileComplaint(app, PUBLIC, { ...COMPLAINANT, about: 'unit', unitId, text: '窗口态度恶劣，拒绝收件材料。', way: 'web' })
}

const linesOf = (ledger: Ledger, section: (typeof LEDGER_SECTIONS)[number]): Ledger['sections'][number]['items'] =>
  ledger.sections.find((each) => each.section === section)?.items ?? []

eachDatabase((_db, make) => {
  it('shows what a unit was told, did and left undone, and hides complainants and open complaints from the unit', async () => {
    const { app, unit } = await unitWithEvents(make)
    const proposal = await theProposal(app)
    const { counts } = await showProposal(app, AUDITOR, { id: proposal.id, page: PAGE })
    expect(counts).to.deep.equal([
      { kind: 'complaint_upheld', count: 1 },
      { kind: 'missed_clock', count: 1 },
      { kind: 'outcome_missing', count: 1 },
    ])
    await circular(app, unit)
    const input = { unitId: unit, page: PAGE }
    const whole = await showLedger(app, AUDITOR, input)
    expect(whole.figures).to.include({ checked: 3, hits: 3, refused: 1, approved: 1, lifted: 2, retained: 1, returned: 1, missed: 1 })
    expect(whole.figures).to.include({ complaints: 2, upheld: 1, circulars: 1, interviews: 0, assistance: 0, returnedLate: 0 })
    expect(linesOf(whole, 'told').map((line) => line.what)).to.include.members(['解除惩戒通知', '领导小组通报', '逾期未办通知'])
    expect(linesOf(whole, 'approved')[0]).to.include({ note: '已提供足额担保', state: '仍予同意' })
    expect(linesOf(whole, 'retained')[0]).to.include({ note: BASIS, what: '保留至2026年12月31日', state: '继续保留' })
    expect(linesOf(whole, 'lifted').map((line) => line.state)).to.deep.equal(['已回复', '待回复'])
    expect(linesOf(whole, 'returned')[0]).to.include({ number: '2026Q3', state: '待反馈' })
    expect(linesOf(whole, 'missed')[0]).to.include({ state: '逾期未办', number: '2026-10-08' })
    expect(linesOf(whole, 'complaints').map((line) => `${line.what} ${line.state}`)).to.deep.equal(['投诉查实 已答复', '投诉举报 已收到'])
    const own = await showLedger(app, liaisonOf(unit), input)
    expect(own.figures).to.include({ complaints: 1, upheld: 1, circulars: 1, told: whole.figures.told })
    expect(linesOf(own, 'complaints')).to.have.length(1)
    expect(linesOf(own, 'complaints')[0]).to.include({ id: '', number: null })
    for (const ledger of [own, whole]) expect(JSON.stringify(ledger)).to.not.match(/央宗卓玛|13887112233|没有查名单|扎西某/)
    expect((await showLedger(app, systemOf(unit), input)).figures).to.deep.equal(own.figures)
  })

  it('pages a ledger by section, limits it to the requested days, and refuses it to other units and the public', async () => {
    const { app, unit } = await unitWithEvents(make)
    const [other] = await unitWithMeasures(app, ['1.1'])
    const page = await showLedger(app, AUDITOR, { unitId: unit, section: 'checked', page: { limit: 2, offset: 1 } })
    expect(page.sections.map((each) => [each.section, each.total, each.items.length])).to.deep.equal([['checked', 3, 2]])
    expect(page.figures.approved).to.equal(1)
    const september = await showLedger(app, AUDITOR, { unitId: unit, from: '2026-09-01', to: '2026-09-29', page: PAGE })
    expect(Object.values(september.figures).every((figure) => figure === 0)).to.equal(true)
    await refusal('unit_other', () => showLedger(app, liaisonOf(other), { unitId: unit, page: PAGE }))
    await refusal('unit_missing', () => showLedger(app, AUDITOR, { unitId: 'nowhere', page: PAGE }))
    await refusal('not_allowed', () => showLedger(app, PUBLIC, { unitId: unit, page: PAGE }))
    await refusal('request_invalid', () => showLedger(app, AUDITOR, { unitId: unit, from: '2026-10-02', to: '2026-10-01', page: PAGE }))
    await refusal('request_invalid', () => showLedger(app, AUDITOR, { unitId: unit, from: '2001-01-01', page: PAGE }))
  })

  it('writes a ledger as a workbook, and lets the group office doubt an approval in it once', async () => {
    const { app, unit } = await unitWithEvents(make)
    const { fileName, content } = await ledgerFile(app, AUDITOR, { unitId: unit })
    expect(fileName).to.equal(`台账-${unit}局-2026-01-01-2026-10-12.xlsx`)
    const rows = (await tableOf(Buffer.concat((await content.toArray()) as Buffer[]))) as unknown[][]
    expect(rows[0]).to.deep.equal([1, `${unit}局 台账`])
    expect(rows.find((row) => row[1] === '命中后仍予同意（件）')?.[2]).to.equal(1)
    const [approval] = linesOf(await showLedger(app, AUDITOR, { unitId: unit, section: 'approved', page: PAGE }), 'approved')
    const [refused] = linesOf(await showLedger(app, AUDITOR, { unitId: unit, section: 'refused', page: PAGE }), 'refused')
    const doubt = (screeningId: string, actor = OFFICE): Promise<unknown> =>
      doubtApproval(app, actor, { screeningId, reason: '担保物已被查封' })
    await refusal('not_allowed', () => doubt(approval?.id ?? '', CLERK))
    await refusal('screening_missing', () => doubt(NOBODY))
    await refusal('proposal_not_approved', () => doubt(refused?.id ?? ''))
    await doubt(approval?.id ?? '')
    await refusal('proposal_source_known', () => doubt(approval?.id ?? ''))
    const { evidence } = await showProposal(app, OFFICE, { id: (await theProposal(app)).id, page: PAGE })
    expect(evidence.items.at(-1)).to.include({ kind: 'approval_doubted', note: '担保物已被查封', addedBy: OFFICE.id, detail: '1.1' })
  })
})
