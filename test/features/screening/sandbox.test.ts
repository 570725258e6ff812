// The sandbox of screening: every documented question gets its documented answer, nothing is logged, and the page shows the same table.
// Real questions are routes.test.ts.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { ADVICE } from '../../../src/features/screening/rules.ts'
import { SANDBOX_QUESTIONS, type SandboxQuestion } from '../../../src/features/screening/sandbox.rules.ts'
import { eachDatabase } from '../../support/app.ts'
import { openServer, type Answer, type TestServer } from '../../support/http-server.ts'
import { addKey, unitWithMeasures } from '../../support/screening.ts'

/** A question as a row of the table in docs/integration.md. */
function lineOf({ name, identifier = '—', nominees = [], measureId, business, answer, advice, relation }: SandboxQuestion): string {
  const [nominee] = nominees
  const whom =
    nominee === undefined ? `\`${name}\`` : `\`${name}\`, nominee \`${nominee.office}\` \`${nominee.name}\` \`${nominee.identifier}\``
  const cells = [
    whom,
    identifier === '—' ? '—' : `\`${identifier}\``,
    measureId,
    business,
    `\`${answer}\``,
    `\`${advice}\``,
    relation ?? '—',
  ]
  return cells.join(' | ')
}

describe('the table of the sandbox', () => {
  it('stands in the page as it is answered, with a question for every advice', () => {
    const page = readFileSync('docs/integration.md', 'utf8')
    const rows = page.split('\n').map((line) =>
      line
        .replace(/^\| | \|$/g, '')
        .replace(/ +\| +/g, ' | ')
        .trim(),
    )
    for (const question of SANDBOX_QUESTIONS) expect(rows, lineOf(question)).to.include(lineOf(question))
    expect(new Set(SANDBOX_QUESTIONS.map(({ advice }) => advice))).to.deep.equal(new Set(ADVICE))
  })
})

eachDatabase((_db, make) => {
  describe('the sandbox of screening', () => {
    let server: TestServer
    let ask: (path: string, json: unknown) => Promise<Answer>
    before(async () => {
      const made = await make()
      server = await openServer(made)
      const [unit] = await unitWithMeasures(made.app, ['1.1'])
      const authorization = `Bearer ${await addKey(made.app, unit, ['screening'])}`
      ask = (path, json) =>
        server.ask(json === undefined ? 'GET' : 'POST', path, { ...(json === undefined ? {} : { json }), headers: { authorization } })
    })
    after(() => server.close())

    it('answers each documented question as documented, in the shape of a real answer, and logs nothing', async () => {
      for (const { answer, advice, relation, ...question } of SANDBOX_QUESTIONS) {
        const { status, body } = await ask('/api/v1/screenings/sandbox', question)
        const findings = body['findings'] as { relation: string }[]
        const found = [status, body['answer'], body['advice'], findings[0]?.relation ?? null]
        expect(found, JSON.stringify(question)).to.deep.equal([201, answer, advice, relation])
      }
      expect((await ask('/api/v1/screenings', undefined)).body['total']).to.equal(0)
      const { body } = await ask('/api/v1/screenings/sandbox', SANDBOX_QUESTIONS[0] === undefined ? {} : questionOf(SANDBOX_QUESTIONS[0]))
      expect((await ask(`/api/v1/screenings/${String(body['id'])}/outcome`, { outcome: 'refused' })).status).to.equal(404)
    })

    it('refuses what a real question is refused for, and knows nobody of the real list', async () => {
      const wrong = await ask('/api/v1/screenings/sandbox', { name: '沙箱甲', identifier: '533421190101019028', business: '申请' })
      expect([wrong.status, wrong.body['code']]).to.deep.equal([400, 'screening_subject_wrong'])
      const first = SANDBOX_QUESTIONS[0] as SandboxQuestion
      expect((await ask('/api/v1/screenings', questionOf(first))).body['answer'], 'not on the real list').to.equal('none')
    })
  })
})

function questionOf({ answer: _answer, advice: _advice, relation: _relation, ...question }: SandboxQuestion): object {
  return question
}
