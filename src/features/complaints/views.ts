// Looking at complaints: each reader gets the one view that is theirs; complainants ask with number and code, or from the account they wrote from.
// What a view holds is domain/complaint-views.

import { AppError } from '../../core/errors.ts'
import { speaksFor } from './rules.ts'
import { publicView, viewFor, type ComplaintFile, type ComplaintView, type PublicComplaintView } from './views.rules.ts'
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
import { view, type House } from '../../platform/commands/command.ts'

/** How far a complaint is, for whoever holds its number and code. @throws `complaint_missing`, the same for a wrong number and a wrong code. */
export const statusOfComplaint = view('complaint.follow', async ({ db, house }, key: ComplaintKey): Promise<PublicComplaintView> => {
  const { row } = await findByCode(db, house.secrets, key)
  return publicView((await filesOf(house, db, [row]))[0] as ComplaintFile)
})

const LATEST = 5

/** The latest complaints filed from one WeChat account. Only for a caller that the platform itself has named. */
export const complaintsOfAccount = view(
  'complaint.follow',
  async ({ db, house }, input: { wechat: string }): Promise<PublicComplaintView[]> => {
    const rows = await complaintsOfWechat(db, house.secrets.indexes('wechat', input.wechat), LATEST)
    return (await filesOf(house, db, rows)).map(publicView)
  },
)

/** By id or number. @throws `complaint_missing`, also for what the actor may not know of. */
export const showComplaint = view('complaint.read', async ({ db, house, actor }, key: string): Promise<ComplaintView> => {
  const row = (await findComplaint(db, key)) ?? (await complaintByNumber(db, key.toUpperCase()))
  const [file] = row === null ? [] : await filesOf(house, db, [row])
  const seen = file === undefined ? null : viewFor(file, actor)
  if (seen === null) throw new AppError('complaint_missing', {})
  return seen
})

/** Newest first. A unit sees what is assigned to it; nobody sees what complains of their own unit. */
export const listComplaints = view(
  'complaint.read',
  async (
    { db, house, actor },
    input: { filter: ComplaintFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: ComplaintView[]; total: number }> => {
    const own = ownUnitOf(actor)
    const filter = own === null ? input.filter : { ...input.filter, assignedTo: own }
    const { items, total } = await searchComplaints(db, filter, speaksFor(actor), input.page)
    const views = (await filesOf(house, db, items)).flatMap((file) => viewFor(file, actor) ?? [])
    return { items: views, total }
  },
)

/** Complaints with all that belongs to them, in the order given. */
async function filesOf(house: House, db: Db, rows: readonly ComplaintRow[]): Promise<ComplaintFile[]> {
  const ids = rows.map((row) => row.id)
  const steps = await stepsOf(db, ids)
  const evidence = await evidenceOf(db, ids)
  const due = await dueDays(db, ids)
  return rows.map((row) => ({
    complaint: toComplaint(house.secrets, row),
    steps: steps
      .filter((step) => step.complaintId === row.id)
      .map(({ n, at, actor, act, state, unitId, told }) => ({
        n,
        at,
        actor,
        act,
        state,
        unitId,
        told: told === '' ? [] : told.split(','),
      })),
    evidence: evidence
      .filter((each) => each.complaintId === row.id)
      .map(({ id, kind, bytes, sha256, at, released }) => ({ id, kind, bytes, sha256, at, released })),
    dueOn: due.get(row.id) ?? null,
  }))
}
