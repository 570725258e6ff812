// Reads a liaison's answer to a lift order: lifted, or kept on a legal basis until a day, for all entries or entry by entry. Pure.
// The dialog that asks is bot/dialogs/lift.ts; what may be answered is src/features/lifts/rules.ts.

import { makeDay, type Day } from '../../src/core/calendar.ts'
import { squeeze, tidy } from '../../src/core/text.ts'

/** An entry of the order, in the order in which the liaison sees them numbered. */
export interface Entry {
  id: string
  name: string
  caseNo: string
}

/** One entry whose measure is kept (实施意见 四(二)5). The dialog asks for a basis or a last day that is missing. */
export interface Kept {
  id: string
  basis?: string
  until?: Day
}

/** An answer that was read. */
export interface LiftAnswer {
  /** Ids of the entries that are lifted; `rest`: all that are not kept. */
  lifted: 'rest' | readonly string[]
  kept: readonly Kept[]
}

const KEEP = /继续保留|仍(?:然|须|需)?保留|保留|暂不解除|暂时不能解除|不(?:能|予|同意)解除/
const LIFT = /解除|解了|放开|恢复办理|取消限制|撤销限制|已办结|照办/
const DECIDED = new RegExp(`${KEEP.source}|${LIFT.source}`)
const OPEN = /没(?:有)?解除|还没|未解除|尚未|怎么|如何|什么时候|[?？吗]\s*$/
/** Names of the order itself. Mentioning it, or having read it, lifts nothing. */
const NOTICE = /(?:这份|你们的?|法院的?)?解除(?:惩戒|限制)?(?:措施)?(?:的)?(?:通知书?|令|函|文件)/g
const REST = /其余|其他|其它|剩下|全部|所有|都/
const DAY = /(\d{4})\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})\s*[日号]?/

/** Reads an answer. Null when the text is no answer, or says two different things about one entry. */
export function readLift(text: string, entries: readonly Entry[]): LiftAnswer | null {
  const line = text.normalize('NFKC').replace(NOTICE, ' ')
  const clauses = clausesOf(line)
  const readings = clauses.map((clause) => readClause(clause, entries))
  if (readings.length === 0 || readings.some((each) => each === null)) return null
  const decisions = readings as Clause[]
  const mentioned = decisions.flatMap(({ ids }) => (ids === 'rest' ? [] : ids))
  if (new Set(mentioned).size < mentioned.length || decisions.filter(({ ids }) => ids === 'rest').length > 1) return null
  const rest = entries.map(({ id }) => id).filter((id) => !mentioned.includes(id))
  const kept = decisions.flatMap(({ keep, ids, terms }) => (keep ? (ids === 'rest' ? rest : ids).map((id) => ({ id, ...terms })) : []))
  const liftsRest = decisions.some(({ keep, ids }) => !keep && ids === 'rest')
  const lifted = liftsRest ? 'rest' : decisions.flatMap(({ keep, ids }) => (keep || ids === 'rest' ? [] : ids))
  return { lifted, kept }
}

interface Clause {
  ids: 'rest' | readonly string[]
  keep: boolean
  terms: Omit<Kept, 'id'>
}

const NUMBERED_CLAUSE = /第?\s*\d+\s*[条.、:：号]?\s*(?:(?:和|、|,|，|及)\s*\d+\s*[条号]?\s*)*(?:已|继续|保留|解除|暂)/
const OTHERS_CLAUSE = /其余|其他|其它|剩下|另外/
const BREAK = new RegExp(`[;；\\n。]|[,，、\\s]+(?=${NUMBERED_CLAUSE.source}|${OTHERS_CLAUSE.source})`)

const RECEIVED = /^(?:收到|好的?|知道了|收悉)[,，!！]?$/
const NUMBERS_ALONE = /^[\d第条号、,，和及\s]+$/

/**
 * Splits at semicolons and line ends, and before `2 解除`, `其余解除`, `另外`. Not at every comma, because a legal basis may contain one.
 */
function clausesOf(line: string): string[] {
  const pieces = line
    .split(BREAK)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '' && !RECEIVED.test(piece))
  // `1、3 解除`: numbers alone belong to the verb that follows them.
  return pieces.reduceRight<string[]>((clauses, piece) => {
    const [next, ...rest] = clauses
    return next !== undefined && NUMBERS_ALONE.test(piece) ? [`${piece}、${next}`, ...rest] : [piece, ...clauses]
  }, [])
}

function readClause(clause: string, entries: readonly Entry[]): Clause | null {
  if (OPEN.test(clause)) return null
  const keep = KEEP.test(clause)
  if (!keep && !LIFT.test(clause)) return null
  const ids = targetsOf(clause, entries)
  return ids === null ? null : { ids, keep, terms: keep ? termsOf(clause) : {} }
}

const NUMBERS = /\d+/g

/**
 * The entries meant: by number before the verb, by name or by case number; without any, all other entries. Null for a number without an
 * entry.
 */
function targetsOf(clause: string, entries: readonly Entry[]): Clause['ids'] | null {
  const before = clause.slice(0, clause.search(DECIDED))
  if (REST.test(before)) return 'rest'
  const byName = entries.filter(({ name, caseNo }) => clause.includes(name) || squeeze(clause).includes(squeeze(caseNo)))
  if (byName.length > 0) return byName.map(({ id }) => id)
  const numbers = [...before.matchAll(NUMBERS)].map((match) => Number(match[0]))
  if (numbers.length === 0) return 'rest'
  const ids = numbers.flatMap((number) => entries[number - 1]?.id ?? [])
  return ids.length === numbers.length ? ids : null
}

const TERM_END = /(?:保留|限制)?(?:期限)?(?:到|至|截止|直到|为止)*\s*$/
const BASIS_INTRODUCED = /(?:依据|根据|按照|依照|理由是|法律依据)[是为:：]?\s*(.+)$/s
const BASIS_CITED = /《.+$/s
const BASIS_END = /[,，;；、\s]+(?:至|到|期限|截止|保留)?$/

/** The legal provision and the last day (YYYY-MM-DD), as far as a text states them. */
export function termsOf(text: string): Omit<Kept, 'id'> {
  const line = text.normalize('NFKC')
  const parts = DAY.exec(line)
  const until = parts === null ? null : makeDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))
  const rest = parts === null ? line : line.slice(0, parts.index).replace(TERM_END, '')
  const stated = BASIS_INTRODUCED.exec(rest)?.[1] ?? BASIS_CITED.exec(rest)?.[0]
  const basis = stated === undefined ? '' : tidy(stated).replace(BASIS_END, '')
  return { ...(basis === '' ? {} : { basis }), ...(until === null ? {} : { until }) }
}

/** Whether both statements are there that are required to keep a measure, the basis and the last day (实施意见 四(二)5). */
export function isWhole({ basis, until }: Kept): boolean {
  return basis !== undefined && until !== undefined
}
