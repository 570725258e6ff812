// Queries of complaints: each reader gets the one view that is theirs; complainants ask with number and code, or from their WeChat account.
// What a view holds is views.rules.ts.

import { AppError } from '../../core/errors.ts'
import {
  ownView,
  publicView,
  viewFor,
  type ComplaintFile,
  type ComplaintView,
  type OwnComplaintView,
  type PublicComplaintView,
} from './views.rules.ts'
import { ownUnitOf } from '../../platform/commands/permissions.ts'
import {
  complaintByNumber,
  complaintsOfWechat,
  findComplaint,
  searchComplaints,
  stepsOf,
  toComplaint,
  type ComplaintFilter,
  type ComplaintRow,
} from './store.ts'
import type { Db } from '../../platform/database/database.ts'
import { evidenceOf } from './evidence.store.ts'
import { dueDays, findByCode, type ComplaintKey } from './changes.commands.ts'
import { orderSubject } from './orders.commands.ts'
import { ordersOf } from './orders.store.ts'
import { pendingDueDays } from '../deadlines/pending.store.ts'
import { unitNames } from '../deadlines/subjects.store.ts'
import { staffNames } from '../staff/store.ts'
import type { ComplaintOrder } from './orders.rules.ts'
import { dayOf, type Day } from '../../core/calendar.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { conflictsOf } from '../units/conflicts.rules.ts'

/**
 * The public state of a complaint, for whoever has its number and code.
 * @throws `complaint_missing`, the same for a wrong number and a wrong code.
 */
export const statusOfComplaint = query('complaint.follow', async ({ db, app }, key: ComplaintKey): Promise<PublicComplaintView> => {
  const { row } = await findByCode(db, app.secrets, key)
  return publicView((await filesOf(app, db, [row]))[0] as ComplaintFile)
})

/** The complaint as the page shows it to whoever has its number and code. @throws as `statusOfComplaint`. */
export const ownComplaint = query('complaint.follow', async ({ db, app }, key: ComplaintKey): Promise<OwnComplaintView> => {
  const { row } = await findByCode(db, app.secrets, key)
  return ownView((await filesOf(app, db, [row]))[0] as ComplaintFile)
})

/** Complaints shown to one account. */
const LATEST = 5

/** The latest complaints filed from one WeChat account. The caller must have been authenticated by WeChat. */
export const complaintsOfAccount = query(
  'complaint.follow',
  async ({ db, app }, input: { wechat: string }): Promise<PublicComplaintView[]> => {
    const rows = await complaintsOfWechat(db, app.secrets.indexes('complainant_wechat', input.wechat), LATEST)
    return (await filesOf(app, db, rows)).map(publicView)
  },
)

/** One complaint. @param key its id or number. @throws `complaint_missing`, also for complaints that the actor may not see. */
export const showComplaint = query('complaint.read', async ({ db, app, actor }, key: string): Promise<ComplaintView> => {
  const row = (await findComplaint(db, key)) ?? (await complaintByNumber(db, key.toUpperCase()))
  const [file] = row === null ? [] : await filesOf(app, db, [row])
  const view = file === undefined ? null : viewFor(file, actor)
  if (view === null) throw new AppError('complaint_missing', {})
  return view
})

/** A page of complaints, newest first. A unit sees those assigned to it; nobody sees complaints about their own unit. */
export const listComplaints = query(
  'complaint.read',
  async (
    { db, app, actor },
    input: {
      filter: Omit<ComplaintFilter, 'overdueOn'> & { overdue?: boolean | undefined }
      page: { limit: number; offset: number }
    },
  ): Promise<{ items: ComplaintView[]; total: number }> => {
    const own = ownUnitOf(actor)
    const { overdue, ...asked } = input.filter
    const filter: ComplaintFilter = {
      ...asked,
      ...(overdue === true ? { overdueOn: dayOf(app.clock.now()) } : {}),
      ...(own === null ? {} : { assignedTo: own }),
    }
    const { items, total } = await searchComplaints(db, filter, conflictsOf(actor), input.page)
    const views = (await filesOf(app, db, items)).flatMap((file) => viewFor(file, actor) ?? [])
    return { items: views, total }
  },
)

/** Complaints with their steps, evidence and due days, in the order of the rows. */
async function filesOf(app: AppContext, db: Db, rows: readonly ComplaintRow[]): Promise<ComplaintFile[]> {
  const ids = rows.map((row) => row.id)
  const steps = await stepsOf(db, ids)
  const evidence = await evidenceOf(db, ids)
  const due = await dueDays(db, ids)
  const orders = await ordersOf(db, app.secrets, ids)
  const orderDue = await pendingDueDays(
    db,
    orders.map(({ id }) => orderSubject(id)),
  )
  const names = await staffNames(
    db,
    steps.map(({ actor }) => actor),
  )
  const units = await unitNames(db, [...new Set(rows.flatMap(({ unitId }) => unitId ?? []))])
  return rows.map((row) => ({
    complaint: toComplaint(app.secrets, row),
    unitName: units.get(row.unitId ?? '') ?? null,
    steps: steps
      .filter((step) => step.complaintId === row.id)
      .map(({ n, at, actor, act, state, unitId, told }) => ({
        n,
        at,
        actor,
        actorName: names.get(actor) ?? null,
        act,
        state,
        unitId,
        told: told === '' ? [] : told.split(','),
      })),
    evidence: evidence
      .filter((each) => each.complaintId === row.id)
      .map(({ id, kind, bytes, sha256, at, released }) => ({ id, kind, bytes, sha256, at, released })),
    dueOn: due.get(row.id) ?? null,
    order: orderFileOf(orders, orderDue, row.id),
    limits: { files: app.config.evidence.maxFiles, bytes: app.config.evidence.maxBytes },
  }))
}

function orderFileOf(orders: readonly ComplaintOrder[], due: ReadonlyMap<string, Day>, complaintId: string): ComplaintFile['order'] {
  const order = orders.find((each) => each.complaintId === complaintId)
  return order === undefined ? null : { order, dueOn: due.get(orderSubject(order.id)) ?? null }
}
