// Where the data key comes from: DATA_KEY, or outside production a file under data/ that is made once and spoken of.
// What keys do is core/secrets.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, type Config } from './config.ts'
import { newToken } from '../core/ids.ts'
import type { DataKey } from '../core/secrets.ts'

const FILE = 'data-key'

export interface Keyring {
  keys: [DataKey, ...DataKey[]]
  /** The file that was made just now. */
  made: string | null
}

/** A fresh key as DATA_KEY wants it: `id:base64`. */
export function newDataKey(id: string): string {
  return `${id}:${newToken(32)}`
}

/** @throws ConfigError for a malformed key, or for none in production. */
export function readKeyring(config: Config): Keyring {
  if (config.dataKey !== undefined) return { keys: parseKeys(config.dataKey, 'DATA_KEY'), made: null }
  if (config.production) throw new ConfigError(['DATA_KEY: required in production'])
  const path = join(config.dataFolder, FILE)
  if (existsSync(path)) return { keys: parseKeys(readFileSync(path, 'utf8'), path), made: null }
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 })
  const text = newDataKey('k1')
  writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' })
  return { keys: parseKeys(text, path), made: path }
}

function parseKeys(text: string, where: string): [DataKey, ...DataKey[]] {
  const keys = text
    .trim()
    .split(',')
    .map((part): DataKey => {
      const match = /^\s*([a-z0-9]{1,8}):([A-Za-z0-9+/_-]{43}=?)\s*$/.exec(part)
      if (match === null) throw new ConfigError([`${where}: each key looks like k1:<32 bytes in base64>, separated by commas`])
      return { id: match[1] as string, bytes: Buffer.from(match[2] as string, 'base64url') }
    })
  if (new Set(keys.map((key) => key.id)).size < keys.length) throw new ConfigError([`${where}: two keys share one id`])
  return keys as [DataKey, ...DataKey[]]
}
