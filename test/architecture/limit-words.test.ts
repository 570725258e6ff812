// What a refusal says of a limit: how much came, how much is taken, and, to whoever can have it raised, by which setting.

import type { IncomingMessage } from 'node:http'
import { expect } from 'chai'
import { readConfig, SETTINGS } from '../../src/config/config.ts'
import { CODES, isAppError, type Code } from '../../src/core/errors.ts'
import { loadCatalog } from '../../src/catalog.ts'
import type { BodySpec } from '../../src/platform/http/body.ts'
import { statusOf } from '../../src/platform/http/problems.ts'
import { placeholders } from '../../src/platform/texts/fill.ts'
import { allRoutes } from '../../src/routes.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'

const catalog = loadCatalog('templates')

/** Codes of refusals because something is too large, too long or too much. */
const LIMITS = (Object.keys(CODES) as Code[]).filter(
  (code) => statusOf(code, CODES[code]) === 413 || /^(?!start_).*(?:_large|_long|_many|_full|_over_limit)$/.test(code),
)

/** Of these the count is not known, or says nothing beyond the limit. */
const ONE_NUMBER: Readonly<Partial<Record<Code, string>>> = {
  liaison_sheet_long: 'reading ends at the first row beyond the limit',
  screening_file_long: 'reading ends at the first row beyond the limit',
  sheet_texts_long: 'reading ends where the limit is passed',
  screening_files_many: 'as many as the limit are there already',
  evidence_too_many: 'as many as the limit are there already',
  complaint_additions_full: 'as many as the limit are there already',
  assistance_dealings_full: 'as many as the limit are there already',
}
/** These name no number: what is full belongs to all, and a stranger learns nothing of it. */
const NO_NUMBER: readonly Code[] = ['uploads_full']

/** Limits that a setting raises, where units or staff meet them. */
const RAISED_BY: Readonly<Partial<Record<Code, string>>> = {
  import_over_limit: 'IMPORT_MAX_MB',
  evidence_over_limit: 'EVIDENCE_MAX_MB',
  sheet_time: 'SHEET_SECONDS',
  sheet_memory: 'SHEET_MEMORY_MB',
  unit_key_items_many: 'UNIT_KEY_PER_MINUTE',
}

/** The sentence as templates/words has it. */
function sentenceOf(code: Code): { text: string; names: string[] } {
  const text = catalog.keys('problems').includes(code) ? rawOf(code) : ''
  return { text, names: placeholders(text) }
}

function rawOf(code: Code): string {
  const names: string[] = []
  const { words } = loadCatalog('templates', (_text, name) => names.push(name))
  words('problems', code)
  return words('problems', code, Object.fromEntries(names.map((name) => [name, `{${name}}`])))
}

describe('a refusal for a limit', () => {
  it('says how much came and how much is taken', () => {
    expect(LIMITS).to.include.members(['body_too_large', 'import_over_limit', 'evidence_over_limit', 'export_too_large', 'batch_too_large'])
    for (const code of LIMITS.filter((each) => !NO_NUMBER.includes(each))) {
      const { names } = sentenceOf(code)
      expect(names, code).to.satisfy((all: string[]) => all.includes('max') || all.includes('most'))
      const came = names.filter((name) => ['bytes', 'megabytes', 'count', 'items', 'length'].includes(name))
      if (ONE_NUMBER[code] === undefined) expect(came, `${code} says how much came`).to.have.length(1)
    }
  })

  it('names the setting that raises it, which there is, to whoever can have it raised', () => {
    for (const [code, setting] of Object.entries(RAISED_BY)) {
      expect(sentenceOf(code as Code).text, code).to.include(setting)
      expect(Object.keys(SETTINGS), setting).to.include(setting)
    }
  })

  it('of a file says the setting to staff where there is one, and none to the public', () => {
    const config = readConfig({ NODE_ENV: 'test' })
    const routes = allRoutes(config, createMetrics([])).filter(({ body }) => body.kind === 'file')
    const incoming = { headers: { 'content-type': 'image/jpeg', 'content-length': String(999 * 1_048_576) } } as IncomingMessage
    const refusals = routes.map(({ name, body }) => {
      try {
        void (body as BodySpec<unknown>).read({ incoming, query: {}, config, most: 0 })
        return `${name} takes it`
      } catch (error) {
        return `${name} ${isAppError(error) ? error.code : String(error)}`
      }
    })
    expect(refusals.sort()).to.deep.equal([
      'complaints.add_evidence body_too_large',
      'complaints.attach evidence_over_limit',
      'feedback.hand_in body_too_large',
      'imports.create import_over_limit',
      'liaisons.import body_too_large',
      'screening_files.create body_too_large',
    ])
    expect(sentenceOf('body_too_large').text).to.not.match(/[A-Z]{3,}_/)
  })
})
