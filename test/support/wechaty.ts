// A WeChat account on Wechaty's own mock puppet: people write to it, and what it sends is recorded. Nothing leaves the process.
// A gateway as a process of its own is wechaty-gateway-child.ts.

import { FileBox } from 'file-box'
import { WechatyBuilder } from 'wechaty'
import { mock, PuppetMock } from 'wechaty-puppet-mock'
import { createWechaty, WECHATY_DISPATCH, type WechatyAccount } from '../../bot/doors/wechaty/wechaty.ts'
import type { Account } from '../../bot/doors/wechaty/load.ts'
import type { Pace } from '../../bot/doors/wechaty/channel.ts'
import type { Timing } from '../../bot/doors/wechaty/session.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { createDispatcher, type Dispatcher } from '../../src/messaging/dispatcher.ts'

export const QUICK: Partial<Timing> = { probe: 30, patience: 300, start: 5_000, login: 2_000, backoff: 20, backoffMost: 100 }
export const AT_ONCE: Partial<Pace> = { gap: 0, typing: 0, typingEach: 0, patience: 500 }

export interface Sent {
  to: string
  text: string
}

/** What the puppet does before it sends the next message, such as failing. */
export type Mishap = () => Promise<void>

/** A puppet that answers probes while `well`, and records what it sends. */
export class KeepingPuppet extends PuppetMock {
  sent: Sent[] = []
  well = true
  mishaps: Mishap[] = []

  override ding(data?: string): void {
    if (this.well) setImmediate(() => this.emit('dong', { data: data ?? '' }))
  }

  override async messageSendText(to: string, text: string): Promise<void> {
    const mishap = this.mishaps.shift()
    if (mishap !== undefined) await mishap()
    this.sent.push({ to, text })
  }
}

/** A mock account and its people. */
export interface MockAccount {
  build: () => Promise<Account>
  /** The latest puppet, and how many were built. */
  puppet(): KeepingPuppet
  lives(): number
  /** Everything sent by all puppets. */
  sent(): Sent[]
  /** Logs the account in; `build` does so itself unless the manner is `asks`. */
  login(): void
  /** @param person id of the writer; a contact is created for a new one. Answers the message's id. */
  writes(person: string, text: string): string
  /** The person sends a picture. */
  shows(person: string): void
  mocker(): InstanceType<typeof mock.Mocker>
}

/** @param manner `asks`: shows a code to scan instead of logging in. */
export function mockAccount(manner: 'logs in' | 'asks' = 'logs in'): MockAccount {
  const puppets: KeepingPuppet[] = []
  const mocker = (): InstanceType<typeof mock.Mocker> => latest().mocker
  const latest = (): KeepingPuppet => puppets.at(-1) as KeepingPuppet
  const contact = (id: string): ReturnType<InstanceType<typeof mock.Mocker>['createContact']> =>
    mocker().cacheContactPayload.has(id) ? mocker().ContactMock.load(id) : mocker().createContact({ id, name: `某人${id}` })
  const login = (): void => mocker().login(contact('court'))
  const write = (person: string, what: string | ReturnType<typeof FileBox.fromBase64>): string => {
    contact(person).say(what).to(contact('court'))
    return [...mocker().cacheMessagePayload.keys()].at(-1) as string
  }
  return {
    build: () => {
      const puppet = new KeepingPuppet({ mocker: new mock.Mocker() })
      puppets.push(puppet)
      const account = WechatyBuilder.build({ puppet })
      account.on('start', () => (manner === 'asks' ? mocker().scan('https://weixin.invalid/l/secret-code') : login()))
      return Promise.resolve(account)
    },
    puppet: latest,
    lives: () => puppets.length,
    sent: () => puppets.flatMap((puppet) => puppet.sent),
    login,
    writes: write,
    shows: (person) => void write(person, FileBox.fromBase64('eA==', 'photo.png')),
    mocker,
  }
}

export interface RunningAccount {
  door: WechatyAccount
  dispatcher: Dispatcher
  /** Stops everything in the order of the process. */
  stop(): Promise<void>
}

/** Runs an account with its dispatcher. */
export function runAccount(
  app: AppContext,
  build: () => Promise<Account>,
  given: { timing?: Partial<Timing>; pace?: Partial<Pace> } = {},
): RunningAccount {
  const door = createWechaty(app, {
    build,
    answered: () => dispatcher.poke(),
    timing: { ...QUICK, ...given.timing },
    pace: { ...AT_ONCE, ...given.pace },
  })
  const dispatcher = createDispatcher(app, new Map([['wechaty', door.channel]]), { ...WECHATY_DISPATCH, poll: 20 })
  door.start()
  dispatcher.start()
  return {
    door,
    dispatcher,
    async stop() {
      await door.deafen()
      await dispatcher.stop()
      await door.stop()
    },
  }
}
