// The walls and words of desk and portal: which folder may import which, no Chinese and nothing unsafe in components, and every key a text.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect } from 'chai'
import ts from 'typescript'
import { parse } from 'yaml'

interface WebFile {
  path: string
  text: string
}

const files: WebFile[] = readdirSync('web', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:vue|ts)$/.test(entry.name) && !entry.name.endsWith('.gen.ts'))
  .map((entry) => posix.join(entry.parentPath, entry.name))
  .sort()
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

/** The script of a component, or the whole of a TypeScript file. */
function scriptOf({ path, text }: WebFile): string {
  return path.endsWith('.vue') ? (/<script[^>]*>([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '') : text
}

function importsOf(file: WebFile): string[] {
  return ts
    .preProcessFile(scriptOf(file), true, true)
    .importedFiles.map(({ fileName }) => (fileName.startsWith('.') ? posix.join(posix.dirname(file.path), fileName) : fileName))
}

/** `desk`, `unit` or `kit`; the folder of a subject inside. */
const partOf = (path: string): string => path.split('/')[1] ?? ''

const OUTSIDE = ['vue', 'vue-router', '@tanstack/vue-query', 'uqr']

type Tree = { readonly [key: string]: Tree | string }
function keysOf(tree: Tree, before = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' ? keysOf(value, `${before}${key}.`) : [`${before}${key}`],
  )
}

/** The keys of a folder of words, each with its file before it. */
function wordsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) =>
    keysOf(parse(readFileSync(posix.join(folder, name), 'utf8')) as Tree).map((key) => `${name.slice(0, -5)}.${key}`),
  )
}

const kitKeys = wordsIn('templates/kit/zh-CN')
const serverKeys = wordsIn('templates/words/zh-CN').map((key) => `words.${key}`)
const keysFor: Readonly<Record<string, string[]>> = {
  kit: kitKeys,
  desk: [...kitKeys, ...serverKeys, ...wordsIn('templates/desk/zh-CN')],
  unit: [...kitKeys, ...serverKeys, ...wordsIn('templates/unit/zh-CN')],
}

/** Keys as they are written, and the beginnings of keys whose end a value decides. */
function usedKeys({ path, text }: WebFile): { part: string; key: string; whole: boolean }[] {
  const part = partOf(path)
  const whole = Array.from(
    text.matchAll(/\b(?:t|hasWord)\(\s*'([^']+)'|title: '([a-z_]+\.[^']+)'/g),
    ([, key, title]) => key ?? title ?? '',
  )
  const begun = Array.from(text.matchAll(/\b(?:t|hasWord)\(\s*`([^`$]+)\$\{/g), ([, key = '']) => key)
  return [...whole.map((key) => ({ part, key, whole: true })), ...begun.map((key) => ({ part, key, whole: false }))]
}

describe('desk and portal', () => {
  it('have the walls: the desk knows no portal, the kit knows neither', () => {
    const allowed: Readonly<Record<string, readonly string[]>> = { desk: ['desk', 'kit'], unit: ['unit', 'kit'], kit: ['kit'] }
    const refused = files.flatMap((file) =>
      importsOf(file)
        .filter((to) => to.startsWith('web/') && !(allowed[partOf(file.path)] ?? []).includes(partOf(to)))
        .map((to) => `${file.path} -> ${to}`),
    )
    expect(refused).to.deep.equal([])
    expect(files.flatMap(importsOf).length).to.be.above(50)
  })

  it('use few packages', () => {
    const used = files.filter(({ path }) => path !== 'web/vite.config.ts').flatMap((file) => importsOf(file))
    const outside = new Set(used.filter((name) => !/^(?:web|templates)\//.test(name)))
    expect([...outside].filter((name) => !OUTSIDE.includes(name))).to.deep.equal([])
  })

  it('have no Chinese in components and code: all that people read is under templates/', () => {
    expect(
      files
        .filter(
          ({ path, text }) =>
            path !== 'web/kit/dates.ts' && /\p{Script=Han}|[，。：；？！]/u.test(text.replace(/^\s*(?:\/\/|\*|\/\*).*$|<!--.*?-->/gmu, '')),
        )
        .map(({ path }) => path),
    ).to.deep.equal([])
  })

  it('never insert markup, keep nothing in the browser’s storage, and name no role', () => {
    const unsafe = /v-html|innerHTML|outerHTML|insertAdjacentHTML|localStorage|sessionStorage|\beval\(|new Function/
    const naming = files.filter(({ path }) => path !== 'web/desk/staff/staff.ts')
    expect(files.filter(({ text }) => unsafe.test(text)).map(({ path }) => path)).to.deep.equal([])
    expect(
      naming.filter(({ text }) => /roles\.includes\(|'(?:clerk|approver|group_office|auditor)'/.test(text)).map(({ path }) => path),
    ).to.deep.equal([])
  })

  it('have a text for every key, whole or begun', () => {
    const missing = files.flatMap((file) =>
      usedKeys(file)
        .filter(({ part, key, whole }) => !(keysFor[part] ?? []).some((known) => (whole ? known === key : known.startsWith(key))))
        .map(({ key }) => `${file.path}: ${key}`),
    )
    expect(missing).to.deep.equal([])
  })

  it('use every text of their own', () => {
    const used = files.flatMap(usedKeys)
    const begun = used.filter(({ whole }) => !whole).map(({ key }) => key)
    const wholes = new Set(used.map(({ key }) => key))
    // A key may stand in a table of code (`state: 'listings.filter.state'`) instead of a call.
    const written = files.map(({ text }) => text).join('\n')
    const own = [...wordsIn('templates/desk/zh-CN'), ...wordsIn('templates/unit/zh-CN'), ...kitKeys.filter((key) => key.startsWith('kit.'))]
    const idle = own.filter((key) => !wholes.has(key) && !begun.some((begin) => key.startsWith(begin)) && !written.includes(`'${key}'`))
    expect(idle).to.deep.equal([])
  })

  it('open each file with what it does', () => {
    const silent = files.filter((file) => !/^\s*\/\/ \S/.test(scriptOf(file)))
    expect(silent.map(({ path }) => path)).to.deep.equal([])
  })
})
