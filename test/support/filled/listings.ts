// The list of the filled court: entries that are published, undisclosed, corrected, shielded and revoked, a handed-in file with good and refused
// rows, lift orders that a unit answers, and a quarter's list.

import { Readable } from 'node:stream'
import { runBatch } from '../../../src/features/bulletins/batches.commands.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { enqueueBroadcastPortion } from '../../../src/features/bulletins/tasks.ts'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, receiveImport } from '../../../src/features/imports/commands.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { recordReports } from '../../../src/features/lifts/reports.commands.ts'
import { proposeRefusal } from '../../../src/features/lifts/review.commands.ts'
import { recordTold } from '../../../src/features/lifts/reach.commands.ts'
import { listLiftOrders, listRetentions } from '../../../src/features/lifts/views.ts'
import { noteExitGround, noteListingError } from '../../../src/features/listings/clocks.commands.ts'
import { draftListing, recordServices, approveListings } from '../../../src/features/listings/commands.ts'
import { preparePush, releasePush } from '../../../src/features/quarterly-list/commands.ts'
import { collectPush, confirmPublished } from '../../../src/features/quarterly-list/linked.commands.ts'
import { dayOf } from '../../../src/core/calendar.ts'
import { newId } from '../../../src/core/ids.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { PUBLIC, SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { tokensSent } from '../assistance.ts'
import { PAGE } from '../deadlines.ts'
import { ORGANISATION, PERSON } from '../drafts.ts'
import { APPROVER, CLERK, listed, submitted } from '../listed.ts'
import { OF_UNIT, UNIT } from './people.ts'
import { ACCOUNTS, NUMBERS, PHONES, SAID, STATED } from './words.ts'
import { correctByTwo, revokeByTwo } from '../proposed.ts'

/** Entries that later procedures are about. */
export interface Entries {
  /** In force: the debtor whom the court can reach. */
  debtor: string
  /** Its corrected wording is in force. */
  corrected: string
  /** Revoked, so that a repair can be applied for. */
  revoked: string
}

const REACHED = { phone: PHONES.debtor, openid: ACCOUNTS.debtor }
const HEADINGS =
  '姓名,身份证号码,执行法院,执行依据文号,立案时间,案号,做出执行依据单位,生效法律文书确定的义务,被执行人的履行情况,失信被执行人行为具体情形,手机号码,住址,任职人员'

export async function enterListings(app: AppContext): Promise<Entries> {
  const [debtor = '', shielded = ''] = await listed(app, 2, {
    ...REACHED,
    applicantName: STATED.applicantName,
    applicantPhone: PHONES.applicant,
  })
  const officers = `董事 ${SAID.officerName} ${NUMBERS.officer}`
  await listed(app, 1, { ...ORGANISATION, legalRepresentative: STATED.representative, officers }, 3)
  const undisclosed = {
    name: STATED.undisclosedName,
    identifier: NUMBERS.undisclosed,
    disclosure: '不公开',
    employer: STATED.undisclosedEmployer,
  }
  await listed(app, 1, undisclosed, 4)
  const [corrected = ''] = await listed(app, 1, { name: '格桑某', identifier: NUMBERS.corrected, address: SAID.oldAddress }, 5)
  const [revoked = ''] = await listed(app, 1, { name: '同名某', identifier: NUMBERS.cleared }, 6)
  await serveInWords(app)
  await change(app, { corrected, shielded, revoked })
  await handInList(app)
  while ((await enqueueBroadcastPortion(app, SYSTEM, undefined)) !== null);
  return { debtor, corrected, revoked }
}

/** A decision that was sent back once, and served in a manner that names somebody. */
async function serveInWords(app: AppContext): Promise<void> {
  const content = { ...PERSON, caseNo: '（2026）云3401执7号' }
  const { id } = await draftListing(app, CLERK, { content })
  const items = [{ id }]
  await submitted(app, CLERK, items)
  await approveListings(app, APPROVER, { items })
  await recordServices(app, CLERK, { items, servedOn: dayOf(app.clock.now()), manner: STATED.serviceManner })
  const other = await draftListing(app, CLERK, { content: { ...content, caseNo: '（2026）云3401执8号' } })
  await submitted(app, CLERK, [{ id: other.id }])
  const order = { act: 'reject', reason: STATED.rejected } as const
  await runBatch(app, APPROVER, { id: newId(), order, choice: { items: [{ id: other.id }] }, skipBlocked: false })
}

async function change(
  app: AppContext,
  { corrected, shielded, revoked }: Record<'corrected' | 'shielded' | 'revoked', string>,
): Promise<void> {
  const today = dayOf(app.clock.now())
  await noteListingError(app, CLERK, { items: [{ id: corrected }], foundOn: today, reason: STATED.errorFound })
  await correctByTwo(app, corrected, { address: '建塘镇' }, STATED.correction)
  await noteExitGround(app, CLERK, { items: [{ id: shielded }], ground: 'fully_performed', metOn: today })
  await shieldListings(app, APPROVER, { items: [{ id: shielded }], ground: 'fully_performed', reason: STATED.exit })
  await answerOrders(app, shielded)
  await revokeByTwo(app, [revoked], STATED.revocation)
}

/** One good row that becomes a draft, and one that is refused and waits in the file of rejects; the same file as a takeover that waits. */
async function handInList(app: AppContext): Promise<void> {
  const rest =
    '香格里拉市人民法院,（2025）云3401民初1号,2026-01-16,（2026）云3401执90号,香格里拉市人民法院,支付货款,全部未履行,有履行能力而拒不履行生效法律文书确定义务'
  const rows = [
    HEADINGS,
    `和某,${NUMBERS.imported},${rest},${PHONES.imported},,`,
    `${SAID.officerNameInFile},${NUMBERS.refused},${rest},${PHONES.mistyped},${SAID.addressInFile},顾问 ${SAID.officerNameInFile} ${NUMBERS.imported}`,
  ]
  const checked = async (mode: 'draft' | 'takeover'): Promise<string> => {
    const content = Readable.from([Buffer.from(rows.join('\r\n'))])
    const { id } = await receiveImport(app, CLERK, { fileName: STATED.fileName, mode, content })
    await checkImport(app, CLERK, id)
    return id
  }
  await checked('takeover')
  await commitImport(app, CLERK, { id: await checked('draft') })
}

/** The unit keeps a measure against somebody, and another unit is told by a clerk. */
async function answerOrders(app: AppContext, listingId: string): Promise<void> {
  const { items } = await listLiftOrders(app, CLERK, { filter: {}, page: PAGE })
  const own = items.find((each) => each.unitId === UNIT)
  const untold = items.find((each) => each.toldOn === null && each.unitId !== UNIT)
  if (own === undefined || untold === undefined) throw new Error('no lift order to answer, or none that is untold')
  const retained = [{ listingId, basis: STATED.retention, until: '2027-06-30' }]
  await answerLift(app, OF_UNIT, { orderId: own.id, retained })
  const [kept] = (await listRetentions(app, CLERK, { filter: {}, page: PAGE })).items
  await proposeRefusal(app, CLERK, { id: kept?.id ?? '', reason: SAID.retentionRefused })
  const today = dayOf(app.clock.now())
  await recordTold(app, CLERK, { orderId: untold.id, toldOn: today, manner: STATED.toldManner })
  const orders = [{ orderId: untold.id, listingIds: [listingId] }]
  const said = { toldBy: SAID.liftToldBy, remark: SAID.liftRemark }
  await recordReports(app, CLERK, { id: newId(), bulletinId: untold.bulletinId, doneOn: today, ...said, orders })
}

/** The quarter's list is approved, collected by its receiver and made public. */
export async function pushQuarter(app: AppContext, quarter: string): Promise<void> {
  const { id } = await preparePush(app, CLERK, { quarter })
  await releasePush(app, APPROVER, { id })
  const token = (await tokensSent(app, 'push.released')).at(-1) ?? ''
  const { holder } = await collectPush(app, PUBLIC, { token, holder: null, kind: 'txt' })
  await confirmPublished(app, PUBLIC, { token, holder: holder?.token ?? null })
}
