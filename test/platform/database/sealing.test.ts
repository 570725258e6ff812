// Rows sealed and opened by their table's declaration: forms, nulls, parts, blind indexes, and what is refused.

import { expect } from 'chai'
import { createSecrets } from '../../../src/core/secrets.ts'
import {
  blindIndex,
  blindIndexElsewhere,
  id,
  long,
  optional,
  primary,
  sealed,
  sealedJson,
  table,
  text,
  transientIndex,
} from '../../../src/platform/database/columns.ts'
import { openRow, placeOf, sealPart, sealRow } from '../../../src/platform/database/sealing.ts'

interface NoteRow {
  id: string
  medium: 'sms' | 'wechat'
  address: string | null
  addressIndex: string | null
  record: string
  nameIndex: string | null
  extra: string | null
  codeHash: string | null
}

interface NoteRecord {
  name?: string
  lines: string[]
}

const notes = table<NoteRow, { record: NoteRecord; extra: number[] }>('note', {
  id: primary(id()),
  medium: text(10),
  address: optional(sealed(text(300))),
  addressIndex: optional(blindIndex((row) => (row.medium === 'sms' ? 'phone' : 'wechat'), 'address')),
  record: sealedJson(long()),
  nameIndex: optional(blindIndex('name', 'record', (plain) => (JSON.parse(plain) as NoteRecord).name)),
  extra: optional(sealedJson(long())),
  codeHash: optional(transientIndex()),
})

const secrets = createSecrets([{ id: 'a', bytes: Buffer.alloc(32, 7) }])
const plain = {
  id: '1',
  medium: 'sms',
  address: '+8613900000001',
  record: { name: '张三', lines: ['一'] },
  extra: null,
  codeHash: 'kept',
} as const
const row = sealRow(notes, secrets, { ...plain, record: { name: '张三', lines: ['一'] } })

describe('sealing a row', () => {
  it('refuses a ciphertext that was altered, and one of a key that is not held', () => {
    const altered = { ...row, address: `${(row.address ?? '').slice(0, -4)}AAAA` }
    expect(() => openRow(notes, secrets, altered))
      .to.throw()
      .with.property('code', 'cipher_broken')
    const other = createSecrets([{ id: 'b', bytes: Buffer.alloc(32, 8) }])
    expect(() => openRow(notes, other, row))
      .to.throw()
      .with.property('code', 'key_missing')
  })

  it('leaves no readable value in a sealed column, and other columns as they are', () => {
    expect(JSON.stringify(row)).not.to.match(/13900000001|张三|一/)
    expect(row).to.include({ id: '1', medium: 'sms', extra: null, codeHash: 'kept' })
    expect(secrets.open(row.address ?? '', placeOf(notes, 'address', row))).to.equal('+8613900000001')
    expect(secrets.open(row.record, placeOf(notes, 'record', row))).to.equal('{"name":"张三","lines":["一"]}')
  })

  it('computes blind indexes of the declared kind from the declared part, and null where there is no value', () => {
    expect(row.addressIndex).to.equal(secrets.index('phone', '+8613900000001'))
    expect(row.nameIndex).to.equal(secrets.index('name', '张三'))
    const nameless = sealRow(notes, secrets, { ...plain, address: null, record: { lines: [] } })
    expect(nameless).to.include({ address: null, addressIndex: null, nameIndex: null })
  })

  it('opens to what was sealed, without blind indexes', () => {
    expect(openRow(notes, secrets, row)).to.deep.equal(plain)
  })

  it('opens only the columns that were read', () => {
    expect(openRow(notes, secrets, { id: '1', record: row.record, extra: null })).to.deep.equal({
      id: '1',
      record: plain.record,
      extra: null,
    })
  })

  it('seals a part with the indexes of that part and no others', () => {
    const part = sealPart(notes, secrets, { id: '1' }, { record: { name: '李四', lines: [] } })
    expect(Object.keys(part)).to.have.members(['record', 'nameIndex'])
    expect(part.nameIndex).to.equal(secrets.index('name', '李四'))
    expect(sealPart(notes, secrets, { id: '1' }, { medium: 'wechat', address: 'openid-1234567' }).addressIndex).to.equal(
      secrets.index('wechat', 'openid-1234567'),
    )
    expect(sealPart(notes, secrets, { id: '1' }, { address: null })).to.deep.equal({ address: null, addressIndex: null })
  })

  it('leaves an index whose value lies in another table to its writer', () => {
    const elsewhere = table<{ id: string; nameIndex: string }>('note_name', {
      id: primary(id()),
      nameIndex: blindIndexElsewhere('name', { table: 'note', by: 'id', column: 'record' }, () => []),
    })
    expect(sealRow(elsewhere, secrets, { id: '1' })).to.deep.equal({ id: '1' })
  })

  it('refuses a column that is named like a blind index and is none', () => {
    expect(() => table<{ id: string; someIndex: string }>('bad', { id: primary(id()), someIndex: text(22) })).to.throw(
      'bad.someIndex is named like a blind index and is none',
    )
  })
})
