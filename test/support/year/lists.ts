// The list of the simulated year: files are imported, decided, served and published; entries are corrected and exit on their grounds.
// Objections and repairs are remedies.ts; what units answer is units.ts.

import { Readable } from 'node:stream'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, receiveImport } from '../../../src/features/imports/commands.ts'
import { putInForce } from '../entered.ts'
import { noteExitGround, noteListingError } from '../../../src/features/listings/clocks.commands.ts'
import { listListings } from '../../../src/features/listings/views.ts'
import { approveListings, recordServices } from '../../../src/features/listings/commands.ts'
import { addDays } from '../../../src/core/calendar.ts'
import type { RawContent, RowMode } from '../../../src/features/debtors/row-reader.rules.ts'
import type { ExitGround } from '../../../src/features/listings/rules.ts'
import { phone } from '../delivery-setup.ts'
import { answerOrders } from './units.ts'
import { take, type Free, type World } from './world.ts'
import { publishListings, shieldListings } from '../../../src/features/bulletins/commands.ts'
import { changeByTwo } from '../proposed.ts'
import { submitted } from '../listed.ts'
import { idCheckDigit } from '../../../src/core/identifiers.ts'

const HEADINGS: readonly (readonly [keyof RawContent, string])[] = [
  ['name', '被执行人姓名/名称'],
  ['sex', '性别'],
  ['identifier', '身份证号码/统一社会信用代码'],
  ['court', '执行法院'],
  ['province', '省份'],
  ['basisNo', '执行依据文号'],
  ['filedOn', '立案时间'],
  ['caseNo', '案号'],
  ['basisMaker', '做出执行依据单位'],
  ['obligation', '生效法律文书确定的义务'],
  ['performance', '被执行人的履行情况'],
  ['ground', '失信被执行人行为具体情形'],
  ['publishedOn', '发布时间'],
  ['term', '纳入期限'],
  ['disclosure', '是否公开'],
  ['employer', '所在单位'],
  ['phone', '手机号码'],
]

const SYLLABLES = ['次仁', '取次', '永宗', '尼玛', '扎西', '卓玛', '央金', '格桑', '拉姆', '平措']
const COURT = '香格里拉市人民法院'

let serial = 0

/** An invented person: one in eight with a term of two years, one in forty undisclosed. */
function person(world: World): RawContent {
  const { chance } = world
  serial += 1
  const n = serial
  const year = 1960 + (n % 45)
  const month = String(1 + (n % 12)).padStart(2, '0')
  const day = String(1 + (n % 28)).padStart(2, '0')
  const withoutCheckDigit = `533421${year}${month}${day}${String(n % 1000).padStart(3, '0')}`
  const fixedTerm = n % 8 === 0
  return {
    name: chance.pick(SYLLABLES) + chance.pick(SYLLABLES),
    sex: n % 2 === 1 ? '男' : '女',
    identifier: withoutCheckDigit + idCheckDigit(withoutCheckDigit),
    court: COURT,
    province: '云南',
    basisNo: `（2024）云3401民初${n}号`,
    filedOn: '2025-06-16',
    caseNo: `（2025）云3401执${n}号`,
    basisMaker: COURT,
    obligation: '支付货款71000元',
    performance: '全部未履行',
    ground: fixedTerm ? '违反财产报告制度' : '有履行能力而拒不履行生效法律文书确定义务',
    term: fixedTerm ? '2年' : '',
    disclosure: n % 40 === 3 ? '否' : '是',
    employer: n % 40 === 3 ? '某某学校' : '',
    phone: phone(100_000 + n),
  }
}

function csvOf(rows: readonly RawContent[]): Readable {
  const cells = rows.map((row) => HEADINGS.map(([field]) => row[field] ?? '').join(','))
  return Readable.from([Buffer.from(`${HEADINGS.map(([, heading]) => heading).join(',')}\n${cells.join('\n')}\n`)])
}

async function enter(world: World, mode: RowMode, rows: readonly RawContent[], source?: string): Promise<Free[]> {
  const { app, clerk, approver } = world
  const input = { fileName: `${mode}.csv`, mode, content: csvOf(rows), ...(source === undefined ? {} : { source }) }
  const { id } = await receiveImport(app, clerk, input)
  const report = await checkImport(app, clerk, id)
  if (report.bad > 0) throw new Error(`the list of the year has wrong rows: ${report.problems}`)
  await (mode === 'draft' ? commitImport(app, clerk, { id }) : putInForce(app, id, approver))
  const found: Free[] = []
  for (let offset = 0; ; offset += 200) {
    const { items } = await listListings(app, world.clerk, { filter: { importId: id }, page: { limit: 200, offset } })
    for (const item of items) {
      const content = rows.find((row) => row.caseNo === item.caseNo)
      if (content !== undefined) found.push({ id: item.id, content })
    }
    if (items.length < 200) return found
  }
}

/** A file of new entries, which are decided, served and published on later days. */
export async function batch(world: World, size: number): Promise<void> {
  const { app, chance, clerk, approver } = world
  const entries = await enter(
    world,
    'draft',
    Array.from({ length: size }, () => person(world)),
  )
  const items = entries.map(({ id }) => ({ id }))
  await submitted(app, clerk, items)
  world.count('drafted', size)
  world.after(chance.int(1, 3), async () => {
    await approveListings(app, approver, { items })
    world.after(chance.int(1, 8), async () => {
      await recordServices(app, clerk, { items, servedOn: addDays(world.today(), -chance.int(0, 1)), manner: '直接送达' })
      world.after(chance.int(0, 9), async () => {
        await publishListings(app, clerk, { items })
        world.count('published', size)
        world.free.push(...entries)
      })
    })
  })
}

/** The court's earlier list: terms of two years, which end in the course of the year and are noticed in time or late. */
export async function takeOver(world: World, size: number): Promise<void> {
  const rows = Array.from({ length: size }, (_, n): RawContent => {
    const publishedOn = addDays('2024-01-10', n * 7)
    const two = { ground: '违反财产报告制度', term: '2年' }
    return { ...person(world), ...two, filedOn: '2023-06-16', publishedOn, disclosure: '是', employer: '' }
  }).map((row) => ({ ...row, caseNo: String(row.caseNo).replace('2025', '2023') }))
  const entries = await enter(world, 'takeover', rows)
  world.count('taken over', size)
  // Listings come back in order of id, not of the file, so each entry brings its own content.
  for (const entry of entries) {
    const ended = addDays(String(entry.content.publishedOn).replace('2024', '2026'), 1)
    const days = Math.round((Date.parse(ended) - Date.parse(world.today())) / 86_400_000)
    world.after(days + world.chance.int(0, 7), () => exit(world, [entry], 'term_ended'))
  }
}

/** A higher court's list, and later its next edition, which lacks a few entries. */
export async function higherCourt(world: World, size: number): Promise<void> {
  const rows = Array.from({ length: size }, () => ({ ...person(world), publishedOn: '2025-09-30', disclosure: '是', employer: '' }))
  await enter(world, 'snapshot', rows, 'prefecture_court')
  world.count('published by others', size)
  world.after(120, async () => {
    const missing = Math.min(3, size - 1)
    await enter(world, 'snapshot', rows.slice(missing), 'prefecture_court')
    world.count('shielded', missing)
    await answerOrders(world)
  })
}

const GROUNDS = [
  'fully_performed',
  'settlement_performed',
  'creditor_request',
  'case_concluded',
  'not_enforced',
  'no_assets_found',
  'stayed',
] as const satisfies readonly ExitGround[]

/** Some entries exit on one ground, at once or some days after the ground was noted. */
export function leaving(world: World, most: number): Promise<void> {
  const { app, chance, clerk } = world
  const ground = chance.pick(GROUNDS)
  const entries: Free[] = []
  for (let n = chance.int(1, most); n > 0; n -= 1) {
    const found = take(world, (content) => content.disclosure === '是' && content.term === '')
    if (found !== undefined) entries.push(found)
  }
  if (entries.length === 0) return Promise.resolve()
  const delay = chance.int(0, 6)
  if (delay === 0) return exit(world, entries, ground)
  world.after(delay, () => exit(world, entries, ground))
  const metOn = addDays(world.today(), -chance.int(0, 1))
  return noteExitGround(app, clerk, { items: entries.map(({ id }) => ({ id })), ground, metOn }).then(() => undefined)
}

/** Shields entries on a ground. */
export async function exit(world: World, entries: readonly Free[], ground: ExitGround): Promise<void> {
  const { app, clerk, approver } = world
  const items = entries.map(({ id }) => ({ id }))
  const reason = '符合退出情形'
  if (ground === 'creditor_request') await changeByTwo(app, items, { act: 'shield', ground, reason, askedBy: '央宗' }, [clerk, approver])
  else if (ground === 'no_assets_found') {
    const today = world.today()
    const queries = { closedOn: addDays(today, -90), queriedOn: [addDays(today, -60), today], leadGiven: false }
    await changeByTwo(app, items, { act: 'shield', ground, reason, queries }, [clerk, approver])
  } else await shieldListings(app, clerk, { items, ground, reason })
  world.count('shielded', entries.length)
  world.gone.push(...entries)
  await answerOrders(world)
}

/** An entry with a fixed term exits early, by a decision of its own. */
export async function leavingEarly(world: World): Promise<void> {
  const found = take(world, (content) => content.disclosure === '是' && content.term !== '')
  if (found === undefined) return
  const earlyDecisionNo = `（2026）早${found.content.caseNo ?? ''}`
  const terms = { act: 'shield', ground: 'fully_performed', reason: '已履行完毕', earlyDecisionNo } as const
  await changeByTwo(world.app, [{ id: found.id }], terms, [world.clerk, world.approver])
  world.count('shielded')
  world.gone.push(found)
  await answerOrders(world)
}

/** An error is found and corrected, within its three days or after them. */
export async function mistake(world: World): Promise<void> {
  const { app, chance, clerk } = world
  const found = take(world)
  if (found === undefined) return
  const foundOn = addDays(world.today(), -chance.int(0, 1))
  await noteListingError(app, clerk, { items: [{ id: found.id }], foundOn, reason: '履行情况有误' })
  world.after(chance.int(0, 6), () => put(world, found))
}

/** Corrects the wording of an entry, which stays in force. */
export async function put(world: World, entry: Free): Promise<void> {
  const patch = { performance: `部分未履行，${world.today()}已履行${world.chance.int(1, 900)}元` }
  await changeByTwo(world.app, [{ id: entry.id }], { act: 'correct', patch, reason: '履行情况有误' }, [world.clerk, world.approver])
  world.count('corrected')
  world.free.push({ ...entry, content: { ...entry.content, ...patch } })
}
