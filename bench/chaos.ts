// The fault table on real processes and MariaDB, in full: web server and dispatcher are killed, stopped, misled and cut off, providers hang and
// lie, and afterwards every message is counted. Prints a line for each row; the exit code is 1 when a row misses its target.
//   npm run chaos [-- --row c] [-- --size short]
// The rows are test/support/chaos; TEST_MARIADB_URL says where the database server is.

import { parseArgs } from 'node:util'
import { makeApp, type MakeApp, type TestApp } from '../test/support/app.ts'
import { closeSetups } from '../test/support/delivery-setup.ts'
import { dropDatabases, mariadbAnswers } from '../test/support/mariadb.ts'
import { HEADING, linesOf, runRow, type Size } from '../test/support/chaos/row.ts'
import { ROWS } from '../test/support/chaos/rows.ts'

const made: TestApp[] = []
const make: MakeApp = async (options = {}) => {
  const app = await makeApp({ ...options, db: 'mariadb' })
  made.push(app)
  return app
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { row: { type: 'string' }, size: { type: 'string', default: 'full' } } })
  const size: Size = values.size === 'short' ? 'short' : 'full'
  const rows = ROWS.filter(({ name }) => values.row === undefined || values.row.split(',').includes(name))
  if (rows.length === 0) throw new Error(`no such row: ${values.row ?? ''}; there are ${ROWS.map(({ name }) => name).join(', ')}`)
  if (!(await mariadbAnswers())) throw new Error('no MariaDB answers at TEST_MARIADB_URL')
  console.log(HEADING)
  let failed = 0
  for (const row of rows) {
    const report = await runRow(row, make, size)
    for (const line of linesOf(report)) console.log(line)
    if (!report.passed) failed += 1
  }
  return failed
}

try {
  process.exitCode = (await main()) > 0 ? 1 : 0
} finally {
  await closeSetups()
  for (const app of made) await app.close()
  await dropDatabases()
}
// Pools of stopped channels keep the process up.
process.exit()
