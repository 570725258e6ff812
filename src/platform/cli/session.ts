// What a command's action works with: the terminal, who is at it, and the house for one piece of work.
// The commands are in the files beside this one; main.ts hands the edges in.

import type { Readable } from 'node:stream'
import type { AppContext } from '../commands/command.ts'
import type { Actor } from '../commands/permissions.ts'
import type { Terminal } from './terminal.ts'
import type { Understand } from '../../core/understanding.ts'

/** What the commands need from the floor above. */
export interface CliEdges {
  catalog: AppContext['catalog']
  /** Opens the house, migrated. */
  open(): Promise<{ app: AppContext; migrated: string[]; close(): Promise<void> }>
  /** Runs until a signal stops it. */
  serve(): Promise<void>
  /** Tells the story on a database of its own, then ends. */
  demo(file: string | undefined, terminal: Terminal): Promise<void>
  newKey(id: string): string
  /** What the bot understands messages with; trained on the templates' sentences when called (about 0.3 s). */
  understanding(): Understand
  /** Writes a stream to a new file; never over one that is there. */
  save(path: string, content: Readable): Promise<void>
}

/** What every command's action works with. */
export interface CliSession extends CliEdges {
  terminal: Terminal
  actor: Actor
  /** Opens the house for one piece of work and closes it after. */
  within<T>(work: (app: AppContext) => Promise<T>): Promise<T>
}
