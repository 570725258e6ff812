// platform/http/places: who gives way when all places for unfinished bodies are taken, by itself and in the real server.
// How many places one network has is limits.test.ts.

import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { createPlaces, type Sending } from '../../../src/platform/http/places.ts'
import { makeApp, type TestApp } from '../../support/app.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'

describe('places that are all taken', () => {
  let time = 0
  const cut: string[] = []
  const sending = (name: string, bytes: number | null): Sending => ({ bytes: () => bytes, cut: () => void cut.push(name) })
  beforeEach(() => {
    cut.length = 0
    time = 0
  })

  it('go from the slowest body of the network with the most slow ones to a newcomer', () => {
    const take = createPlaces(3, 4, () => time)
    take('2001:db8:1:1::/64', sending('slow', 2_000))
    const free = take('2001:db8:1:2::/64', sending('slowest', 500))
    take('203.0.113.7', sending('alone', 100))
    take('203.0.113.8', sending('moving', 20_000))
    time = 2_000
    expect(take('198.51.100.1', sending('new', null))).to.be.a('function')
    expect(cut).to.deep.equal(['slowest'])
    // Its request ends later, which frees nobody else's place.
    free?.()
    expect(take('198.51.100.2')).to.be.a('function')
    expect(cut).to.deep.equal(['slowest', 'alone'])
  })

  it('stay with bodies that move, have only begun or are whole: the newcomer is refused', () => {
    const take = createPlaces(3, 3, () => time)
    take('203.0.113.1', sending('moving', 20_000))
    take('203.0.113.2', sending('whole', null))
    time = 1_500
    take('203.0.113.3', sending('young', 0))
    time = 2_000
    expect(take('198.51.100.1')).to.equal(null)
    expect(cut).to.deep.equal([])
  })

  it('stay with others when a network has all of its own', () => {
    const take = createPlaces(1, 2, () => time)
    take('203.0.113.1', sending('own', 0))
    take('203.0.113.2', sending('other', 0))
    time = 2_000
    expect(take('203.0.113.1')).to.equal(null)
    expect(cut).to.deep.equal([])
  })
})

describe('a server whose places are all taken by bodies that hardly come', () => {
  let made: TestApp
  let server: TestServer
  let sockets: Socket[]
  before(async () => {
    made = await makeApp({ env: { TRUSTED_PROXIES: '1' } })
    server = await openServer(made, undefined, { places: { uploads: [8, 4], bodies: [16, 4] } })
  })
  beforeEach(() => (sockets = []))
  afterEach(() => sockets.forEach((socket) => socket.destroy()))
  after(async () => {
    await server.close()
    await made.close()
  })

  const PHOTO = '--b\r\nContent-Disposition: form-data; name="photo1"; filename="a.jpg"\r\n\r\n'
  const FORM = 'multipart/form-data; boundary=b'

  /** A request that says it has more than it sends; `ended` is true once the server closed it. */
  function begun(from: string, path: string, type: string, start: string): { socket: Socket; ended: () => boolean } {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    sockets.push(socket)
    let isEnded = false
    socket.on('error', () => undefined).on('close', () => (isEnded = true))
    const length = path === '/chat/photo' ? 900_000 : 20_000
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${from}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${start}`,
    )
    return { socket, ended: () => isEnded }
  }

  it('answers a short form that comes in two pieces, and cuts one of those', async () => {
    const held = ['2001:db8:1:1::7', '2001:db8:1:2::7', '2001:db8:2:1::7', '203.0.113.1'].map((from) =>
      begun(from, '/own', 'application/x-www-form-urlencoded', ''),
    )
    await delay(1_300)
    const body = JSON.stringify({ text: '你好' })
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    sockets.push(socket)
    const head = `POST /api/v1/chat HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.1\r\nContent-Type: application/json\r\n`
    socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`)
    await delay(100)
    socket.write(body)
    const answer = await new Promise<string>((resolve) => socket.once('data', (part: Buffer) => resolve(part.toString())))
    expect(answer).to.match(/^HTTP\/1\.1 200/)
    expect(held.map(({ ended }) => ended()).filter(Boolean)).to.have.length(1)
    expect(
      held.slice(2).some(({ ended }) => ended()),
      'of the /48 with two',
    ).to.equal(false)
  })

  it('answers a form without a photo, and cuts no photo that moves', async () => {
    const moving = begun('198.51.100.9', '/chat/photo', FORM, PHOTO)
    const pieces = setInterval(() => moving.socket.write('a'.repeat(2_000)), 100)
    const held = ['203.0.113.1', '203.0.113.2', '203.0.113.3'].map((from) => begun(from, '/chat/photo', FORM, PHOTO))
    await delay(1_300)
    const text = `--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n他又买了车\r\n--b--\r\n`
    const headers = { 'content-type': FORM, 'x-forwarded-for': '198.51.100.1' }
    const { status } = await server.ask('POST', '/complaints', { body: text, headers })
    clearInterval(pieces)
    expect(status).to.be.below(400)
    await delay(50)
    expect(held.filter(({ ended }) => ended())).to.have.length(1)
    expect(moving.ended()).to.equal(false)
  })
})
