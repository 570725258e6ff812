// `npm run packages`: fails when package-lock.json holds what nobody reviewed. With `-- --write` it writes the list anew; its difference is
// what a reviewer reads. What is checked is packages-review.ts.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { projectFolder } from '../src/config/config.ts'
import { dayOf } from '../src/core/calendar.ts'
import { systemClock } from '../src/core/clock.ts'
import { findProblems, productionPackages, readReviewed, writeReviewed, type Lock, type Manifest, type Rules } from './packages-review.ts'

const LIST = 'docs/packages.tsv'
const read = (path: string): string => readFileSync(join(projectFolder(), path), 'utf8')

const lock = JSON.parse(read('package-lock.json')) as Lock
const manifest = JSON.parse(read('package.json')) as Manifest
const rules = parse(read('docs/packages.yaml')) as Rules
const before = readReviewed(read(LIST))

if (process.argv.includes('--write')) {
  const text = writeReviewed(productionPackages(lock, manifest, rules), before, dayOf(systemClock.now()))
  const lines = new Set(read(LIST).split('\n'))
  const next = new Set(text.split('\n'))
  for (const line of lines) if (!next.has(line)) console.log(`- ${line}`)
  for (const line of next) if (!lines.has(line)) console.log(`+ ${line}`)
  writeFileSync(join(projectFolder(), LIST), text)
}
const problems = findProblems(lock, manifest, rules, readReviewed(read(LIST)))
for (const problem of problems) console.error(problem)
console.log(`${LIST}: ${readReviewed(read(LIST)).length} packages, ${rules.advisories.length} advisories, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
