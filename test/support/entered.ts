// The project's own sample list, imported by the real commands.
// Single listings are made by listed.ts.

import { createReadStream } from 'node:fs'
import { commitImport } from '../../src/features/imports/commit.commands.ts'
import { checkImport, receiveImport } from '../../src/features/imports/commands.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import { CLERK } from './listed.ts'

export const LISTS = 'samples/lists/'

/** Checks and commits a file of LISTS; answers the import's id. */
export async function enter(app: AppContext, file: string, mode: 'draft' | 'takeover', actor: Actor = CLERK): Promise<string> {
  const { id } = await receiveImport(app, actor, { fileName: file, mode, content: createReadStream(LISTS + file) })
  await checkImport(app, actor, id)
  await commitImport(app, actor, { id })
  return id
}
