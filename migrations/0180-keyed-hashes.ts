// Hashes that could be undone by trying all values become ciphertexts, which are longer; files of imports are found by a blind index.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, addIndex, lengthen, optional, text } from '../src/platform/database/columns.ts'

const LONGER = [
  ['delivery', 'bodyHash'],
  ['complaint', 'codeHash'],
  ['creditor_matter', 'codeHash'],
  ['push_file', 'sha256'],
  ['import', 'sha256'],
] as const

const BY_FILE = 'ix_import_sha256'

export class KeyedHashes1795910700080 implements MigrationInterface {
  name = 'KeyedHashes1795910700080'

  async up(runner: QueryRunner): Promise<void> {
    const isIndexed = (await runner.getTable('import'))?.indices.some((index) => index.name === BY_FILE) === true
    if (isIndexed) await runner.dropIndex('import', BY_FILE)
    for (const [table, property] of LONGER) await lengthen(runner, table, property, 200)
    await addColumn(runner, 'import', 'sha256Index', optional(text(22)))
    await addIndex(runner, 'import', { name: BY_FILE, columns: ['sha256Index'] })
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('import', BY_FILE)
    await runner.dropColumn('import', 'sha256_index')
    await addIndex(runner, 'import', { name: BY_FILE, columns: ['sha256'] })
  }
}
