// One act on what a detail shows, as data: its button, what it asks for, what will happen, and how it is sent.

/** A field of an act. Its value is always text; several choices are joined by commas. */
export interface ActField {
  name: string
  label: string
  hint?: string
  /** `line` by default. `boxes`: several of the choices; `radio` and `select`: one of them. */
  kind?: 'line' | 'text' | 'day' | 'radio' | 'select' | 'boxes'
  optional?: boolean
  maxlength?: number
  choices?: readonly { value: string; text: string; hint?: string }[]
  /** The text of choosing nothing, for `select`. */
  none?: string
  initial?: string
  /** Shown only then; what is not shown is neither checked nor sent. */
  when?: (values: ActValues) => boolean
}
export type ActValues = Record<string, string>

/** A message that an act would send. */
export interface ToldMessage {
  to: string
  text: string
  /** How many people get it; 0: somebody has to tell it by hand. */
  people: number
}

/** How to find out whom an act would tell what. */
export interface Told {
  /** Names what is previewed, among all previews. */
  key: string
  /** The fields on which the messages depend. */
  by?: readonly string[]
  /** Whether enough is filled in to ask. */
  ready?: (values: ActValues) => boolean
  load(values: ActValues): Promise<readonly ToldMessage[]>
}

export interface Act {
  key: string
  label: string
  /** What will happen, and who will be told. */
  text: string
  look?: 'main' | 'danger'
  fields?: readonly ActField[]
  /** The messages, shown before the act is done. */
  told?: Told
  /** Sends what was given; left-out fields are missing. What it throws is the refusal. */
  send(values: ActValues): Promise<unknown>
  /** What the screen says afterwards. */
  done: string
}

/** The value of a field, or undefined where it is empty or not shown: for optional members of a body. */
export function given(values: ActValues, name: string): string | undefined {
  const value = values[name]?.trim() ?? ''
  return value === '' ? undefined : value
}

/** The choices of a field of boxes. */
export function chosen(values: ActValues, name: string): string[] {
  return (values[name] ?? '').split(',').filter((each) => each !== '')
}
