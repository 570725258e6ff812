// Rows of a draft list about people who left the list in the same case: named by the check, drafted only when a person confirms them.

import { Readable } from 'node:stream'
import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { checkImport, leftRows, receiveImport } from '../../../src/features/imports/commands.ts'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import type { ImportRow } from '../../../src/features/imports/store.ts'
import { searchListings } from '../../../src/features/listings/search.store.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { eachDatabase } from '../../support/app.ts'
import { listFile } from '../../support/list-file.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { revokeByTwo } from '../../support/proposed.ts'
import { refusal } from '../../support/refusal.ts'

const caseNo = (n: number): string => `（2024）云3401执${n}号`

async function checked(app: AppContext): Promise<ImportRow> {
  const content = Readable.from([Buffer.from(listFile(4))])
  const { id } = await receiveImport(app, CLERK, { fileName: 'list.csv', mode: 'draft', content })
  return checkImport(app, CLERK, id)
}

async function draftsOf(app: AppContext): Promise<string[]> {
  const { items } = await app.store.read((db) => searchListings(db, { state: 'draft' }, { limit: 20, offset: 0 }))
  return items.map((row) => row.caseNo).sort()
}

eachDatabase((_db, make) => {
  it('names those who were revoked or shielded, and drafts them only where a person says so', async () => {
    const { app } = await make()
    const [revoked = ''] = await listed(app, 1, { caseNo: caseNo(1) })
    const [shielded = ''] = await listed(app, 1, { caseNo: caseNo(2) })
    await revokeByTwo(app, [revoked], '列入有误')
    await shieldListings(app, CLERK, { items: [{ id: shielded }], ground: 'fully_performed', reason: '全部履行完毕' })

    const first = await checked(app)
    expect(leftRows(app, first).map(({ row, name, caseNo: number, state, on }) => [row, name, number, state, on])).to.deep.equal([
      [2, '次仁取次', caseNo(1), 'revoked', '2026-11-22'],
      [3, '次仁取次', caseNo(2), 'shielded', '2026-11-22'],
    ])
    expect(String(first.sample)).to.not.include('次仁取次')
    const problems = (JSON.parse(first.problems) as { code: string; values: { on: string } }[]).map(
      ({ code, values }) => `${code} ${values.on}`,
    )
    expect(problems).to.deep.equal(['left_revoked 2026年11月22日', 'left_shielded 2026年11月22日'])
    expect(await commitImport(app, CLERK, { id: first.id })).to.include({ good: 4, taken: 2, known: 0 })
    expect(await draftsOf(app)).to.deep.equal([caseNo(3), caseNo(4)])

    const second = await checked(app)
    await refusal('request_invalid', () => commitImport(app, CLERK, { id: second.id, left: [4] }))
    expect(await commitImport(app, CLERK, { id: second.id, left: [3] })).to.include({ taken: 1, known: 2 })
    expect(await draftsOf(app)).to.deep.equal([caseNo(2), caseNo(3), caseNo(4)])
  })
})
