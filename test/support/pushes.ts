// The quarterly list for tests: receivers with liaisons, listings published in a quarter, and files opened and read back.
// Everything is done by the real commands.

import type { Readable } from 'node:stream'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { openPushFile } from '../../src/features/quarterly-list/views.ts'
import { pushFile, type PushFileKind, type PushForm, type PushFormat } from '../../src/features/quarterly-list/rules.ts'
import { SHEET_LIMITS } from '../../src/platform/sheets/sheet.ts'
import { openArchive } from '../../src/platform/sheets/zip.ts'
import { tableOf, sourceOf } from '../platform/sheets/workbook.ts'
import { addWechatUnit } from './assistance.ts'
import { ORGANISATION } from './drafts.ts'
import type { TestApp } from './app.ts'
import { APPROVER, listed } from './listed.ts'
import { at } from './deadlines.ts'

/** A quarter that is over, with a person, an organisation, and an undisclosed person. Answers the ids of the listings. */
export async function quarterOfThree({ app, clock }: TestApp): Promise<{ person: string; organisation: string; hidden: string }> {
  await addWechatUnit(app, 'tv_station')
  await addWechatUnit(app, 'e_government_center')
  clock.set(at('2026-03-02', 10))
  await listed(app, 1, {}, 1)
  clock.set(at('2026-07-06', 10))
  const [person = ''] = await listed(app, 1, { obligation: '支付货款71000元' }, 2)
  const [organisation = ''] = await listed(app, 1, ORGANISATION, 123)
  const [hidden = ''] = await listed(app, 1, { name: '不公开某', disclosure: '不宜公开', employer: '某某局' }, 4)
  clock.set(at('2026-10-01', 9))
  return { person, organisation, hidden }
}

export async function bytesOf(content: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of content as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts)
}

export async function fileBytes(app: AppContext, id: string, kind: PushFileKind): Promise<Buffer> {
  return bytesOf((await openPushFile(app, APPROVER, { id, kind })).content)
}

/** The texts of the three files of one form: cells of the table, paragraphs of the poster, lines to be spoken. */
export async function fileTexts(app: AppContext, id: string, form: PushForm = 'in_force'): Promise<Record<PushFormat, string>> {
  const rows = await tableOf(await fileBytes(app, id, pushFile(form, 'xlsx')))
  const txt = await fileBytes(app, id, pushFile(form, 'txt'))
  return {
    xlsx: rows.map((row) => row.join('|')).join('\n'),
    docx: await docxText(await fileBytes(app, id, pushFile(form, 'docx'))),
    txt: txt.toString('utf8').replace('\uFEFF', '').replaceAll('\r\n', '\n'),
  }
}

/** The paragraphs of a document in order. @throws Error when the file has no such part. */
export async function docxText(bytes: Buffer): Promise<string> {
  const paragraphs = (await docxPart(bytes, 'word/document.xml')).split('</w:p>')
  return paragraphs.map((paragraph) => Array.from(paragraph.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g), (match) => match[1]).join('')).join('\n')
}

/** The XML of one part of a document. @throws Error when the file has no such part. */
export async function docxPart(bytes: Buffer, name: string): Promise<string> {
  const archive = await openArchive(sourceOf(bytes), SHEET_LIMITS)
  const part = archive.part(name)
  if (part === null) throw new Error(`no ${name} in it`)
  const parts: Buffer[] = []
  for await (const chunk of part.content()) parts.push(chunk)
  archive.close()
  return Buffer.concat(parts).toString('utf8')
}
