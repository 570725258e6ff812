// Lists of complaints as the desk needs them: what is overdue, decided or unresolved, parts of numbers, and what each reader may do.

import { expect } from 'chai'
import {
  acceptComplaint,
  assignComplaint,
  decideComplaint,
  fileComplaint,
  recordInvestigation,
  type FiledComplaint,
} from '../../../src/features/complaints/commands.ts'
import { listComplaints, showComplaint } from '../../../src/features/complaints/views.ts'
import type { ComplaintForm } from '../../../src/features/complaints/form.rules.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { addStaff, at, CLERK, PAGE } from '../../support/deadlines.ts'
import { eachDatabase } from '../../support/app.ts'

const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }
const AUDITOR: Actor = { id: 'staff:auditor', roles: ['auditor'] }
const FORM: ComplaintForm = { about: 'unit', text: '国土局没有查名单就办了手续。', unitId: 'land', anonymous: true }

const file = (app: AppContext, form: Partial<ComplaintForm> = {}, by = PUBLIC): Promise<FiledComplaint> =>
  fileComplaint(app, by, { ...FORM, ...form, way: by === PUBLIC ? 'web' : 'phone' })

eachDatabase((_db, make) => {
  describe('a list of complaints', () => {
    it('is narrowed to what is overdue, decided, unresolved, or has a part of a number', async () => {
      const { app, clock } = await make({ now: at('2026-03-02', 10) })
      await addTheUnits(app)
      const numbersOf = async (by: Actor, filter: Parameters<typeof listComplaints>[2]['filter']): Promise<string[]> =>
        (await listComplaints(app, by, { filter, page: PAGE })).items.map(({ number }) => number.slice(-4))
      const first = await file(app)
      const court = await file(app, { unitId: undefined, unitWords: '某某窗口' })
      expect([first.visible, court.visible]).to.deep.equal([true, true])
      expect(await numbersOf(CLERK, { overdue: true })).to.deep.equal([])
      clock.set(at('2026-04-01', 10))
      const fresh = await file(app, { unitId: 'forestry', text: '林业局没有反馈情况，一直拖着。' })
      expect(await numbersOf(CLERK, { overdue: true })).to.deep.equal(['0001'])
      expect(await numbersOf(OFFICE, { overdue: true })).to.deep.equal(['0002', '0001'])
      expect(await numbersOf(OFFICE, { unresolved: true })).to.deep.equal(['0002'])
      expect(await numbersOf(CLERK, { unresolved: true })).to.deep.equal([])
      expect(await numbersOf(CLERK, { number: fresh.number.slice(2, 10) })).to.deep.equal(['0001'])
      for (const number of ['%', '_', 'ts2026']) expect(await numbersOf(CLERK, { number })).to.have.length(number === 'ts2026' ? 2 : 0)
      expect(await numbersOf(CLERK, { states: ['upheld', 'not_upheld'] })).to.deep.equal([])
    })

    it('says for each reader what they may do now, and by whom each step was done', async () => {
      const { app } = await make({ now: at('2026-03-02', 10) })
      await addTheUnits(app)
      const clerk: Actor = { id: await addStaff(app, 'clerk'), roles: ['clerk'] }
      const { id } = await file(app)
      const possible = async (by: Actor): Promise<string[]> => (await showComplaint(app, by, id)).possible
      expect(await possible(clerk)).to.deep.equal(['accept', 'decline', 'add_evidence'])
      expect(await possible(OFFICE)).to.deep.equal([])
      await acceptComplaint(app, clerk, { id })
      await assignComplaint(app, clerk, { id, brief: '请核查该笔手续。' })
      expect(await possible(OFFICE)).to.deep.equal(['investigate'])
      expect(await possible(AUDITOR)).to.deep.equal([])
      expect(await possible(clerk)).to.deep.equal(['assign', 'investigate', 'add_evidence'])
      await recordInvestigation(app, OFFICE, { id, findings: '没有查名单。' })
      await decideComplaint(app, clerk, { id, finding: 'upheld', outcome: '已责令补查。', orderUnitId: 'forestry' })
      const view = await showComplaint(app, clerk, id)
      expect(view).to.include({ state: 'upheld' })
      expect(view.view === 'handler' && view.order).to.include({ unitId: 'forestry', state: 'open' })
      expect(view.view === 'handler' && view.order?.possible).to.deep.equal(['answer'])
      expect(view.view === 'handler' && view.steps.map(({ actorName }) => actorName !== null)).to.deep.equal([
        false,
        true,
        true,
        false,
        true,
      ])
    })

    it('tells whoever entered a complaint about the court that they will not see it', async () => {
      const { app } = await make({ now: at('2026-03-02', 10) })
      await addTheUnits(app)
      const filed = await file(app, { unitId: undefined, unitWords: '你们法院' }, CLERK)
      expect(filed.visible).to.equal(false)
    })
  })
})
