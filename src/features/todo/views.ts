// What waits for whoever asks (待办) and what they began (我发起的): counts with the address of the screen, in one statement each.
// The kinds are rules.ts.

import { addDays, dayOf, instantAt } from '../../core/calendar.ts'
import { ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { query, type AppContext, type QueryContext } from '../../platform/commands/command.ts'
import { CONSEQUENCES } from '../accountability/consequences.rules.ts'
import { workCalendar } from '../deadlines/commands.ts'
import { lightDays } from '../deadlines/lights.rules.ts'
import { watchedOwners } from '../deadlines/views.ts'
import { COURT_LISTS } from './court-lists.store.ts'
import { COURT_COUNTS } from './court.store.ts'
import { countParts, type Asker, type Part } from './counts.store.ts'
import { COURT_TODO, STARTED, STARTED_BY_UNIT, todoOf, UNIT_TODO, type TodoCode, type TodoKind, type TodoLevel } from './rules.ts'
import { STARTED_COUNTS } from './started.store.ts'
import { STARTED_BY_UNIT_COUNTS, UNIT_COUNTS } from './units.store.ts'
import { conflictsOf, speaksFor } from '../units/conflicts.rules.ts'

/** One kind of thing that waits, and how many there are. */
export interface TodoItem {
  code: TodoCode
  /** In Chinese. */
  title: string
  count: number
  /** How many more the list shows: what another person has to decide, and what waits for others. */
  others: number
  level: TodoLevel
  /** Address of the screen that lists them. */
  path: string
}

export interface Todo {
  at: Date
  /** Everything that the actor's permissions allow to do, also where nothing waits. */
  items: TodoItem[]
  /** What the actor began and nobody has finished. */
  mine: TodoItem[]
}

const KINDS: Readonly<Record<TodoCode, TodoKind>> = { ...COURT_TODO, ...UNIT_TODO, ...STARTED, ...STARTED_BY_UNIT }
const COUNTS: Readonly<Record<TodoCode, (asker: Asker) => Part>> = {
  ...COURT_COUNTS,
  ...UNIT_COUNTS,
  ...STARTED_COUNTS,
  ...STARTED_BY_UNIT_COUNTS,
}

/** What a list shows where that is more than its card counts. */
const LISTS: Partial<Readonly<Record<TodoCode, (asker: Asker) => Part>>> = COURT_LISTS

/** Days back in which a missing outcome of a screening is still asked for. */
const SCREENED_WITHIN = 90

/** What waits for the actor and what the actor began; a liaison's are those of the own unit. */
export const showTodo = query('todo.read', async (context, _input: undefined): Promise<Todo> => {
  const { db, app, actor, now } = context
  const asker = await askerOf(context)
  const { waiting, started } = todoOf(actor)
  const codes: TodoCode[] = [...waiting, ...started]
  const counted = await countParts(db, new Map(codes.map((code) => [code, COUNTS[code](asker)])))
  const lists = codes.flatMap((code) => {
    const list = LISTS[code]
    return list === undefined ? [] : [[code, list(asker)] as const]
  })
  const listed = await countParts(db, new Map(lists))
  const itemsOf = (some: readonly TodoCode[]): TodoItem[] =>
    some.map((code) => {
      const count = counted.get(code) ?? 0
      return itemOf(app, code, { count, others: Math.max(0, (listed.get(code) ?? count) - count) })
    })
  return { at: now, items: itemsOf(waiting), mine: itemsOf(started) }
})

function itemOf({ catalog }: AppContext, code: TodoCode, counts: Pick<TodoItem, 'count' | 'others'>): TodoItem {
  const { level, path } = KINDS[code]
  return { code, title: catalog.words('todo', `title.${code}`), ...counts, level, path }
}

async function askerOf({ db, actor, now }: QueryContext): Promise<Asker> {
  const today = dayOf(now)
  const { calendar } = await workCalendar(db)
  return {
    id: actor.id,
    roles: actor.roles,
    unitId: ownUnitOf(actor) ?? '',
    sqlite: db.sqlite,
    now,
    today,
    days: lightDays(today, calendar),
    owners: watchedOwners(actor),
    hiddenAbout: conflictsOf(actor),
    speaksFor: speaksFor(actor),
    consequences: confirmedBy(actor),
    screenedSince: instantAt(addDays(today, -SCREENED_WITHIN), 0),
  }
}

/** Kinds of consequences that one of the actor's roles confirms. */
function confirmedBy(actor: Actor): string[] {
  return Object.entries(CONSEQUENCES).flatMap(([kind, { decider }]) => (actor.roles.includes(decider) ? [kind] : []))
}
