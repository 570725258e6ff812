// The session of whoever works here: what they may do, when it ends, and how it is renewed when it has ended.
// Desk and portal say where the session comes from; the kit knows no kind of person.

import { computed, reactive, readonly, ref, type ComputedRef } from 'vue'
import { connectSession } from '../api/client.ts'
import { serverNow } from '../api/server-clock.ts'

/** A session as the screens need it. */
export interface Session {
  name: string
  /** What the person logs in with; whoever renews a session must be the same. */
  account: string
  /** How the server names the person in what they did, such as `staff:01J…`. */
  actor: string
  csrfToken: string
  /** Names of what the person may do now; screens ask these and never roles. */
  permissions: readonly string[]
  /** When it ends if nothing more is done, and when it ends whatever is done; ISO 8601. */
  idleEndsAt: string
  expiresAt: string
  /** What must be done before anything else: a first password, a second factor. Null when nothing. */
  pending: string | null
  /** What is wrong with the account, in Chinese. */
  warning: string | null
}

interface State {
  session: Session | null
  /** Whether a log-in stands over the screen because the session ran out in the middle of work. */
  renewing: boolean
}

const state = reactive<State>({ session: null, renewing: false })
const waiting = ref<{ resolve(): void; reject(error: unknown): void }[]>([])

/** The session as it is now. */
export const currentSession: Readonly<State> = readonly(state)

const now = ref(serverNow())
setInterval(() => (now.value = serverNow()), 1000)

/** Takes over a session after a log-in or a look at it; null after a log-out. Calls that waited for a log-in go on. */
export function setSession(session: Session | null): void {
  state.session = session
  // The clock of this machine may be wrong: the answer that brought the session told the server's.
  now.value = serverNow()
  connectSession({ csrfToken: session?.csrfToken ?? '' })
  if (session === null || session.pending !== null) return
  state.renewing = false
  for (const { resolve } of waiting.value.splice(0)) resolve()
}

/** Whether the person may do something now. */
export function can(permission: string): boolean {
  return state.session?.permissions.includes(permission) ?? false
}

/** Gives up the log-in over the screen: the calls that waited for it fail. */
export function giveUpRenewing(error: unknown): void {
  state.renewing = false
  for (const { reject } of waiting.value.splice(0)) reject(error)
}

/** Lets calls that meet a session that ran out ask for a log-in over the screen, once for all of them. */
export function renewOverScreen(): void {
  connectSession({
    renew: () =>
      new Promise((resolve, reject) => {
        waiting.value.push({ resolve, reject })
        state.renewing = true
      }),
  })
}

/** Seconds until the session ends, counted from two minutes before the end; null as long as there is more time. */
export const endsInSeconds: ComputedRef<number | null> = computed(() => {
  const { session } = state
  if (session === null) return null
  const end = Math.min(Date.parse(session.idleEndsAt), Date.parse(session.expiresAt))
  const left = Math.ceil((end - now.value) / 1000)
  return left > 120 ? null : Math.max(0, left)
})
