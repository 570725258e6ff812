// The daily work on deadlines on both databases: opened once, reminders by working days left, misses, escalation, and catching up.
// Counting periods is rules.test.ts; changes of the calendar are calendar.test.ts.

import { expect } from 'chai'
import { checkConfig } from '../../../src/app.ts'
import { readConfig } from '../../../src/config/config.ts'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import { cancelDeadlines, type NewDeadline } from '../../../src/features/deadlines/commands.ts'
import { listDeadlines } from '../../../src/features/deadlines/views.ts'
import type { Day } from '../../../src/core/calendar.ts'
import { SYSTEM, type Actor } from '../../../src/platform/commands/permissions.ts'
import { insertUnits } from '../../../src/features/units/store.ts'
import { addStaff, addUnit, at, CLERK, closeClock, openClocks, PAGE, theClock, told } from '../../support/deadlines.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { refusal } from '../../support/refusal.ts'

eachDatabase((db, make) => {
  const startApp = async (day: Day): Promise<TestApp> => make({ now: at(day, 10) })

  describe('a deadline', () => {
    it('that is opened twice is stored once, keeps the rule it was counted by, and closes once', async () => {
      const { app, clock } = await startApp('2026-03-02')
      const opening: NewDeadline = { code: 'objection.review', subject: 'objection:1', start: '2026-03-02' }
      await openClocks(app, [opening, opening])
      await openClocks(app, [{ ...opening, start: '2026-03-10' }])
      const row = await theClock(app, 'objection:1')
      expect(row).to.include({ state: 'open', due: '2026-03-17', start: '2026-03-02', amount: 15, unit: 'calendar_day', owner: 'clerk' })
      expect(row.nextReminderOn).to.equal('2026-03-12')
      clock.set(at('2026-03-17', 23, 59))
      expect(await closeClock(app, 'objection.review', 'objection:1')).to.equal('in_time')
      expect(await closeClock(app, 'objection.review', 'objection:1')).to.equal(undefined)
      expect(await closeClock(app, 'objection.review', 'objection:none')).to.equal(undefined)
      expect((await theClock(app, 'objection:1')).state).to.equal('closed')
    })

    it('that is closed after its last day is late, whether or not the task has marked it missed before', async () => {
      const { app, clock } = await startApp('2026-03-02')
      await openClocks(
        app,
        ['a', 'b'].map((subject) => ({ code: 'objection.carry_out', subject, start: '2026-03-02' })),
      )
      clock.set(at('2026-03-06'))
      expect(await closeClock(app, 'objection.carry_out', 'a')).to.equal('late')
      await runDeadlines(app, SYSTEM)
      expect((await theClock(app, 'b')).state).to.equal('missed')
      expect(await closeClock(app, 'objection.carry_out', 'b')).to.equal('late')
      expect((await theClock(app, 'b')).state).to.equal('closed_late')
    })

    it('is not opened where the profile sets no period, and is missed without a notice when its owner is a debtor', async () => {
      const statute = await make({ now: at('2026-03-02'), env: { CLOCK_PROFILE: 'statute' } })
      await openClocks(statute.app, [{ code: 'objection.file', subject: 'listing:1', start: '2026-03-02' }])
      expect((await listDeadlines(statute.app, CLERK, { filter: {}, page: PAGE })).total).to.equal(0)
      const { app, clock } = await startApp('2026-03-02')
      await openClocks(app, [{ code: 'objection.file', subject: 'listing:1', start: '2026-03-02' }])
      clock.set(at('2026-03-13'))
      await runDeadlines(app, SYSTEM)
      expect((await theClock(app, 'listing:1')).state).to.equal('missed')
      expect(await told(app)).to.deep.equal([])
      expect(await closeClock(app, 'objection.file', 'listing:1')).to.equal('late')
    })

    it('that is cancelled is neither reminded of nor missed, and stays missed when it was missed before', async () => {
      const { app, clock } = await startApp('2026-03-02')
      await openClocks(
        app,
        ['a', 'b'].map((subject) => ({ code: 'objection.carry_out', subject, start: '2026-03-02' })),
      )
      const cancel = (subject: string): Promise<void> =>
        app.store.write((tx) => cancelDeadlines({ tx, now: clock.now() }, 'objection.carry_out', [subject]))
      await cancel('a')
      clock.set(at('2026-03-06'))
      expect(await runDeadlines(app, SYSTEM)).to.include({ missed: 1, reminded: 0 })
      await cancel('b')
      expect([(await theClock(app, 'a')).state, (await theClock(app, 'b')).state]).to.deep.equal(['cancelled', 'missed'])
    })

    it('takes its amount from configuration where it is a house rule', async () => {
      const { app } = await make({ now: at('2026-03-02'), env: { CLOCK_DAYS: '{"complaint.accept":5}' } })
      await openClocks(app, [{ code: 'complaint.accept', subject: 'complaint:1', start: '2026-03-02' }])
      expect((await theClock(app, 'complaint:1')).due).to.equal('2026-03-09')
      expect(() => checkConfig(readConfig({ CLOCK_DAYS: '{"objection.review":5}' }))).to.throw(/clock_law/)
    })
  })

  describe('the daily run over deadlines', () => {
    it('reminds each clerk and each unit once, in one message, on the right days', async () => {
      const { app, clock } = await startApp('2026-03-02')
      const clerk = await addStaff(app, 'clerk,approver', '13800000009')
      await addStaff(app, 'approver')
      const { liaison } = await addUnit(app, 'water')
      await openClocks(app, [
        ...['1', '2'].map((n) => ({ code: 'objection.review' as const, subject: `objection:${n}`, start: '2026-03-02' })),
        { code: 'assistance.acknowledge', subject: 'notice:1', start: '2026-03-09', unitId: 'water' },
      ])
      const found: string[] = []
      for (let date = 2; date <= 17; date += 1) {
        const day = `2026-03-${String(date).padStart(2, '0')}`
        clock.set(at(day))
        const reports = await Promise.all(
          db === 'mariadb' ? [runDeadlines(app, SYSTEM), runDeadlines(app, SYSTEM)] : [runDeadlines(app, SYSTEM)],
        )
        expect(reports.flatMap((report) => report.days)).to.deep.equal([day])
        expect((await runDeadlines(app, SYSTEM)).days).to.deep.equal([])
        for (const each of (await told(app, 'deadline.reminder')).filter(({ event }) => event.endsWith(day)))
          found.push(`${day} ${each.recipient}`)
      }
      // 17 March is the last day: three and one working days before it, and itself. The unit's 12 March: one before, and itself.
      expect(found.sort()).to.deep.equal(
        [`2026-03-11 ${liaison}`, `2026-03-12 ${clerk}`, `2026-03-12 ${liaison}`, `2026-03-16 ${clerk}`, `2026-03-17 ${clerk}`].sort(),
      )
      const texts = (await told(app)).map((each) => each.text)
      expect(texts.find((text) => text.includes('审查纠正申请')))
        .to.include('有2项期限将届满')
        .and.include('2026年3月17日')
    })

    it('escalates misses to the clerk and the approver, or to the liaison, the head and the group office', async () => {
      const { app, clock } = await startApp('2026-03-02')
      const clerk = await addStaff(app, 'clerk', '13800000009')
      const approver = await addStaff(app, 'approver', '13800000008')
      const office = await addStaff(app, 'group_office', '13800000007')
      const { liaison, head } = await addUnit(app, 'water')
      await openClocks(app, [
        { code: 'objection.carry_out', subject: 'objection:1', start: '2026-03-02' },
        { code: 'lift.carry_out', subject: 'lift_order:1', start: '2026-03-04', unitId: 'water' },
      ])
      clock.set(at('2026-03-06'))
      expect(await runDeadlines(app, SYSTEM)).to.include({ missed: 2 })
      const missed = await told(app, 'deadline.missed')
      expect(missed.map((each) => each.recipient).sort()).to.deep.equal([clerk, approver, office, liaison, head].sort())
      const textTo = (recipient: string): string => missed.find((each) => each.recipient === recipient)?.text ?? ''
      expect(textTo(approver)).to.include('纠正成立后撤销或更正1项').and.not.include('单位解除惩戒')
      expect(textTo(office)).to.include('单位解除惩戒1项，涉及1个单位').and.not.include('纠正成立')
      expect(textTo(head)).to.include('单位解除惩戒1项')
    })

    it('leaves a task for a clerk where nobody can be reached', async () => {
      const { app, clock } = await startApp('2026-03-02')
      const blank = { kind: 'government', isClass: false, classId: null, leadingGroupMember: false, active: true, seeded: true }
      await app.store.write((tx) => insertUnits(tx, [{ ...blank, id: 'water', name: '水务局' }]))
      await openClocks(app, [{ code: 'lift.carry_out', subject: 'lift_order:1', start: '2026-03-04', unitId: 'water' }])
      clock.set(at('2026-03-06'))
      await runDeadlines(app, SYSTEM)
      const missed = await told(app, 'deadline.missed')
      expect(missed.map(({ recipient, media }) => `${recipient} ${media}`).sort()).to.deep.equal([
        'role:group_office clerk',
        'unit:water clerk',
      ])
    })

    it('makes one task of all units without a liaison in a new installation, with the sheet to fill, and still tells the others', async () => {
      const { app, clock } = await startApp('2026-03-02')
      const blank = { kind: 'government', isClass: false, classId: null, leadingGroupMember: false, active: true, seeded: true }
      const many = Array.from({ length: 60 }, (_, n) => ({ ...blank, id: `u${100 + n}`, name: `某某${n + 1}局` }))
      await app.store.write((tx) => insertUnits(tx, many))
      const { liaison, head } = await addUnit(app, 'water')
      const owed = [...many.map(({ id }) => id), 'water']
      await openClocks(
        app,
        owed.map((unitId) => ({ code: 'lift.carry_out', subject: `lift_order:${unitId}`, start: '2026-03-04', unitId })),
      )
      clock.set(at('2026-03-05'))
      await runDeadlines(app, SYSTEM)
      clock.set(at('2026-03-06'))
      await runDeadlines(app, SYSTEM)
      const toUnits = (await told(app)).filter(({ recipient }) => !recipient.startsWith('role:'))
      expect(toUnits.map(({ event, recipient }) => `${event} ${recipient}`).sort()).to.deep.equal(
        [
          `deadline.reminder:2026-03-05 ${liaison}`,
          'deadline.unreached:reminded:2026-03-05:u100 court',
          `deadline.missed:2026-03-06 ${liaison}`,
          `deadline.missed:2026-03-06 ${head}`,
          'deadline.unreached:over:2026-03-06:u100 court',
        ].sort(),
      )
      const [missed, reminded] = toUnits.filter(({ recipient }) => recipient === 'court').map(({ text }) => text)
      expect(missed)
        .to.include('有60个单位没有在用的联络员')
        .and.include('逾期')
        .and.include('某某1局、某某2局')
        .and.include('联络员登记表')
      expect(reminded).to.include('将届').and.include('单位解除惩戒60项，涉及60个单位')
    })

    it('catches up after a pause with misses under their own days, oldest first, and one reminder of what is still open', async () => {
      const { app, clock } = await startApp('2026-03-02')
      await addStaff(app, 'clerk', '13800000009')
      await runDeadlines(app, SYSTEM)
      await openClocks(app, [
        { code: 'objection.carry_out', subject: 'early', start: '2026-03-02' },
        { code: 'objection.carry_out', subject: 'later', start: '2026-03-04' },
        { code: 'objection.review', subject: 'open', start: '2026-03-02' },
      ])
      clock.set(at('2026-03-17', 9))
      const report = await runDeadlines(app, SYSTEM)
      expect(report.days).to.have.length(15)
      expect(report).to.include({ missed: 2, reminded: 1 })
      expect([(await theClock(app, 'early')).overOn, (await theClock(app, 'later')).overOn]).to.deep.equal(['2026-03-06', '2026-03-10'])
      expect((await theClock(app, 'open')).remindedLeft).to.equal(0)
      const events = (await told(app)).filter(({ recipient }) => recipient.startsWith('staff:')).map((each) => each.event)
      expect(events).to.deep.equal(['deadline.missed:2026-03-06', 'deadline.missed:2026-03-10', 'deadline.reminder:2026-03-17'])
    })

    it('resumes a run that was interrupted, and notifies nobody twice', async () => {
      const { app, clock } = await startApp('2026-03-02')
      await addStaff(app, 'clerk', '13800000009')
      await openClocks(app, [{ code: 'objection.carry_out', subject: 'objection:1', start: '2026-03-02' }])
      clock.set(at('2026-03-06'))
      await runDeadlines(app, SYSTEM)
      const before = await told(app)
      // As if the process had died before it recorded the end of the day's run.
      const unfinish = (until: Date): Promise<number> =>
        app.store.write((tx) =>
          tx.run("update run set finished_at = null, lease_token = 'x', lease_until = ? where name = 'clock'", [until]),
        )
      await unfinish(at('2026-03-06', 1))
      expect((await runDeadlines(app, SYSTEM)).days, 'another process holds the run').to.deep.equal([])
      clock.set(at('2026-03-06', 2))
      expect((await runDeadlines(app, SYSTEM)).days).to.deep.equal(['2026-03-06'])
      expect(await told(app)).to.deep.equal(before)
    })

    it('handles many deadlines in portions', async () => {
      const { app, clock } = await startApp('2026-03-02')
      const many = Array.from({ length: 2_500 }, (_, n) => ({
        code: 'objection.carry_out' as const,
        subject: `o:${n}`,
        start: '2026-03-02',
      }))
      await openClocks(app, many)
      clock.set(at('2026-03-04'))
      expect(await runDeadlines(app, SYSTEM)).to.include({ reminded: 2_500, missed: 0 })
      clock.set(at('2026-03-06'))
      expect(await runDeadlines(app, SYSTEM)).to.include({ reminded: 0, missed: 2_500 })
      expect((await told(app, 'deadline.missed')).map((each) => each.recipient)).to.deep.equal(['role:approver', 'role:clerk'])
    })
  })

  describe('a unit that lists deadlines', () => {
    it('sees its own and those of no other unit', async () => {
      const { app } = await startApp('2026-03-02')
      await addUnit(app, 'water')
      await addUnit(app, 'land')
      for (const unitId of ['water', 'land'])
        await openClocks(app, [{ code: 'lift.carry_out', subject: `lift_order:${unitId}`, start: '2026-03-02', unitId }])
      const liaison: Actor = { id: 'liaison:1', roles: ['liaison'], unitId: 'water' }
      const { items } = await listDeadlines(app, liaison, { filter: {}, page: PAGE })
      expect(items.map((each) => `${each.unitId} ${each.name} ${each.late}`)).to.deep.equal(['water 单位解除惩戒 false'])
      await refusal('unit_other', () => listDeadlines(app, liaison, { filter: { unitId: 'land' }, page: PAGE }))
      const lost: Actor = { id: 'liaison:2', roles: ['liaison'] }
      expect((await listDeadlines(app, lost, { filter: {}, page: PAGE })).total).to.equal(0)
    })
  })
})
