// A provider's access token, shared by all processes: sealed in the database, renewed by one process at a time.
// The request for a new token is in messaging/channels/wechat-official/account.

import type { ProviderToken, TokenStore } from './channels/wechat-official/account.ts'
import { createWechatMenu, type WechatMenu } from './channels/wechat-official/menu.ts'
import { AppError } from '../core/errors.ts'
import { newToken } from '../core/ids.ts'
import { pause } from '../core/sleeper.ts'
import type { AppContext } from '../platform/commands/command.ts'
import { openRow } from '../platform/database/sealing.ts'
import {
  findProviderToken,
  leaseProviderToken,
  providerTokenTable,
  releaseProviderToken,
  saveProviderToken,
  type StoredToken,
} from './provider-tokens.store.ts'

/** Milliseconds; longer than the two requests of a forced renewal can take, so that a lease never ends while its holder still works. */
const LEASE = 30_000
/** Milliseconds between two tries to get the lease. */
const RETRY_EVERY = 100

/** Menu and codes of the official account, for commands at the terminal. @throws `account_missing`. */
export function openAccount(app: AppContext): WechatMenu {
  const { config, clock, log } = app
  if (config.wechat === undefined) throw new AppError('account_missing')
  const { appId, secret, baseUrl } = config.wechat
  return createWechatMenu({ appId, secret, baseUrl, clock, log, tokens: tokenStore(app, `wechat:${appId}`) })
}

/**
 * The store of one account's token. Its `withLease` waits half a minute at most.
 * @param name of the account, such as `wechat:wx0123456789abcdef`.
 */
export function tokenStore(app: Pick<AppContext, 'store' | 'secrets' | 'clock'>, name: string): TokenStore {
  const { store, secrets, clock } = app

  async function lease(): Promise<string | null> {
    const token = newToken(16)
    for (let waited = 0; waited <= LEASE; waited += RETRY_EVERY) {
      const now = clock.now()
      const until = new Date(now.getTime() + LEASE)
      if (await store.write((tx) => leaseProviderToken(tx, name, token, now, until))) return token
      await pause(RETRY_EVERY)
    }
    return null
  }

  return {
    async read() {
      const row = await store.read((db) => findProviderToken(db, name))
      const token = row === null ? null : openRow(providerTokenTable, secrets, { name: row.name, token: row.token }).token
      return token === null ? null : restored(token)
    },
    async write(token) {
      await store.write((tx) => saveProviderToken(tx, secrets, name, stored(token), clock.now()))
    },
    async withLease(work) {
      const token = await lease()
      if (token === null) return null
      try {
        return await work()
      } finally {
        await store.write((tx) => releaseProviderToken(tx, name, token))
      }
    },
  }
}

function stored({ token, expiresAt, forcedAt }: ProviderToken): StoredToken {
  return { token, expiresAt: expiresAt.toISOString(), forcedAt: forcedAt?.toISOString() ?? null }
}

function restored({ token, expiresAt, forcedAt }: StoredToken): ProviderToken {
  return { token, expiresAt: new Date(expiresAt), forcedAt: forcedAt === null ? null : new Date(forcedAt) }
}
