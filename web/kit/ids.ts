// Ids that a screen makes, so that a call that is sent twice is done once. The same form as the server's: sortable by time, 26 characters.

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A new id (ULID). */
export function newId(): string {
  let time = Date.now()
  let id = ''
  for (let place = 0; place < 10; place += 1) {
    id = (LETTERS[time % 32] ?? '') + id
    time = Math.floor(time / 32)
  }
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += LETTERS[byte % 32] ?? ''
  return id
}
