// State machines as data; a table is checked when it is loaded.
// What the moves mean belongs to the rules that own the table.

import { AppError, type Code } from './errors.ts'

export interface Move<State extends string, Act extends string> {
  from: readonly State[]
  act: Act
  to: State
}

export interface Machine<State extends string, Act extends string> {
  states: readonly State[]
  /** The state an act leads to; throws `refusal` naming the state and what is possible from it. */
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

/** Builds a machine and refuses a table with an unreachable state, a dead end that is not terminal, or two answers to one question. */
export function machine<State extends string, Act extends string>(table: Table<State, Act>): Machine<State, Act> {
  const to = new Map<string, State>()
  const states = new Set<State>(table.initial)
  for (const move of table.moves) {
    states.add(move.to)
    for (const from of move.from) {
      const key = `${from} ${move.act}`
      if (to.has(key)) throw new Error(`${table.name}: two moves for ${key}`)
      to.set(key, move.to)
    }
  }
  for (const move of table.moves)
    for (const from of move.from) if (!states.has(from)) throw new Error(`${table.name}: state ${from} cannot be reached`)
  const possible = (state: State): Act[] => table.moves.filter((move) => move.from.includes(state)).map((move) => move.act)
  for (const state of states) {
    const dead = possible(state).length === 0
    if (dead !== table.terminal.includes(state)) throw new Error(`${table.name}: state ${state} is ${dead ? 'a dead end' : 'not terminal'}`)
  }
  return {
    states: [...states],
    possible,
    next(state, act) {
      const target = to.get(`${state} ${act}`)
      if (target === undefined) throw new AppError(table.refusal, { state, act, possible: possible(state).join(' ') })
      return target
    },
  }
}
