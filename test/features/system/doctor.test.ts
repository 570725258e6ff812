// `zxt doctor`: what it finds in a sound installation, in a broken one, and while the database is away. Providers are stand-ins on loopback.
// What a running process reports of itself is routes.test.ts.

import { expect } from 'chai'
import { openApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config/config.ts'
import { manualClock, systemClock, type Clock } from '../../../src/core/clock.ts'
import { examine } from '../../../src/doctor.ts'
import { eachDatabase, makeApp, TEST_KEY, type TestApp } from '../../support/app.ts'
import { STAND_IN } from '../../support/providers.ts'
import { startTwilioServer } from '../../support/twilio-server.ts'
import { startWechatServer } from '../../support/wechat-server.ts'
import { runZxt } from '../../support/zxt-process.ts'

type Settings = Readonly<Record<string, string>>
const KEY = `${TEST_KEY.id}:${TEST_KEY.bytes.toString('base64')}`

const settingsOf = ({ folder, url }: Pick<TestApp, 'folder' | 'url'>, more: Settings = {}): Settings => ({
  NODE_ENV: 'test',
  LOG_LEVEL: 'silent',
  DATA_DIR: folder,
  DATA_KEY: KEY,
  PUBLIC_URL: 'http://127.0.0.1:1',
  ...(url === undefined ? {} : { DATABASE_URL: url }),
  ...more,
})
const found = async (settings: Settings, clock?: Clock): Promise<string[]> =>
  (await examine(readConfig(settings), clock)).map(({ level, code }) => `${level} ${code}`)

eachDatabase((db, make) => {
  describe('zxt doctor', () => {
    let made: TestApp

    beforeEach(async () => {
      made = await make()
      await (await openApp(readConfig(settingsOf(made)))).close()
    })

    it('finds a sound installation sound, and compares the clocks', async () => {
      const codes = await found(settingsOf(made))
      expect(codes).to.include.members(['ok database_ok', 'ok key_ok', db === 'sqlite' ? 'ok time_same' : 'ok time_ok'])
      expect(codes.filter((code) => code.startsWith('broken calendar') || code === 'broken key_refused')).to.deep.equal([])
      if (db === 'sqlite') return
      const ahead = manualClock(new Date(systemClock.now().getTime() + 90_000))
      expect(await found(settingsOf(made), ahead)).to.include('broken time_off')
    })

    it('says which years of the work calendar are missing', async () => {
      const at = (day: string): Promise<string[]> => found(settingsOf(made), manualClock(new Date(`${day}T02:00:00.000Z`)))
      expect(await at('2026-03-02')).to.include('watch calendar_next')
      expect(await at('2041-03-02')).to.include('broken calendar_missing')
    })

    it('names a wrong key, and changes nothing in tables that are not up to date', async () => {
      const codes = await found(settingsOf(made, { DATA_KEY: `t1:${Buffer.alloc(32, 1).toString('base64')}` }))
      expect(codes).to.include('broken key_refused')
      await made.app.store.write((tx) => tx.run("delete from migrations where name like 'KeyChecks%'"))
      expect(await found(settingsOf(made))).to.include('watch tables_pending')
      expect(await made.app.store.pending()).to.have.length(1)
      await made.app.store.write((tx) =>
        tx.run("insert into migrations (timestamp, name) values (1795910700085, 'KeyChecks1795910700085')"),
      )
    })
  })
})

describe('zxt doctor, of providers and addresses', () => {
  let made: TestApp
  let stops: (() => Promise<void>)[]

  beforeEach(async () => {
    made = await makeApp()
    await (await openApp(readConfig(settingsOf(made)))).close()
    stops = [made.close]
  })
  afterEach(async () => {
    for (const stop of stops.reverse()) await stop()
  })
  const wechatSettings = (url: string, more: Settings = {}): Settings =>
    settingsOf(made, {
      WECHAT_APP_ID: STAND_IN.wechat.appId,
      WECHAT_SECRET: STAND_IN.wechat.secret,
      WECHAT_TOKEN: STAND_IN.wechat.token,
      WECHAT_BASE_URL: url,
      ...more,
    })

  it('asks WeChat for the account and its templates, and names those that it has not', async () => {
    const server = await startWechatServer(STAND_IN.wechat)
    stops.push(server.close)
    const bare = await examine(readConfig(wechatSettings(server.url)))
    const unmapped = bare.find(({ code }) => code === 'templates_unmapped')
    expect(bare.map(({ code }) => code)).to.include('wechat_ok')
    expect(unmapped?.text).to.include('case_notice')
    const wrong = await examine(
      readConfig(wechatSettings(server.url, { WECHAT_TEMPLATES: '{"case_notice":"TPL9","list_bulletin":"TPL1"}' })),
    )
    expect(wrong.find(({ code }) => code === 'templates_unknown')).to.include({ level: 'broken' })
    expect(wrong.find(({ code }) => code === 'templates_unknown')?.text)
      .to.include('case_notice')
      .and.not.include('list_bulletin')
    expect(server.sent).to.deep.equal([])
    expect(
      server.tokenRequests.every(({ force }) => !force),
      'the token in use stays valid',
    ).to.equal(true)
  })

  it('tells a provider that refuses from one that does not answer', async () => {
    const server = await startWechatServer(STAND_IN.wechat)
    stops.push(server.close)
    const refused = await examine(readConfig(wechatSettings(server.url, { WECHAT_SECRET: 'another' })))
    expect(refused.find(({ code }) => code === 'wechat_refused')?.text).to.include('40125')
    expect(await found(wechatSettings('http://127.0.0.1:1'))).to.include('broken wechat_silent')
    const twilio = await startTwilioServer(STAND_IN.twilio)
    stops.push(twilio.close)
    const sms = (url: string, token: string): Settings =>
      settingsOf(made, {
        TWILIO_ACCOUNT_SID: STAND_IN.twilio.accountSid,
        TWILIO_AUTH_TOKEN: token,
        TWILIO_FROM: '+15005550006',
        TWILIO_BASE_URL: url,
      })
    expect(await found(sms(twilio.url, STAND_IN.twilio.authToken))).to.include('ok sms_ok')
    expect(await found(sms(twilio.url, 'another'))).to.include('broken sms_refused')
    expect(await found(sms('http://127.0.0.1:1', 'x'))).to.include('broken sms_silent')
    expect(twilio.sent).to.deep.equal([])
  })

  it('looks at the public address and at the proxies in front', async () => {
    // Production takes no key of one repeated byte, as the tests have it.
    const drawn = `t1:${Buffer.from(Array.from({ length: 32 }, (_, n) => n)).toString('base64')}`
    const production = (more: Settings): Settings => settingsOf(made, { NODE_ENV: 'production', DATA_KEY: drawn, ...more })
    const local = await found(production({ PUBLIC_URL: 'http://127.0.0.1:1' }))
    expect(local).to.include.members(['broken address_local', 'watch address_silent', 'watch wechat_closed', 'watch sms_closed'])
    expect(await found(settingsOf(made, { PUBLIC_URL: 'https://127.0.0.1:1' }))).to.include('watch proxies_none')
    expect(await found(settingsOf(made, { PUBLIC_URL: 'https://127.0.0.1:1', TRUSTED_PROXIES: '1' }))).not.to.include('watch proxies_none')
  })

  it('goes on when the database is away, and ends with exit code 1', async () => {
    const settings = settingsOf({ folder: made.folder, url: 'mysql://court:secret-word@127.0.0.1:1/zxt' })
    const codes = await found(settings)
    expect(codes).to.include.members(['broken start_server_refuses', 'watch wechat_sandbox', 'watch address_silent'])
    const { code, output } = await runZxt(settings, 'doctor')
    expect(code).to.equal(1)
    expect(output)
      .to.match(/^故障 {2}数据库服务器 127\.0\.0\.1:1 拒绝连接/m)
      .and.match(/^注意 {2}没有配置微信公众号/m)
    expect(output).to.include('[doctor_broken]').and.not.include('secret-word')
    expect(await found({ ...settingsOf(made), DATA_DIR: `${made.folder}/nowhere` })).to.include.members([
      'broken data_missing',
      'broken disk_closed',
    ])
  })

  it('prints each finding with its level, and ends with 1 only when one is broken', async () => {
    const { code, output } = await runZxt(settingsOf(made), 'doctor')
    expect(output)
      .to.match(/^正常 {2}数据库可用/m)
      .and.match(/^注意 {2}没有配置短信/m)
    // Whether this year's calendar is known depends on the day on which this runs.
    expect(code).to.equal(/^故障/m.test(output) ? 1 : 0)
  })
})
