// Why a start failed, as an error that names what the operator can change: host, port, user, database, folder. Never the password.
// While the application runs, the same errors are `database_unavailable` (faults.ts): users cannot do anything about the cause.

import { AppError, type Code, type Values } from '../../core/errors.ts'
import { codeOf } from './faults.ts'

/** Where the data is kept. */
export interface DataPlace {
  dataFolder: string
  databaseUrl?: string | undefined
}

/** Codes of a database server's connection, and what they mean at a start. */
const SERVER: Readonly<Record<string, Code>> = {
  ECONNREFUSED: 'start_server_refuses',
  ENOTFOUND: 'start_host_unknown',
  EAI_AGAIN: 'start_host_unknown',
  ETIMEDOUT: 'start_server_silent',
  EHOSTUNREACH: 'start_server_silent',
  ENETUNREACH: 'start_server_silent',
  ECONNRESET: 'start_server_hangs_up',
  EPIPE: 'start_server_hangs_up',
  PROTOCOL_CONNECTION_LOST: 'start_server_hangs_up',
  PROTOCOL_SEQUENCE_TIMEOUT: 'start_server_silent',
  ER_ACCESS_DENIED_ERROR: 'start_password_wrong',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'start_password_wrong',
  ER_ACCOUNT_HAS_BEEN_LOCKED: 'start_user_locked',
  ER_MUST_CHANGE_PASSWORD_LOGIN: 'start_user_locked',
  ER_HOST_NOT_PRIVILEGED: 'start_host_refused',
  ER_HOST_IS_BLOCKED: 'start_host_refused',
  ER_DBACCESS_DENIED_ERROR: 'start_rights_missing',
  ER_TABLEACCESS_DENIED_ERROR: 'start_rights_missing',
  ER_SPECIFIC_ACCESS_DENIED_ERROR: 'start_rights_missing',
  ER_BAD_DB_ERROR: 'start_database_missing',
  ER_CON_COUNT_ERROR: 'start_server_full',
  ER_TOO_MANY_USER_CONNECTIONS: 'start_server_full',
  ER_SECURE_TRANSPORT_REQUIRED: 'start_tls_needed',
  HANDSHAKE_NO_SSL_SUPPORT: 'start_tls_needed',
  HANDSHAKE_SSL_ERROR: 'start_tls_needed',
  ER_NOT_SUPPORTED_AUTH_MODE: 'start_login_way',
  AUTH_SWITCH_PLUGIN_ERROR: 'start_login_way',
  ER_OPTION_PREVENTS_STATEMENT: 'start_server_read_only',
}

const FOLDER: Readonly<Record<string, Code>> = {
  EACCES: 'start_folder_closed',
  EPERM: 'start_folder_closed',
  EROFS: 'start_folder_closed',
  ENOTDIR: 'start_folder_closed',
  EEXIST: 'start_folder_closed',
  ENOENT: 'start_folder_closed',
  SQLITE_CANTOPEN: 'start_folder_closed',
  SQLITE_READONLY: 'start_folder_closed',
  ENOSPC: 'start_disk_full',
  EDQUOT: 'start_disk_full',
  SQLITE_FULL: 'start_disk_full',
  SQLITE_NOTADB: 'start_file_broken',
  SQLITE_CORRUPT: 'start_file_broken',
  SQLITE_BUSY: 'start_file_busy',
}

/** The cause of a failed start as an error for the operator; any other error comes back as it is. */
export function startFault({ dataFolder, databaseUrl }: DataPlace, error: unknown): unknown {
  if (error instanceof AppError && error.code !== 'database_unavailable') return error
  const fault = error instanceof AppError ? error.cause : error
  const path = pathOf(fault)
  // Only errors of files carry a path; a socket's do not, and with a server everything else is the server's.
  if (path !== null || databaseUrl === undefined) return folderFault(dataFolder, path, fault) ?? error
  const code = SERVER[codeOf(fault)]
  return code === undefined ? error : new AppError(code, { ...serverOf(databaseUrl), code: codeOf(fault) }, [], error)
}

function pathOf(fault: unknown): string | null {
  const path = (fault as { path?: unknown } | null)?.path
  return typeof path === 'string' ? path : null
}

function folderFault(dataFolder: string, path: string | null, fault: unknown): AppError | null {
  // A file of the program, not of the data.
  if (path !== null && !path.startsWith(dataFolder) && !dataFolder.startsWith(path)) return null
  const code = codeOf(fault)
  // `SQLITE_READONLY_DIRECTORY` and the like say the same as their first two words.
  const found = FOLDER[code] ?? FOLDER[code.split('_').slice(0, 2).join('_')]
  return found === undefined ? null : new AppError(found, { folder: path ?? dataFolder, code }, [], fault)
}

/** What an operator may see of a database's address. */
function serverOf(databaseUrl: string): { host: string; port: string; user: string; database: string } {
  const { hostname, port, username, pathname } = new URL(databaseUrl)
  return {
    host: hostname,
    port: port || '3306',
    user: decodeURIComponent(username) || '—',
    database: decodeURIComponent(pathname.slice(1)),
  }
}

/** Why the web server cannot listen; any other error comes back as it is. */
export function listenFault(place: Values & { host: string; port: number }, error: unknown): unknown {
  const { syscall, code = '' } = error as NodeJS.ErrnoException
  // An unknown name in HOST fails at the look-up.
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return error
  const known: Readonly<Record<string, Code>> = { EADDRINUSE: 'start_port_used', EACCES: 'start_port_forbidden' }
  return new AppError(known[code] ?? 'start_address_unfit', { ...place, code }, [], error)
}
