// Reads the word lists of the understanding from templates/lexicon once, when the program starts, and makes patterns from them.
// The first line of each list, and the file that uses it, say what the list means.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the lists. It is found from the folder of package.json, so it is the same for the sources and for the build. */
export const LEXICON_FOLDER = join(projectFolder(dirname(fileURLToPath(import.meta.url))), 'templates', 'lexicon', 'zh-CN')

function projectFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) || dirname(folder) === folder ? folder : projectFolder(dirname(folder))
}

const ENTRY = /^[\p{Script=Han}A-Za-z\d]+$/u

/**
 * The entries of `<name>.txt`, one on each line. Empty lines and lines starting with `# ` are skipped.
 * @throws Error that names the file, when it cannot be read, has no entries, or has an entry with other characters than letters and digits.
 * These are defects of the installation, so the start fails.
 */
export function readWords(name: string, folder: string = LEXICON_FOLDER): readonly string[] {
  const file = join(folder, `${name}.txt`)
  const entries = textOf(file)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('# '))
  if (entries.length === 0) throw new Error(`no entries in ${file}`)
  const invalid = entries.filter((entry) => !ENTRY.test(entry))
  if (invalid.length > 0) throw new Error(`entries of ${file} that are no words: ${invalid.join(', ')}`)
  return entries
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`cannot read the word list ${file}`, { cause: error })
  }
}

/** The entries of several lists as one set. */
export function wordSet(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => readWords(name)))
}

/** The source of a pattern that matches the longest entry of the lists that fits. */
export function anyOf(...names: readonly string[]): string {
  const words = [...wordSet(...names)].sort((a, b) => b.length - a.length)
  return `(?:${words.join('|')})`
}
