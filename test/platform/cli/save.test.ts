// Files that commands write: new ones for the owner alone, and never in the place of another.

import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { saveNew } from '../../../src/platform/cli/save.ts'
import { refusal } from '../../support/refusal.ts'

describe('a file that a command writes', () => {
  let folder: string
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'zxt-save-'))))
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('is readable by its owner alone', async () => {
    const path = join(folder, 'codes.xlsx')
    await saveNew(path, Readable.from(['new']))
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).to.deep.equal(['new', 0o600])
  })

  it('takes the place of no other file, and is not written through a link', async () => {
    const [kept, link] = [join(folder, 'kept'), join(folder, 'link')]
    await writeFile(kept, 'old', { mode: 0o644 })
    await symlink(kept, link)
    for (const path of [kept, link]) await refusal('file_exists', () => saveNew(path, Readable.from(['new'])))
    expect(await readFile(kept, 'utf8')).to.equal('old')
  })
})
