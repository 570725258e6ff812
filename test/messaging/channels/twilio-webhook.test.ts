// Twilio's status callbacks about a message: how they are read, their codes and their signatures.

import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import type { Receipt } from '../../../src/messaging/channels/channel.ts'
import { deliveryOf, receiptOf, validSignature } from '../../../src/messaging/channels/twilio-sms/channel.ts'
import { createLog, type Log } from '../../../src/core/log.ts'
import { listen, readBody } from '../../support/loopback.ts'
import { ACCOUNT, alsoStop, PHONE, smsMessage, stopAll, twilioBench } from '../../support/twilio-bench.ts'

const form = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text))
const sample = (name: string): string => readFileSync(new URL(`../../support/samples/${name}`, import.meta.url), 'utf8')

describe('reading Twilio status callbacks', () => {
  afterEach(stopAll)

  it('returns a receipt for each sample of an outbound SMS, and null for other forms', () => {
    const log = createLog('silent')
    const ref = 'SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    const stages = ['queued', 'sent', 'delivered'].map((name) => receiptOf(form(sample(`twilio/status-${name}.form`)), log))
    expect(stages).to.deep.equal(
      ['queued', 'sent', 'delivered'].map((stage) => ({ provider: 'twilio-sms', ref, status: stage, stage: stage as Receipt['stage'] })),
    )
    const failed = receiptOf(form(sample('twilio/status-undelivered.form')), log)
    expect(failed).to.deep.include({ ref, status: 'undelivered', stage: 'failed', code: '30003' })
    expect(failed?.failure).to.include({ kind: 'closed', code: '30003' })
    expect(receiptOf(form(sample('twilio/inbound-sms.form')), log)).to.equal(null)
    expect(receiptOf(form(sample('twilio/voice-status.form')), log)).to.equal(null)
    expect(receiptOf({}, log)).to.equal(null)
  })

  it('maps every error code to a kind of failure', () => {
    const seen: Record<string, string> = {}
    const loggedCodes: (string | number | undefined)[] = []
    const log: Log = { ...createLog('silent'), error: (_, facts) => void loggedCodes.push(String(facts?.['code'])) }
    for (const code of ['30001', '30003', '30004', '30005', '30006', '30007', '30008', '21610', '12345', '', 'x']) {
      const receipt = receiptOf({ MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: code }, log)
      seen[code] = receipt?.failure?.kind ?? 'none'
    }
    expect(seen).to.deep.equal({
      30001: 'later',
      30003: 'closed',
      30004: 'closed',
      30005: 'closed',
      30006: 'closed',
      30007: 'closed',
      30008: 'later',
      21610: 'refused',
      12345: 'later',
      '': 'later',
      x: 'later',
    })
    expect(loggedCodes).to.deep.equal(['30007', '12345', 'no_code', 'no_code'])
  })

  it('accepts signed callbacks in any order, and refuses a changed one', async () => {
    const receipts: (Receipt | null)[] = []
    const signatures: boolean[] = []
    const publicUrl = { at: '' }
    const log = createLog('silent')
    const webhook = await listen(async (incoming, response) => {
      const fields = form(await readBody(incoming))
      const signature = incoming.headers['x-twilio-signature']
      const url = `${publicUrl.at}${incoming.url}`
      signatures.push(validSignature(ACCOUNT.authToken, String(signature), url, fields))
      signatures.push(validSignature(ACCOUNT.authToken, String(signature), url, { ...fields, MessageStatus: 'delivered!' }))
      receipts.push(receiptOf(fields, log))
      response.writeHead(204).end()
    })
    alsoStop(() => webhook.close())
    publicUrl.at = webhook.url
    const { server, channel } = await twilioBench({}, { statusCallbackUrl: `${webhook.url}/webhooks/twilio/status?b=2&a=1` })
    server.script(PHONE, ['delivered', 'queued', 'sent'])
    const outcome = await channel.send(smsMessage())
    await server.settled()
    expect(receipts.map((receipt) => receipt?.stage)).to.deep.equal(['delivered', 'queued', 'sent'])
    expect(receipts.every((receipt) => outcome.kind === 'accepted' && receipt?.ref === outcome.ref)).to.equal(true)
    expect(signatures).to.deep.equal([true, false, true, false, true, false])
    expect(server.callbacks.every(({ answer }) => answer === 204)).to.equal(true)
  })

  it('finds the delivery in the address of a callback, and nothing that is not an id', async () => {
    const addresses: string[] = []
    const webhook = await listen(async (incoming, response) => {
      await readBody(incoming)
      addresses.push(String(incoming.url))
      response.writeHead(204).end()
    })
    alsoStop(() => webhook.close())
    const { server, channel } = await twilioBench({ script: ['sent'] }, { statusCallbackUrl: `${webhook.url}/webhooks/twilio/status` })
    const id = '01KA1B2C3D4E5F6G7H8J9KMNPQ'
    await channel.send({ ...smsMessage(), id })
    await server.settled()
    expect(addresses.map(deliveryOf)).to.deep.equal([id])
    for (const path of ['/status', '/status?delivery=', '/status?delivery=1%27--', `/status?delivery=${id}0`])
      expect(deliveryOf(path), path).to.equal(null)
  })

  it('accepts the official vectors and refuses 1,000 changed signatures', () => {
    const { twilio } = JSON.parse(sample('vectors.json')) as {
      twilio: {
        authToken: string
        url: string
        params: Record<string, string>
        signature: string
        utf8: { authToken: string; url: string; params: Record<string, string>; signature: string }
      }
    }
    for (const vector of [twilio, twilio.utf8]) {
      expect(validSignature(vector.authToken, vector.signature, vector.url, vector.params)).to.equal(true)
      expect(validSignature(vector.authToken, vector.signature, vector.url.replace('.', '-'), vector.params)).to.equal(false)
      expect(validSignature(vector.authToken, vector.signature, vector.url, { ...vector.params, Extra: '1' })).to.equal(false)
    }
    for (let seed = 0; seed < 1000; seed += 1) {
      const at = seed % 27
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
      const letter = letters[seed % 26] === twilio.signature[at] ? '+' : (letters[seed % 26] ?? '+')
      const changed = twilio.signature.slice(0, at) + letter + twilio.signature.slice(at + 1)
      expect(validSignature(twilio.authToken, changed, twilio.url, twilio.params), changed).to.equal(false)
    }
    expect(validSignature(twilio.authToken, undefined, twilio.url, twilio.params)).to.equal(false)
    expect(validSignature(twilio.authToken, '', twilio.url, twilio.params)).to.equal(false)
    expect(validSignature('', twilio.signature, twilio.url, twilio.params)).to.equal(false)
    expect(validSignature(twilio.authToken, twilio.signature, 'nowhere', twilio.params)).to.equal(false)
  })
})
