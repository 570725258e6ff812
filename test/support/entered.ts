// The project's own sample list, imported by the real commands.
// Single listings are made by listed.ts.

import { createReadStream } from 'node:fs'
import { commitImport } from '../../src/features/imports/commit.commands.ts'
import { checkImport, getImport, receiveImport } from '../../src/features/imports/commands.ts'
import { confirmationOf } from '../../src/features/imports/rules.ts'
import type { ImportRow } from '../../src/features/imports/store.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import { APPROVER, CLERK } from './listed.ts'

export const LISTS = 'samples/lists/'

/** Uploads and checks a file of LISTS as the clerk. The clerk makes drafts of it, or the approver puts it in force; answers the import's id. */
export async function enter(app: AppContext, file: string, mode: 'draft' | 'takeover'): Promise<string> {
  const { id } = await receiveImport(app, CLERK, { fileName: file, mode, content: createReadStream(LISTS + file) })
  await checkImport(app, CLERK, id)
  await (mode === 'draft' ? commitImport(app, CLERK, { id }) : putInForce(app, id))
  return id
}

/** Puts a checked list in force, with what it changes confirmed as it is now. */
export async function putInForce(app: AppContext, id: string, actor: Actor = APPROVER): Promise<ImportRow> {
  return commitImport(app, actor, { id, confirmation: confirmationOf(await getImport(app, actor, id)) })
}
