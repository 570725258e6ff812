// Copies the whole database at one moment while others go on writing, and puts such a copy into an empty database.
// SQLite copies itself; MariaDB and MySQL need their own tools, which get the password in a file that only this user can read.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Transform, type Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import Database from 'better-sqlite3'
import { AppError } from '../../core/errors.ts'

const DUMP_TOOLS = ['mariadb-dump', 'mysqldump']
const LOAD_TOOLS = ['mariadb', 'mysql']
/** One snapshot of all tables, without locks and without rights beyond the database's own. */
const DUMP_OPTIONS = ['--single-transaction', '--quick', '--hex-blob', '--no-tablespaces', '--skip-dump-date', '--skip-add-drop-table']
/** The last line of a whole dump. */
const COMPLETED = '-- Dump completed'

/** Copies a SQLite database that may be in use. The copy has no `-wal` file beside it. */
export async function copySqlite(from: string, to: string): Promise<void> {
  const database = new Database(from, { readonly: true, fileMustExist: true, timeout: 10_000 })
  try {
    database.prepare('vacuum into ?').run(to)
  } finally {
    database.close()
  }
  await chmod(to, 0o600)
}

/** Writes a compressed dump of a database on a server. @throws AppError `backup_tool_missing`, `backup_tool_failed`. */
export async function dumpServer(url: string, to: string): Promise<void> {
  await withTool(DUMP_TOOLS, url, DUMP_OPTIONS, async (output) => {
    let end = ''
    const watch = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        end = (end + chunk.toString('latin1')).slice(-200)
        done(null, chunk)
      },
    })
    await pipeline(output, watch, createGzip(), createWriteStream(to, { flags: 'wx', mode: 0o600 }))
    return end.includes(COMPLETED)
  })
}

/**
 * Loads a dump into an empty database on a server.
 * @returns the SHA-256 of the file that was loaded, in hexadecimal. @throws AppError `backup_tool_missing`, `backup_tool_failed`.
 */
export async function loadServer(url: string, from: string): Promise<string> {
  const hash = createHash('sha256')
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await withTool(LOAD_TOOLS, url, [], async (_output, input) => {
    await pipeline(createReadStream(from), watch, createGunzip(), input)
    return true
  })
  return hash.digest('hex')
}

/**
 * Runs the first of these tools that is installed, on the database of a URL.
 * @param work feeds it or takes its output; false when what came was not whole.
 */
async function withTool(
  tools: readonly string[],
  url: string,
  options: readonly string[],
  work: (output: Readable, input: Writable) => Promise<boolean>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-client-'))
  try {
    const file = join(folder, 'client.cnf')
    await writeFile(file, clientOptions(url), { mode: 0o600 })
    const database = decodeURIComponent(new URL(url).pathname.slice(1))
    const [tool, child] = await firstOf(tools, [`--defaults-file=${file}`, ...options, database])
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, 400)))
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const isWhole = await work(child.stdout, child.stdin).catch(() => false)
    child.stdin.destroy()
    const code = await ended
    if (code !== 0 || !isWhole) throw new AppError('backup_tool_failed', { tool, code: code ?? 'signal', said: said.trim() || '—' })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Tool = ReturnType<typeof spawn> & { stdin: Writable; stdout: Readable; stderr: Readable }

async function firstOf(tools: readonly string[], words: readonly string[]): Promise<[name: string, child: Tool]> {
  for (const tool of tools) {
    const child = spawn(tool, words, { stdio: ['pipe', 'pipe', 'pipe'] }) as Tool
    // The tool may end before it has read everything; its exit code says so.
    child.stdin.on('error', () => undefined)
    const started = await new Promise<boolean>((resolve) => {
      child.once('spawn', () => resolve(true)).once('error', () => resolve(false))
    })
    if (started) return [tool, child]
  }
  throw new AppError('backup_tool_missing', { tools: tools.join(', ') })
}

/** The options that a client reads from its file, as our own connections have them. */
function clientOptions(url: string): string {
  const { hostname, port, username, password } = new URL(url)
  const quoted = (text: string): string => `"${decodeURIComponent(text).replace(/[\\"]/g, (character) => `\\${character}`)}"`
  const lines = [
    ['host', quoted(hostname)],
    ['port', port || '3306'],
    ['protocol', 'tcp'],
    ['user', quoted(username)],
    ...(password === '' ? [] : [['password', quoted(password)]]),
    ['default-character-set', 'utf8mb4'],
  ]
  return ['[client]', ...lines.map(([name, value]) => `${name ?? ''}=${value ?? ''}`), 'loose-skip-ssl', ''].join('\n')
}
