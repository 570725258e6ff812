// The pages that people read in a browser: templates/pages/zh-CN/*.html inside layout.html, with the style beside them. Every value is escaped.
// Which values a page gets is features/enquiry/pages; words inside sentences are words.ts.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type PageValue = string | number | boolean | null | readonly PageValues[]
export interface PageValues {
  readonly [name: string]: PageValue
}

export interface Pages {
  /** A whole page. @throws Error (a defect) when there is no such page, or a value it names is missing. */
  page(name: string, values: PageValues): string
  /** The style sheet of all pages. */
  style: string
}

/** A page in pieces: text as it is, a value, or a part that is there once, many times or not at all. */
type Piece = string | { value: string } | { part: string; whenEmpty: boolean; pieces: readonly Piece[] }

const LAYOUT = 'layout'

/**
 * `{{name}}` is a value, `{{#name}}…{{/name}}` a part for each entry of a list or for what is true, `{{^name}}…{{/name}}` one for what is empty.
 * A page's first line is its title; the layout says where title and page stand with `{{title}}` and `{{content}}`.
 * @param folder the project's `templates`. @throws Error naming the file for a part that is not closed or a page without a title.
 */
export function loadPages(folder: string): Pages {
  const home = join(folder, 'pages', 'zh-CN')
  const names = existsSync(home) ? readdirSync(home).filter((name) => name.endsWith('.html')) : []
  const pages = new Map(names.map((name) => [name.slice(0, -5), parsed(name, readFileSync(join(home, name), 'utf8'))]))
  const style = join(folder, 'pages', 'site.css')
  const find = (name: string): Parsed => {
    const found = pages.get(name)
    if (found === undefined) throw new Error(`no page ${name}`)
    return found
  }
  return {
    style: existsSync(style) ? readFileSync(style, 'utf8') : '',
    page(name, values) {
      const { title, pieces } = find(name)
      const content = rendered(pieces, [values])
      return rendered(
        find(LAYOUT).pieces,
        [values],
        new Map([
          ['title', rendered(title, [values])],
          ['content', content],
        ]),
      )
    },
  }
}

interface Parsed {
  title: readonly Piece[]
  pieces: readonly Piece[]
}

function parsed(file: string, text: string): Parsed {
  if (file === `${LAYOUT}.html`) return { title: [], pieces: piecesOf(file, text) }
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

const NOTHING: ReadonlyMap<string, string> = new Map()

/** @param whole parts that are HTML already, made here. */
function rendered(pieces: readonly Piece[], scopes: readonly PageValues[], whole: ReadonlyMap<string, string> = NOTHING): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece
      if ('value' in piece) return whole.get(piece.value) ?? escaped(found(piece.value, scopes))
      const value = found(piece.part, scopes)
      if (isEmpty(value)) return piece.whenEmpty ? rendered(piece.pieces, scopes, whole) : ''
      if (piece.whenEmpty) return ''
      const entries = Array.isArray(value) ? (value as readonly PageValues[]) : [{}]
      return entries.map((entry) => rendered(piece.pieces, [entry, ...scopes], whole)).join('')
    })
    .join('')
}

/** The innermost value of that name. */
function found(name: string, scopes: readonly PageValues[]): PageValue {
  const scope = scopes.find((each) => Object.hasOwn(each, name))
  if (scope === undefined) throw new Error(`a page names ${name}, which nobody gave`)
  return scope[name] ?? null
}

function isEmpty(value: PageValue): boolean {
  return value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0)
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(value: PageValue): string {
  if (typeof value === 'object' && value !== null) throw new Error('a list stands where a page wants a value')
  return String(value ?? '').replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? '')
}
