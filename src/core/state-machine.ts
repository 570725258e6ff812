// State machines as data: a table of moves, checked when it is loaded.
// What the moves mean belongs to the rules that own the table, such as features/listings/rules.ts.

import { AppError, type Code } from './errors.ts'

/** A row of the table: an act that leads from any of these states to another. */
export interface Move<State extends string, Act extends string> {
  from: readonly State[]
  act: Act
  to: State
}

/** A checked table of moves. */
export interface Machine<State extends string, Act extends string> {
  states: readonly State[]
  /**
   * The state that an act leads to.
   * @throws AppError with the table's `refusal` code, naming the state and the acts that are possible in it.
   */
  next(state: State, act: Act): State
  /** The acts that are possible in a state, in the table's order. */
  possible(state: State): Act[]
}

interface Table<State extends string, Act extends string> {
  name: string
  initial: readonly State[]
  terminal: readonly State[]
  moves: readonly Move<State, Act>[]
  /** The error for an act in the wrong state; it carries `state`, `act` and `possible`. */
  refusal: Code
}

/**
 * Builds a machine from a table.
 * @throws Error for a table with an unreachable state, a dead end that is not terminal, or two moves for one state and act.
 */
export function createMachine<State extends string, Act extends string>(table: Table<State, Act>): Machine<State, Act> {
  const targets = new Map<string, State>()
  const states = new Set<State>(table.initial)
  for (const move of table.moves) {
    states.add(move.to)
    for (const from of move.from) {
      const key = `${from} ${move.act}`
      if (targets.has(key)) throw new Error(`${table.name}: two moves for ${key}`)
      targets.set(key, move.to)
    }
  }
  for (const move of table.moves)
    for (const from of move.from) if (!states.has(from)) throw new Error(`${table.name}: state ${from} cannot be reached`)
  const possible = (state: State): Act[] => table.moves.filter((move) => move.from.includes(state)).map((move) => move.act)
  for (const state of states) {
    const isDeadEnd = possible(state).length === 0
    if (isDeadEnd !== table.terminal.includes(state))
      throw new Error(`${table.name}: state ${state} is ${isDeadEnd ? 'a dead end' : 'not terminal'}`)
  }
  return {
    states: [...states],
    possible,
    next(state, act) {
      const target = targets.get(`${state} ${act}`)
      if (target === undefined) throw new AppError(table.refusal, { state, act, possible: possible(state).join(' ') })
      return target
    },
  }
}
