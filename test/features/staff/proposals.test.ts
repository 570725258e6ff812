// Accounts of administrators and approvers: no mixing of roles, two administrators, and what one alone does is told.

import { expect } from 'chai'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { addStaff, disableStaff, enableStaff, resetPassword, setRoles, setStaffReach } from '../../../src/features/staff/commands.ts'
import { confirmStaff, discardStaffProposal } from '../../../src/features/staff/proposals.commands.ts'
import { REMOVED_COUNTS } from '../../../src/features/staff/rules.ts'
import { listStaff, type StaffView } from '../../../src/features/staff/views.ts'
import { logIn } from '../../../src/features/sessions/commands.ts'
import { TERMINAL } from '../../../src/features/sessions/places.commands.ts'
import { deliveryTable } from '../../../src/messaging/deliveries.store.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import { PUBLIC, STAFF_ROLES, SYSTEM, type Actor, type StaffRole } from '../../../src/platform/commands/permissions.ts'
import { openRow } from '../../../src/platform/database/sealing.ts'
import { addStaff as insertAccount, PAGE, told } from '../../support/deadlines.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { openServer } from '../../support/http-server.ts'
import { refusal } from '../../support/refusal.ts'
import { runCli } from '../../support/typed.ts'

const OPERATOR: Actor = { id: 'operator:root', roles: ['operator'] }

eachDatabase((_db, make) => {
  describe('two administrators', () => {
    let made: TestApp
    let app: AppContext
    beforeEach(async () => {
      made = await make()
      app = made.app
    })

    const account = async (...roles: StaffRole[]): Promise<Actor> => ({ id: await insertAccount(app, roles.join(',')), roles })
    const idOf = ({ id }: Actor): string => id.slice('staff:'.length)
    const view = async (id: string): Promise<StaffView> => {
      const found = (await listStaff(app, OPERATOR, PAGE)).items.find((each) => each.id === id)
      if (found === undefined) throw new Error('no such account')
      return found
    }
    const proposalOf = async (id: string): Promise<string> => (await view(id)).proposal?.id ?? ''
    const named = (login: string, ...roles: StaffRole[]): { login: string; name: string; roles: StaffRole[] } => ({
      login,
      name: '某某',
      roles,
    })

    it('refuses an account that is administrator and anything else, new or changed, whoever asks', async () => {
      const admin = await account('admin')
      const clerk = await account('clerk')
      for (const role of STAFF_ROLES.filter((each) => each !== 'admin'))
        for (const by of [admin, OPERATOR]) {
          await refusal('request_invalid', () => addStaff(app, by, named('mixed', 'admin', role)))
          await refusal('request_invalid', () => setRoles(app, by, { id: idOf(clerk), roles: [role, 'admin'] }))
        }
      expect((await view(idOf(clerk))).roles).to.deep.equal(['clerk'])
    })

    it('lets an account of an older database that mixes act as administrator alone, and tells it so', async () => {
      const server = await openServer(made)
      const mixed = await server.person('admin', 'approver')
      const session = await mixed.ask('GET', '/api/v1/session')
      expect(session.body['warning']).to.match(/管理员不能兼任/)
      expect((await view(mixed.id)).roles, 'nothing is changed').to.deep.equal(['approver', 'admin'])
      expect((await mixed.ask('GET', '/api/v1/listings')).status).to.equal(403)
      expect((await mixed.ask('GET', '/api/v1/staff')).status).to.equal(200)
      const ready = await server.ask('GET', '/readyz')
      expect(ready.text).to.include('有1个管理员账号兼任其他角色')
      expect((await (await server.person('admin')).ask('GET', '/api/v1/session')).body['warning']).to.equal(null)
      await server.close()
    })

    it('keeps a new approver or administrator out until another administrator confirms', async () => {
      const [first, second] = [await account('admin'), await account('admin')]
      for (const role of ['approver', 'admin'] as const) {
        const { staff, password } = await addStaff(app, first, named(`new.${role}`, role))
        expect(password).to.equal(null)
        expect(staff.disabledAt).not.to.equal(null)
        expect(staff.proposal).to.deep.include({ act: 'add', proposedBy: first.id, confirmedBy: null })
        const id = await proposalOf(staff.id)
        await refusal('staff_own_proposal', () => confirmStaff(app, first, { id }))
        await refusal('staff_proposal_open', () => enableStaff(app, second, { id: staff.id }))
        const confirmed = await confirmStaff(app, second, { id })
        expect(confirmed.staff).to.deep.include({ disabledAt: null, proposal: null })
        const opened = await logIn(app, PUBLIC, { login: staff.login, password: confirmed.password ?? '', origin: TERMINAL })
        expect(opened.staff.roles).to.deep.equal([role])
        await refusal('staff_proposal_missing', () => confirmStaff(app, second, { id }))
      }
      expect(await told(app, 'staff.changed_alone')).to.deep.equal([])
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('asks a second administrator for each act that gives somebody an approver or the group office, and for no other', async () => {
      const [first, second] = [await account('admin'), await account('admin')]
      const approver = await account('approver')
      const clerk = await account('clerk')
      const waits = async (act: () => Promise<{ proposal?: unknown; staff?: StaffView }>): Promise<boolean> => {
        const answer = await act()
        return (answer.staff ?? answer).proposal !== null
      }
      const grant = (): Promise<StaffView> => setRoles(app, first, { id: idOf(clerk), roles: ['clerk', 'approver'] })
      expect(await waits(grant), 'a grant').to.equal(true)
      expect((await view(idOf(clerk))).roles).to.deep.equal(['clerk'])
      await refusal('staff_proposal_open', grant)
      await confirmStaff(app, second, { id: await proposalOf(idOf(clerk)) })
      expect((await view(idOf(clerk))).roles).to.deep.equal(['clerk', 'approver'])
      expect(await waits(() => resetPassword(app, first, { id: idOf(approver) })), 'a reset').to.equal(true)
      await discardStaffProposal(app, first, { id: await proposalOf(idOf(approver)) })
      await disableStaff(app, first, { id: idOf(approver) })
      expect(await waits(() => enableStaff(app, first, { id: idOf(approver) })), 'reactivation').to.equal(true)
      await disableStaff(app, second, { id: idOf(approver) })
      expect((await view(idOf(approver))).proposal, 'a disabled account has no proposal').to.equal(null)
      const office = (): Promise<StaffView> => setRoles(app, first, { id: idOf(clerk), roles: ['group_office'] })
      expect(await waits(office), 'the group office sees complaints about the court').to.equal(true)
      await discardStaffProposal(app, first, { id: await proposalOf(idOf(clerk)) })
      for (const roles of [['clerk'], ['auditor']] as StaffRole[][])
        expect(await waits(() => setRoles(app, first, { id: idOf(clerk), roles })), roles.join()).to.equal(false)
      expect(await waits(() => resetPassword(app, first, { id: idOf(clerk) })), 'a clerk').to.equal(false)
    })

    it('never counts the person concerned: an administrator neither promotes nor confirms themself', async () => {
      const [first, second, third] = [await account('admin'), await account('admin'), await account('admin')]
      await setRoles(app, first, { id: idOf(first), roles: ['approver'] })
      const id = await proposalOf(idOf(first))
      await refusal('staff_own_proposal', () => confirmStaff(app, first, { id }))
      expect((await confirmStaff(app, second, { id })).staff.proposal, 'two others are needed').to.deep.include({ confirmedBy: second.id })
      await refusal('staff_own_proposal', () => confirmStaff(app, second, { id }))
      expect((await confirmStaff(app, third, { id })).staff.roles).to.deep.equal(['approver'])
    })

    it('cannot disable those who would notice in silence: they and every approver and auditor are told', async () => {
      const [first, second] = [await account('admin'), await insertAccount(app, 'admin', '13800000012')]
      const approver = await insertAccount(app, 'approver', '13800000013')
      await disableStaff(app, first, { id: second.slice('staff:'.length) })
      await disableStaff(app, first, { id: approver.slice('staff:'.length) })
      const notices = (await told(app, 'staff.changed_alone')).filter(({ text }) => text.includes('停用账号'))
      expect(notices.map(({ recipient }) => recipient)).to.have.members([second, approver, approver])
    })

    it('takes effect at once where one administrator is alone, and tells every approver and auditor', async () => {
      const admin = await account('admin')
      const reached = await insertAccount(app, 'approver', '13800000011')
      const unreached = await account('auditor')
      await account('clerk')
      const { staff, password } = await addStaff(app, admin, named('alone', 'approver'))
      expect(password).to.match(/^[A-Za-z2-9]{20}$/)
      expect(staff).to.deep.include({ disabledAt: null, proposal: null })
      const notices = await told(app, 'staff.changed_alone')
      expect(notices.map(({ recipient }) => recipient)).to.have.members([reached, unreached.id])
      expect(notices.map(({ media }) => media)).to.have.members(['sms', 'clerk'])
      for (const { text } of notices) expect(text).to.include('alone').and.to.include('新增账号')
      const rows = await app.store.read((db) => auditOf(db, `staff:${staff.id}`))
      expect(rows.map(({ detail }) => (JSON.parse(detail) as { outcome: string }).outcome)).to.deep.equal(['added', 'enabled'])
    })

    it('counts the operator of the server as no administrator', async () => {
      const first = await addStaff(app, OPERATOR, named('first', 'admin'))
      expect(first.password, 'the first administrator').to.be.a('string')
      const admin: Actor = { id: `staff:${first.staff.id}`, roles: ['admin'] }
      const { staff, password } = await addStaff(app, OPERATOR, named('by.operator', 'approver'))
      expect(password).to.equal(null)
      await refusal('staff_own_proposal', async () => confirmStaff(app, OPERATOR, { id: await proposalOf(staff.id) }))
      expect((await confirmStaff(app, admin, { id: await proposalOf(staff.id) })).staff.disabledAt).to.equal(null)
      const [second, third] = [await account('admin'), await account('admin')]
      const other = await addStaff(app, OPERATOR, named('by.operator2', 'approver'))
      const id = await proposalOf(other.staff.id)
      expect((await confirmStaff(app, second, { id })).password, 'one of two').to.equal(null)
      expect((await view(other.staff.id)).disabledAt).not.to.equal(null)
      expect((await confirmStaff(app, third, { id })).password).to.be.a('string')
      await addStaff(app, SYSTEM, named('by.house', 'approver'))
      expect((await view((await listStaff(app, OPERATOR, PAGE)).items.at(-1)?.id ?? '')).proposal).not.to.equal(null)
    })

    it('lets only administrators confirm or discard', async () => {
      const [first, second] = [await account('admin'), await account('admin')]
      const { staff } = await addStaff(app, first, named('waiting', 'approver'))
      const id = await proposalOf(staff.id)
      for (const role of STAFF_ROLES.filter((each) => each !== 'admin')) {
        const person = await account(role)
        await refusal('not_allowed', () => confirmStaff(app, person, { id }))
        await refusal('not_allowed', () => discardStaffProposal(app, person, { id }))
      }
      await disableStaff(app, first, { id: idOf(first) })
      expect((await confirmStaff(app, second, { id })).password, 'whoever was removed counts, and confirms nothing').to.equal(null)
    })

    it('lets nobody remove the second administrator in order to act alone: for two weeks the one left needs the operator', async () => {
      const [first, second] = [await account('admin'), await account('admin')]
      const watcher = await insertAccount(app, 'auditor', '13800000014')
      const removals = [
        (): Promise<StaffView> => disableStaff(app, first, { id: idOf(second) }),
        (): Promise<StaffView> => setRoles(app, first, { id: idOf(second), roles: ['clerk'] }),
      ]
      for (const [at, remove] of removals.entries()) {
        await remove()
        const { staff, password } = await addStaff(app, first, named(`puppet.${at}`, 'approver'))
        expect({ password, proposal: staff.proposal !== null }).to.deep.equal({ password: null, proposal: true })
        await refusal('staff_own_proposal', async () => confirmStaff(app, first, { id: await proposalOf(staff.id) }))
        await app.store.write((tx) =>
          tx.run('update staff set disabled_at = null, roles = ?, admin_until = null where id = ?', ['admin', idOf(second)]),
        )
      }
      expect((await told(app, 'staff.changed_alone')).map(({ recipient }) => recipient)).to.include.members([watcher, second.id])
      await disableStaff(app, first, { id: idOf(second) })
      const byOperator = await confirmStaff(app, OPERATOR, { login: 'PUPPET.1' })
      expect(byOperator.password, 'two people').to.be.a('string')
      const later = await addStaff(app, first, named('later', 'approver'))
      made.clock.advance(REMOVED_COUNTS * 86_400_000 + 1)
      await discardStaffProposal(app, first, { id: await proposalOf(later.staff.id) })
      expect((await enableStaff(app, first, { id: later.staff.id })).proposal, 'after two weeks, and told').to.equal(null)
    })

    it('gives no administrator the account of the other: a reset needs a third, or the operator', async () => {
      const [first, second] = [await account('admin'), await account('admin')]
      const { password } = await resetPassword(app, first, { id: idOf(second) })
      expect(password).to.equal(null)
      await refusal('staff_own_proposal', async () => confirmStaff(app, second, { id: await proposalOf(idOf(second)) }))
      const { login } = await view(idOf(second))
      expect(await runCli(app, 'staff', 'confirm', login), 'in the terminal of the server').to.match(/一次性密码：[A-Za-z2-9]{20}/)
      await refusal('staff_proposal_missing', () => runCli(app, 'staff', 'confirm', login))
      expect(await runCli(app, 'staff', 'unlock', login)).to.include('已解除')
    })

    it('lets the operator confirm nothing that administrators can', async () => {
      const [first, second] = [await account('admin'), await account('admin')]
      const { staff } = await addStaff(app, first, named('for.second', 'approver'))
      await refusal('staff_confirm_admin', () => confirmStaff(app, OPERATOR, { login: staff.login }))
      await refusal('staff_proposal_missing', () => confirmStaff(app, OPERATOR, { login: 'nobody' }))
      expect((await confirmStaff(app, second, { id: await proposalOf(staff.id) })).password).to.be.a('string')
    })

    it('tells whoever watches over others, at the address until now, that alarms and codes go to another', async () => {
      const admin = await account('admin')
      const [approver, clerk] = [await insertAccount(app, 'approver', '13800000015'), await insertAccount(app, 'clerk', '13800000016')]
      for (const each of [approver, clerk]) await setStaffReach(app, admin, { id: each.slice('staff:'.length), phone: '13800000017' })
      const notices = await told(app, 'staff.changed_alone')
      expect(notices.map(({ recipient }) => recipient)).to.deep.equal([approver])
      expect(notices[0]?.text).to.include('更换联系方式')
      const rows = await app.store.read((db) =>
        db.query<{ id: string; address: string }>("select id, address from delivery where medium = 'sms' and rung = 0"),
      )
      expect(rows.map((row) => openRow(deliveryTable, app.secrets, row).address)).to.deep.equal(['+8613800000015'])
    })

    it('lets two confirmations at once take effect once', async () => {
      const [first, second, third] = [await account('admin'), await account('admin'), await account('admin')]
      const { staff } = await addStaff(app, first, named('raced', 'approver'))
      const id = await proposalOf(staff.id)
      const ends = await Promise.allSettled([second, third].map((by) => confirmStaff(app, by, { id })))
      expect(ends.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected'])
    })
  })
})
