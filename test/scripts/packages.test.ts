// The review of packages: the lock of this repository is as reviewed, and each way in which a lock can be wrong is found in a doctored one.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse } from 'yaml'
import {
  findProblems,
  isAllowed,
  productionPackages,
  readReviewed,
  writeReviewed,
  type Lock,
  type Locked,
  type Manifest,
  type Reviewed,
  type Rules,
} from '../../scripts/packages-review.ts'

const read = (path: string): string => readFileSync(path, 'utf8')
const lock = JSON.parse(read('package-lock.json')) as Lock
const manifest = JSON.parse(read('package.json')) as Manifest
const rules = parse(read('docs/packages.yaml')) as Rules
const reviewed = readReviewed(read('docs/packages.tsv'))

/** The lock with one place changed or added. */
const doctored = (place: string, change: Partial<Locked>): Lock => ({
  packages: { ...lock.packages, [place]: { ...lock.packages[place], ...change } },
})
const problemsOf = (given: Lock, by: Rules = rules, list: readonly Reviewed[] = reviewed): string[] =>
  findProblems(given, manifest, by, list)
const SOUND = { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' }

describe('the review of packages', () => {
  it('finds nothing in the lock of this repository', () => {
    expect(reviewed.length).to.be.above(300)
    expect(problemsOf(lock)).to.deep.equal([])
  })

  it('finds a package and a version that nobody reviewed, and a line without its package', () => {
    expect(problemsOf(doctored('node_modules/left-pad', SOUND))).to.deep.equal(['left-pad@1.0.0 (MIT; ): is not reviewed'])
    const koa = reviewed.find(({ name }) => name === 'koa')?.version ?? ''
    expect(problemsOf(doctored('node_modules/koa', { version: '99.0.0' }))).to.deep.equal([
      'koa@99.0.0 (MIT; direct): is not reviewed',
      `koa@${koa} (MIT; direct): is reviewed but not in the lock`,
    ])
  })

  it('leaves the versions of packages for development to the developer', () => {
    expect(problemsOf(doctored('node_modules/left-pad', { ...SOUND, dev: true }))).to.deep.equal([])
  })

  it('finds a package that stands under the name of another', () => {
    expect(problemsOf(doctored('node_modules/cookie', { name: 'cookies-of-mine' }))[0]).to.match(/^cookies-of-mine@.*is not reviewed/)
  })

  it('finds a licence that is not allowed, or none', () => {
    expect(problemsOf(doctored('node_modules/koa', { license: 'AGPL-3.0-only' }))).to.include(
      `koa@${lock.packages['node_modules/koa']?.version ?? ''}: the licence AGPL-3.0-only is not allowed`,
    )
    const { license: _, ...bare } = lock.packages['node_modules/koa'] ?? {}
    const without = { packages: { ...lock.packages, 'node_modules/koa': bare } }
    expect(problemsOf(without).some((line) => /the licence \(none\) is not allowed/.test(line))).to.equal(true)
    expect(isAllowed('(MIT OR GPL-3.0-or-later)', rules.licences)).to.equal(true)
    expect(isAllowed('MIT AND GPL-3.0-or-later', rules.licences)).to.equal(false)
  })

  it('finds an install script that nobody decided on, of development too', () => {
    for (const dev of [false, true])
      expect(
        problemsOf(doctored('node_modules/left-pad', { ...SOUND, dev, hasInstallScript: true })).filter((line) =>
          /install script/.test(line),
        ),
      ).to.have.length(1)
  })

  it('finds a missing or weak digest, another source and a link', () => {
    expect(problemsOf(doctored('node_modules/vue', { integrity: '' }))[0]).to.match(/^vue@.*no SHA-512 digest/)
    expect(problemsOf(doctored('node_modules/vue', { integrity: 'sha1-abc' }))[0]).to.match(/no SHA-512 digest/)
    expect(problemsOf(doctored('node_modules/vue', { resolved: 'https://example.org/vue.tgz' }))[0]).to.match(/comes from https:/)
    expect(problemsOf(doctored('node_modules/vue', { resolved: 'git+ssh://git@github.com/x/vue.git' }))[0]).to.match(/comes from git/)
    expect(problemsOf(doctored('node_modules/vue', { link: true }))[0]).to.match(/is a link/)
  })

  it('finds a version with a known weakness, of development too, unless it was accepted with a reason', () => {
    const bad = problemsOf(doctored('node_modules/debug', { version: '4.4.2' }))
    expect(bad).to.include('debug@4.4.2: GHSA-8mgj-vmr8-frr6, holds a Trojan (8 September 2025)')
    expect(problemsOf(doctored('node_modules/request', { ...SOUND, version: '2.88.2', dev: true }))[0]).to.match(/^request@2\.88\.2: GHSA/)
    const strict = { ...rules, advisories: rules.advisories.map(({ accepted: _, ...advisory }) => advisory) }
    expect(problemsOf(lock, strict).some((line) => /^uuid@8\.3\.2: GHSA/.test(line))).to.equal(true)
  })

  it('finds an accepted version that is gone, and reasons that lack or are left over', () => {
    const uuid = lock.packages['node_modules/uuid'] ?? {}
    const changed = { packages: { ...lock.packages, 'node_modules/uuid': { ...uuid, version: '14.0.0' } } }
    expect(problemsOf(changed).some((line) => /^uuid@8\.3\.2: is accepted/.test(line))).to.equal(true)
    const { koa: _, ...others } = rules.reasons
    expect(problemsOf(lock, { ...rules, reasons: others })).to.deep.equal(['koa: nothing says what it is for'])
    expect(problemsOf(lock, { ...rules, reasons: { ...rules.reasons, nothing: 'x' } })).to.deep.equal([
      'nothing: has a reason but is no dependency',
    ])
  })

  it('says in each advisory why a version that is installed does no harm', () => {
    for (const { accepted } of rules.advisories) if (accepted !== undefined) expect(accepted.why).to.match(/^[^ ].{40,}\.$/)
  })

  it('writes the list anew with the days of what was reviewed before', () => {
    const packages = productionPackages(doctored('node_modules/left-pad', SOUND), manifest, rules)
    const written = readReviewed(writeReviewed(packages, reviewed, '2030-01-01'))
    expect(written.filter((line) => line.reviewed === '2030-01-01').map(({ name }) => name)).to.deep.equal(['left-pad'])
    expect(written.filter(({ name }) => name !== 'left-pad')).to.deep.equal(reviewed)
  })
})
