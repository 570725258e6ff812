// The one wrapper around everything people do: may I → one transaction → rule → save → promise to tell.
// What is done lives in the subject files beside this one; nothing here knows a subject.
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { Config } from '../../config/config.ts'
import { authorize, type Permission, type Actor } from './permissions.ts'
import { auditHeads, insertAudit, nextAudit, NO_HEAD, type AuditEntry, type AuditHead } from './audit.store.ts'
import type { Db, Store, Tx } from '../database/database.ts'
import { attempt } from '../database/savepoint.ts'
import type { Files } from '../files/files.ts'
import type { Understand } from '../../core/understanding.ts'
import type { Catalog } from '../texts/catalog.ts'

/** Everything that lives, made once in app.ts and handed to every act. */
export interface AppContext {
  readonly config: Config
  readonly store: Store
  readonly files: Files
  readonly clock: Clock
  readonly catalog: Catalog
  readonly log: Log
  readonly secrets: Secrets
  /** What people's messages are understood with. */
  readonly understand: Understand
}

/** What an act works with. It ends with the act. */
export interface CommandContext {
  readonly app: AppContext
  readonly actor: Actor
  readonly name: Permission
  readonly now: Date
  readonly tx: Tx
  /** Appends to the subject's audit chain in this transaction and answers the chain's new head. */
  audit(entry: AuditEntry): Promise<AuditHead>
  /** The same for many subjects in one go; heads come back in the order of the entries. `fresh`: subjects that cannot have a chain yet. */
  auditAll(entries: readonly AuditEntry[], subjects: 'known' | 'fresh'): Promise<AuditHead[]>
}

/**
 * The house as acts see it that join an open transaction: what they change is kept or lost with it. One that refuses takes back only its own part,
 * so whoever called it can say so and go on.
 */
export function withinTransaction(app: AppContext, tx: Tx): AppContext {
  const store: Store = { ...app.store, read: (question) => question(tx), write: (change) => attempt(tx, change) }
  return { ...app, store }
}

export type Command<Input, Output> = (app: AppContext, actor: Actor, input: Input) => Promise<Output>

/**
 * Makes an act that changes something: asks who may, opens one write, and refuses to commit without an audit row.
 * @param facts ids and counts of the output for the one log line after the commit.
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
      const trail = auditTrail(tx, name, actor, now)
      const result = await run({ app, actor, name, now, tx, audit: trail.audit, auditAll: trail.auditAll }, input)
      if (trail.count() === 0) throw new Error(`${name} left no audit row`)
      return result
    })
    app.log.info(name, { actor: actor.id, ...facts(output) })
    return output
  }
}

/** Makes an act of the house's own machinery: one write, no audit of its own (its evidence is its subject: attempts, receipts, runs). */
export function systemCommand<Input, Output>(
  name: Permission,
  run: (context: SystemCommandContext, input: Input) => Promise<Output>,
): Command<Input, Output> {
  return (app, actor, input) => {
    authorize(actor, name)
    return app.store.write((tx) => run({ app, actor, now: app.clock.now(), tx }, input))
  }
}

export type SystemCommandContext = Pick<CommandContext, 'app' | 'actor' | 'now' | 'tx'>

export interface QueryContext {
  readonly app: AppContext
  readonly actor: Actor
  readonly now: Date
  readonly db: Db
}

/** Makes an act that only looks. */
export function query<Input, Output>(
  name: Permission,
  run: (context: QueryContext, input: Input) => Promise<Output>,
): Command<Input, Output> {
  return (app, actor, input) => {
    authorize(actor, name)
    return app.store.read((db) => run({ app, actor, now: app.clock.now(), db }, input))
  }
}

function auditTrail(tx: Tx, name: Permission, actor: Actor, now: Date): Pick<CommandContext, 'audit' | 'auditAll'> & { count(): number } {
  let written = 0
  const by = { actor: actor.id, act: name, at: now }
  const auditAll: CommandContext['auditAll'] = async (entries, subjects) => {
    const heads =
      subjects === 'fresh' ? new Map<string, AuditHead>() : await auditHeads(tx, [...new Set(entries.map((entry) => entry.subject))])
    const rows = entries.map((entry) => {
      const row = nextAudit(heads.get(entry.subject) ?? NO_HEAD, entry, by)
      heads.set(entry.subject, { n: row.n, hash: row.hash })
      return row
    })
    await insertAudit(tx, rows)
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
