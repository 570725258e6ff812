// Reads the training sentences from templates/utterances: one file for each intent, one sentence on each line.
// The classifier is trained on them in understand.ts.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { INTENTS, isIntent, type Utterances } from '../../src/core/understanding.ts'
import { unknownPlaceholders } from './samples.ts'

/**
 * The sentences of every intent in a folder of `<intent>.txt`. Blank lines and lines starting with `# ` are skipped.
 * @throws Error that names the file, for an intent without sentences, a file that belongs to no intent, or an unknown placeholder. These
 * are defects of the installation, so the start fails.
 */
export function loadUtterances(folder: string): Utterances {
  const unexpected = readdirSync(folder).filter((file) => file.endsWith('.txt') && !isIntent(basename(file, '.txt')))
  if (unexpected.length > 0) throw new Error(`utterances of no intent: ${unexpected.join(', ')}`)
  // One entry for each intent, which the compiler does not see in what fromEntries makes.
  return Object.fromEntries(INTENTS.map((intent) => [intent, sentencesOf(join(folder, `${intent}.txt`))])) as unknown as Utterances
}

function sentencesOf(file: string): string[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
  const sentences = lines.filter((line) => line !== '' && !line.startsWith('# '))
  if (sentences.length === 0) throw new Error(`no utterances in ${file}`)
  const unknown = sentences.flatMap(unknownPlaceholders)
  if (unknown.length > 0) throw new Error(`unknown placeholders in ${file}: ${unknown.join(', ')}`)
  return sentences
}
