// Keeps a second server away from a SQLite folder. The lock is the operating system's, so it ends with its process, killed or not.
// Commands of the terminal work beside a server and do not take it.

import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { wallTime } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { startFault } from './start-faults.ts'

/** The file that is locked, and the one that says by whom: reading the locked one would end the lock. */
const LOCK = 'zxt.lock'
const HOLDER = 'zxt.pid'
/** Milliseconds for a server that is just stopping. */
const PATIENCE = 2_000

/** A folder that is held until it is released. */
export interface FolderLock {
  release(): void
}

/** Takes the folder for this process. @throws AppError `folder_held`, which names the process that has it and since when. */
export function lockFolder(folder: string, now: Date): FolderLock {
  const database = openLock(folder)
  const holder = join(folder, HOLDER)
  try {
    chmodSync(join(folder, LOCK), 0o600)
    database.exec('begin immediate')
    writeFileSync(holder, `${process.pid} ${now.toISOString()}\n`, { mode: 0o600 })
  } catch (error) {
    database.close()
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw startFault({ dataFolder: folder }, error)
    throw new AppError('folder_held', { folder, ...holderOf(holder) })
  }
  return {
    release() {
      rmSync(holder, { force: true })
      database.close()
    },
  }
}

/** @throws AppError `start_folder_closed` and the like. */
function openLock(folder: string): Database.Database {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return new Database(join(folder, LOCK), { timeout: PATIENCE })
  } catch (error) {
    throw startFault({ dataFolder: folder }, error)
  }
}

/** Who holds the lock; nothing where the file is not written yet. */
function holderOf(path: string): { pid?: string; since?: string } {
  try {
    const [pid = '', at = ''] = readFileSync(path, 'utf8').trim().split(' ')
    return { pid, since: wallTime(new Date(at)) }
  } catch {
    return {}
  }
}
