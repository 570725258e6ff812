// What is stored of a complaint and who reads it: sealed at rest, absent from logs, audit and other readers’ views; duplicates linked.
// Every serialised reply is searched for every personal value.

import { expect } from 'chai'
import {
  acceptComplaint,
  assignComplaint,
  declineComplaint,
  fileComplaint,
  recordInvestigation,
} from '../../../src/features/complaints/commands.ts'
import { listComplaints, showComplaint, statusOfComplaint } from '../../../src/features/complaints/views.ts'
import { auditTrail } from '../../../src/features/audit/views.ts'
import { listDeadlines } from '../../../src/features/deadlines/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { addEvidence } from '../../../src/features/complaints/evidence.commands.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { getNotice, listDuties, listNotices } from '../../../src/features/notices/views.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { createSecrets } from '../../../src/core/secrets.ts'
import type { ComplaintForm } from '../../../src/features/complaints/form.rules.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { ADMIN, CLERK, PAGE } from '../../support/deadlines.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { eachDatabase } from '../../support/app.ts'
import { jpeg } from '../../support/media.ts'

const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }
const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const OTHERS: Actor[] = [
  OFFICE,
  OPERATOR,
  { id: 'staff:approver', roles: ['approver'] },
  { id: 'staff:auditor', roles: ['auditor'] },
  { id: 'liaison:1', roles: ['liaison'], unitId: 'land' },
  { id: 'liaison:2', roles: ['liaison'], unitId: 'forestry' },
  { id: 'key:1', roles: ['unit_system'], unitId: 'forestry' },
]
const FORM: ComplaintForm = {
  about: 'unit',
  text: '国土局给永宗尼玛办了土地出让手续，没有查名单，我在隔壁窗口亲眼看见。',
  debtorName: '永宗尼玛',
  debtorIdentifier: '533401198709040343',
  place: '政务大厅三号窗口',
  unitId: 'land',
  anonymous: false,
  name: '央宗卓玛',
  phone: '13887112233',
  wechat: 'oYangzong_0123456789',
}
const PERSONAL = ['央宗卓玛', '央宗', '13887112233', 'oYangzong', '隔壁窗口', '三号窗口']

function expectNone(text: string, values: readonly string[], where: string): void {
  expect(text.length, where).to.be.above(1)
  for (const value of values) expect(text, where).to.not.include(value)
}

/** Every row of every table, as text. */
async function allRows(app: AppContext): Promise<string> {
  return app.store.read(async (db) => {
    const tables = ['complaint', 'complaint_step', 'complaint_evidence', 'audit', 'notice', 'delivery', 'deadline', 'counter']
    const rows = await Promise.all(tables.map((table) => db.query<object>(`select * from ${table}`)))
    return JSON.stringify(rows)
  })
}

eachDatabase((_db, make) => {
  describe('a complaint', () => {
    it('shows nothing of the complainant at rest, in the log, or to anybody but its handler', async () => {
      const { app, logged } = await make()
      await addTheUnits(app)
      await addLiaison(app, ADMIN, { unitId: 'forestry', name: '和晓', phone: '13988712345' })
      const { id, number, code } = await fileComplaint(app, PUBLIC, { ...FORM, way: 'bot' })
      const content = (async function* () {
        yield await Promise.resolve(jpeg())
      })()
      const evidence = await addEvidence(app, PUBLIC, { complaint: { number, code }, content })
      await acceptComplaint(app, CLERK, { id })
      await assignComplaint(app, CLERK, { id, unitId: 'forestry', brief: '请核查土地出让的审批。', evidence: [evidence.id] })
      await recordInvestigation(app, { id: 'liaison:2', roles: ['liaison'], unitId: 'forestry' }, { id, findings: '已核查。' })

      const handler = JSON.stringify(await showComplaint(app, CLERK, id))
      for (const word of PERSONAL.filter((each) => each !== 'oYangzong')) expect(handler).to.include(word)

      expectNone(await allRows(app), [...PERSONAL, '永宗尼玛', '533401198709040343', code, code.replaceAll('-', '')], 'the database')
      expectNone(JSON.stringify(logged), PERSONAL, 'the log')
      expectNone(JSON.stringify(await statusOfComplaint(app, PUBLIC, { number, code })), PERSONAL, 'the public status')
      for (const actor of OTHERS) {
        const shown = await showComplaint(app, actor, id).catch((error: unknown) => String(error))
        const list = await listComplaints(app, actor, { filter: {}, page: PAGE })
        const clocks = await listDeadlines(app, actor, { filter: {}, page: PAGE })
        expectNone(JSON.stringify([shown, list, clocks]), PERSONAL, actor.id)
      }
      const notices = await listNotices(app, CLERK, { filter: {}, page: PAGE })
      expect(notices.total).to.equal(4)
      for (const notice of notices.items)
        expectNone(JSON.stringify(await getNotice(app, CLERK, notice.id)), [...PERSONAL, '****2233', '*6789'], notice.event)
      expectNone(JSON.stringify(await auditTrail(app, OPERATOR, `complaint:${id}`)), PERSONAL, 'the audit')
    })

    it('becomes a clerk’s task that names the unit when the assigned unit has no liaison', async () => {
      const { app } = await make()
      await addTheUnits(app)
      const { id } = await fileComplaint(app, PUBLIC, { ...FORM, wechat: undefined, phone: undefined, way: 'web' })
      await acceptComplaint(app, CLERK, { id })
      await assignComplaint(app, CLERK, { id, brief: '请核查。' })
      const { items } = await listDuties(app, CLERK, PAGE)
      expect(items.map((duty) => duty.addressee)).to.deep.equal(['惩戒单位 · leading_group_office'])
    })

    it('is linked to a similar earlier one, which only the handler sees', async () => {
      const { app, clock } = await make()
      await addTheUnits(app)
      const first = await fileComplaint(app, PUBLIC, { ...FORM, way: 'web' })
      const again = { ...FORM, text: `${FORM.text}请处理！`, name: '扎西次仁', phone: '13988700000', wechat: undefined }
      const second = await fileComplaint(app, PUBLIC, { ...again, way: 'web' })
      const byName = await fileComplaint(app, PUBLIC, { ...again, unitId: 'forestry', debtorIdentifier: undefined, way: 'web' })
      const other = await fileComplaint(app, PUBLIC, { ...again, text: '他在酒店摆酒三十桌，又坐了飞机去昆明。', way: 'web' })
      const elsewhere = await fileComplaint(app, PUBLIC, {
        ...again,
        unitId: 'bank_one',
        debtorName: '和志强',
        debtorIdentifier: undefined,
        way: 'web',
      })
      clock.set(new Date('2027-02-21T02:00:00Z'))
      const later = await fileComplaint(app, PUBLIC, { ...again, way: 'web' })
      const links = await Promise.all(
        [first, second, byName, other, elsewhere, later].map(async ({ id }) => {
          const view = await showComplaint(app, CLERK, id)
          return view.view === 'handler' ? view.duplicateOf : 'hidden'
        }),
      )
      expect(links).to.deep.equal([null, first.id, first.id, null, null, null])
      await declineComplaint(app, CLERK, { id: second.id, reason: 'already_answered' })
      const status = await statusOfComplaint(app, PUBLIC, second)
      expectNone(JSON.stringify([second, status]), [first.id, first.number, ...PERSONAL.slice(0, 5)], 'the second complainant')
      expect(Object.keys(second).sort()).to.deep.equal(Object.keys(other).sort())
    })

    it('is found and read under a new data key, without the old one', async () => {
      const { app } = await make()
      await addTheUnits(app)
      const first = await fileComplaint(app, PUBLIC, { ...FORM, way: 'web' })
      const [oldKey, newKey] = [
        { id: 't1', bytes: Buffer.alloc(32, 7) },
        { id: 't2', bytes: Buffer.alloc(32, 8) },
      ]
      await rotateKeys({ ...app, secrets: createSecrets([newKey, oldKey]) }, OPERATOR)
      const after = { ...app, secrets: createSecrets([newKey]) }
      expect(JSON.stringify(await showComplaint(after, CLERK, first.id))).to.include('央宗卓玛')
      const second = await fileComplaint(after, PUBLIC, { ...FORM, unitId: 'forestry', debtorName: undefined, way: 'web' })
      expect(await showComplaint(after, CLERK, second.id)).to.include({ duplicateOf: first.id })
    })
  })
})
