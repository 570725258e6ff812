// Columns that hold ciphertexts, blind indexes and signatures are declared in the schema; nothing personal is found in any table or file beside
// the columns that are known to be plain; and a rotation moves everything under the new key.

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { createSecrets, sha256, type Secrets } from '../../../src/core/secrets.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { createFiles } from '../../../src/platform/files/files.ts'
import { tables } from '../../../src/tables.ts'
import { eachDatabase, TEST_KEY, type TestApp } from '../../support/app.ts'
import { filledCourt } from '../../support/filled/court.ts'
import { document } from '../../support/filled/procedures.ts'
import { blindIndexes, dumped, foundIn, opened, placesOf, sealedValues, spellings } from '../../support/filled/search.ts'
import { ACCOUNTS, NUMBERS, PHONES, SAID, SECRET_WORDS, STATED } from '../../support/filled/words.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }

/** Sealed columns that the filled court leaves empty, with the reason: no value of them is searched. */
const UNFILLED: Readonly<Record<string, string>> = {}

/** Plain columns in which names and sentences about people stand today, and why. */
const KNOWN_PLAIN: Readonly<Record<string, string>> = {
  'audit.detail': 'reasons of commands are copied into the audit chain',
  'consequence.reference': 'the number of a letter or file, as typed',
  'delivery.lastReason': 'why a person gave up a message, in their words',
  'import.fileName': 'the name that the sender gave the file',
  'liaison.name': 'people who act for a unit',
  'lift_answer.basis': 'the provision that a unit cites',
  'listing.applicantName': 'lists filter by it; not published',
  'listing.employer': 'of undisclosed entries above all; not published',
  'listing.legalRepresentative': 'published by law with the entry',
  'listing.name': 'published by law with the entry; plain in undisclosed entries too',
  'listing.nameKey': 'of the published name',
  'listing.reason': 'why an entry was changed last',
  'listing.serviceManner': 'how a decision was served',
  'notice.reason': 'how a person settled a message, in their words',
  'repair_opinion.reason': 'why a unit objects to a repair',
  'screening.requestKey': 'the number that a unit gives to what it asks',
  'screening_batch.requestId': 'the number that a unit gives to a batch',
  'staff.name': 'people who work at the court',
  'subscriber.name': 'people who asked for bulletins',
  'unit_key.label': 'which system holds a key, in the words of the administrator',
}

/** The same court with other keys, for its rows and for its files. */
async function withKeys({ app, folder }: TestApp, secrets: Secrets): Promise<AppContext> {
  return { ...app, secrets, files: await createFiles(join(folder, 'files'), secrets) }
}

describe('sealed columns', () => {
  it('are declared for every property that is named like a blind index', () => {
    const undeclared = tables.flatMap(({ name, properties, protection: { indexes, passing } }) =>
      properties.filter((each) => each.endsWith('Index') && !indexes.has(each) && !passing.includes(each)).map((each) => `${name}.${each}`),
    )
    expect(undeclared).to.deep.equal([])
  })

  eachDatabase((_db, make) => {
    let court: TestApp

    before(async () => {
      court = await filledCourt(make)
    })

    it('each hold something in a court where everything has happened', async () => {
      const filled = await sealedValues(court.app)
      const all = tables.flatMap(({ name, protection }) => [...protection.sealed.keys()].map((property) => `${name}.${property}`))
      expect(all.filter((each) => !filled.has(each)).sort()).to.deep.equal(Object.keys(UNFILLED))
    })

    it('leave no personal word in any table, file or log line, in no spelling, although every one of them is stored', async () => {
      const text = await opened(court.app, court.app.secrets)
      expect(SECRET_WORDS.filter((word) => !text.includes(word))).to.deep.equal([])
      expect(foundIn(await dumped(court), SECRET_WORDS)).to.deep.equal([])
      expect(foundIn(inspect(court.logged, { depth: 9 }), SECRET_WORDS)).to.deep.equal([])
    })

    it('leave no hash of a number, telephone or account that could be found by trying them all', async () => {
      const phones = Object.values(PHONES).flatMap((phone) => [phone, `+86${phone}`, `sms:+86${phone}`])
      const accounts = Object.values(ACCOUNTS).flatMap((account) => [account, `wechat:${account}`, `wechaty:${account}`])
      const dump = await dumped(court)
      const isThere = (word: string): boolean => {
        const hash = Buffer.from(sha256(word), 'hex')
        return (['hex', 'base64', 'base64url'] as const).some((form) => dump.includes(hash.toString(form).replace(/=+$/, '')))
      }
      expect([...Object.values(NUMBERS), ...phones, ...accounts].filter(isThere)).to.deep.equal([])
      // The hash of evidence is kept on purpose, so this search finds hashes as they are stored.
      expect(isThere(document(SAID.evidence).toString())).to.equal(true)
    })

    it('hold all personal words, except those in columns that are known to be plain', async () => {
      expect(await placesOf(court.app, Object.values(STATED))).to.deep.equal(Object.keys(KNOWN_PLAIN))
      for (const [what, word] of Object.entries(STATED)) expect(await placesOf(court.app, [word]), what).not.to.deep.equal([])
    })

    it('would not hide a planted word: one is found in a table, as text and encoded, and one in a file', async () => {
      const { app, folder } = court
      const files = join(folder, 'files')
      // Without the file of the database, which repeats the rows.
      const found = async (): Promise<string[]> => foundIn(await dumped({ ...court, folder: files }), SECRET_WORDS)
      const rename = (from: string, to: string): Promise<number> =>
        app.store.write((tx) => tx.run('update subscriber set name = ? where name = ?', [to, from]))
      const seen: string[][] = []
      for (const planted of spellings(NUMBERS.subject).slice(0, 3)) {
        await rename('', planted)
        seen.push(await found())
        await rename(planted, '')
      }
      expect(seen).to.deep.equal([[NUMBERS.subject], [NUMBERS.subject], [NUMBERS.subject]])
      await writeFile(join(files, 'planted'), document(SAID.evidence))
      const inFile = await found()
      await rm(join(files, 'planted'))
      expect(inFile).to.deep.equal([SAID.evidence])
    })

    it('are opened and found by the new key alone after a rotation, with every file and every chain', async () => {
      const newer = { id: 't2', bytes: Buffer.alloc(32, 9) }
      const old = { columns: (await sealedValues(court.app)).size, indexes: await blindIndexes(court.app) }
      const both = await withKeys(court, createSecrets([newer, TEST_KEY]))
      const done = await rotateKeys(both, OPERATOR)
      expect([done.damaged, done.files]).to.deep.equal([0, (await court.app.files.list()).length])
      expect(await rotateKeys(both, OPERATOR)).to.deep.equal({ listings: 0, values: 0, files: 0, damaged: 0 })
      const after = await withKeys(court, createSecrets([newer]))
      const text = await opened(after, after.secrets)
      expect(SECRET_WORDS.filter((word) => !text.includes(word))).to.deep.equal([])
      const values = await sealedValues(after)
      expect(values.size).to.equal(old.columns)
      for (const [column, sealed] of values)
        for (const each of sealed) expect(() => court.app.secrets.open(each.text, each.place), column).to.throw()
      const indexes = await blindIndexes(after)
      expect([indexes.length, indexes.filter((each) => old.indexes.includes(each))]).to.deep.equal([old.indexes.length, []])
      expect((await verifyAudit(after, OPERATOR)).faults).to.deep.equal([])
    })
  })
})
