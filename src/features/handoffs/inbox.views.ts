// What staff read of handoffs: the inbox, one conversation with its notes, what is new since they last asked, and the prepared answers.
// Answering is commands.ts; prepared answers are templates/words/zh-CN/answers.yaml.

import { maskDigits } from '../../core/identifiers.ts'
import { conversationsById, messageTable, messagesSince } from '../../messaging/conversations.store.ts'
import { statesByEvent, type NoticeState } from '../../messaging/notices.store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { isAllowed, type Actor } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { staffNames } from '../staff/store.ts'
import { loadHandoff } from './claims.commands.ts'
import { COMPLAINT, eventKeyOf, type HandoffFilter, type HandoffReason } from './rules.ts'
import { changedSince, countOpen, handoffNoteTable, handoffTable, notesOf, searchHandoffs, type HandoffRow } from './store.ts'

/** A handoff as the inbox shows it. */
export interface HandoffView {
  id: string
  number: string
  reason: HandoffReason
  urgent: boolean
  channel: string
  /**
   * The person's messages before the handoff, oldest first. Null once blanked, for those who do not answer, and while a colleague has the
   * handoff: they read the conversation where they need to.
   */
  summary: string | null
  openedAt: Date
  quietUntil: Date
  claimedBy: string | null
  claimedByName: string | null
  claimedAt: Date | null
  changedAt: Date | null
  closedAt: Date | null
}

type Page = { limit: number; offset: number }

/** A page of the inbox: open handoffs urgent first, then the oldest; closed ones the latest first. */
export const listHandoffs = query(
  'handoff.read',
  async (
    { db, app, actor },
    { state = 'open', ...page }: Page & { state?: HandoffFilter },
  ): Promise<{ items: HandoffView[]; total: number }> => {
    const { items, total } = await searchHandoffs(db, { filter: state, actor: actor.id }, page)
    const conversations = await conversationsById(
      db,
      items.map((row) => row.conversationId),
    )
    const channels = new Map(conversations.map((row) => [row.id, row.channel]))
    const names = await staffNames(db, holdersOf(items))
    const views = items.map((row) => {
      const view = viewOf(app, row, { channel: channels.get(row.conversationId) ?? '', names })
      return readsSummary(actor, row) ? view : { ...view, summary: null }
    })
    return { items: views, total }
  },
)

function readsSummary(actor: Actor, { claimedBy }: HandoffRow): boolean {
  return isAllowed(actor, 'handoff.answer') && (claimedBy === null || claimedBy === actor.id)
}

function holdersOf(rows: readonly HandoffRow[]): string[] {
  return rows.flatMap(({ claimedBy }) => (claimedBy === null ? [] : [claimedBy]))
}

function viewOf(app: AppContext, row: HandoffRow, known: { channel: string; names: ReadonlyMap<string, string> }): HandoffView {
  const opened = openRow(handoffTable, app.secrets, row)
  const { id, number, reason, urgent, summary, openedAt, quietUntil, claimedBy, claimedAt, changedAt, closedAt } = opened
  return {
    ...{ id, number, reason: reason as HandoffReason, urgent: Boolean(urgent), channel: known.channel, summary, openedAt, quietUntil },
    ...{ claimedBy, claimedByName: known.names.get(claimedBy ?? '') ?? null, claimedAt, changedAt, closedAt },
  }
}

/** One message of a handoff. */
export interface HandoffLine {
  id: string
  at: Date
  /** The message of the person; empty when the line is an answer only. */
  said: string
  /** The answer; empty while the bot is quiet. */
  replied: string
  /** The member of staff who answered; null: the bot. */
  author: string | null
  authorName: string | null
  /** The state of the notice that carries a clerk's answer; null for the bot's answers and for the web page. */
  delivery: NoticeState | null
}

/** An internal note. */
export interface HandoffNote {
  id: string
  at: Date
  author: string
  authorName: string | null
  /** Null once blanked. */
  text: string | null
}

/** A handoff with its messages and notes. */
export interface HandoffDetail extends HandoffView {
  /** With this as `since` the next question brings what is new. */
  at: Date
  lines: HandoffLine[]
  notes: HandoffNote[]
}

/** Messages shown of one handoff at most. */
const SHOWN = 500

/**
 * Milliseconds before `since` that are read again: a message gets its time when its transaction begins, and is seen when it ends. Whoever
 * asks knows lines and notes by their ids.
 */
const OVERLAP = 30_000

/** One handoff with the messages since it was opened, or since an instant. @throws `handoff_missing`. */
export const showHandoff = query(
  'handoff.read',
  async ({ db, app, actor, now }, input: { id: string; since?: Date | undefined }): Promise<HandoffDetail> => {
    const { handoff, conversation } = await loadHandoff(db, input.id)
    const since = input.since === undefined ? 0 : input.since.getTime() - OVERLAP
    const from = new Date(Math.max(handoff.openedAt.getTime(), since))
    // Who answers needs the number that somebody writes; who only reads does not.
    const shown = isAllowed(actor, 'handoff.answer') ? (text: string): string => text : maskDigits
    const lines = (await linesOf(app, db, handoff, from)).map((line) => ({ ...line, said: shown(line.said), replied: shown(line.replied) }))
    const notes = (await notesOf(db, handoff.id))
      .filter((note) => note.at.getTime() >= since)
      .map((note) => openRow(handoffNoteTable, app.secrets, note))
    const names = await staffNames(db, [
      ...holdersOf([handoff]),
      ...lines.flatMap(({ author }) => author ?? []),
      ...notes.map(({ author }) => author),
    ])
    return {
      ...viewOf(app, handoff, { channel: conversation.channel, names }),
      ...(handoff.summary === null ? {} : { summary: shown(openRow(handoffTable, app.secrets, handoff).summary ?? '') }),
      at: now,
      lines: lines.map((line) => ({ ...line, authorName: names.get(line.author ?? '') ?? null })),
      notes: notes.map(({ id, at, author, text }) => ({
        id,
        at,
        author,
        authorName: names.get(author) ?? null,
        text: text === null ? null : shown(text),
      })),
    }
  },
)

/** The messages of a handoff from an instant on; what belongs to a complaint is left out. */
async function linesOf(app: AppContext, db: Db, handoff: HandoffRow, from: Date): Promise<Omit<HandoffLine, 'authorName'>[]> {
  const rows = await messagesSince(db, handoff.conversationId, from, SHOWN)
  const ownRows = handoff.closedAt === null ? rows : rows.filter((row) => row.receivedAt <= (handoff.closedAt as Date))
  const states = await statesByEvent(
    db,
    ownRows.filter((row) => row.author !== null).map((row) => eventKeyOf(row.id)),
  )
  return ownRows
    .filter((row) => row.intent !== COMPLAINT || row.replied === null)
    .map((row) => {
      const { id, receivedAt, said, replied, author } = openRow(messageTable, app.secrets, row)
      return { id, at: receivedAt, said: said ?? '', replied: replied ?? '', author, delivery: states.get(eventKeyOf(id)) ?? null }
    })
}

/** What is new in the inbox. */
export interface HandoffNews {
  /** With this as `since` the next question brings what is new. */
  at: Date
  waiting: number
  urgent: number
  mine: number
  /** Handoffs in which something happened, the latest first. */
  changed: { id: string; changedAt: Date; mine: boolean }[]
}

/** Handoffs named as changed at most; whoever asks so rarely reads the list anew. */
const CHANGED = 100

/** Counts, and which handoffs changed since an instant: cheap enough to ask every few seconds. No personal data. */
export const handoffNews = query('handoff.read', async ({ db, actor, now }, since: Date | undefined): Promise<HandoffNews> => {
  const rows = since === undefined ? [] : await changedSince(db, new Date(since.getTime() - OVERLAP), CHANGED)
  const changed = rows.map(({ id, claimedBy, changedAt }) => ({ id, changedAt: changedAt as Date, mine: claimedBy === actor.id }))
  return { at: now, ...(await countOpen(db, actor.id)), changed }
})

/** A prepared answer. */
export interface PreparedAnswer {
  code: string
  title: string
  text: string
}

/** The prepared answers, filled with the court's name, phone, address and hours. */
export const preparedAnswers = query('handoff.read', ({ app: { catalog, config } }, _input: undefined): Promise<PreparedAnswer[]> => {
  const codes = catalog.keys('answers').flatMap((key) => /^(\w+)\.text$/.exec(key)?.[1] ?? [])
  const values = { ...config.court }
  return Promise.resolve(
    codes.map((code) => ({
      code,
      title: catalog.words('answers', `${code}.title`),
      text: catalog.words('answers', `${code}.text`, values),
    })),
  )
})
