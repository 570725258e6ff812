// Indexes of the court desk's search of listings: by state and day, by case number, by import, and one that counts without reading rows.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addIndex, type IndexSpec } from '../src/platform/database/columns.ts'

/** Begins with the columns of the index that it replaces. */
const FACETS: IndexSpec = { name: 'ix_listing_facets', columns: ['state', 'source', 'debtorKind', 'grounds', 'court'] }
const REPLACED: IndexSpec = { name: 'ix_listing_state', columns: ['state', 'source'] }
const ADDED: readonly IndexSpec[] = [
  { name: 'ix_listing_newest', columns: ['state', 'id'] },
  { name: 'ix_listing_decided', columns: ['state', 'decidedOn'] },
  { name: 'ix_listing_published', columns: ['state', 'publishedOn'] },
  { name: 'ix_listing_term', columns: ['state', 'termEndsOn'] },
  { name: 'ix_listing_case', columns: ['caseNo'] },
  { name: 'ix_listing_import', columns: ['importId'] },
]

export class ListingSearch1795910600151 implements MigrationInterface {
  name = 'ListingSearch1795910600151'

  async up(runner: QueryRunner): Promise<void> {
    for (const index of [FACETS, ...ADDED]) await addIndex(runner, 'listing', index)
    const listing = await runner.getTable('listing')
    if (listing?.indices.some(({ name }) => name === REPLACED.name) === true) await runner.dropIndex('listing', REPLACED.name)
  }

  async down(runner: QueryRunner): Promise<void> {
    await addIndex(runner, 'listing', REPLACED)
    for (const { name } of [FACETS, ...ADDED]) await runner.dropIndex('listing', name)
  }
}
