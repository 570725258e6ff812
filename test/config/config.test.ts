// The configuration as a whole: wrong variables are named at the start, and no provider is half configured.
// Each setting is documented in docs/configuration.md.

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkConfig, openApp } from '../../src/app.ts'
import { openMediums } from '../../src/messaging/channels/mediums.ts'
import { operatorLanguage, readConfig, SETTINGS, type Config } from '../../src/config/config.ts'
import { ConfigError } from '../../src/config/problems.ts'
import { explainProblems } from '../../src/platform/texts/setting-words.ts'
import { runZxt } from '../support/zxt-process.ts'
import { readKeyring } from '../../src/config/data-key.ts'
import type { Environment, Setting } from '../../src/config/setting.ts'

const PRODUCTION = { NODE_ENV: 'production', DATA_KEY: `k1:${Buffer.alloc(32).toString('base64')}`, PUBLIC_URL: 'https://court.example' }
const GATEWAY = { WECHATY_PUPPET: 'wechaty-puppet-service', WECHATY_TOKEN: 'token', WECHATY_ENDPOINT: 'gateway.example:8788' }

const inEnglish = (error: ConfigError): string[] => explainProblems('templates', 'en', error.problems)

function problemsOf(environment: Readonly<Record<string, string>>, more: (config: Config) => unknown = () => undefined): readonly string[] {
  try {
    const config = readConfig(environment)
    checkConfig(config)
    more(config)
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
        'WECHAT_AES_KEY: 应为公众号后台给出的 43 个字母和数字',
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

  /** Values that are no values, by setting; those of numbers and choices are the same for all. */
  const HOSTILE: Readonly<Record<string, readonly string[]>> = {
    DATABASE_URL: [
      ...[
        'mysql://u:hunter2%ZZ@h/d',
        'mysql://u:hunter2@h:99999/d',
        'mysql://u:hunter2@h/%ZZ',
        'mysql://u:hunter2@/d',
        'mysql://u:hunter2#x@h/d',
      ],
      ...[
        'mysql://u:hunter2?x@h/d',
        'mysql://u:hunter2@h/d#f',
        'mysql://u:hunter2@h/d?ssl=1',
        'mysql://u:hunter2@h:abc/d',
        'http://u:hunter2@h/d',
      ],
    ],
    DATA_DIR: ['a\u0000b', '   '],
    DATA_KEY: ['hunter2', 'k1:hunter2', `k1:${'A'.repeat(43)},hunter2`, 'a\u0000hunter2'],
    HOST: ['http://x', 'a b', '%', 'a\nb'],
    PUBLIC_URL: [
      ...[
        'https://u:hunter2@court.example',
        'https://court.example?',
        'https://court.example/?x=1',
        'https://court.example/#a',
        'https://',
      ],
      ...['https://court.example/path', 'https://court.example/%ZZ', 'https://court.example:99999', 'ftp://court.example', 'court.example'],
    ],
    METRICS_TOKEN: ['hunter2', `hunter2 ${'x'.repeat(20)}`, `hunter2\n${'x'.repeat(20)}`, `hunter2${'中'.repeat(20)}`],
    COURT_NAME: ['法', '香格里拉市\n人民法院'],
    COURT_PHONE: ['   ', 'none', '12\u00007'],
    COURT_ADDRESS: ['   ', 'a\nb'],
    COURT_HOURS: ['a\nb', 'x'.repeat(101)],
    CRISIS_PHONE: ['none', '1\n2356'],
    COURT_CODE: ['云', '云\n34'],
    GROUP_OFFICE_PHONE: ['none', '1\n2356'],
    PUSH_UNITS: ['Land Office', 'land,,tv', '<script>'],
    CLOCK_DAYS: ['{', '[1]', '{"lift.carry_out":"2"}'],
    QUIET_HOURS: ['22-8', '24:00-08:00'],
    SECOND_FACTOR: ['boss', 'none,clerk'],
    ROLES: ['web,cook', ','],
    EMBED_ORIGINS: ['http://www.city.example', 'https://a.example/', 'https://a.example/x', '*', 'null', 'https://u:hunter2@a.example'],
    WECHAT_APP_ID: ['a\nb'],
    WECHAT_SECRET: ['hunter2\n'.repeat(2)],
    WECHAT_TOKEN: ['hunter2\u0000'],
    WECHAT_AES_KEY: [`hunter2${'a'.repeat(35)}!`, `hunter2${'a'.repeat(35)}=`, `hunter2${'中'.repeat(36)}`, 'hunter2'],
    WECHAT_TEMPLATES: ['{', '{"x":1}', '[]'],
    ...Object.fromEntries(
      ['WECHAT_BASE_URL', 'WECHAT_OPEN_URL', 'TWILIO_BASE_URL'].map((name) => [
        name,
        [
          'http://api.example',
          'ftp://x',
          'javascript:alert(1)',
          'file:///etc/passwd',
          'https://u:hunter2@x',
          'https://x/?q',
          'https://x/#f',
        ],
      ]),
    ),
    TWILIO_ACCOUNT_SID: ['AC1', 'x'],
    TWILIO_AUTH_TOKEN: ['hunter2\n'.repeat(2)],
    TWILIO_FROM: ['+', '+0123456789', '++15005550006', '12', '+150', 'a sender too long', '15005550006', '法院'],
    TWILIO_MESSAGING_SERVICE_SID: ['MGx', 'hunter'],
    WECHATY_PUPPET: ['../evil', 'fs'],
    WECHATY_TOKEN: ['hunter2\u0000'],
    WECHATY_ENDPOINT: ['gateway', 'http://gateway:1/', 'a b:1'],
  }

  it('refuses a hostile value of every setting in production by the name of the setting, without a stack and without a secret', () => {
    for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting][]) {
      const isNumber = 'minValue' in setting.schema
      const values = HOSTILE[name] ?? (isNumber ? ['   ', '0x10', '-1', '1e400', 'NaN', '５', '99999999999'] : ['nonsense', '   '])
      for (const value of values) {
        const secure = { ...PRODUCTION, DATA_KEY: `k1:${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}` }
        const wrong = problemsOf({ ...secure, [name]: value }, (config) => readKeyring(config))
        const where = `${name}=${JSON.stringify(value)}: ${wrong.join()}`
        expect(wrong.length, where).to.be.above(0)
        expect(
          wrong.some((line) => line.startsWith(name)),
          where,
        ).to.equal(true)
        expect(wrong.join(), where).not.to.match(/hunter2|undefined|Invalid|\bat \//)
      }
    }
  })

  it('takes what providers and databases do give', () => {
    const account = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 't' }
    for (const from of ['+15005550006', '10690', 'ZXT Court'])
      expect(problemsOf({ ...PRODUCTION, ...account, TWILIO_FROM: from })).to.deep.equal([])
    for (const url of ['mysql://u:p%40%23@db.example:3307/zxt', 'mariadb://u@10.0.0.1/zxt', 'mysql://u:p@[::1]:3306/zxt'])
      expect(problemsOf({ ...PRODUCTION, DATABASE_URL: url }), url).to.deep.equal([])
    for (const url of ['http://127.0.0.1:8080/stand-in', 'http://[::1]:1', 'https://proxy.example/wechat/'])
      expect(problemsOf({ ...PRODUCTION, WECHAT_BASE_URL: url }), url).to.deep.equal([])
    for (const HOST of ['::', '0.0.0.0', 'fe80::1%eth0', 'db-1.local'])
      expect(problemsOf({ ...PRODUCTION, HOST, TRUSTED_PROXIES: '1' }), HOST).to.deep.equal([])
    expect(problemsOf({ EMBED_ORIGINS: 'http://www.city.example', WECHAT_BASE_URL: 'http://stand-in.example' })).to.deep.equal([])
  })

  it('refuses in production a key file that others can read, with the way out, and takes one that is closed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zxt-key-'))
    try {
      const path = join(folder, 'data-key')
      const drawn = `k1:${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
      const start = (): unknown => readKeyring(readConfig({ ...PRODUCTION, DATA_KEY: drawn, DATA_DIR: folder }))
      await writeFile(path, drawn)
      for (const mode of [0o644, 0o640, 0o604]) {
        await chmod(path, mode)
        expect(start).to.throw(ConfigError, `DATA_KEY: key_file_open ${path} ${mode.toString(8)}`)
      }
      await chmod(path, 0o600)
      expect(start()).to.include({ made: null })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('never repeats a wrong secret in its message', () => {
    const secrets = (Object.entries(SETTINGS) as [string, Setting][]).filter(([, setting]) => setting.secret).map(([name]) => name)
    expect(secrets).to.include.members(['DATA_KEY', 'DATABASE_URL', 'TWILIO_AUTH_TOKEN', 'WECHAT_SECRET'])
    const problems = problemsOf({ ...Object.fromEntries(secrets.map((name) => [name, 'hunter2'])), PORT: 'x' })
    expect(problems.map((problem) => problem.split(':')[0])).to.include.members(['DATABASE_URL', 'METRICS_TOKEN', 'WECHAT_AES_KEY'])
    expect(problems.join()).not.to.include('hunter2')
  })
})
