// Creates commands, system commands and queries: authorize, one transaction, rules, save, enqueue notices; no commit without an audit row.
// The commands themselves are in the features; permissions are permissions.ts.
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { Config } from '../../config/config.ts'
import { authorize, type Permission, type Actor } from './permissions.ts'
import { auditHeads, insertAudit, nextAudit, NO_HEAD, type AuditEntry, type AuditHead } from './audit.store.ts'
import { moveEnds } from './audit-ends.store.ts'
import type { Db, Store, Tx } from '../database/database.ts'
import { withSavepoint } from '../database/savepoint.ts'
import type { Files } from '../files/files.ts'
import type { Understand } from '../../core/understanding.ts'
import type { Catalog } from '../texts/catalog.ts'

/** The services of the application, created once in src/app.ts and handed to every command. */
export interface AppContext {
  readonly config: Config
  readonly store: Store
  readonly files: Files
  readonly clock: Clock
  readonly catalog: Catalog
  readonly log: Log
  readonly secrets: Secrets
  /** Understands messages to the bot. */
  readonly understand: Understand
}

/** What a command works with. It is valid until the command ends. */
export interface CommandContext {
  readonly app: AppContext
  readonly actor: Actor
  readonly name: Permission
  readonly now: Date
  readonly tx: Tx
  /** Appends to the subject's audit chain in this transaction. @returns the new head of the chain. */
  audit(entry: AuditEntry): Promise<AuditHead>
  /** The same for many entries at once; heads are in the order of the entries. With `fresh` the subjects cannot have a chain yet. */
  auditAll(entries: readonly AuditEntry[], subjects: 'known' | 'fresh'): Promise<AuditHead[]>
}

/**
 * The application for commands that run inside an open transaction: their changes are committed or rolled back with it. A command that
 * throws an AppError rolls back only its own part (a savepoint), so that the caller can go on.
 */
export function withinTransaction(app: AppContext, tx: Tx): AppContext {
  const store: Store = { ...app.store, read: (question) => question(tx), write: (change) => withSavepoint(tx, change) }
  return { ...app, store }
}

/** A command, system command or query as it is called. */
export type Command<Input, Output> = (app: AppContext, actor: Actor, input: Input) => Promise<Output>

/**
 * Creates a command: checks the permission, runs in one transaction, and refuses to commit without an audit row.
 * The command throws AppError `not_allowed` or `scope_missing` for an actor without the permission.
 * @param facts ids and counts of the output, for the one log line after the commit.
 */
export function command<Input, Output>(
  name: Permission,
  run: (context: CommandContext, input: Input) => Promise<Output>,
  facts: (output: Output) => Readonly<Record<string, string | number>> = () => ({}),
): Command<Input, Output> {
  return async (app, actor, input) => {
    authorize(actor, name)
    const now = app.clock.now()
    const output = await app.store.write(async (tx) => {
      const trail = auditTrail(tx, app.secrets, { actor: actor.id, act: name, at: now })
      const result = await run({ app, actor, name, now, tx, audit: trail.audit, auditAll: trail.auditAll }, input)
      if (trail.count() === 0) throw new Error(`${name} left no audit row`)
      return result
    })
    app.log.info(name, { actor: actor.id, ...facts(output) })
    return output
  }
}

/**
 * Creates a system command: checks the permission and runs in one transaction, without an audit row. Its evidence is what it writes
 * (attempts, receipts, runs).
 */
export function systemCommand<Input, Output>(
  name: Permission,
  run: (context: SystemCommandContext, input: Input) => Promise<Output>,
): Command<Input, Output> {
  return (app, actor, input) => {
    authorize(actor, name)
    return app.store.write((tx) => run({ app, actor, now: app.clock.now(), tx }, input))
  }
}

/** What a system command works with. */
export type SystemCommandContext = Pick<CommandContext, 'app' | 'actor' | 'now' | 'tx'>

/** What a query works with. */
export interface QueryContext {
  readonly app: AppContext
  readonly actor: Actor
  readonly now: Date
  readonly db: Db
}

/** Creates a query: checks the permission and reads, without a transaction. */
export function query<Input, Output>(
  name: Permission,
  run: (context: QueryContext, input: Input) => Promise<Output>,
): Command<Input, Output> {
  return (app, actor, input) => {
    authorize(actor, name)
    return app.store.read((db) => run({ app, actor, now: app.clock.now(), db }, input))
  }
}

/** Writes audit rows in a transaction and counts them. */
function auditTrail(
  tx: Tx,
  secrets: Secrets,
  by: { actor: string; act: string; at: Date },
): Pick<CommandContext, 'audit' | 'auditAll'> & { count(): number } {
  let written = 0
  const auditAll: CommandContext['auditAll'] = async (entries, subjects) => {
    const heads =
      subjects === 'fresh' ? new Map<string, AuditHead>() : await auditHeads(tx, [...new Set(entries.map((entry) => entry.subject))])
    const moves = new Map<string, { from: AuditHead; to: AuditHead }>()
    const rows = entries.map((entry) => {
      const { subject } = entry
      const from = moves.get(subject)?.to ?? heads.get(subject) ?? NO_HEAD
      const row = nextAudit(from, entry, by)
      moves.set(subject, { from: moves.get(subject)?.from ?? from, to: { n: row.n, hash: row.hash } })
      return row
    })
    await insertAudit(tx, rows)
    await moveEnds(tx, secrets, moves)
    written += rows.length
    return rows.map((row) => ({ n: row.n, hash: row.hash }))
  }
  return {
    count: () => written,
    auditAll,
    async audit(entry) {
      const [head] = await auditAll([entry], 'known')
      return head as AuditHead
    },
  }
}
