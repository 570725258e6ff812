// Searching a court: all its rows and files as they lie on the disk, and what they say once they are opened.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import type { AnyTable } from '../../../src/platform/database/columns.ts'
import type { Secrets } from '../../../src/core/secrets.ts'
import { openSealed, placeOf } from '../../../src/platform/database/sealing.ts'
import { tables } from '../../../src/tables.ts'
import type { TestApp } from '../app.ts'
import { bytesOf } from '../pushes.ts'

type Row = Record<string, unknown>

export async function rowsOf(app: AppContext, { schema }: AnyTable): Promise<Row[]> {
  return (await app.store.read((db) => db.manager.getRepository(schema).find())) as Row[]
}

/** Every row of every table as the database holds it, and every file under the data folder. The database's own file is among them on SQLite. */
export async function dumped({ app, folder }: TestApp): Promise<string> {
  const rows = await app.store.read((db) => Promise.all(tables.map(({ name }) => db.query(`select * from \`${name}\``))))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = await Promise.all(entries.filter((each) => each.isFile()).map((each) => readFile(join(each.parentPath, each.name))))
  return [JSON.stringify(rows), ...files.map((each) => each.toString('utf8'))].join('\n')
}

/** A word as text, in hexadecimal, and in Base64 at each of the three places where it can begin: an encoding hides nothing. */
export function spellings(word: string): string[] {
  const bytes = Buffer.from(word)
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)),
  )
  return [word, bytes.toString('hex'), ...base64, ...base64.map((each) => each.replaceAll('+', '-').replaceAll('/', '_'))]
}

/** Those of the words that a text holds in some spelling. */
export function foundIn(text: string, words: readonly string[]): string[] {
  return words.filter((word) => spellings(word).some((each) => text.includes(each)))
}

export interface SealedValue {
  text: string
  /** What it is bound to. */
  place: string
}

/** The sealed columns that hold something, with every value as it is stored. */
export async function sealedValues(app: AppContext): Promise<Map<string, SealedValue[]>> {
  const found = new Map<string, SealedValue[]>()
  for (const each of tables) {
    const rows = await rowsOf(app, each)
    for (const property of each.protection.sealed.keys()) {
      const values = rows.flatMap((row) => {
        const text = row[property]
        return typeof text === 'string' ? [{ text, place: placeOf(each, property, row) }] : []
      })
      if (values.length > 0) found.set(`${each.name}.${property}`, values)
    }
  }
  return found
}

/** Every blind index that is derived from a sealed value, as it is stored. */
export async function blindIndexes(app: AppContext): Promise<string[]> {
  const found = await Promise.all(
    tables.map(async (each) => {
      const rows = await rowsOf(app, each)
      return [...each.protection.indexes.keys()].flatMap((property) => rows.map((row) => row[property]))
    }),
  )
  return found.flat().filter((value) => typeof value === 'string')
}

/** What every sealed column and every file says to whoever has these keys. @throws where a key is missing. */
export async function opened(app: AppContext, secrets: Secrets): Promise<string> {
  const values = [...(await sealedValues(app)).values()].flat().map(({ text, place }) => openSealed(secrets, 'hash', text, place))
  const files = await Promise.all((await app.files.list()).map(async (id) => (await bytesOf(app.files.open(id))).toString('utf8')))
  return [...values, ...files].join('\n')
}

/** The plain columns, as `table.column`, in which one of these words stands. */
export async function placesOf(app: AppContext, words: readonly string[]): Promise<string[]> {
  const places = new Set<string>()
  for (const each of tables) {
    const rows = await rowsOf(app, each)
    for (const property of each.properties)
      if (rows.some((row) => words.some((word) => String(row[property]).includes(word)))) places.add(`${each.name}.${property}`)
  }
  return [...places].sort()
}
