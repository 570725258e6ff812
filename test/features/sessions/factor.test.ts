// The second factor of staff: nothing without it, no code twice, guesses counted, lost phones reset by two administrators.

import { expect } from 'chai'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import type { AppError } from '../../../src/core/errors.ts'
import { bearerHash, createSecrets } from '../../../src/core/secrets.ts'
import { fromBase32, totpCode, totpStep } from '../../../src/core/totp.ts'
import { giveFactor } from '../../../src/features/sessions/factor.commands.ts'
import { setStaffReach } from '../../../src/features/staff/commands.ts'
import { confirmStaff } from '../../../src/features/staff/proposals.commands.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { TEST_KEY, eachDatabase, type TestApp } from '../../support/app.ts'
import { codesSent } from '../../support/codes.ts'
import { asking, openServer, type Answer, type Ask, type Person, type TestServer } from '../../support/http-server.ts'
import { refusal } from '../../support/refusal.ts'
import { addAccount, PASSWORD, runCli, runCliWith } from '../../support/typed.ts'

const MINUTE = 60_000
const OPERATOR: Actor = { id: 'operator:root', roles: ['operator'] }

eachDatabase((_db, make) => {
  describe('the second factor of staff', () => {
    let made: TestApp
    let server: TestServer

    beforeEach(async () => {
      made = await make({ env: { SECOND_FACTOR: 'approver,admin' } })
      server = await openServer(made)
    })
    afterEach(() => server.close())

    const code = (answer: Answer): unknown => answer.body['code']
    const totp = (secret: string, stepsLater = 0): string => totpCode(fromBase32(secret), totpStep(made.clock.now()) + stepsLater)
    const give = (ask: Ask, given: string): Promise<Answer> => ask('POST', '/api/v1/session/factor', { json: { code: given } })

    /** Enrols an app; answers its secret. */
    async function enrol({ ask }: Pick<Person, 'ask'>): Promise<string> {
      const secret = String((await ask('POST', '/api/v1/session/factor/enrolment', { json: { way: 'totp' } })).body['secret'])
      const confirmed = await ask('POST', '/api/v1/session/factor/enrolment/confirm', { json: { code: totp(secret) } })
      expect(confirmed.status).to.equal(200)
      made.clock.advance(MINUTE)
      return secret
    }

    /** A new log-in of the same person, before the factor is given. */
    async function again({ login, password }: Person): Promise<{ ask: Ask; opened: Answer }> {
      const opened = await server.ask('POST', '/api/v1/session', { json: { login, password } })
      const cookie = (opened.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
      return { opened, ask: asking(server.url, { cookie, 'x-csrf-token': String(opened.body['csrfToken']) }) }
    }

    it('is enrolled before anything else where the role needs one, and shown once', async () => {
      const person = await server.person('approver')
      expect((await person.ask('GET', '/api/v1/session')).body).to.deep.include({ stage: 'enrol' })
      expect(code(await person.ask('GET', '/api/v1/listings'))).to.equal('factor_enrol_required')
      const begun = await person.ask('POST', '/api/v1/session/factor/enrolment', { json: { way: 'totp' } })
      expect(begun.status).to.equal(201)
      const secret = String(begun.body['secret'])
      expect(begun.body['otpauth']).to.match(/^otpauth:\/\/totp\/.*:approver\d+\?secret=[A-Z2-7]{32}&issuer=/)
      expect(code(await person.ask('GET', '/api/v1/listings')), 'begun is not enrolled').to.equal('factor_enrol_required')
      const wrong = await person.ask('POST', '/api/v1/session/factor/enrolment/confirm', { json: { code: '000000' } })
      expect([wrong.status, code(wrong)]).to.deep.equal([400, 'factor_wrong'])
      const confirmed = await person.ask('POST', '/api/v1/session/factor/enrolment/confirm', { json: { code: totp(secret) } })
      expect(confirmed.body['stage']).to.equal('open')
      expect(confirmed.body['permissions']).to.include('listing.approve')
      expect((await person.ask('GET', '/api/v1/listings')).status).to.equal(200)
      const shown = await person.ask('GET', '/api/v1/session/factor')
      expect(shown.text).not.to.include(secret)
      expect(shown.body).to.deep.include({ required: true, enrolled: { way: 'totp', address: null } })
      expect(code(await person.ask('POST', '/api/v1/session/factor/enrolment', { json: { way: 'totp' } }))).to.equal('factor_exists')
    })

    it('is asked for after the password, and until then nothing else is possible', async () => {
      const person = await server.person('approver')
      const secret = await enrol(person)
      const { ask, opened } = await again(person)
      expect(opened.body['stage']).to.equal('factor')
      expect(opened.body['permissions']).to.have.members(['staff.see_self', 'staff.log_out', 'staff.give_factor'])
      for (const [method, path] of [
        ['GET', '/api/v1/listings'],
        ['POST', '/api/v1/session/password'],
        ['POST', '/api/v1/session/factor/enrolment'],
        ['POST', '/api/v1/session/factor/drop'],
      ] as const)
        expect(code(await ask(method, path)), path).to.equal('factor_required')
      expect((await give(ask, totp(secret))).body['stage']).to.equal('open')
      expect((await ask('GET', '/api/v1/listings')).status).to.equal(200)
    })

    it('accepts no code twice, in turn or at once', async () => {
      const person = await server.person('approver')
      const secret = await enrol(person)
      const [first, second] = [await again(person), await again(person)]
      const now = totp(secret)
      const answers = await Promise.all([give(first.ask, now), give(second.ask, now), give(second.ask, now)])
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1)
      expect(code(await give((await again(person)).ask, now))).to.equal('factor_wrong')
      expect(code(await give((await again(person)).ask, totp(secret, -1))), 'nor an earlier one').to.equal('factor_wrong')
    })

    it('is not locked in a known browser by whoever has stolen the password and guesses codes elsewhere', async () => {
      const person = await server.person('approver')
      const secret = String((await person.ask('POST', '/api/v1/session/factor/enrolment', { json: { way: 'totp' } })).body['secret'])
      const confirmed = await person.ask('POST', '/api/v1/session/factor/enrolment/confirm', { json: { code: totp(secret) } })
      const browser = /zxt-browser=([^;]+)/.exec(confirmed.headers.getSetCookie().join('\n'))?.[1] ?? ''
      made.clock.advance(MINUTE)
      const stranger = (await again(person)).ask
      for (let guess = 0; guess < 5; guess++) expect(code(await give(stranger, '000000'))).to.equal('factor_wrong')
      expect(code(await give(stranger, totp(secret))), 'where it was guessed').to.equal('login_locked')
      const { login, password } = person
      const cookie = `zxt-browser=${browser}`
      const opened = await server.ask('POST', '/api/v1/session', { json: { login, password }, headers: { cookie } })
      const session = (opened.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
      const own = asking(server.url, { cookie: `${session}; ${cookie}`, 'x-csrf-token': String(opened.body['csrfToken']) })
      expect((await give(own, totp(secret))).body['stage'], 'in the owner’s browser').to.equal('open')
      expect(code(await give(stranger, totp(secret, 1))), 'which forgives nothing elsewhere').to.equal('login_locked')
    })

    it('is guessed at twenty times a day from all networks together, of a /48 and at once, whoever has the password', async () => {
      const person = await server.person('clerk')
      const secret = await enrol(person)
      const { opened } = await again(person)
      const actor = { id: `staff:${person.id}`, roles: ['clerk'] } as const
      const sessionId = bearerHash(made.app.secrets, 'session', /zxt=([^;]+)/.exec(opened.headers.get('set-cookie') ?? '')?.[1] ?? '')
      const from = (network: string, given: string): Promise<string> =>
        giveFactor(made.app, actor, { sessionId, code: given, origin: { network, browser: null } }).then(
          () => 'in',
          (error: unknown) => (error as AppError).code,
        )
      const guesses = await Promise.all(Array.from({ length: 30 }, (_, n) => from(`198.51.100.${n}`, '000000')))
      expect(guesses.filter((each) => each === 'factor_wrong')).to.have.length(20)
      made.clock.advance(60 * MINUTE)
      expect(await from('203.0.113.1', totp(secret)), 'an hour later').to.equal('login_locked')
      made.clock.advance(23 * 60 * MINUTE)
      expect(await from('203.0.113.1', totp(secret)), 'a day later').to.equal('in')
    })

    it('is asked to be sent in a known browser for itself: a stranger uses none of it up', async () => {
      const person = await server.person('clerk')
      await setStaffReach(made.app, OPERATOR, { id: person.id, phone: '13988880001' })
      await person.ask('POST', '/api/v1/session/factor/enrolment', { json: { way: 'sms' } })
      const confirm = { json: { code: (await codesSent(made.app))[0]?.code } }
      const confirmed = await person.ask('POST', '/api/v1/session/factor/enrolment/confirm', confirm)
      const browser = /zxt-browser=([^;]+)/.exec(confirmed.headers.getSetCookie().join('\n'))?.[1] ?? ''
      const stranger = (await again(person)).ask
      for (let n = 0; n < 6; n++) await stranger('POST', '/api/v1/session/factor/code')
      expect(code(await stranger('POST', '/api/v1/session/factor/code'))).to.equal('code_limited')
      const { login, password } = person
      const cookie = `zxt-browser=${browser}`
      const opened = await server.ask('POST', '/api/v1/session', { json: { login, password }, headers: { cookie } })
      const session = (opened.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
      const own = asking(server.url, { cookie: `${session}; ${cookie}`, 'x-csrf-token': String(opened.body['csrfToken']) })
      expect((await own('POST', '/api/v1/session/factor/code')).status).to.equal(200)
    })

    it('locks the place after five wrong codes, at once or over many log-ins, and a right password forgives none', async () => {
      const person = await server.person('approver')
      const secret = await enrol(person)
      for (let guess = 0; guess < 3; guess++) expect(code(await give((await again(person)).ask, '000000'))).to.equal('factor_wrong')
      const { ask } = await again(person)
      await Promise.all(['1', '2', '3', '4'].map((digit) => give(ask, digit.repeat(6))))
      const locked = await give(ask, totp(secret))
      expect([locked.status, code(locked)]).to.deep.equal([429, 'login_locked'])
      expect(Number(locked.headers.get('retry-after'))).to.be.within(1, 900)
      // Another process counts on from there, because the count is in the database.
      await server.close()
      server = await openServer(made)
      made.clock.advance(15 * MINUTE)
      const later = await again(person)
      expect(code(await give(later.ask, '000000'))).to.equal('factor_wrong')
      expect(code(await give(later.ask, totp(secret)))).to.equal('login_locked')
      made.clock.advance(30 * MINUTE)
      expect((await give((await again(person)).ask, totp(secret))).body['stage']).to.equal('open')
      expect(code(await give((await again(person)).ask, '000000')), 'a complete log-in resets the count').to.equal('factor_wrong')
      made.clock.advance(MINUTE)
      expect((await give((await again(person)).ask, totp(secret))).status).to.equal(200)
    })

    it('can be a code to the person’s own phone, which stays when an administrator registers another number', async () => {
      const person = await server.person('approver')
      expect(code(await person.ask('POST', '/api/v1/session/factor/enrolment', { json: { way: 'sms' } }))).to.equal('factor_way_missing')
      await setStaffReach(made.app, OPERATOR, { id: person.id, phone: '13988880001' })
      expect((await person.ask('GET', '/api/v1/session/factor')).body['ways']).to.deep.equal([
        { way: 'totp', address: null },
        { way: 'sms', address: '139****0001' },
      ])
      const begun = await person.ask('POST', '/api/v1/session/factor/enrolment', { json: { way: 'sms' } })
      expect(begun.body).to.deep.equal({ way: 'sms', address: '139****0001', secret: null, otpauth: null })
      const [sent] = await codesSent(made.app)
      expect(sent).to.deep.include({ recipient: `staff:${person.id}`, medium: 'sms', address: '+8613988880001' })
      const confirm = { json: { code: sent?.code } }
      expect((await person.ask('POST', '/api/v1/session/factor/enrolment/confirm', confirm)).body['stage']).to.equal('open')
      await setStaffReach(made.app, OPERATOR, { id: person.id, phone: '13988880002' })
      const { ask } = await again(person)
      expect(code(await give(ask, sent?.code ?? '')), 'used').to.equal('factor_wrong')
      expect((await ask('POST', '/api/v1/session/factor/code')).body).to.deep.equal({ way: 'sms', address: '139****0001', minutes: 10 })
      const second = (await codesSent(made.app))[1]
      expect(second?.address).to.equal('+8613988880001')
      made.clock.advance(10 * MINUTE)
      expect(code(await give(ask, second?.code ?? '')), 'too late').to.equal('factor_wrong')
      await ask('POST', '/api/v1/session/factor/code')
      expect((await give(ask, (await codesSent(made.app))[2]?.code ?? '')).status).to.equal(200)
    })

    it('sends five codes an hour at most, also at once, and shows them to nobody at the court', async () => {
      const person = await server.person('approver')
      await setStaffReach(made.app, OPERATOR, { id: person.id, phone: '13988880001' })
      await person.ask('POST', '/api/v1/session/factor/enrolment', { json: { way: 'sms' } })
      const more = await Promise.all(Array.from({ length: 7 }, () => person.ask('POST', '/api/v1/session/factor/code')))
      expect(more.filter(({ status }) => status === 200)).to.have.length(4)
      const refused = more.find(({ status }) => status === 429)
      expect(refused === undefined ? '' : code(refused)).to.equal('code_limited')
      expect(await codesSent(made.app)).to.have.length(5)
      const reader = await server.person('clerk')
      const { items } = (await reader.ask('GET', '/api/v1/notices')).body as { items: { id: string }[] }
      const text = await reader.ask('GET', `/api/v1/notices/${items[0]?.id}`)
      expect(text.status).to.equal(200)
      expect(text.text).to.include('"text":null').and.include('"bodyHash":""')
      made.clock.advance(60 * MINUTE - 1)
      expect((await again(person)).opened.status).to.equal(201)
    })

    it('is given up by a code of its own, and must be enrolled anew where the role needs one', async () => {
      const [approver, clerk] = [await server.person('approver'), await server.person('clerk')]
      for (const [person, stage] of [
        [approver, 'enrol'],
        [clerk, 'open'],
      ] as const) {
        const secret = await enrol(person)
        expect(code(await person.ask('POST', '/api/v1/session/factor/drop', { json: { code: '000000' } }))).to.equal('factor_wrong')
        const dropped = await person.ask('POST', '/api/v1/session/factor/drop', { json: { code: totp(secret) } })
        expect(dropped.body['stage']).to.equal(stage)
        expect((await person.ask('GET', '/api/v1/session')).body['stage']).to.equal(stage)
      }
      expect((await again(clerk)).opened.body['stage'], 'nobody makes a clerk enrol').to.equal('open')
    })

    it('is reset by two administrators, and at once for a clerk', async () => {
      const admins = [await server.person('admin'), await server.person('admin')] as const
      for (const admin of admins) await enrol(admin)
      const [approver, clerk] = [await server.person('approver'), await server.person('clerk')]
      expect(code(await admins[0].ask('POST', `/api/v1/staff/${approver.id}/reset-factor`))).to.equal('factor_missing')
      const secrets = [await enrol(approver), await enrol(clerk)]
      const waiting = await admins[0].ask('POST', `/api/v1/staff/${approver.id}/reset-factor`)
      expect(waiting.body['factor'], waiting.text).to.equal('totp')
      const proposal = waiting.body['proposal'] as { id: string; act: string }
      expect(proposal.act).to.equal('factor')
      expect(code(await admins[0].ask('POST', `/api/v1/staff/proposals/${proposal.id}/confirm`))).to.equal('staff_own_proposal')
      expect((await give((await again(approver)).ask, totp(secrets[0] ?? ''))).status, 'until confirmed it counts').to.equal(200)
      const done = await admins[1].ask('POST', `/api/v1/staff/proposals/${proposal.id}/confirm`)
      expect(done.body).to.deep.include({ password: null })
      expect((await approver.ask('GET', '/api/v1/session')).status, 'sessions end').to.equal(401)
      expect((await again(approver)).opened.body['stage']).to.equal('enrol')
      expect((await admins[0].ask('POST', `/api/v1/staff/${clerk.id}/reset-factor`)).body).to.deep.include({ factor: null, proposal: null })
      expect((await again(clerk)).opened.body['stage']).to.equal('open')
      await refusal('staff_proposal_missing', () => confirmStaff(made.app, { id: `staff:${admins[1].id}`, roles: ['admin'] }, proposal))
    })

    it('of a lone administrator is reset from the server, which approvers and auditors hear of', async () => {
      const admin = await server.person('admin')
      await enrol(admin)
      expect(await runCli(made.app, 'staff', 'reset-factor', admin.login)).to.include('已重设')
      expect((await again(admin)).opened.body['stage']).to.equal('enrol')
      await refusal('factor_missing', () => runCli(made.app, 'staff', 'reset-factor', admin.login))
      await refusal('staff_missing', () => runCli(made.app, 'staff', 'reset-factor', 'nobody'))
    })

    it('is asked for at the terminal, too', async () => {
      const actor = await addAccount(made.app, 'li.terminal', 'approver')
      await refusal('factor_enrol_required', () => runCliWith(made.app, PASSWORD, '--as', 'li.terminal', 'unit', 'list'))
      const person = { login: 'li.terminal', password: PASSWORD } as Person
      const secret = await enrol(await again(person))
      await refusal('factor_code_needed', () => runCliWith(made.app, PASSWORD, '--as', 'li.terminal', 'unit', 'list'))
      await refusal('factor_wrong', () => runCliWith(made.app, [PASSWORD, '000000'], '--as', 'li.terminal', 'unit', 'list'))
      expect(await runCliWith(made.app, [PASSWORD, totp(secret)], '--as', 'li.terminal', 'unit', 'list')).to.include('个单位')
      const rows = await made.app.store.read((db) => auditOf(db, actor.id))
      const outcomes = rows.map((row) => (JSON.parse(row.detail) as { outcome: string }).outcome)
      expect(outcomes.slice(-6)).to.deep.equal([
        'password_right',
        'factor_wrong',
        'logged_out',
        'password_right',
        'logged_in',
        'logged_out',
      ])
    })

    it('stores its secret sealed, and keeps it through a change of the data key', async () => {
      const person = await server.person('approver')
      const secret = await enrol(person)
      const rows = await made.app.store.read((db) => db.query<Record<string, unknown>>('select * from staff_factor'))
      expect(JSON.stringify(rows)).not.to.include(secret)
      const app = { ...made.app, secrets: createSecrets([{ id: 't2', bytes: Buffer.alloc(32, 8) }, TEST_KEY]) }
      await rotateKeys(app, OPERATOR)
      await server.close()
      server = await openServer({ ...made, app: { ...app, secrets: createSecrets([{ id: 't2', bytes: Buffer.alloc(32, 8) }]) } })
      expect((await give((await again(person)).ask, totp(secret))).status).to.equal(200)
    })

    it('is asked of nobody, or of everybody, as the settings say', async () => {
      const [none, all] = [await make({ env: { SECOND_FACTOR: 'none' } }), await make({ env: { SECOND_FACTOR: 'all' } })]
      for (const [each, stage] of [
        [none, 'open'],
        [all, 'enrol'],
      ] as const) {
        const other = await openServer(each)
        for (const role of ['clerk', 'approver', 'auditor'] as const)
          expect((await (await other.person(role)).ask('GET', '/api/v1/session')).body['stage'], `${role} ${stage}`).to.equal(stage)
        await other.close()
      }
    })
  })
})
