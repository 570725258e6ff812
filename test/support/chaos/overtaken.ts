// A list that has changed between the moment at which an approver saw what a snapshot changes, and the moment at which they put it in force.
// The single cases are test/features/imports/two-people.test.ts.

import { Readable } from 'node:stream'
import { previewOf, checkImport, getImport, receiveImport } from '../../../src/features/imports/commands.ts'
import { putInForce } from '../entered.ts'
import { asking, openServer, type Answer } from '../http-server.ts'
import { CLERK } from '../listed.ts'
import { defineRow } from './row.ts'
import { openStage, type Stage } from './stage.ts'

interface Plan {
  entries: number
}

const HEAD =
  '被执行人姓名/名称,身份证号码/统一社会信用代码,执行法院,执行依据文号,立案时间,案号,做出执行依据单位,生效法律文书确定的义务,被执行人的履行情况,失信被执行人行为具体情形,发布时间'
const caseNo = (n: number): string => `（2024）云34执${n}号`
const row = (n: number): string =>
  `次仁取次,533421198410140222,迪庆州中级人民法院,（2023）云34民初13号,2024-11-10,${caseNo(n)},迪庆州中级人民法院,支付赔偿款890000元,全部未履行,有履行能力而拒不履行生效法律文书确定义务,2025-04-27`

export const OVERTAKEN = defineRow<Plan>({
  name: 'f',
  fault: 'list changed between confirmation and commit',
  sizes: { short: { entries: 5 }, full: { entries: 2_000 } },
  async run(make, { entries }) {
    const stage = await openStage(make, { deadline: 60_000, times: {} })
    try {
      await stage.start('web')
      const all = Array.from({ length: entries }, (_, n) => n + 1)
      await putInForce(stage.app, await prepared(stage, 'snapshot', all))
      // The approver sees that one entry goes; then another one comes.
      const confirmed = await prepared(stage, 'snapshot', all.slice(1))
      const { confirmation } = previewOf(stage.app, await getImport(stage.app, CLERK, confirmed)) ?? {}
      await putInForce(stage.app, await prepared(stage, 'delta', [entries + 1]))
      const before = await listed(stage)
      const answer = await commit(stage, confirmed, confirmation ?? '')
      const after = await listed(stage)
      const detail = String(answer.body['detail'])
      const misses = [
        ...(answer.status === 409 && answer.body['code'] === 'import_list_changed' ? [] : [`answered ${answer.status} ${answer.text}`]),
        ...(detail.includes(caseNo(entries + 1)) ? [] : [`does not name the difference: ${detail}`]),
        ...(before === entries + 1 && after === before ? [] : [`${before} entries before, ${after} after`]),
      ]
      return { ledger: null, notes: [`${answer.status}: ${detail}; ${after} of ${before} entries in force`], misses }
    } finally {
      await stage.end()
    }
  },
})

async function prepared({ app }: Stage, mode: 'snapshot' | 'delta', cases: readonly number[]): Promise<string> {
  const content = Readable.from([Buffer.from(`${[HEAD, ...cases.map(row)].join('\n')}\n`)])
  const { id } = await receiveImport(app, CLERK, { fileName: 'list.csv', mode, source: 'prefecture_court', content })
  await checkImport(app, CLERK, id)
  return id
}

async function listed({ app }: Stage): Promise<number> {
  const [counted] = await app.store.read((db) =>
    db.query<{ n: string | number }>("select count(*) as n from listing where state = 'listed'"),
  )
  return Number(counted?.n)
}

/** Puts a list in force by the web server that is a process of its own, as an approver with a session. */
async function commit(stage: Stage, id: string, confirmation: string): Promise<Answer> {
  const here = await openServer(stage)
  const { cookie, csrf } = await here.person('approver')
  await here.close()
  const ask = asking(stage.address, { cookie, 'x-csrf-token': csrf })
  return ask('POST', `/api/v1/imports/${id}/commit`, { json: { confirmation } })
}
