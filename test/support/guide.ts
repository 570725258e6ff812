// Follows a guide as its reader would: takes the blocks out of a page, runs the curl commands of a shell block, and compares answers.
// Only what the guides use is understood; anything else throws, so that no block is passed over.

/** A fenced block. */
export interface Block {
  /** `sh`, `json`, … */
  language: string
  text: string
  /** The heading above it. */
  section: string
}

/** All fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  const found = page.matchAll(/^## (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)
  let section = ''
  return [...found].flatMap(([, heading, language, text = '']) => {
    if (heading !== undefined) section = heading
    return language === undefined ? [] : [{ language, text, section }]
  })
}

/** A line of a shell block, with its continuations, or a value that is kept: from the last answer where a comment names the path to it. */
const COMMAND = /^curl (?:'[^']*'|"(?:\\.|[^"\\])*"|\\\n|[^\n'"\\])*$/gm
const KEPT = /^([A-Z]+)=\S+(?:\s+# ([\w.]+))?$/
const WORD = /'([^']*)'|"((?:\\.|[^"\\])*)"|([^\s'"\\]+)/g

/**
 * Runs a shell block of curl commands. `NAME=example # path` keeps what stands at that path of the last answer; without a comment the
 * variable must be known. @returns the last answer, and how many commands were run.
 */
export async function follow(text: string, variables: Map<string, string>): Promise<{ answer: unknown; count: number }> {
  let answer: unknown
  let count = 0
  const commands = [...text.matchAll(COMMAND)].map(([command]) => command)
  const lines = commands.reduce((rest, command, at) => rest.replace(command, `@${at}`), text).split('\n')
  for (const line of lines.filter((each) => each !== '')) {
    const kept = KEPT.exec(line)
    if (line.startsWith('@')) {
      answer = await curl(wordsOf(commands[Number(line.slice(1))] ?? '', variables))
      count += 1
    } else if (kept === null) throw new Error(`not understood: ${line}`)
    else keep(kept, answer, variables)
  }
  return { answer, count }
}

function keep([line, name = '', path]: RegExpExecArray, answer: unknown, variables: Map<string, string>): void {
  const value = path === undefined ? variables.get(name) : path.split('.').reduce(valueAt, answer)
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`nothing to keep: ${line}`)
  variables.set(name, String(value))
}

function valueAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

/** The words of a command as a shell takes it apart: single quotes as they stand, variables in all others. */
function wordsOf(command: string, variables: ReadonlyMap<string, string>): string[] {
  const filled = (part: string): string =>
    part.replace(/\$([A-Z]+)/g, (_, name: string) => {
      const value = variables.get(name)
      if (value === undefined) throw new Error(`$${name} has no value`)
      return value
    })
  return [...command.matchAll(WORD)].map(([, single, double, bare = '']) =>
    double === undefined ? (single ?? filled(bare)) : filled(double).replace(/\\(["\\$])/g, '$1'),
  )
}

async function curl([, ...words]: string[]): Promise<unknown> {
  const headers: [string, string][] = []
  const request: { method: string; url?: string; body?: string } = { method: 'GET' }
  for (let word = words.shift(); word !== undefined; word = words.shift())
    if (word === '-X') request.method = words.shift() ?? ''
    else if (word === '-d') request.body = words.shift() ?? ''
    else if (word === '-H') headers.push((words.shift() ?? '').split(': ', 2) as [string, string])
    else if (word.startsWith('-') || request.url !== undefined) throw new Error(`not understood: curl … ${word}`)
    else request.url = word
  const { url = '', ...options } = request
  return (await fetch(url, { ...options, headers })).json()
}

/** Where an answer is not what a page shows of it: a page may leave out fields, and `…` in a text stands for anything. */
export function mismatches(shown: unknown, answered: unknown, path = ''): string[] {
  if (Array.isArray(shown)) {
    if (!Array.isArray(answered) || answered.length !== shown.length) return [`${path}: not ${shown.length} items`]
    return shown.flatMap((each, at) => mismatches(each, answered[at], `${path}.${at}`))
  }
  if (typeof shown === 'object' && shown !== null)
    return Object.entries(shown).flatMap(([key, value]) => mismatches(value, valueAt(answered, key), `${path}.${key}`))
  return isSame(shown, answered) ? [] : [`${path}: ${JSON.stringify(answered)}`]
}

function isSame(shown: unknown, answered: unknown): boolean {
  if (typeof shown !== 'string' || !shown.includes('…') || (typeof answered !== 'string' && typeof answered !== 'number'))
    return shown === answered
  const parts = shown.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[\\s\\S]+')}$`).test(String(answered))
}
