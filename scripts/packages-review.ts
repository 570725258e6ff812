// Compares package-lock.json with the reviewed list of production packages (docs/packages.tsv) and the rules for them (docs/packages.yaml).
// Pure: files are read by packages.ts. It stands in for `npm audit`, which needs a registry.

import { satisfies } from 'semver'

/** One entry of package-lock.json. */
export interface Locked {
  /** The package's own name, where it is installed under another. */
  name?: string
  version?: string
  resolved?: string
  integrity?: string
  license?: string
  dev?: boolean
  link?: boolean
  hasInstallScript?: boolean
  dependencies?: Readonly<Record<string, string>>
  optionalDependencies?: Readonly<Record<string, string>>
  peerDependencies?: Readonly<Record<string, string>>
}

export interface Lock {
  packages: Readonly<Record<string, Locked>>
}

/** What package.json says of packages. */
export interface Manifest {
  dependencies: Readonly<Record<string, string>>
  /** Whether the install script of a package may run. */
  allowScripts: Readonly<Record<string, boolean>>
}

/** A known weakness of some versions. Without `accepted` none of them may be installed. */
export interface Advisory {
  package: string
  affected: string
  id: string
  title: string
  accepted?: { versions: readonly string[]; why: string; reviewed: string }
}

/** docs/packages.yaml */
export interface Rules {
  licences: readonly string[]
  /** Licences of packages whose manifest names none, by `name@version`, as their licence file says. */
  stated: Readonly<Record<string, string>>
  /** What each direct dependency is for. */
  reasons: Readonly<Record<string, string>>
  advisories: readonly Advisory[]
}

/** A line of docs/packages.tsv. */
export interface Reviewed {
  name: string
  version: string
  licence: string
  /** `direct`, or the direct dependencies that pull it in. */
  by: string
  /** The day on which somebody looked at it. */
  reviewed: string
}

const FOLDER = 'node_modules/'
const REGISTRY = 'https://registry.npmjs.org/'
const HEAD = ['name', 'version', 'licence', 'by', 'reviewed'] as const

/** The name of what is installed at a place of the lock. */
function nameOf(place: string, { name }: Locked): string {
  return name ?? place.slice(place.lastIndexOf(FOLDER) + FOLDER.length)
}

/** The place at which a package finds one of its dependencies: beside itself or further up. */
function placeOf({ packages }: Lock, from: string, name: string): string | null {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf(`/${FOLDER}`)))) {
    const place = base === '' ? `${FOLDER}${name}` : `${base}/${FOLDER}${name}`
    if (packages[place] !== undefined) return place
    if (base === '') return null
  }
}

/** Places that a direct dependency pulls in, itself included. */
function reach(lock: Lock, root: string): Set<string> {
  const found = new Set<string>()
  const open = [root]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (found.has(place)) continue
    found.add(place)
    const { dependencies, optionalDependencies, peerDependencies } = lock.packages[place] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const next = placeOf(lock, place, name)
      if (next !== null) open.push(next)
    }
  }
  return found
}

/** The production packages of a lock, one line for each name and version, without the day of review. */
export function productionPackages(lock: Lock, manifest: Manifest, rules: Rules): Omit<Reviewed, 'reviewed'>[] {
  const lines = new Map<string, { line: Omit<Reviewed, 'reviewed'>; roots: Set<string> }>()
  const places = new Map<string, string>()
  for (const [place, locked] of Object.entries(lock.packages)) {
    if (place === '' || locked.dev === true) continue
    const [name, version] = [nameOf(place, locked), locked.version ?? '']
    const key = `${name}@${version}`
    places.set(place, key)
    const licence = rules.stated[key] ?? locked.license ?? ''
    lines.set(key, lines.get(key) ?? { line: { name, version, licence, by: '' }, roots: new Set() })
  }
  for (const root of Object.keys(manifest.dependencies))
    for (const place of reach(lock, `${FOLDER}${root}`)) lines.get(places.get(place) ?? '')?.roots.add(root)
  return [...lines.values()]
    .map(({ line, roots }) => ({ ...line, by: roots.has(line.name) ? 'direct' : [...roots].sort().join(' ') }))
    .sort((one, other) => compare(one.name, other.name) || compare(one.version, other.version))
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** Whether a licence is allowed: one of alternatives, each of several. */
export function isAllowed(licence: string, allowed: readonly string[]): boolean {
  const parts = licence.replace(/^\((.*)\)$/, '$1')
  if (parts.includes(' OR ')) return parts.split(' OR ').some((part) => isAllowed(part, allowed))
  return parts.split(' AND ').every((part) => allowed.includes(part))
}

/** All that is wrong with the lock, a sentence each; empty when it is as reviewed. */
export function findProblems(lock: Lock, manifest: Manifest, rules: Rules, reviewed: readonly Reviewed[]): string[] {
  const packages = productionPackages(lock, manifest, rules)
  return [
    ...listProblems(packages, reviewed),
    ...packages
      .filter(({ licence }) => !isAllowed(licence, rules.licences))
      .map(({ name, version, licence }) => `${name}@${version}: the licence ${licence === '' ? '(none)' : licence} is not allowed`),
    ...Object.entries(lock.packages).flatMap(([place, locked]) => (place === '' ? [] : sourceProblems(place, locked, manifest))),
    ...reasonProblems(manifest, rules),
    ...rules.advisories.flatMap((advisory) => advisoryProblems(lock, advisory)),
  ]
}

function listProblems(packages: readonly Omit<Reviewed, 'reviewed'>[], reviewed: readonly Reviewed[]): string[] {
  const keyOf = ({ name, version, licence, by }: Omit<Reviewed, 'reviewed'>): string => `${name}@${version} (${licence}; ${by})`
  const [locked, listed] = [new Set(packages.map(keyOf)), new Set(reviewed.map(keyOf))]
  return [
    ...[...locked].filter((key) => !listed.has(key)).map((key) => `${key}: is not reviewed`),
    ...[...listed].filter((key) => !locked.has(key)).map((key) => `${key}: is reviewed but not in the lock`),
    ...reviewed.filter(({ reviewed: day }) => !/^\d{4}-\d\d-\d\d$/.test(day)).map((line) => `${keyOf(line)}: has no day of review`),
  ]
}

/** Where a package of production or development comes from, and what it may run. */
function sourceProblems(place: string, locked: Locked, { allowScripts }: Manifest): string[] {
  const name = nameOf(place, locked)
  const key = `${name}@${locked.version ?? '?'}`
  return [
    ...(locked.link === true ? [`${key}: is a link, not a package of the registry`] : []),
    ...(locked.resolved !== undefined && !locked.resolved.startsWith(REGISTRY) ? [`${key}: comes from ${locked.resolved}`] : []),
    ...(/^sha512-/.test(locked.integrity ?? '') ? [] : [`${key}: has no SHA-512 digest`]),
    ...(locked.hasInstallScript === true && allowScripts[name] === undefined
      ? [`${key}: has an install script that allowScripts of package.json neither allows nor forbids`]
      : []),
  ]
}

function reasonProblems({ dependencies }: Manifest, { reasons }: Rules): string[] {
  return [
    ...Object.keys(dependencies).flatMap((name) => (reasons[name] === undefined ? [`${name}: nothing says what it is for`] : [])),
    ...Object.keys(reasons).flatMap((name) => (dependencies[name] === undefined ? [`${name}: has a reason but is no dependency`] : [])),
  ]
}

function advisoryProblems({ packages }: Lock, { package: name, affected, id, title, accepted }: Advisory): string[] {
  const versions = Object.entries(packages)
    .filter(([place, locked]) => place !== '' && nameOf(place, locked) === name)
    .map(([, { version = '' }]) => version)
    .filter((version) => satisfies(version, affected, { includePrerelease: true }))
  return [
    ...[...new Set(versions)]
      .filter((version) => accepted?.versions.includes(version) !== true)
      .map((version) => `${name}@${version}: ${id}, ${title}`),
    ...(accepted?.versions ?? [])
      .filter((version) => !versions.includes(version))
      .map((version) => `${name}@${version}: is accepted for ${id} but not in the lock`),
  ]
}

/** Reads docs/packages.tsv. */
export function readReviewed(text: string): Reviewed[] {
  const [, ...lines] = text.trimEnd().split('\n')
  return lines.map((line) => {
    const [name = '', version = '', licence = '', by = '', reviewed = ''] = line.split('\t')
    return { name, version, licence, by, reviewed }
  })
}

/** The list of a lock: lines that were reviewed keep their day, others get today. */
export function writeReviewed(packages: readonly Omit<Reviewed, 'reviewed'>[], before: readonly Reviewed[], today: string): string {
  const days = new Map(before.map(({ name, version, licence, reviewed }) => [`${name}@${version} ${licence}`, reviewed]))
  const lines = packages.map((line) => ({ ...line, reviewed: days.get(`${line.name}@${line.version} ${line.licence}`) ?? today }))
  return `${[HEAD.join('\t'), ...lines.map((line) => HEAD.map((column) => line[column]).join('\t'))].join('\n')}\n`
}
