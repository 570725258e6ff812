// The configuration as a whole: wrong variables are named at the start, and no provider is half configured.
// Each setting is documented in docs/configuration.md.

import { expect } from 'chai'
import { checkConfig, openApp } from '../../src/app.ts'
import { openMediums } from '../../src/messaging/channels/mediums.ts'
import { operatorLanguage, readConfig, SETTINGS } from '../../src/config/config.ts'
import { ConfigError } from '../../src/config/problems.ts'
import { explainProblems } from '../../src/platform/texts/setting-words.ts'
import { runZxt } from '../support/zxt-process.ts'
import { readKeyring } from '../../src/config/data-key.ts'
import type { Environment, Setting } from '../../src/config/setting.ts'

const PRODUCTION = { NODE_ENV: 'production', DATA_KEY: `k1:${Buffer.alloc(32).toString('base64')}`, PUBLIC_URL: 'https://court.example' }
const GATEWAY = { WECHATY_PUPPET: 'wechaty-puppet-service', WECHATY_TOKEN: 'token', WECHATY_ENDPOINT: 'gateway.example:8788' }

const inEnglish = (error: ConfigError): string[] => explainProblems('templates', 'en', error.problems)

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    checkConfig(readConfig(environment))
    return []
  } catch (error) {
    if (error instanceof ConfigError) return inEnglish(error)
    throw error
  }
}

describe('the configuration', () => {
  it('is complete without any variable', () => {
    const config = readConfig({})
    expect(config.roles).to.deep.equal(['web', 'dispatcher', 'clock'])
    expect([config.wechat, config.twilio, config.wechaty]).to.deep.equal([undefined, undefined, undefined])
  })

  it('names every provider that is only half configured', () => {
    expect(problemsOf({ WECHAT_APP_ID: 'wx1' })[0]).to.match(/^WECHAT_APP_ID, WECHAT_SECRET, WECHAT_TOKEN/)
    expect(problemsOf({ TWILIO_AUTH_TOKEN: 'x' })[0]).to.match(/^TWILIO_ACCOUNT_SID/)
    expect(problemsOf({ ROLES: 'web,dispatcher,clock,wechaty' })[0]).to.match(/WECHATY_PUPPET/)
    expect(problemsOf({ WECHATY_PUPPET: '../evil' })[0]).to.match(/^WECHATY_PUPPET/)
  })

  it('refuses the puppet that is left out of the packages', () => {
    expect(problemsOf({ WECHATY_PUPPET: 'wechaty-puppet-wechat4u' })[0]).to.match(/^WECHATY_PUPPET: .*left out/)
  })

  it('requires the endpoint of a gateway, because looking it up would show its token to a third party', () => {
    expect(problemsOf({ ...GATEWAY, WECHATY_ENDPOINT: '' })[0]).to.match(/needs both/)
    expect(problemsOf(GATEWAY)).to.deep.equal([])
  })

  it('refuses in production a gateway with a publicly known certificate, except on this machine', () => {
    const insecure = { ...PRODUCTION, ...GATEWAY, WECHATY_TOKEN: 'insecure_1' }
    expect(problemsOf(insecure)[0]).to.match(/insecure/)
    expect(problemsOf({ ...insecure, WECHATY_ENDPOINT: '127.0.0.1:8788' })).to.deep.equal([])
  })

  it('opens the medium wechaty only where it is configured', () => {
    expect([...openMediums(readConfig({}))]).not.to.include('wechaty')
    expect([...openMediums(readConfig(GATEWAY))]).to.include('wechaty')
  })

  it('closes in production every medium without credentials, because a sandbox there would falsely report "served"', () => {
    expect([...openMediums(readConfig({}))]).to.deep.equal(['clerk', 'wechat', 'sms', 'voice'])
    expect([...openMediums(readConfig(PRODUCTION))]).to.deep.equal(['clerk'])
    const wechat = { WECHAT_APP_ID: 'wx1', WECHAT_SECRET: 's', WECHAT_TOKEN: 't', WECHAT_AES_KEY: 'a'.repeat(43) }
    expect([...openMediums(readConfig({ ...PRODUCTION, ...wechat }))]).to.deep.equal(['clerk', 'wechat'])
  })

  it('asks approvers and administrators for a second factor in production, and never fewer', () => {
    expect(readConfig({}).secondFactor).to.deep.equal(['none'])
    expect(readConfig(PRODUCTION).secondFactor).to.deep.equal(['approver', 'admin'])
    expect(readConfig({ ...PRODUCTION, SECOND_FACTOR: 'all' }).secondFactor).to.deep.equal(['all'])
    expect(problemsOf({ ...PRODUCTION, SECOND_FACTOR: 'clerk,admin' })[0]).to.match(
      /^SECOND_FACTOR: in production it must include approver/,
    )
    expect(problemsOf({ ...PRODUCTION, SECOND_FACTOR: 'none' })[0]).to.match(/approver, admin/)
    expect(problemsOf({ SECOND_FACTOR: 'none,clerk' })[0]).to.match(/stand alone/)
    expect(problemsOf({ SECOND_FACTOR: 'boss' })[0]).to.match(/^SECOND_FACTOR/)
  })

  it('allows SQLite for one process with all roles only', () => {
    expect(problemsOf({ ROLES: 'web' })[0]).to.match(/SQLite/)
    expect(problemsOf({ ROLES: 'wechaty', ...GATEWAY })[0]).to.match(/SQLite/)
    expect(problemsOf({ ROLES: 'wechaty', ...GATEWAY, DATABASE_URL: 'mysql://u:p@127.0.0.1/db' })).to.deep.equal([])
  })

  it('names every wrong value at once, together with what production requires', () => {
    const wrong = {
      NODE_ENV: 'production',
      PORT: 'http',
      DAILY_CAP: '0',
      QUIET_HOURS: 'at night',
      ROLES: 'web,cook',
      CLOCK_PROFILE: 'other',
    }
    const names = problemsOf(wrong).map((problem) => problem.replace(/[.:].*$/, ''))
    expect(names.sort()).to.deep.equal(['CLOCK_PROFILE', 'DAILY_CAP', 'DATA_KEY', 'PORT', 'PUBLIC_URL', 'QUIET_HOURS', 'ROLES'])
  })

  it('requires in production what has no safe default, and says how to get it', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).to.deep.equal([
      'DATA_KEY: required in production (32 random bytes: `zxt keys new` prints one)',
      'PUBLIC_URL: required in production (such as https://court.example)',
    ])
    expect(problemsOf(PRODUCTION)).to.deep.equal([])
  })

  it('starts in no other mode than the three that exist, so that a misspelt one does not open a court without its locks', () => {
    for (const mode of ['prod', 'Production', 'staging'])
      expect(problemsOf({ NODE_ENV: mode }).map((problem) => problem.split(':')[0])).to.deep.equal(['NODE_ENV'])
    expect(readConfig({ NODE_ENV: '' }).production).to.equal(false)
  })

  it('refuses in production an address without TLS, a key that is none, and an open host without a word about proxies', () => {
    const of = (more: Environment): string[] => problemsOf({ ...PRODUCTION, ...more }).map((problem) => problem.replace(/[ :].*$/, ''))
    expect(of({ PUBLIC_URL: 'http://court.example' })).to.deep.equal(['PUBLIC_URL'])
    expect(of({ PUBLIC_URL: 'http://127.0.0.1:3000' })).to.deep.equal([])
    expect(of({ HOST: '0.0.0.0' })).to.deep.equal(['TRUSTED_PROXIES'])
    expect(of({ HOST: '0.0.0.0', TRUSTED_PROXIES: '1' })).to.deep.equal([])
    const key = (id: string, bytes: Buffer): string => `${id}:${bytes.toString('base64')}`
    const drawn = Buffer.from(Array.from({ length: 32 }, (_, n) => n))
    const ring = (text: string): unknown => readKeyring(readConfig({ ...PRODUCTION, DATA_KEY: text }))
    for (const byte of [0, 255]) expect(() => ring(key('k1', Buffer.alloc(32, byte)))).to.throw(/DATA_KEY: key_repeated/)
    expect(() => ring(`${key('k1', drawn)},${key('k2', drawn)}`)).to.throw(/DATA_KEY: key_shared/)
    expect(ring(key('k1', drawn))).to.include({ made: null })
  })

  it('requires in production the key with which WeChat encrypts', () => {
    const account = { WECHAT_APP_ID: 'wx0123456789abcdef', WECHAT_SECRET: 's'.repeat(32), WECHAT_TOKEN: 'token' }
    expect(problemsOf({ ...PRODUCTION, ...account }).map((problem) => problem.split(':')[0])).to.deep.equal(['WECHAT_AES_KEY'])
    expect(problemsOf({ ...PRODUCTION, ...account, WECHAT_AES_KEY: 'a'.repeat(43) })).to.deep.equal([])
    expect(problemsOf(account)).to.deep.equal([])
  })

  it('is not needed for help and for a new key, which come first in production', async () => {
    for (const words of [['--help'], ['keys', 'new', 'k7']]) {
      const { code, output } = await runZxt({ NODE_ENV: 'production' }, ...words)
      expect(code, output).to.equal(0)
      expect(output).to.match(words.length === 1 ? /keys/ : /^k7:[A-Za-z0-9_-]{43}\n$/)
    }
    const { code, output } = await runZxt({ NODE_ENV: 'production' }, 'staff', 'list')
    expect(code).to.equal(2)
    expect(output)
      .to.match(/^DATA_KEY: 正式运行（NODE_ENV=production）时必须设置（32 字节随机数，用 zxt keys new 生成）/)
      .and.match(/^PUBLIC_URL: 正式运行/m)
    const english = await runZxt({ NODE_ENV: 'production', LOG_LANGUAGE: 'en' }, 'staff', 'list')
    expect(english.output).to.match(/^DATA_KEY: required in production/)
  }).timeout(180_000)

  it('is explained in Chinese unless the operator reads English, and its lines begin with the variable in both', () => {
    expect(operatorLanguage({})).to.equal('zh')
    expect(operatorLanguage({ LOG_LANGUAGE: 'fr' })).to.equal('zh')
    expect(operatorLanguage({ LOG_LANGUAGE: 'en' })).to.equal('en')
    try {
      readConfig({ PORT: '70000', DAILY_CAP: 'x', ROLES: 'cook', LOG_LANGUAGE: 'fr', METRICS_TOKEN: 'short', WECHAT_AES_KEY: 'short' })
      expect.fail('was accepted')
    } catch (error) {
      const { problems } = error as ConfigError
      expect(explainProblems('templates', 'zh', problems)).to.deep.equal([
        'ROLES.0: 只能是：web, dispatcher, clock, wechaty',
        'LOG_LANGUAGE: 只能是：zh, en',
        'PORT: 不能大于 65535',
        'METRICS_TOKEN: 至少 16 个字符',
        'DAILY_CAP: 应为整数',
        'WECHAT_AES_KEY: 应为 43 个字符',
      ])
      expect(explainProblems('templates', 'en', problems).map((line) => line.split(':')[0])).to.deep.equal(
        explainProblems('templates', 'zh', problems).map((line) => line.split(':')[0]),
      )
    }
  })

  it('reports a wrong public address once, and not also as missing', () => {
    expect(problemsOf({ ...PRODUCTION, PUBLIC_URL: 'court.example' })).to.have.lengthOf(1)
  })

  it('treats an empty variable as not set, and ignores variables that are no settings', () => {
    expect(readConfig({ PORT: '', DATA_KEY: '', PROT: '1' })).to.deep.equal(readConfig({}))
  })

  it('reads numbers, lists, JSON and addresses', () => {
    const config = readConfig({
      PORT: '80',
      IMPORT_MAX_MB: '3',
      ROLES: 'web, dispatcher ,clock',
      PUSH_UNITS: 'tv_station, court',
      CLOCK_DAYS: '{"lift.carry_out":2}',
      PUBLIC_URL: 'https://court.example//',
      QUIET_HOURS: '21:30-07:15',
    })
    expect([config.port, config.importLimitBytes]).to.deep.equal([80, 3_145_728])
    expect(config.roles).to.deep.equal(['web', 'dispatcher', 'clock'])
    expect(config.pushUnits).to.deep.equal(['tv_station', 'court'])
    expect(config.clockDays).to.deep.equal({ 'lift.carry_out': 2 })
    expect(config.publicUrl).to.equal('https://court.example')
    expect(config.quietHours).to.deep.equal({ from: '21:30', to: '07:15' })
    expect(readConfig({ HOST: 'localhost', PORT: '81' }).publicUrl).to.equal('http://localhost:81')
  })

  it('is frozen in every part', () => {
    const config = readConfig({ CLOCK_DAYS: '{"lift.carry_out":2}' })
    expect(() => Object.assign(config, { port: 1 })).to.throw(TypeError)
    expect(() => Object.assign(config.court, { name: 'x' })).to.throw(TypeError)
    expect(() => Object.assign(config.clockDays, { 'lift.carry_out': 3 })).to.throw(TypeError)
    expect(() => Object.assign(config.roles, { 0: 'clock' })).to.throw(TypeError)
  })

  it('refuses periods that are not JSON with numbers', () => {
    for (const text of ['{', '[1]', '{"lift.carry_out":"2"}', 'null'])
      expect(problemsOf({ CLOCK_DAYS: text }), text).to.deep.equal(['CLOCK_DAYS: must be JSON such as {"lift.carry_out":2}'])
  })

  it('stops the start for a period that the court may not change, or that is no number of days', async () => {
    const law = "CLOCK_DAYS: clock objection.file: the law sets it, configuration can't"
    expect(problemsOf({ CLOCK_DAYS: '{"objection.file":20}' })).to.deep.equal([law])
    expect(problemsOf({ CLOCK_DAYS: '{"no.such":20}' })[0]).to.match(/^CLOCK_DAYS: clock no\.such: /)
    expect(problemsOf({ CLOCK_DAYS: '{"lift.carry_out":0}' })[0]).to.match(/^CLOCK_DAYS: clock lift\.carry_out: 0 is not a number of days/)
    const opening = openApp(readConfig({ NODE_ENV: 'test', DATA_DIR: '/nowhere/zxt', CLOCK_DAYS: '{"objection.file":20}' }))
    const error: unknown = await opening.catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(ConfigError)
    expect(inEnglish(error as ConfigError)).to.deep.equal([law])
  })

  it('never repeats a wrong secret in its message', () => {
    const secrets = (Object.entries(SETTINGS) as [string, Setting][]).filter(([, setting]) => setting.secret).map(([name]) => name)
    expect(secrets).to.include.members(['DATA_KEY', 'DATABASE_URL', 'TWILIO_AUTH_TOKEN', 'WECHAT_SECRET'])
    const problems = problemsOf({ ...Object.fromEntries(secrets.map((name) => [name, 'hunter2'])), PORT: 'x' })
    expect(problems.map((problem) => problem.split(':')[0])).to.include.members(['DATABASE_URL', 'METRICS_TOKEN', 'WECHAT_AES_KEY'])
    expect(problems.join()).not.to.include('hunter2')
  })
})
