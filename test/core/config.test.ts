// The environment, read whole: what an operator mistypes is named at the start, and nothing is half-configured. Defaults are the README's table.

import { expect } from 'chai'
import { ConfigError, openMediums, readConfig } from '../../src/config.ts'

const PRODUCTION = { NODE_ENV: 'production', DATA_KEY: `k1:${Buffer.alloc(32).toString('base64')}`, PUBLIC_URL: 'https://court.example' }
const GATEWAY = { WECHATY_PUPPET: 'wechaty-puppet-service', WECHATY_TOKEN: 'token', WECHATY_ENDPOINT: 'gateway.example:8788' }

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('the settings', () => {
  it('are complete without any', () => {
    const config = readConfig({})
    expect(config.roles).to.deep.equal(['web', 'dispatcher', 'clock'])
    expect([config.wechat, config.twilio, config.wechaty]).to.deep.equal([undefined, undefined, undefined])
  })

  it('name every provider that is half there', () => {
    expect(problemsOf({ WECHAT_APP_ID: 'wx1' })[0]).to.match(/^WECHAT_APP_ID, WECHAT_SECRET, WECHAT_TOKEN/)
    expect(problemsOf({ TWILIO_AUTH_TOKEN: 'x' })[0]).to.match(/^TWILIO_ACCOUNT_SID/)
    expect(problemsOf({ ROLES: 'web,dispatcher,clock,wechaty' })[0]).to.match(/WECHATY_PUPPET/)
    expect(problemsOf({ WECHATY_PUPPET: '../evil' })[0]).to.match(/^WECHATY_PUPPET/)
  })

  it('never let a gateway be looked up by showing its token to somebody else', () => {
    expect(problemsOf({ ...GATEWAY, WECHATY_ENDPOINT: '' })[0]).to.match(/needs both/)
    expect(problemsOf(GATEWAY)).to.deep.equal([])
  })

  it('refuse in production a certificate that anybody can show, but on this machine', () => {
    const insecure = { ...PRODUCTION, ...GATEWAY, WECHATY_TOKEN: 'insecure_1' }
    expect(problemsOf(insecure)[0]).to.match(/insecure/)
    expect(problemsOf({ ...insecure, WECHATY_ENDPOINT: '127.0.0.1:8788' })).to.deep.equal([])
  })

  it('open the account as a way to people only where it is configured', () => {
    expect([...openMediums(readConfig({}))]).not.to.include('wechaty')
    expect([...openMediums(readConfig(GATEWAY))]).to.include('wechaty')
  })

  it('keep SQLite to one process', () => {
    expect(problemsOf({ ROLES: 'web' })[0]).to.match(/SQLite/)
    expect(problemsOf({ ROLES: 'wechaty', ...GATEWAY })[0]).to.match(/SQLite/)
    expect(problemsOf({ ROLES: 'wechaty', ...GATEWAY, DATABASE_URL: 'mysql://u:p@127.0.0.1/db' })).to.deep.equal([])
  })
})
