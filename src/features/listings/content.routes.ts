// The schemas of a listing's content, one shape for what is read and what is written, and the place of each problem in it.
// The columns to which it is turned are content.rules.ts; the routes that use it are routes.ts and those of bulletins and creditors.

import { z } from 'zod'
import { STATED_DOCUMENTS } from '../../core/documents.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { dayText } from '../../platform/http/route.ts'
import { OFFICES, OFFICIAL_CAPACITIES } from '../debtors/rules.ts'
import { columnsOf, placed, type Stated, type WrittenContent } from './content.rules.ts'
import type { RawContent } from '../debtors/row-reader.rules.ts'

const kind = z.enum(['person', 'organisation'])
const sex = z.enum(['male', 'female'])
const disclosure = z.enum(['public', 'undisclosed'])
const office = z.enum(OFFICES)

/** A content as it is read. */
export const contentView = z.object({
  debtor: z.object({
    kind,
    name: z.string(),
    identifier: z.string(),
    document: z.enum(STATED_DOCUMENTS).optional(),
    sex: sex.optional(),
    birth: dayText.optional(),
    legalRepresentative: z.string().optional(),
    officers: z.array(z.object({ office, name: z.string(), identifier: z.string().optional() })).readonly(),
    phone: z.string().optional(),
    wechat: z.string().optional(),
    address: z.string().optional(),
    employer: z.string().optional(),
    official: z.object({ capacity: z.enum(OFFICIAL_CAPACITIES), superiors: z.array(z.string()).readonly() }).optional(),
  }),
  caseNo: z.string(),
  court: z.string(),
  province: z.string().optional(),
  filedOn: dayText,
  basisNo: z.string(),
  basisMaker: z.string(),
  obligation: z.string(),
  performance: z.string(),
  grounds: z.array(z.int()).readonly(),
  termMonths: z.int().nullable(),
  disclosure,
  publishedOn: dayText.optional(),
  applicant: z.object({ name: z.string().optional(), phone: z.string().optional() }).optional(),
  ownMotion: z.string().optional(),
})

const short = z.string().max(1000).nullish()
const long = z.string().max(5000).nullish()
const day = dayText.nullish()

const writtenDebtor = z.strictObject({
  kind: kind.nullish(),
  name: short,
  identifier: short,
  document: z.enum(STATED_DOCUMENTS).nullish(),
  sex: sex.nullish(),
  birth: day,
  legalRepresentative: short,
  officers: z
    .array(z.strictObject({ office, name: z.string().max(200), identifier: z.string().max(100).nullish() }))
    .max(100)
    .nullish(),
  phone: short,
  wechat: short,
  address: short,
  employer: short,
  official: z
    .strictObject({ capacity: z.enum(OFFICIAL_CAPACITIES).nullish(), superiors: z.array(z.string().max(200)).max(50).nullish() })
    .nullish(),
})

/** A content as it is written: that which is read, whole or in part. Everything that is missing or wrong is said at once, by the command. */
export const writtenContent = z.strictObject({
  debtor: writtenDebtor.nullish(),
  caseNo: short,
  court: short,
  province: short,
  filedOn: day,
  basisNo: short,
  basisMaker: short,
  obligation: long,
  performance: long,
  grounds: z.array(z.int().min(1).max(6)).max(6).nullish(),
  termMonths: z.int().min(1).max(600).nullish(),
  disclosure: disclosure.nullish(),
  publishedOn: day,
  applicant: z.strictObject({ name: short, phone: short }).nullish(),
  ownMotion: long,
}) satisfies z.ZodType<WrittenContent>

/** What a correction changes, as it is read: for those who may not see the values, each is `***`. */
export const patchView = writtenContent.extend({ filedOn: short })

/** What a command is given of a written content. */
export function drafted(written: WrittenContent): { content: RawContent; stated: Stated } {
  const { kind: statedKind, birth } = written.debtor ?? {}
  return { content: columnsOf(written), stated: { kind: statedKind, birth } }
}

/** Runs a command on a written content; its problems name the place in the request, where the content is called `at`. */
export async function writtenAt<Result>(at: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (!isAppError(error) || error.problems.length === 0) throw error
    throw new AppError(error.code, error.values, placed(error.problems, at), error.cause)
  }
}
