// Loading wechaty and building one account of it. The library weighs 125 MB and a second: only a process that holds the account loads it.
// Running what is built is session.ts.

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Wechaty, impls } from 'wechaty'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { leaveHome } from '../../../src/config/config.ts'
import { AppError } from '../../../src/core/errors.ts'

export type Account = Wechaty
export type Message = impls.MessageInterface
export type BuildAccount = () => Promise<Account>

/** Where the account's own files lie: the log-in it remembers, the code to scan, contacts of a gateway. For this user's eyes only. */
export function wechatyFolder({ config }: Pick<AppContext, 'config'>): string {
  return join(config.dataFolder, 'wechaty')
}

export async function openFolder(app: Pick<AppContext, 'config'>): Promise<string> {
  const folder = wechatyFolder(app)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  return folder
}

/** Builds the account that is configured. @throws AppError `internal` without WECHATY_PUPPET. */
export function accountOf(app: AppContext): BuildAccount {
  return async () => {
    const { wechaty } = app.config
    if (wechaty === undefined) throw new AppError('internal')
    const folder = await openFolder(app)
    // A gateway's puppet keeps contacts under the home folder.
    leaveHome(folder)
    const name = join(folder, 'session')
    // The library would make it readable by everybody.
    await writeFile(`${name}.memory-card.json`, '{}', { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
    const { WechatyBuilder, log } = await import('wechaty')
    // It tells whatever it reads.
    log.level('silent')
    const { puppet, token, endpoint } = wechaty
    const puppetOptions = { ...(token === undefined ? {} : { token }), ...(endpoint === undefined ? {} : { endpoint }) }
    // Its types name the puppets of 2022 only.
    return WechatyBuilder.build({ name, puppet: puppet as 'wechaty-puppet-service', puppetOptions })
  }
}
