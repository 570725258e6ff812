// The pages of the browser: templates/pages/zh-CN/*.html inside layout.html, and the style sheet beside them. Every value is escaped.
// Which values a page gets is the pages.ts of each feature; the words inside sentences are words.ts.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { MISSING, refuseMissing, type OnMissing } from './fill.ts'

/** A value of a page: a text, a flag, or a list of parts. */
export type PageValue = string | number | boolean | null | readonly PageValues[]
/** The values of a page by name. */
export interface PageValues {
  readonly [name: string]: PageValue
}

/** The pages of the application. */
export interface Pages {
  /**
   * A whole page as HTML. A value that the page names and nobody gave is a defect: `onMissing` throws, or `〔—〕` is written in its place and a
   * part counts as empty. @throws Error for an unknown page.
   */
  page(name: string, values: PageValues): string
  /** The style sheet of all pages. */
  style: string
  /** What is added to it for people who asked for large text. */
  largeStyle: string
  /** A file that pages load, such as `board.css`. @throws Error (a defect) when there is none. */
  pageFile(name: string): string
}

/** A piece of a page: text as it is, a value, or a part that is shown once, many times or not at all. */
type Piece = string | { value: string } | { part: string; whenEmpty: boolean; pieces: readonly Piece[] }

const LAYOUT = 'layout'
/**
 * What the layout says where a page gives nothing of its own. `here`: the page to come back to. `sizeForm`: the id of the page's form, with
 * which the buttons for large text are sent, so that what is typed in it stays.
 */
const LAYOUT_VALUES: PageValues = { here: '/', sizeForm: '' }
/** Files that pages load. */
const LOADED = ['.css', '.js', '.svg']

/**
 * Loads the pages. `{{name}}` is a value, `{{#name}}…{{/name}}` a part for each entry of a list or for a true value, `{{^name}}…{{/name}}`
 * a part for an empty value, `{{>name}}` the file of that name under `parts`, which several pages share. The first line of a page is its
 * title; the layout places title and page with `{{title}}` and `{{content}}`.
 * A page that needs another layout has one of its own, `<page>.layout.html`.
 * @param folder the project's `templates`.
 * @throws Error naming the file, for a part that is not closed or a page without a title.
 */
export function loadPages(folder: string, onMissing: OnMissing = refuseMissing): Pages {
  const pagesFolder = join(folder, 'pages', 'zh-CN')
  const names = existsSync(pagesFolder) ? readdirSync(pagesFolder).filter((name) => name.endsWith('.html')) : []
  const read = (name: string): string =>
    readFileSync(join(pagesFolder, name), 'utf8').replace(/\{\{>([a-z-]+)\}\}\n?/g, (_tag, part: string) =>
      read(join('parts', `${part}.html`)),
    )
  const pages = new Map(names.map((name) => [name.slice(0, -5), parsed(name, read(name))]))
  const files = filesIn(join(folder, 'pages'))
  const find = (name: string): Parsed => {
    const page = pages.get(name)
    if (page === undefined) throw new Error(`no page ${name}`)
    return page
  }
  return {
    style: files.get('site.css') ?? '',
    largeStyle: files.get('large.css') ?? '',
    pageFile(name) {
      const file = files.get(name)
      if (file === undefined) throw new Error(`no file ${name} of pages`)
      return file
    },
    page(name, values) {
      const { title, pieces } = find(name)
      const report = (value: string): void => onMissing(`pages: ${name}`, value)
      const html = new Map([
        ['title', rendered(title, { scopes: [values], report })],
        ['content', rendered(pieces, { scopes: [values], report })],
      ])
      return rendered((pages.get(`${name}.${LAYOUT}`) ?? find(LAYOUT)).pieces, { scopes: [values, LAYOUT_VALUES], report, html })
    },
  }
}

/** The style sheets and scripts of a folder by name. */
function filesIn(folder: string): Map<string, string> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => LOADED.includes(extname(name))) : []
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

interface Parsed {
  title: readonly Piece[]
  pieces: readonly Piece[]
}

function parsed(file: string, text: string): Parsed {
  if (file.split('.').at(-2) === LAYOUT) return { title: [], pieces: piecesOf(file, text) }
  const end = text.indexOf('\n')
  const title = text.slice(0, Math.max(end, 0)).trim()
  if (title === '' || title.startsWith('<')) throw new Error(`pages: ${file}: the first line is the title`)
  return { title: piecesOf(file, title), pieces: piecesOf(file, text.slice(end + 1)) }
}

const TAG = /\{\{([#^/]?)([A-Za-z][A-Za-z0-9]*)\}\}/g

function piecesOf(file: string, text: string): Piece[] {
  const open: { part: string; whenEmpty: boolean; pieces: Piece[] }[] = [{ part: '', whenEmpty: false, pieces: [] }]
  const here = (): Piece[] => open.at(-1)?.pieces ?? []
  let end = 0
  for (const match of text.matchAll(TAG)) {
    const [tag, kind, name = ''] = match
    here().push(text.slice(end, match.index))
    end = match.index + tag.length
    if (kind === '') here().push({ value: name })
    else if (kind !== '/') open.push({ part: name, whenEmpty: kind === '^', pieces: [] })
    else {
      const closed = open.pop()
      if (closed?.part !== name || open.length === 0) throw new Error(`pages: ${file}: {{/${name}}} closes nothing`)
      here().push(closed)
    }
  }
  if (open.length > 1) throw new Error(`pages: ${file}: {{#${open.at(-1)?.part ?? ''}}} is not closed`)
  return [...here(), text.slice(end)]
}

/** What pieces are filled with. */
interface Filling {
  /** Values, the innermost first. */
  scopes: readonly PageValues[]
  /** Is told of a value that nobody gave. */
  report: (value: string) => void
  /** Values that are HTML already, made in this file. */
  html?: ReadonlyMap<string, string>
}

/** The pieces as HTML. */
function rendered(pieces: readonly Piece[], filling: Filling): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece
      if ('value' in piece) return filling.html?.get(piece.value) ?? escaped(oneValue(piece.value, filling))
      const value = innermost(piece.part, filling) ?? null
      if (isEmpty(value)) return piece.whenEmpty ? rendered(piece.pieces, filling) : ''
      if (piece.whenEmpty) return ''
      const entries = Array.isArray(value) ? (value as readonly PageValues[]) : [{}]
      return entries.map((entry) => rendered(piece.pieces, { ...filling, scopes: [entry, ...filling.scopes] })).join('')
    })
    .join('')
}

/** The innermost value of that name; undefined when nobody gave it, which is reported. */
function innermost(name: string, { scopes, report }: Filling): PageValue | undefined {
  const scope = scopes.find((values) => Object.hasOwn(values, name))
  if (scope === undefined) {
    report(name)
    return undefined
  }
  return scope[name] ?? null
}

/** A value to be written; a list in its place is reported like a missing one. */
function oneValue(name: string, filling: Filling): string | number | boolean | null {
  const value = innermost(name, filling)
  if (value === undefined) return MISSING
  if (typeof value !== 'object' || value === null) return value
  filling.report(name)
  return MISSING
}

function isEmpty(value: PageValue): boolean {
  return value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0)
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(value: string | number | boolean | null): string {
  return String(value ?? '').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
