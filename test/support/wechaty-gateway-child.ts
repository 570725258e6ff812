// A Wechaty gateway as a process of its own: the library's puppet server, over gRPC with TLS on loopback, with a mock account.
//   node --import tsx test/support/wechaty-gateway-child.ts '{"endpoint":"127.0.0.1:45678","token":"insecure_…"}'
// On `{person, text}` from its parent that person writes. It sends `{up}`, then `{sent: {to, text}}` for each message to WeChat.

import { PuppetServer } from 'wechaty-puppet-service'
import { mock } from 'wechaty-puppet-mock'
import { KeepingPuppet } from './wechaty.ts'

class GatewayPuppet extends KeepingPuppet {
  override messageSendText(to: string, text: string): Promise<void> {
    process.send?.({ sent: { to, text } })
    return Promise.resolve()
  }
}

const { endpoint, token } = JSON.parse(process.argv[2] ?? '') as { endpoint: string; token: string }
const mocker = new mock.Mocker()
const puppet = new GatewayPuppet({ mocker })
const court = mocker.createContact({ id: 'court', name: '本院' })
puppet.on('start', () => mocker.login(court))
const server = new PuppetServer({ endpoint, token, puppet })
await server.start()
process.on('message', ({ person, text }: { person: string; text: string }) => {
  const contact = mocker.cacheContactPayload.has(person)
    ? mocker.ContactMock.load(person)
    : mocker.createContact({ id: person, name: '某人' })
  contact.say(text).to(court)
})
process.on('disconnect', () => process.exit(0))
process.send?.({ up: true })
