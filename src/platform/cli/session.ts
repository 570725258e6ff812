// The session of a CLI command: the terminal, the actor at it, and access to the application for one piece of work.
// The commands are the cli.ts of each feature; src/cli.ts and src/main.ts provide the session.

import type { Readable } from 'node:stream'
import type { AppContext } from '../commands/command.ts'
import type { Actor } from '../commands/permissions.ts'
import type { Terminal } from './terminal.ts'
import type { Understand } from '../../core/understanding.ts'

/** What the entry point (src/main.ts) provides to the commands. */
export interface CliDependencies {
  catalog: AppContext['catalog']
  /**
   * Opens the application and runs pending migrations; `migrated` names them. With `newTables` the database on the server may be empty.
   * @throws AppError `data_missing` where there is no data: a command never begins a second installation.
   */
  open(options?: { newTables?: boolean }): Promise<{ app: AppContext; migrated: string[]; close(): Promise<void> }>
  /** Runs the roles of this process until a signal stops it. */
  serve(): Promise<void>
  /** Runs the demo on a database of its own. */
  demo(file: string | undefined, terminal: Terminal): Promise<void>
  /** Copies database and files into a folder; `restore` puts such a copy into an empty place. */
  backup(app: AppContext, actor: Actor, folder: string): Promise<{ files: number; bytes: number; keys: string[] }>
  restore(
    actor: Actor,
    options: { folder: string; verify: boolean; progress?: (step: 'checked' | 'copied') => void },
  ): Promise<{
    madeAt: string
    files: number
    counts: Readonly<Record<string, number>>
    verified: { rows: number; opened: number } | null
  }>
  /** Looks at everything that the installation needs, and changes nothing. */
  examine(): Promise<{ level: 'ok' | 'watch' | 'broken'; code: string; text: string }[]>
  /** A new data key in the form of DATA_KEY. */
  newKey(id: string): string
  /** The bot's understanding, trained on the utterances under templates/ when called (about a second). */
  understanding(): Understand
  /** Asks for a password without showing it; null when there is nothing to read it from. */
  askPassword(question: string): Promise<string | null>
  /** Writes a stream to a new file; never overwrites an existing one. */
  save(path: string, content: Readable): Promise<void>
}

/** What the action of every command works with. */
export interface CliSession extends CliDependencies {
  terminal: Terminal
  /** The operator at the terminal; with `--as`, `within` makes it the member of staff who logged in. */
  readonly actor: Actor
  /** Opens the application for one piece of work and closes it afterwards. @throws with `--as` as `logIn`. */
  within<T>(work: (app: AppContext) => Promise<T>): Promise<T>
}
