// The sandbox channel: addresses with special endings fail in the way that its docstring describes.

import { expect } from 'chai'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'

const message = (id: string, to: string) => ({ id, to, body: { text: 'x' } })

describe('the sandbox channel', () => {
  it('accepts every message as delivered', async () => {
    for (const medium of ['wechat', 'sms', 'voice', 'clerk'] as const) {
      const channel = createSandbox(medium)
      expect(channel).to.include({ medium, provider: 'sandbox' })
      expect(await channel.send(message('d1', '+8613900001111'))).to.deep.equal({
        kind: 'accepted',
        ref: 'sandbox-d1',
        receipt: 'delivered',
      })
    }
  })

  it('fails by the ending of the address, as documented', async () => {
    const kinds: [medium: 'sms' | 'voice' | 'wechat', to: string, kind: string, code: string][] = [
      ['sms', '+8613900000000', 'refused', '21211'],
      ['voice', '+8613900000001', 'closed', '30003'],
      ['sms', '+8613900000002', 'later', '20429'],
      ['sms', '+8613900000003', 'unknown', 'timeout'],
      ['sms', '+8613900000004', 'refused', '21610'],
      ['wechat', 'oPersonblock', 'refused', 'user_block'],
      ['wechat', 'oPersonunfollowed', 'closed', '43004'],
      ['wechat', 'oPersonbusy', 'later', '-1'],
      ['wechat', 'oPersondoubt', 'unknown', 'timeout'],
    ]
    for (const [medium, to, kind, code] of kinds) expect(await createSandbox(medium).send(message('d1', to)), to).to.include({ kind, code })
    expect(await createSandbox('wechat').send(message('d1', 'o0000'))).to.include({ kind: 'accepted' })
  })

  it('puts a message off once, and settles a doubt as delivered when it is asked', async () => {
    const channel = createSandbox('sms')
    const busy = '+8613900000002'
    const kinds = [
      await channel.send(message('a', busy)),
      await channel.send(message('b', busy)),
      await channel.send(message('a', busy)),
    ].map(({ kind }) => kind)
    expect(kinds).to.deep.equal(['later', 'later', 'accepted'])
    expect(await channel.reconcile?.(message('c', '+8613900000003'), new Date(0))).to.include({ kind: 'accepted', receipt: 'delivered' })
  })
})
