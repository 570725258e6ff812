// The files of deploy/ fit the program: paths exist, settings are settings, processes share what they must, the proxy lets lists through.
// No image is built here.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { readConfig, SETTINGS } from '../../src/config/config.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'
import { allRoutes } from '../../src/routes.ts'

interface Service {
  image?: string
  build?: { context: string; dockerfile: string }
  environment?: Record<string, string>
  env_file?: string
  volumes?: string[]
  depends_on?: string[] | Record<string, unknown>
}

const text = (name: string): string => readFileSync(`deploy/${name}`, 'utf8')
const compose = parse(text('compose.yaml'), { merge: true }) as { services: Record<string, Service>; volumes: Record<string, null> }
/** Names that a file of variables sets. */
const namesIn = (file: string): string[] => [...file.matchAll(/^([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name)
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  bin: { zxt: string }
  engines: { node: string }
  scripts: { start: string }
}

describe('the image', () => {
  const file = text('Dockerfile')

  it('copies only what exists, and all that the program reads when it runs', () => {
    const copied = [...file.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '))
    expect(copied.length).to.be.above(10)
    expect(copied.filter((name) => !existsSync(name))).to.deep.equal([])
    const ignored = text('Dockerfile.dockerignore')
    expect(copied.filter((name) => !ignored.includes(`!${name}\n`))).to.deep.equal([])
    for (const name of ['package.json', 'node_modules', 'dist', 'templates', 'samples'])
      expect(file).to.include(`--from=build /app/${name} `)
  })

  it('starts the program as npm start does, on a Node that it works with, and not as root', () => {
    const [, command = ''] = /^CMD (\[.*\])$/m.exec(file) ?? []
    expect((JSON.parse(command) as string[]).join(' ')).to.equal(manifest.scripts.start)
    expect(file)
      .to.include(`/app/${manifest.bin.zxt}`)
      .and.match(/^USER node$/m)
    const versions = [...file.matchAll(/^FROM node:(\d+\.\d+)/gm)].map(([, version]) => version)
    expect(new Set(versions)).to.deep.equal(new Set([manifest.engines.node.replace('>=', '')]))
  })

  it('has no secret', () => {
    expect(file).not.to.match(/DATA_KEY|DATABASE_URL|TOKEN|SECRET/)
  })
})

describe('the composition', () => {
  const apps = ['app1', 'app2'].map((name) => compose.services[name] as Service)

  it('runs a database, two processes that share their files, and a proxy', () => {
    expect(Object.keys(compose.services).sort()).to.deep.equal(['app1', 'app2', 'database', 'proxy'])
    for (const app of apps) {
      expect(app.env_file).to.equal('zxt.env')
      expect(app.volumes).to.include(`data:${app.environment?.['DATA_DIR'] ?? ''}`)
      expect(Object.keys(app.environment ?? {}).filter((name) => !(name in SETTINGS))).to.deep.equal([])
    }
    expect(apps[0]?.build).to.deep.equal({ context: '..', dockerfile: 'deploy/Dockerfile' })
  })

  it('names only volumes, services and files that exist', () => {
    const mounts = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((each) => each.split(':')[0] ?? ''))
    const named = mounts.filter((mount) => !mount.startsWith('.'))
    expect(named.filter((name) => !(name in compose.volumes))).to.deep.equal([])
    // The certificate is the court's.
    expect(mounts.filter((mount) => mount.startsWith('.') && mount !== './tls' && !existsSync(join('deploy', mount)))).to.deep.equal([])
    const needed = Object.values(compose.services).flatMap(({ depends_on = [] }) =>
      Array.isArray(depends_on) ? depends_on : Object.keys(depends_on),
    )
    expect(needed.filter((name) => !(name in compose.services))).to.deep.equal([])
  })

  it('starts with the settings of its examples, once they are filled in', () => {
    const example = text('env.example')
    expect(namesIn(example).filter((name) => !(name in SETTINGS))).to.deep.equal([])
    const given = Object.fromEntries([...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
    const filled = { ...given, DATA_KEY: `k1:${Buffer.alloc(32).toString('base64')}` }
    const config = readConfig({ ...apps[0]?.environment, ...filled })
    expect([config.production, config.trustedProxies, config.port]).to.deep.equal([true, 1, 3000])
    const { hostname, username, pathname } = new URL(config.databaseUrl ?? '')
    expect(compose.services).to.have.property(hostname)
    expect(text('database.env.example'))
      .to.include(`MARIADB_USER=${username}\n`)
      .and.include(`MARIADB_DATABASE=${pathname.slice(1)}\n`)
    const ignored = spawnSync('git', ['check-ignore', 'deploy/zxt.env', 'deploy/database.env', 'deploy/tls/privkey.pem'], {
      encoding: 'utf8',
    })
    expect(ignored.stdout.trim().split('\n'), 'secrets that could be committed').to.have.length(3)
  })
})

describe('the proxy', () => {
  const file = text('nginx.conf')

  it('knows both processes and hides the metrics', () => {
    const servers = [...file.matchAll(/^ {2}server (\w+):(\d+)/gm)].map(([, name = '', port]) => `${name} ${port ?? ''}`)
    expect(servers).to.deep.equal(['app1 3000', 'app2 3000'])
    const [, hidden = 'none'] = /location ~\* (\S+) \{\s+return 404;/.exec(file) ?? []
    for (const path of ['/metrics', '/metrics/', '/METRICS', '/metrics/x']) expect(path).to.match(new RegExp(hidden, 'i'))
    expect('/metricsx').not.to.match(new RegExp(hidden, 'i'))
    expect(file.indexOf(hidden), 'the first pattern that fits counts').to.be.below(file.indexOf('location ~ '))
    expect(file).to.include('proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;')
    expect(file.split('{').length, 'braces').to.equal(file.split('}').length)
  })
})

describe('the sizes that the proxy lets through', () => {
  const file = text('nginx.conf')
  const megabytes = (part: string): number => Number(/client_max_body_size (\d+)m;/.exec(part)?.[1])
  const whole = (name: 'IMPORT_MAX_MB' | 'EVIDENCE_MAX_MB' | 'EVIDENCE_MAX_FILES'): number => Number(SETTINGS[name].default)
  const [, lists = ''] = /location \/api\/v1\/imports \{([^}]*)\}/.exec(file) ?? []
  const [, path = '', forms = ''] = /location ~ (\S+) \{([^}]*)\}/.exec(file) ?? []

  it('are those of the application, for lists, forms with photos and all else', () => {
    expect(megabytes(lists)).to.be.at.least(whole('IMPORT_MAX_MB'))
    expect(megabytes(forms)).to.be.at.least(whole('EVIDENCE_MAX_MB') * whole('EVIDENCE_MAX_FILES') + 1)
    expect(megabytes(file.replace(lists, '').replace(forms, ''))).to.be.within(whole('EVIDENCE_MAX_MB'), 32)
    const [, others = ''] = /location \/ \{([^}]*)\}/.exec(file) ?? []
    expect([lists, forms, others].map((part) => part.includes('proxy_request_buffering off;'))).to.deep.equal([true, true, false])
    expect(file).to.match(/limit_conn callers \d+;/)
  })

  it('are the long ones for every page that takes files', () => {
    const pages = allRoutes(readConfig({}), createMetrics([])).filter(({ body }) => body.kind === 'files')
    expect(pages).to.not.have.length(0)
    for (const page of pages) expect(page.path).to.match(new RegExp(path))
  })
})

describe('the unit of systemd', () => {
  const file = text('zxt.service')

  it('starts the program as npm start does, in production', () => {
    expect(file).to.include(`ExecStart=/usr/bin/${manifest.scripts.start}\n`).and.include('NODE_ENV=production')
    expect(file).to.match(/^RestartPreventExitStatus=2$/m)
  })

  it('is accepted by systemd where it is installed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'zxt-'))
    try {
      execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' })
      // The program and its user are not on this machine.
      const here = file
        .replace('/usr/bin/node --max', '/bin/true --max')
        .replace(/^(User|Group)=zxt$/gm, '$1=root')
        .replace('/opt/zxt', '/')
      writeFileSync(join(folder, 'zxt.service'), here)
      const { stderr, status } = spawnSync('systemd-analyze', ['verify', join(folder, 'zxt.service')], { encoding: 'utf8' })
      const complaints = stderr.split('\n').filter((line) => line.includes('zxt.service'))
      expect(complaints, stderr).to.deep.equal([])
      expect(status === 0 || complaints.length === 0).to.equal(true)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
