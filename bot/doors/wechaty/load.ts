// Loads the wechaty library and builds one account. Loading takes 125 MB and a second, so only the process that holds the account does it.
// Running the account is session.ts.

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Wechaty, impls } from 'wechaty'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { setHomeFolder } from '../../../src/config/config.ts'
import { AppError } from '../../../src/core/errors.ts'

/** An account of the library. */
export type Account = Wechaty
/** A message as the library delivers it. */
export type Message = impls.MessageInterface
/** Builds a new account object that is not started yet. */
export type BuildAccount = () => Promise<Account>

/**
 * Folder of the account's own files: the remembered log-in, the code to scan, contacts of a gateway. Only the process's user may read it.
 */
export function wechatyFolder({ config }: Pick<AppContext, 'config'>): string {
  return join(config.dataFolder, 'wechaty')
}

/** Creates the account's folder with mode 0700, if it is missing, and returns its path. */
export async function openFolder(app: Pick<AppContext, 'config'>): Promise<string> {
  const folder = wechatyFolder(app)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  return folder
}

/** Builder of the configured account. The builder throws AppError `internal` without WECHATY_PUPPET. */
export function accountOf(app: AppContext): BuildAccount {
  return async () => {
    const { wechaty } = app.config
    if (wechaty === undefined) throw new AppError('internal')
    const folder = await openFolder(app)
    // The puppet of a gateway stores contacts under the home folder.
    setHomeFolder(folder)
    const name = join(folder, 'session')
    // Created here first, because the library would make it readable by everybody.
    await writeFile(`${name}.memory-card.json`, '{}', { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
    const { WechatyBuilder, log } = await import('wechaty')
    // The library logs the texts of messages.
    log.level('silent')
    const { puppet, token, endpoint } = wechaty
    const puppetOptions = { ...(token === undefined ? {} : { token }), ...(endpoint === undefined ? {} : { endpoint }) }
    // The library's types list the puppets of 2022 only.
    return WechatyBuilder.build({ name, puppet: puppet as 'wechaty-puppet-service', puppetOptions })
  }
}
