// Columns that hold ciphertexts, blind indexes and signatures are declared in the schema, and nothing personal is found in any table or file.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { fileComplaint } from '../../../src/features/complaints/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { createSecrets } from '../../../src/core/secrets.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { tables } from '../../../src/tables.ts'
import { addStaff } from '../../support/clock-desk.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { ORGANISATION, PERSON } from '../../support/drafts.ts'
import { eachDatabase, TEST_KEY, type TestApp } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'
import { talk, wechatUser } from '../../support/talk.ts'
import { findProviderToken, saveProviderToken, leaseProviderToken } from '../../../src/messaging/provider-tokens.store.ts'

/** Sealed columns that the journey of this file leaves empty: no row of them is searched here. */
const UNFILLED = [
  'accountability_proposal.record',
  'accountability_source.note',
  'address_mark.address',
  'assistance.dealings',
  'assistance.document',
  'assistance.record',
  'chat_debt.message',
  'chat_media.source',
  'circular.record',
  'consequence.record',
  'conversation.position',
  'feedback_entry.note',
  'feedback_report.content',
  'feedback_return.note',
  'identity_check.identifier',
  'intake.record',
  'interview.record',
  'joint_circular.record',
  'liaison.phone',
  'liaison.wechat',
  'liaison.wechaty',
  'listing_wording.sealed',
  'meeting.record',
  'objection.record',
  'provider_token.token',
  'repair.record',
  'screening.outcomeReason',
  'screening.result',
  'screening.subject',
  'staff_reach.wechat',
  'subscriber.phone',
  'subscriber.wechat',
]

const PLAIN = ['533421198410140222', '13887112233', '13900001111', 'oCourtUser', 'oYangzong', '央宗卓玛', '隔壁窗口']

/** Every row of every table and every file under the data folder, except the database's own files, which the rows repeat. */
async function dumped({ app, folder }: TestApp): Promise<string> {
  const rows = await app.store.read((db) => Promise.all(tables.map(({ name }) => db.query(`select * from \`${name}\``))))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = await Promise.all(entries.filter((each) => each.isFile()).map((each) => readFile(join(each.parentPath, each.name))))
  return [JSON.stringify(rows), ...files.map((each) => each.toString('utf8'))].join('\n')
}

async function fill(app: AppContext): Promise<void> {
  await addTheUnits(app)
  await addStaff(app, 'clerk', '13900001111')
  await listed(app, 1, { ...PERSON, phone: '13900001111' })
  await listed(app, 1, ORGANISATION, 2)
  await talk(app, wechatUser(1), ['查 扎西某 533421198410140222', '人工'])
  const who = { name: '央宗卓玛', phone: '13887112233', wechat: 'oYangzong_0123456789' }
  const form = { about: 'unit', text: '没有查名单，我在隔壁窗口亲眼看见。', unitId: 'land', anonymous: false, ...who } as const
  await fileComplaint(app, PUBLIC, { ...form, way: 'web' })
}

/** Sealed columns that hold something in some row. */
async function filledColumns(app: AppContext): Promise<string[]> {
  const filled: string[] = []
  for (const { name, schema, protection } of tables) {
    const rows = (await app.store.read((db) => db.manager.getRepository(schema).find())) as Record<string, unknown>[]
    for (const property of protection.sealed.keys()) if (rows.some((row) => row[property] != null)) filled.push(`${name}.${property}`)
  }
  return filled
}

describe('sealed columns', () => {
  it('are all that is named as a blind index', () => {
    const missed = tables.flatMap(({ name, properties, protection: { indexes, passing } }) =>
      properties.filter((each) => each.endsWith('Index') && !indexes.has(each) && !passing.includes(each)).map((each) => `${name}.${each}`),
    )
    expect(missed).to.deep.equal([])
  })

  eachDatabase((_db, make) => {
    it('leave no personal text in any table or file, and a planted one is found', async () => {
      const made = await make()
      await fill(made.app)
      const clean = await dumped(made)
      for (const word of PLAIN) expect(clean).not.to.include(word)
      const sealed = tables.flatMap(({ name, protection }) => [...protection.sealed.keys()].map((property) => `${name}.${property}`))
      const filled = await filledColumns(made.app)
      expect(sealed.filter((each) => !filled.includes(each)).sort()).to.deep.equal(UNFILLED)
      await made.app.store.write((tx) => tx.run('update listing set reason = ?', ['13887112233']))
      expect(await dumped(made)).to.include('13887112233')
    })

    it('are opened without the old key after a rotation, the token of a provider too', async () => {
      const { app } = await make()
      await fill(app)
      const now = app.clock.now()
      await app.store.write(async (tx) => {
        await leaseProviderToken(tx, 'wechat', 'lease', now, now)
        await saveProviderToken(tx, 'wechat', app.secrets.seal('"token"'), now, now)
      })
      const newer = { id: 't2', bytes: Buffer.alloc(32, 9) }
      await rotateKeys({ ...app, secrets: createSecrets([newer, TEST_KEY]) }, { id: 'operator:test', roles: ['operator'] })
      const alone = createSecrets([newer])
      expect(alone.open((await app.store.read((db) => findProviderToken(db, 'wechat')))?.token ?? '')).to.equal('"token"')
      for (const { name, schema, protection } of tables) {
        const rows = (await app.store.read((db) => db.manager.getRepository(schema).find())) as Record<string, string | null>[]
        for (const row of rows)
          for (const property of protection.sealed.keys())
            if (row[property] != null) expect(() => alone.open(row[property] ?? ''), name).not.to.throw()
      }
    })
  })
})
