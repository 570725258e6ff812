// Wrong input of people and providers over HTTP: a clear answer in Chinese with its code, and nothing half done or lost.
// The edges of the web server itself are test/platform/http.

import { request } from 'node:http'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { identifierOf, nameOf } from '../../../bench/rows.ts'
import { get, listed, noticesOf, ok, post, refused, waysOf, answerNone, seenAs } from '../../support/asked.ts'
import { startCourt, type RunningCourt, type Visitor } from '../../support/court.ts'
import type { Answer } from '../../support/http-server.ts'
import { eachDatabase } from '../../support/app.ts'
import { pause } from '../../support/until.ts'

const HEAD =
  '被执行人姓名/名称,身份证号码/统一社会信用代码,执行法院,执行依据文号,立案时间,案号,做出执行依据单位,生效法律文书确定的义务,被执行人的履行情况,失信被执行人行为具体情形,手机号码\n'
const MiB = 1_048_576

function row(n: number, obligation = `支付借款${100_000 + n}元`): string {
  return `${nameOf(n)},${identifierOf(n)},香格里拉市人民法院,（2023）云3401民初${n}号,2024-11-10,（2024）云3401执${n}号,香格里拉市人民法院,${obligation},全部未履行,有履行能力而拒不履行生效法律文书确定义务,139${String(n).padStart(8, '0')}\n`
}

function bytes(text: string | Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text as string))
}

eachDatabase((db, make) => {
  describe('wrong input over HTTP', function () {
    this.timeout(60_000)
    let court: RunningCourt
    let clerk: Visitor
    let approver: Visitor

    before(async () => {
      court = await startCourt(make, { env: { SESSION_HOURS: '2', SESSION_IDLE_MINUTES: '60' }, timeout: 300 })
      const admin = await court.admin()
      clerk = await court.staff(admin, 'wang', 'clerk')
      approver = await court.staff(admin, 'li', 'approver')
    })
    after(() => court.close())

    const upload = (content: string | Buffer, type = 'text/csv', query = 'fileName=list.csv'): Promise<Answer> =>
      clerk.ask('POST', `/api/v1/imports?${query}`, { body: bytes(content), headers: { 'content-type': type } })

    /** Uploads and commits a list, and returns the ids of its drafts. */
    const drafted = async (from: number, count: number): Promise<{ id: string; version: number }[]> => {
      const text = HEAD + Array.from({ length: count }, (_, n) => row(from + n)).join('')
      const { body } = await ok(upload(text), 201)
      await post(clerk, `/api/v1/imports/${String(body['id'])}/commit`, {})
      return listed(clerk, `/api/v1/listings?importId=${String(body['id'])}`)
    }

    it('is refused with its reason when a file is no list; the import is kept as refused and enters nothing', async () => {
      const xlsx = await readFile('samples/lists/list.xlsx')
      const before = await listed(clerk, '/api/v1/listings')
      const cases: [string, string | Buffer, string][] = [
        ['half a workbook', xlsx.subarray(0, xlsx.length / 2), 'import_file_broken'],
        [
          'a workbook with torn parts',
          Buffer.concat([xlsx.subarray(0, 900), Buffer.alloc(400), xlsx.subarray(1300)]),
          'import_file_broken',
        ],
        ['an old workbook', Buffer.from('d0cf11e0a1b11ae1'.padEnd(2000, '0'), 'hex'), 'import_type_unknown'],
        ['a PDF', '%PDF-1.7\n1 0 obj', 'import_type_unknown'],
        [
          'no encoding of Chinese',
          Buffer.concat([Buffer.from(HEAD), Buffer.from([0xff, 0xfe, 0x80, 0x81, 0x0a])]),
          'import_encoding_unknown',
        ],
        ['a header nobody knows', '甲,乙,丙\n1,2,3\n', 'import_header_missing'],
        ['columns missing', '姓名,案号,执行法院,立案时间\n甲某,乙,丙,丁\n', 'import_columns_missing'],
        ['a column twice', `姓名,${HEAD}`, 'import_columns_twice'],
        ['a header alone', HEAD, 'import_empty'],
        ['nothing', '', 'import_empty'],
      ]
      for (const [what, content, code] of cases) {
        const answer = await upload(content)
        expect([what, answer.status, answer.body['code']]).to.deep.equal([what, 400, code])
        expect(answer.body['detail'], what).to.match(/[\u4e00-\u9fff]{6}/)
        expect(answer.text, what).not.to.match(/\bat .+\.[jt]s|Error:/)
      }
      for (const type of ['application/json', 'multipart/form-data']) await refused(upload('x', type), 415, 'media_type_wrong')
      await refused(upload(HEAD + row(1), 'text/csv', 'mode=snapshot'), 400, 'import_source_unknown')
      await refused(upload(HEAD + row(1), 'text/csv', 'mode=everything'), 400, 'request_invalid')
      expect(await listed(clerk, '/api/v1/listings')).to.deep.equal(before)
      const kept = await listed<{ state: string }>(clerk, '/api/v1/imports')
      // An empty file is not kept.
      expect(kept.map(({ state }) => state)).to.deep.equal(cases.slice(0, -1).map(() => 'refused'))
    })

    it('is reported by row and can be downloaded with reasons, and a list in GBK is read like one in UTF-8', async () => {
      const broken = row(9001).replace(identifierOf(9001), '533401198709040344')
      const { body } = await ok(upload(HEAD + row(9000) + broken + row(9000)), 201)
      expect(body).to.include({ rows: 3, good: 2, bad: 1, known: 1, hasRejects: true })
      const problems = body['problems'] as { row: number; code: string; message: string }[]
      expect(problems.map((each) => `${each.row} ${each.code}`)).to.deep.equal(['3 id_check_wrong', '4 row_twice'])
      expect(body['problems']).to.satisfy((all: unknown) => !JSON.stringify(all).includes('533401198709040344'))
      const rejects = await clerk.ask('GET', `/api/v1/imports/${String(body['id'])}/rejects`)
      expect(rejects.text).to.include('校验').and.include('533401198709040344')
      const gbk = await ok(upload(await readFile('samples/lists/list.gbk.csv')), 201)
      expect(gbk.body).to.include({ rows: 240, bad: 0, encoding: 'gb18030' })
    })

    it('is refused when it is too large, while a list of 100 MB is checked and reported', async function () {
      // The sheet reader does not depend on the database.
      if (db !== 'sqlite') return
      this.timeout(240_000)
      const cookie = await sessionOf('wang')
      const tooMuch = await send(cookie, zeros(201), { 'content-length': String(201 * MiB) })
      expect([tooMuch.status, tooMuch.body['code']]).to.deep.equal([413, 'import_over_limit'])
      expect(tooMuch.body['detail']).to.include('201 MB').and.include('200 MB').and.include('IMPORT_MAX_MB')

      const long = '支付'.repeat(760)
      const rows = Math.ceil((100 * MiB) / Buffer.byteLength(row(1, long)))
      const { status, body } = await send(
        cookie,
        (function* () {
          yield Buffer.from(HEAD)
          for (let n = 0; n < rows; n += 50)
            yield Buffer.from(Array.from({ length: Math.min(50, rows - n) }, (_, m) => row(100_000 + n + m, long)).join(''))
        })(),
      )
      expect(status).to.equal(201)
      const id = String(body['id'])
      let seen: Record<string, unknown> = body
      while (seen['state'] === 'checking') {
        await pause(200)
        seen = await get(clerk, `/api/v1/imports/${id}`)
      }
      expect(Number(seen['bytes'])).to.be.above(100 * MiB)
      expect(seen).to.include({ state: 'checked', rows })
    })

    it('is a conflict for all but one of several simultaneous acts on one listing, and names the current state', async () => {
      const [item] = await drafted(20, 1)
      const items = [{ id: item?.id, version: item?.version }]
      await answerNone(clerk, items)
      const answers = await Promise.all([0, 1, 2].map(() => clerk.ask('POST', '/api/v1/listings/submit', { json: { items } })))
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409, 409])
      for (const { body } of answers.filter(({ status }) => status === 409))
        expect(['listing_version_stale', 'listing_act_impossible']).to.include(body['code'])
      await refused(approver.ask('POST', '/api/v1/listings/approve', { json: { items } }), 409, 'listing_version_stale')
      const edit = { version: 1, content: {} }
      expect((await clerk.ask('PUT', `/api/v1/listings/${String(item?.id)}`, { json: edit })).status).to.be.within(400, 409)
      const missing = { items: [{ id: '01M821EQG3PX0YWFTMFXTY98YB' }] }
      await refused(clerk.ask('POST', '/api/v1/listings/submit', { json: missing }), 404, 'listing_missing')
    })

    it('changes nothing with a wrong role, without a CSRF token or in an expired session', async () => {
      const [item] = await drafted(30, 1)
      const items = [{ id: item?.id }]
      await refused(approver.ask('POST', '/api/v1/listings/submit', { json: { items } }), 403, 'not_allowed')
      for (const token of ['', 'x'.repeat(43)])
        await refused(
          clerk.ask('POST', '/api/v1/listings/submit', { json: { items }, headers: { 'x-csrf-token': token } }),
          403,
          'csrf_wrong',
        )
      const late = court.visitor()
      await late.logIn('wang', 'Chosen-by-the-person-7')
      court.clock.advance(61 * 60_000)
      await refused(late.ask('POST', '/api/v1/listings/submit', { json: { items } }), 401, 'login_required')
      await clerk.logIn('wang', 'Chosen-by-the-person-7')
      await approver.logIn('li', 'Chosen-by-the-person-7')
      expect((await get<{ state: string }>(clerk, `/api/v1/listings/${String(item?.id)}`)).state).to.equal('draft')
    })

    it('delays nobody when a provider hangs, and sends a message once that the provider accepted without answering', async () => {
      const items = (await drafted(40, 3)).map(({ id }) => ({ id }))
      await answerNone(clerk, items)
      const pending = seenAs(await post(clerk, '/api/v1/listings/submit', { items }))
      // Numbers are 139 and eight digits. The first message never arrives, the second is accepted and not answered.
      court.twilio.spoil('+8613900000040', { kind: 'hang' }, 1)
      court.twilio.spoil('+8613900000041', { kind: 'hang-after' }, 1)
      await post(approver, '/api/v1/listings/approve', { items: pending })
      for (let n = 0; n < 40; n += 1) {
        await pause(50)
        court.clock.advance(3_000)
        await court.dispatcher.settleDoubts()
      }
      await court.quiet()
      const ways = await Promise.all(
        items.map(async ({ id }) => (await noticesOf(clerk, `listingId=${id}`)).map((each) => waysOf(each).join())),
      )
      expect(ways).to.deep.equal([['sms delivered'], ['sms delivered'], ['sms delivered']])
      for (const n of [40, 41, 42])
        expect(
          court.twilio.sent.filter(({ to }) => to === `+86139${String(n).padStart(8, '0')}`),
          String(n),
        ).to.have.length(1)
    })

    const sessionOf = async (login: string): Promise<Record<string, string>> => {
      const { headers, body } = await court
        .visitor()
        .ask('POST', '/api/v1/session', { json: { login, password: 'Chosen-by-the-person-7' } })
      return { cookie: headers.get('set-cookie')?.split(';', 1)[0] ?? '', 'x-csrf-token': String(body['csrfToken']) }
    }

    /** Uploads a file in pieces, as a browser sends a file from the disk. */
    const send = (
      own: Record<string, string>,
      pieces: Iterable<Buffer>,
      more: Record<string, string> = {},
    ): Promise<{ status: number; body: Record<string, unknown> }> =>
      new Promise((resolve, reject) => {
        const headers = { ...own, 'content-type': 'text/csv', ...more }
        const outgoing = request(`${court.address}/api/v1/imports?fileName=big.csv`, { method: 'POST', headers }, (answer) => {
          answer
            .toArray()
            .then((parts) => {
              outgoing.destroy()
              resolve({
                status: answer.statusCode ?? 0,
                body: JSON.parse(Buffer.concat(parts as Buffer[]).toString()) as Record<string, unknown>,
              })
            })
            .catch(reject)
        })
        outgoing.on('error', reject)
        Readable.from(pieces).pipe(outgoing)
      })
  })
})

function* zeros(mebibytes: number): Generator<Buffer> {
  const one = Buffer.alloc(MiB)
  for (let n = 0; n < mebibytes; n += 1) yield one
}
