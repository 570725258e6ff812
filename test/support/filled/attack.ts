// The attack of somebody who has a copy of the database and no key: trying values until the hash of one stands in a column. Here only the true
// values are tried, alone and in the texts around them, because whoever tries all of them comes to those as well.

import { createHash } from 'node:crypto'
import { isBareHash } from '../../../src/core/secrets.ts'
import { listingsAfter } from '../../../src/features/listings/search.store.ts'
import { contentDigest, toListing } from '../../../src/features/listings/store.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { openSealed, placeOf } from '../../../src/platform/database/sealing.ts'
import { tables } from '../../../src/tables.ts'
import { rowsOf } from './search.ts'

/** Words that the program writes before a value when it indexes or hashes it. */
const KINDS = ['identifier', 'name', 'case', 'phone', 'wechat', 'wechaty', 'chat', 'login', 'code', 'file', 'message', 'sms', 'web']
const PREFIXES = [...KINDS, 'unit', 'staff', 'liaison', 'content', 'sheet', 'chat:sms', 'chat:wechat']
/** So many characters of a hash are there by no chance. */
const ENOUGH = 16

/** Every column as `table.column`, with all its values. */
async function columnsOf(app: AppContext): Promise<Map<string, string>> {
  const columns = new Map<string, string>()
  for (const each of tables) {
    const rows = await rowsOf(app, each)
    for (const property of each.properties)
      columns.set(`${each.name}.${property}`, rows.map((row) => JSON.stringify(row[property])).join('\n'))
  }
  return columns
}

/** A short value in the spellings and behind the words with which a program might hash it. */
function dressed(value: string): string[] {
  const spelled = [value, value.replaceAll('-', ''), value.toLowerCase(), `+86${value}`, JSON.stringify(value)]
  return [...spelled, ...spelled.flatMap((each) => PREFIXES.map((prefix) => `${prefix}:${each}`))]
}

function hashesOf(text: string): string[] {
  return ['sha256', 'sha1', 'md5'].flatMap((name) => {
    const hash = createHash(name).update(text).digest()
    return (['hex', 'base64', 'base64url'] as const).map((form) => hash.toString(form))
  })
}

/** Every text that a sealed column holds, and every hash; and the bare digest of each listing's wording. */
async function heldTexts(app: AppContext): Promise<{ texts: string[]; hashes: string[] }> {
  const texts: string[] = []
  const hashes: string[] = []
  for (const each of tables)
    for (const row of await rowsOf(app, each))
      for (const [property, { form }] of each.protection.sealed) {
        const value = row[property]
        if (typeof value === 'string')
          (form === 'hash' || form === 'key' ? hashes : texts).push(
            isBareHash(value) ? value : openSealed(app.secrets, form, value, placeOf(each, property, row)),
          )
      }
  const listings = await app.store.read((db) => listingsAfter(db, '', 10_000))
  return { texts, hashes: [...hashes, ...listings.map((row) => contentDigest(toListing(app.secrets, row).content))] }
}

/** The columns, as `table.column`, that give away one of these values or anything that is sealed. */
export async function givenAway(app: AppContext, values: readonly string[]): Promise<string[]> {
  const { texts, hashes } = await heldTexts(app)
  const tried = [...values.flatMap(dressed), ...texts]
  const marks = new Set([...tried.flatMap(hashesOf), ...hashes, ...hashes.flatMap(hashesOf)].map((each) => each.slice(0, ENOUGH)))
  const found: string[] = []
  for (const [name, text] of await columnsOf(app)) {
    const isPlain = values.some((value) => text.includes(value))
    if (isPlain || windowsOf(text).some((each) => marks.has(each))) found.push(name)
  }
  return found.sort()
}

/** Every run of so many characters in which a hash could begin. */
function windowsOf(text: string): string[] {
  return [...text.matchAll(/[\w+/=-]{16,}/g)].flatMap(([run]) =>
    Array.from({ length: run.length - ENOUGH + 1 }, (_, at) => run.slice(at, at + ENOUGH)),
  )
}
