// Binding codes for many liaisons at once, as a document to print, cut and hand over. A code is shown there this once; only its hash is kept.
// A single code, and binding itself, are subscriptions.commands.ts.

import { Readable } from 'node:stream'
import { AppError } from '../../core/errors.ts'
import { writtenDay, dayOf } from '../../core/calendar.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { command, type AppContext } from '../../platform/commands/command.ts'
import type { Download } from '../../platform/http/reply.ts'
import { writeDocx, type DocxLine } from '../../platform/sheets/docx-write.ts'
import { putLiaisonCode } from './bindings.store.ts'
import { allUnits, liaisonsOfUnits } from './store.ts'
import { hashesOfCode, newBindingCode } from './subscriptions.commands.ts'

/** Codes of one document at most. */
export const CODES_AT_ONCE = 500
/** The most days for which codes on paper can be used: they travel by post. */
export const MOST_CODE_DAYS = 14

/** Whose codes to make: those named, or all who have bound no account yet. */
export interface CodesWanted {
  liaisonIds?: readonly string[] | undefined
  days: number
}

interface MadeCode {
  unit: string
  name: string
  code: string
  expiresAt: Date
}

/**
 * Makes a code for each liaison, in place of an earlier one, and writes the document.
 * @throws `liaison_missing` for an unknown or former one, `liaisons_none` when nobody is left to bind, `liaisons_many`.
 */
export async function bindingSheet(app: AppContext, actor: Actor, wanted: CodesWanted): Promise<Download> {
  authorize(actor, 'liaison.manage')
  const codes = await makeCodes(app, actor, wanted)
  const word = (key: string, values = {}): string => app.catalog.words('units', `codes.${key}`, values)
  const { name: court, phone } = app.config.court
  const lines = codes.flatMap(({ unit, name, code, expiresAt }): DocxLine[] => [
    { kind: 'entry', text: word('for', { unit, name }) },
    { kind: 'line', text: word('code', { code, until: writtenDay(dayOf(expiresAt)) }) },
    { kind: 'line', text: word('how', { code, court, phone }) },
  ])
  const title = word('title')
  const document = await writeDocx(title, [{ kind: 'title', text: title }, { kind: 'text', text: word('keep', { court }) }, ...lines])
  return { fileName: `${title}.docx`, content: Readable.from([document]) }
}

const makeCodes = command(
  'liaison.manage',
  async ({ tx, app, now, auditAll }, { liaisonIds, days }: CodesWanted): Promise<MadeCode[]> => {
    const units = await allUnits(tx)
    const active = (
      await liaisonsOfUnits(
        tx,
        units.map((unit) => unit.id),
      )
    ).filter((liaison) => liaison.active)
    const known = new Map(active.map((liaison) => [liaison.id, liaison]))
    const unbound = active.filter(({ wechat, wechaty }) => wechat === null && wechaty === null)
    const missing = liaisonIds?.find((id) => !known.has(id))
    if (missing !== undefined) throw new AppError('liaison_missing', { id: missing })
    const chosen = liaisonIds === undefined ? unbound : [...new Set(liaisonIds)].flatMap((id) => known.get(id) ?? [])
    if (chosen.length === 0) throw new AppError('liaisons_none')
    if (chosen.length > CODES_AT_ONCE) throw new AppError('liaisons_many', { count: chosen.length, max: CODES_AT_ONCE })
    const names = new Map(units.map((unit) => [unit.id, unit.name]))
    const expiresAt = new Date(now.getTime() + days * 86_400_000)
    const made: MadeCode[] = []
    for (const liaison of chosen) {
      const code = newBindingCode()
      await putLiaisonCode(tx, { liaisonId: liaison.id, codeHash: hashesOfCode(app.secrets, code)[0], expiresAt })
      made.push({ unit: names.get(liaison.unitId) ?? '', name: liaison.name, code, expiresAt })
    }
    await auditAll(
      chosen.map((liaison) => ({ subject: `liaison:${liaison.id}`, detail: { bindingCode: true, sheet: true, days } })),
      'known',
    )
    return made.sort((left, right) => left.unit.localeCompare(right.unit, 'zh-CN'))
  },
  (codes) => ({ codes: codes.length }),
)
