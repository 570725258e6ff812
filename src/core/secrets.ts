// Encrypting a field, finding it again, sealing a record. Keys come from config; nothing here reads the environment.
// Ciphertexts carry the key's id, so keys can be rotated while both live.

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import { AppError } from './errors.ts'

/** What an index is for: the same digits as a phone and as an ID number must not meet. */
export type IndexKind = 'identifier' | 'name' | 'case' | 'phone' | 'wechat' | 'wechaty' | 'chat' | 'login' | 'code'

export interface Secrets {
  /** The id of the key that new ciphertexts use. */
  readonly activeKey: string
  /** AES-256-GCM; the answer is `keyId.base64url(iv ‖ tag ‖ ciphertext)`. */
  seal(plain: string): string
  /** The plain text. Throws `key_missing` for an unknown key id, `cipher_broken` for anything altered. */
  open(sealed: string): string
  sealBytes(plain: Buffer): Buffer
  openBytes(sealed: Buffer): Buffer
  /** The keyed blind index of a normalised value: 22 characters, equal for equal values under one key. */
  index(kind: IndexKind, value: string): string
  /** The index under every key, the active one first: for looking up while a rotation runs. */
  indexes(kind: IndexKind, value: string): [string, ...string[]]
  /** `keyId.hmac` over a text: proof that the house wrote it. */
  sign(text: string): string
  /** Whether a signature made by any held key fits, in constant time. */
  verify(text: string, signature: string): boolean
  /** Whether a ciphertext or signature was made by the active key. */
  current(sealed: string): boolean
}

/** A master key of 32 bytes and the id that ciphertexts carry (1–8 lower-case letters or digits). */
export interface DataKey {
  id: string
  bytes: Buffer
}

interface Derived {
  id: string
  field: KeyObject
  index: KeyObject
  sign: KeyObject
}

const IV = 12
const TAG = 16

/** How many bytes are drawn from the system's generator at once: one IV at a time is a call a field. */
const DRAWN = 4096

function openIvs(): () => Buffer {
  let drawn = Buffer.alloc(0)
  return () => {
    if (drawn.length < IV) drawn = randomBytes(DRAWN)
    const iv = drawn.subarray(0, IV)
    drawn = drawn.subarray(IV)
    return iv
  }
}

function derive(key: DataKey): Derived {
  const part = (purpose: string): KeyObject => createSecretKey(Buffer.from(hkdfSync('sha256', key.bytes, 'zhixintong', purpose, 32)))
  return { id: key.id, field: part('field'), index: part('index'), sign: part('sign') }
}

/** @param keys the active key first, then the older ones that can still be read. */
export function createSecrets(keys: readonly [DataKey, ...DataKey[]]): Secrets {
  const rings = keys.map(derive)
  const [active, ...older] = rings as [Derived, ...Derived[]]
  const byId = new Map(rings.map((ring) => [ring.id, ring]))

  const nextIv = openIvs()

  const ring = (id: string): Derived => {
    const found = byId.get(id)
    if (found === undefined) throw new AppError('key_missing', { key: /^[a-z0-9]{1,8}$/.test(id) ? id : '?' })
    return found
  }
  const encrypt = (plain: Buffer): Buffer => {
    const iv = nextIv()
    const cipher = createCipheriv('aes-256-gcm', active.field, iv)
    const body = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), body])
  }
  const decrypt = (key: Derived, raw: Buffer): Buffer => {
    if (raw.length < IV + TAG) throw new AppError('cipher_broken')
    try {
      const decipher = createDecipheriv('aes-256-gcm', key.field, raw.subarray(0, IV), { authTagLength: TAG })
      decipher.setAuthTag(raw.subarray(IV, IV + TAG))
      return Buffer.concat([decipher.update(raw.subarray(IV + TAG)), decipher.final()])
    } catch {
      throw new AppError('cipher_broken')
    }
  }
  const mac = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const indexWith = (key: Derived, kind: IndexKind, value: string): string =>
    mac(key.index, `${kind}:${value}`).subarray(0, 16).toString('base64url')

  return {
    activeKey: active.id,
    seal: (plain) => `${active.id}.${encrypt(Buffer.from(plain, 'utf8')).toString('base64url')}`,
    open(sealed) {
      const dot = sealed.indexOf('.')
      return decrypt(ring(sealed.slice(0, Math.max(dot, 0))), Buffer.from(sealed.slice(dot + 1), 'base64url')).toString('utf8')
    },
    sealBytes: (plain) => Buffer.concat([Buffer.from(`${active.id}.`), encrypt(plain)]),
    openBytes(sealed) {
      const dot = sealed.indexOf(0x2e)
      return decrypt(ring(sealed.subarray(0, Math.max(dot, 0)).toString('latin1')), sealed.subarray(dot + 1))
    },
    index: (kind, value) => indexWith(active, kind, value),
    indexes: (kind, value) => [indexWith(active, kind, value), ...older.map((each) => indexWith(each, kind, value))],
    sign: (text) => `${active.id}.${mac(active.sign, text).toString('base64url')}`,
    verify(text, signature) {
      const dot = signature.indexOf('.')
      const key = byId.get(signature.slice(0, Math.max(dot, 0)))
      if (key === undefined) return false
      const given = Buffer.from(signature.slice(dot + 1), 'base64url')
      const expected = mac(key.sign, text)
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
    current: (sealed) => sealed.startsWith(`${active.id}.`),
  }
}

/** SHA-256 of a text, hexadecimal. */
export function sha256(text: string | Buffer): string {
  return hash('sha256', text, 'hex')
}

/** Whether two texts are equal, taking the same time wherever they differ. */
export function sameText(left: string, right: string): boolean {
  const a = createHash('sha256').update(left).digest()
  const b = createHash('sha256').update(right).digest()
  return timingSafeEqual(a, b)
}
