// The built pages of desk and portal as the server hands them out: shells for any address under them, assets for ever, and a clear word without a build.

import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { makeApp, type TestApp } from '../../support/app.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'

describe('the built pages', () => {
  let made: TestApp
  let server: TestServer
  let folder: string

  beforeEach(async () => {
    made = await makeApp()
    folder = await mkdtemp(join(tmpdir(), 'zxt-web-'))
  })
  afterEach(async () => {
    await server.close()
    await made.close()
    await rm(folder, { recursive: true })
  })

  async function serve(): Promise<void> {
    server = await openServer({ ...made, app: { ...made.app, config: { ...made.app.config, webFolder: folder } } })
  }

  it('answer every address under desk and portal with the shell, under a policy of their own scripts alone', async () => {
    await writeFile(join(folder, 'desk.html'), '<p>desk</p>')
    await writeFile(join(folder, 'unit.html'), '<p>unit</p>')
    await serve()
    for (const [path, text] of [
      ['/desk', 'desk'],
      ['/desk/listings/01ABC?page=2', 'desk'],
      ['/unit/lifts', 'unit'],
    ] as const) {
      const answer = await server.ask('GET', path)
      expect([answer.status, answer.text], path).to.deep.equal([200, `<p>${text}</p>`])
      expect(answer.headers.get('cache-control')).to.equal('no-cache')
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).to.include("script-src 'self';").and.include("require-trusted-types-for 'script'")
      expect(policy).to.not.match(/unsafe|https?:|\*/)
    }
    expect((await server.ask('POST', '/desk')).status).to.be.oneOf([404, 405])
    expect((await server.ask('GET', '/desktop')).status).to.equal(404)
    expect((await server.ask('GET', '/')).headers.get('content-security-policy')).to.not.include('script-src')
  })

  it('hand out assets compressed and for ever, unchanged ones not twice, and nothing outside their folder', async () => {
    await mkdir(join(folder, 'assets'))
    const script = 'export const a = 1\n'.repeat(200)
    await writeFile(join(folder, 'assets', 'a-1.js'), script)
    await writeFile(join(folder, 'assets', 'a-1.js.gz'), gzipSync(script))
    await serve()
    const first = await server.ask('GET', '/assets/a-1.js', { headers: { 'accept-encoding': 'gzip' } })
    expect(first.text).to.equal(script)
    expect(first.headers.get('content-encoding')).to.equal('gzip')
    expect(first.headers.get('cache-control')).to.include('immutable')
    expect(first.headers.get('content-type')).to.include('text/javascript')
    const again = await server.ask('GET', '/assets/a-1.js', {
      headers: { 'if-none-match': first.headers.get('etag') ?? '', 'cache-control': 'max-age=0' },
    })
    expect(again.status).to.equal(304)
    for (const path of ['/assets/a-1.js.gz', '/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/assets/none.js'])
      expect((await server.ask('GET', path)).status, path).to.equal(404)
  })

  it('say what to run where nothing was built', async () => {
    await serve()
    const answer = await server.ask('GET', '/desk', { headers: { accept: 'text/html' } })
    expect(answer.status).to.equal(503)
    expect(answer.text).to.include('npm run build')
  })
})
