// Cryptography: encrypts fields and bytes, computes blind indexes, signs texts. Keys are handed in; this file reads no environment.
// Ciphertexts and signatures carry a key id, so that an old and a new key can both be held during a rotation.

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

/**
 * What a blind index is for. Each kind is hashed apart, so that equal digits of a phone and of an ID number have different indexes. Those of a
 * complaint and of the counters of tries are apart from all others: an equal value would tell who complained, or who asked about whom.
 */
export type IndexKind =
  | 'identifier'
  | 'name'
  | 'case'
  | 'phone'
  | 'wechat'
  | 'wechaty'
  | 'chat'
  | 'login'
  | 'code'
  | 'file'
  | 'message'
  | 'limit'
  | 'bearer'
  | 'complainant_phone'
  | 'complainant_wechat'
  | 'accused_identifier'
  | 'accused_name'

/** What a bearer's token opens. Each kind is hashed apart, so that a stored hash opens nothing of another kind. */
export type BearerKind =
  | 'session'
  | 'session_csrf'
  | 'staff_browser'
  | 'unit_session'
  | 'unit_session_csrf'
  | 'unit_browser'
  | 'unit_code'
  | 'form'
  | 'receipt'
  | 'link'

/** What a keyed digest is of: a listing's wording, a file, a sheet of liaisons. */
export type DigestPurpose = 'content' | 'file' | 'sheet'

/** What a signature is of: a text (a listing, a link, the files of a backup), or a row that opens a door. */
export type SignPurpose = 'text' | 'row'

/** The cryptography of the application under its data keys. */
export interface Secrets {
  /** The id of the key that new ciphertexts use. */
  readonly activeKey: string
  /** The fingerprint of each held key by its id, the active key first. */
  readonly fingerprints: ReadonlyMap<string, string>
  /**
   * Encrypts a text with AES-256-GCM, bound to its place: somewhere else it does not open.
   * @returns `keyId.~base64url(iv ‖ tag ‖ ciphertext)`.
   */
  seal(plain: string, place: string): string
  /**
   * Decrypts a text of this place. Texts of earlier versions, without the `~`, are bound to none and open everywhere.
   * @throws AppError `key_missing` for an unknown key id, `cipher_broken` for anything altered, and for a text of another place.
   */
  open(sealed: string, place: string): string
  /** Whether a ciphertext is of the active key and bound to its place. */
  sealedNow(sealed: string): boolean
  /** Encrypts bytes. @returns the key id, a dot, then iv ‖ tag ‖ ciphertext as bytes. */
  sealBytes(plain: Buffer): Buffer
  /** Decrypts bytes. @throws AppError `key_missing`, `cipher_broken`. */
  openBytes(sealed: Buffer): Buffer
  /** The keyed blind index of a normalised value: 22 characters, equal for equal values under one key. */
  index(kind: IndexKind, value: string): string
  /** The index under every key, the active one first: for looking up while a rotation runs. */
  indexes(kind: IndexKind, value: string): [string, ...string[]]
  /**
   * A keyed digest, for a place that nobody opens again, such as the audit: it says that two contents are the same, and without the key not
   * which. @param hash the SHA-256 of the content, so that the bare hashes of earlier versions can be keyed as well.
   */
  digest(purpose: DigestPurpose, hash: string): string
  /** Whether a digest is of this hash, keyed by a held key or left bare by an earlier version; null: its key is not held any more. */
  digestFits(purpose: DigestPurpose, hash: string, digest: string): boolean | null
  /** Signs a text with HMAC-SHA-256, which proves that the application wrote it. @returns `keyId.~base64url(hmac)`. */
  sign(text: string, purpose?: SignPurpose): string
  /**
   * Whether a signature was made over this text by any held key; compared in constant time. Of texts, signatures of earlier versions
   * count, without the `~`: one cannot be made of the other.
   */
  verify(text: string, signature: string, purpose?: SignPurpose): boolean
  /** Whether something was sealed or signed by the active key, in whichever version. */
  current(sealed: string): boolean
}

/** A master key of 32 bytes and the id that ciphertexts carry (1–8 lower-case letters or digits). */
export interface DataKey {
  id: string
  bytes: Buffer
}

interface Derived {
  id: string
  fingerprint: string
  field: KeyObject
  index: KeyObject
  digest: KeyObject
  sign: Readonly<Record<SignPurpose | 'earlier', KeyObject>>
}

const IV = 12
const TAG = 16
/** Begins a ciphertext that is bound to its place, and a signature that is of one purpose. Base64url has no such character. */
const BOUND = '~'

/** Random bytes fetched at once. Fetching each IV alone would cost a system call for each field. */
const IV_BLOCK = 4096

/** @returns a function that gives a new random IV at each call. */
function createIvSource(): () => Buffer {
  let block = Buffer.alloc(0)
  return () => {
    if (block.length < IV) block = randomBytes(IV_BLOCK)
    const iv = block.subarray(0, IV)
    block = block.subarray(IV)
    return iv
  }
}

/** Derives one key for each purpose from the master key (HKDF-SHA-256). */
function derive(key: DataKey): Derived {
  const bytes = (purpose: string, length: number): Buffer => Buffer.from(hkdfSync('sha256', key.bytes, 'zhixintong', purpose, length))
  const part = (purpose: string): KeyObject => createSecretKey(bytes(purpose, 32))
  // Shown to people, who compare it: four groups of four digits. It tells nothing of the key.
  const fingerprint = (bytes('fingerprint', 8).toString('hex').toUpperCase().match(/..../g) ?? []).join('-')
  const sign = { text: part('sign text'), row: part('sign row'), earlier: part('sign') }
  return { id: key.id, fingerprint, field: part('field'), index: part('index'), digest: part('digest'), sign }
}

function decrypt(key: Derived, raw: Buffer, place = ''): Buffer {
  if (raw.length < IV + TAG) throw new AppError('cipher_broken')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.field, raw.subarray(0, IV), { authTagLength: TAG })
    decipher.setAAD(Buffer.from(place, 'utf8'))
    decipher.setAuthTag(raw.subarray(IV, IV + TAG))
    return Buffer.concat([decipher.update(raw.subarray(IV + TAG)), decipher.final()])
  } catch {
    throw new AppError('cipher_broken')
  }
}

/** Creates the cryptography over these keys. @param keys the active key first, then older keys that can still be read. */
export function createSecrets(keys: readonly [DataKey, ...DataKey[]]): Secrets {
  const derivedKeys = keys.map(derive)
  const [active, ...older] = derivedKeys as [Derived, ...Derived[]]
  const byId = new Map(derivedKeys.map((key) => [key.id, key]))

  const nextIv = createIvSource()

  const keyOf = (id: string): Derived => {
    const key = byId.get(id)
    if (key === undefined) throw new AppError('key_missing', { key: /^[a-z0-9]{1,8}$/.test(id) ? id : '?' })
    return key
  }
  const encrypt = (plain: Buffer, place = ''): Buffer => {
    const iv = nextIv()
    const cipher = createCipheriv('aes-256-gcm', active.field, iv)
    cipher.setAAD(Buffer.from(place, 'utf8'))
    const body = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), body])
  }
  const mac = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const indexWith = (key: Derived, kind: IndexKind, value: string): string =>
    mac(key.index, `${kind}:${value}`).subarray(0, 16).toString('base64url')

  return {
    activeKey: active.id,
    fingerprints: new Map(derivedKeys.map(({ id, fingerprint }) => [id, fingerprint])),
    seal: (plain, place) => `${active.id}.${BOUND}${encrypt(Buffer.from(plain, 'utf8'), place).toString('base64url')}`,
    open(sealed, place) {
      const dot = sealed.indexOf('.')
      const key = keyOf(sealed.slice(0, Math.max(dot, 0)))
      const isBound = sealed.startsWith(BOUND, dot + 1)
      const raw = Buffer.from(sealed.slice(dot + 1 + (isBound ? BOUND.length : 0)), 'base64url')
      return decrypt(key, raw, isBound ? place : '').toString('utf8')
    },
    sealedNow: (sealed) => sealed.startsWith(`${active.id}.${BOUND}`),
    sealBytes: (plain) => Buffer.concat([Buffer.from(`${active.id}.`), encrypt(plain)]),
    openBytes(sealed) {
      const dot = sealed.indexOf(0x2e)
      return decrypt(keyOf(sealed.subarray(0, Math.max(dot, 0)).toString('latin1')), sealed.subarray(dot + 1))
    },
    index: (kind, value) => indexWith(active, kind, value),
    indexes: (kind, value) => [indexWith(active, kind, value), ...older.map((key) => indexWith(key, kind, value))],
    digest: (purpose, hash) => `${active.id}.${mac(active.digest, `${purpose}:${hash}`).toString('base64url')}`,
    digestFits(purpose, hash, digest) {
      if (isBareHash(digest)) return sameText(digest, hash)
      const dot = digest.indexOf('.')
      const key = byId.get(digest.slice(0, Math.max(dot, 0)))
      return key === undefined ? null : sameText(digest.slice(dot + 1), mac(key.digest, `${purpose}:${hash}`).toString('base64url'))
    },
    sign: (text, purpose = 'text') => `${active.id}.${BOUND}${mac(active.sign[purpose], text).toString('base64url')}`,
    verify(text, signature, purpose = 'text') {
      const dot = signature.indexOf('.')
      const key = byId.get(signature.slice(0, Math.max(dot, 0)))
      if (key === undefined) return false
      const isBound = signature.startsWith(BOUND, dot + 1)
      if (!isBound && purpose !== 'text') return false
      const actual = Buffer.from(signature.slice(dot + 1 + (isBound ? BOUND.length : 0)), 'base64url')
      const expected = mac(key.sign[isBound ? purpose : 'earlier'], text)
      return actual.length === expected.length && timingSafeEqual(actual, expected)
    },
    current: (sealed) => sealed.startsWith(`${active.id}.`),
  }
}

/** SHA-256 of a text (as UTF-8) or of bytes, hexadecimal. */
export function sha256(text: string | Buffer): string {
  return hash('sha256', text, 'hex')
}

/** What is indexed of a bearer's token. @param hash its SHA-256, which earlier versions stored bare. */
export function bearerKey(kind: BearerKind, hash: string): { indexKind: 'bearer'; value: string } {
  return { indexKind: 'bearer', value: `${kind}:${hash}` }
}

/**
 * What is stored of a bearer's token: whoever writes to the database and has not the data key cannot make it for a token of their own.
 * @returns the hash under the active key, then those of older keys.
 */
export function bearerHashes(secrets: Pick<Secrets, 'indexes'>, kind: BearerKind, token: string): [string, ...string[]] {
  const { indexKind, value } = bearerKey(kind, sha256(token))
  return secrets.indexes(indexKind, value)
}

/** The hash of a new token, to store. */
export function bearerHash(secrets: Pick<Secrets, 'index'>, kind: BearerKind, token: string): string {
  const { indexKind, value } = bearerKey(kind, sha256(token))
  return secrets.index(indexKind, value)
}

/** Whether a stored value is a bare SHA-256, as earlier versions stored it: no ciphertext and no keyed hash looks like that. */
export function isBareHash(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value)
}

/** Whether two texts are equal, compared in constant time. */
export function sameText(left: string, right: string): boolean {
  const a = createHash('sha256').update(left).digest()
  const b = createHash('sha256').update(right).digest()
  return timingSafeEqual(a, b)
}
