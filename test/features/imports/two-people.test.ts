// Lists that take effect (of a higher court, or taken over) are uploaded by one person and put in force by another, who has seen what
// changes; by API command and at the terminal, on both databases.

import { Readable } from 'node:stream'
import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { publishListings, shieldListings } from '../../../src/features/bulletins/commands.ts'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, getImport, previewOf, receiveImport } from '../../../src/features/imports/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { explain } from '../../../src/platform/cli/terminal.ts'
import { eachDatabase } from '../../support/app.ts'
import { putInForce } from '../../support/entered.ts'
import { APPROVER, CLERK, listed, served } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { addAccount, PASSWORD, runCli, runCliWith } from '../../support/typed.ts'

const HEAD =
  '被执行人姓名/名称,身份证号码/统一社会信用代码,执行法院,执行依据文号,立案时间,案号,做出执行依据单位,生效法律文书确定的义务,被执行人的履行情况,失信被执行人行为具体情形,发布时间'
const row = (caseNo: number): string =>
  `次仁取次,533421198410140222,迪庆州中级人民法院,（2023）云34民初13号,2024-11-10,（2024）云34执${caseNo}号,迪庆州中级人民法院,支付赔偿款890000元,全部未履行,有履行能力而拒不履行生效法律文书确定义务,2025-04-27`

const MODES = ['delta', 'snapshot', 'takeover'] as const
const BOTH: Actor = { id: 'staff:both', roles: ['clerk', 'approver'] }
const OPERATOR: Actor = { id: 'operator:root', roles: ['operator'] }
const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }

/** Uploads and checks a list of these cases. */
async function prepared(app: AppContext, by: Actor, mode: (typeof MODES)[number], cases: readonly number[] = [1, 2]): Promise<string> {
  const content = Readable.from([Buffer.from(`${[HEAD, ...cases.map(row)].join('\n')}\n`)])
  const source = mode === 'takeover' ? undefined : 'prefecture_court'
  const { id } = await receiveImport(app, by, { fileName: 'list.csv', mode, source, content })
  await checkImport(app, by, id)
  return id
}

async function countOf(app: AppContext, sql: string): Promise<number> {
  const [counted] = await app.store.read((db) => db.query<{ n: string | number }>(sql))
  return Number(counted?.n)
}

const listedNow = (app: AppContext): Promise<number> => countOf(app, "select count(*) as n from listing where state = 'listed'")

eachDatabase((_db, make) => {
  describe('a list that takes effect', () => {
    for (const mode of MODES)
      it(`is put in force by an approver who did not upload it, and by nobody else (${mode})`, async () => {
        const { app } = await make()
        for (const [uploader, by, error] of [
          [BOTH, BOTH, 'own_draft'],
          [APPROVER, APPROVER, 'own_draft'],
          [CLERK, CLERK, 'not_allowed'],
          [CLERK, OPERATOR, 'not_allowed'],
          [OPERATOR, OPERATOR, 'not_allowed'],
          [CLERK, OFFICE, 'not_allowed'],
        ] as const) {
          const id = await prepared(app, uploader, mode)
          const { confirmation } = previewOf(app, await getImport(app, CLERK, id)) ?? {}
          await refusal(error, () => commitImport(app, by, { id, confirmation }))
          expect((await getImport(app, CLERK, id)).state).to.equal('checked')
        }
        const again = await prepared(app, CLERK, mode)
        await checkImport(app, APPROVER, again)
        await refusal('own_draft', () => putInForce(app, again))
        expect(await listedNow(app)).to.equal(0)
        expect(await putInForce(app, await prepared(app, CLERK, mode))).to.include({ state: 'committed', taken: 2 })
        expect(await putInForce(app, await prepared(app, OPERATOR, mode, [3]), BOTH)).to.include({ state: 'committed', taken: 1 })
        expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
      })

    it('shows before what it changes: counts, and entries with masked identifiers', async () => {
      const { app } = await make()
      await putInForce(app, await prepared(app, CLERK, 'snapshot', [1, 2]))
      const row = await getImport(app, APPROVER, await prepared(app, CLERK, 'snapshot', [2, 3]))
      expect(row).to.include({ good: 2, known: 1, removed: 1, bad: 0 })
      const preview = previewOf(app, row)
      const entry = (caseNo: number): object => ({
        name: '次仁取次',
        identifier: '**************0222',
        caseNo: `（2024）云34执${caseNo}号`,
      })
      expect(preview?.added).to.deep.equal([entry(3)])
      expect(preview?.removed).to.deep.equal([entry(1)])
      await refusal('import_unconfirmed', () => commitImport(app, APPROVER, { id: row.id }))
      await refusal('import_unconfirmed', () => commitImport(app, APPROVER, { id: row.id, confirmation: '0'.repeat(16) }))
      expect(await putInForce(app, row.id)).to.include({ taken: 1, removed: 1 })
      expect(previewOf(app, await getImport(app, APPROVER, row.id))).to.equal(null)
    })

    it('names what came and went since its check, and writes nothing', async () => {
      const { app } = await make()
      await putInForce(app, await prepared(app, CLERK, 'snapshot', [1, 2]))
      const id = await prepared(app, CLERK, 'snapshot', [2])
      await putInForce(app, await prepared(app, CLERK, 'delta', [3]))
      const refused = await refusal('import_list_changed', () => putInForce(app, id))
      expect(refused.values).to.deep.equal({ added: 1, gone: 0, corrected: 0, cases: '（2024）云34执3号' })
      expect(await listedNow(app)).to.equal(3)
      expect(await getImport(app, CLERK, id)).to.include({ state: 'checked', taken: 0 })
    })

    it('removes nothing that was not shown when another list of its source is put in force at the same time', async () => {
      const { app } = await make()
      await putInForce(app, await prepared(app, CLERK, 'snapshot', [1, 2]))
      const removing = await prepared(app, CLERK, 'snapshot', [2])
      const adding = await prepared(app, CLERK, 'delta', [3])
      const [removed, added] = await Promise.allSettled([putInForce(app, removing), putInForce(app, adding)])
      for (const [id, outcome] of [
        [removing, removed],
        [adding, added],
      ] as const) {
        if (outcome.status === 'fulfilled') continue
        expect(isAppError(outcome.reason, 'import_list_changed') || isAppError(outcome.reason, 'import_other_running')).to.equal(true)
        expect(await getImport(app, CLERK, id)).to.include({ state: 'checked', taken: 0 })
      }
      const isDone = (outcome: PromiseSettledResult<unknown>): number => (outcome.status === 'fulfilled' ? 1 : 0)
      expect(isDone(removed) + isDone(added), 'one of the two').to.equal(1)
      expect(await listedNow(app)).to.equal(2 - isDone(removed) + isDone(added))
    })

    it('is checked and shown again when entries came or went since its check, and not for other changes', async () => {
      const { app } = await make()
      const id = await prepared(app, CLERK, 'snapshot')
      const [waiting = ''] = await served(app, 1)
      expect(previewOf(app, await getImport(app, APPROVER, id))).to.not.equal(null)
      await publishListings(app, CLERK, { items: [{ id: waiting }] })
      await refusal('import_list_changed', () => putInForce(app, id))
      await checkImport(app, CLERK, id)
      await shieldListings(app, CLERK, { items: [{ id: waiting }], ground: 'fully_performed', reason: '已全部履行' })
      await refusal('import_list_changed', () => putInForce(app, id))
      await checkImport(app, CLERK, id)
      await served(app, 1, {}, 50)
      expect(await putInForce(app, id)).to.include({ taken: 2 })
    })

    it('takes effect once when it is put in force by two approvers at the same time', async () => {
      const { app } = await make()
      const id = await prepared(app, CLERK, 'delta')
      const outcomes = await Promise.allSettled([putInForce(app, id), putInForce(app, id, BOTH)])
      expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected'])
      expect([await listedNow(app), await countOf(app, 'select count(*) as n from bulletin')]).to.deep.equal([2, 1])
    })

    it('cannot be put in force while it is checked again', async () => {
      const { app } = await make()
      const id = await prepared(app, CLERK, 'delta')
      await listed(app, 1)
      const [again, early] = await Promise.allSettled([checkImport(app, CLERK, id), putInForce(app, id)])
      expect([again.status, early.status]).to.deep.equal(['fulfilled', 'rejected'])
      expect(await putInForce(app, id)).to.include({ taken: 2 })
    })
  })

  describe('zxt at the terminal', () => {
    it('lets the operator prepare a list, and a named approver put it in force after its password', async () => {
      const { app } = await make()
      await addAccount(app, 'he', 'approver')
      const id = await prepared(app, OPERATOR, 'takeover')
      const refused = await refusal('not_allowed', () => runCli(app, 'put-in-force', id, '--yes'))
      expect(explain(app.catalog, refused)).to.include('可以办理的人：审批人。请加 --as 登录名')
      const he = (password: string | null): Promise<string> => runCliWith(app, password, '--as', 'he', 'put-in-force', id, '--yes')
      await refusal('password_needed', () => he(null))
      await refusal('login_failed', () => he('wrong'))
      expect(await listedNow(app)).to.equal(0)
      const said = await he(PASSWORD)
      expect(said).to.include('新列入 2 条，屏蔽 0 条').and.include('（2024）云34执2号').and.include('已列入 2 条')
      expect(said).to.not.include('533421198410140222')
      await refusal('import_state', () => he(PASSWORD))
    })

    it('ends the session of --as with the command', async () => {
      const { app } = await make()
      const he = await addAccount(app, 'he', 'approver')
      const sessions = (): Promise<number> => countOf(app, 'select count(*) as n from session')
      const before = await sessions()
      await runCliWith(app, PASSWORD, '--as', 'he', 'clocks')
      expect(await sessions()).to.equal(before)
      const acts = await countOf(app, `select count(*) as n from audit where actor = '${he.id}' and act = 'staff.log_out'`)
      expect(acts).to.equal(1)
    })
  })
})
