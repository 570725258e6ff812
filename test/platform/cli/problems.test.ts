// How many problems of one refusal the terminal and an answer over HTTP name. What they say is platform/texts.

import { expect } from 'chai'
import { AppError } from '../../../src/core/errors.ts'
import { explain } from '../../../src/platform/cli/terminal.ts'
import { problemOf } from '../../../src/platform/http/problems.ts'
import { makeApp } from '../../support/app.ts'

describe('a refusal with very many problems', () => {
  const many = (count: number): AppError =>
    new AppError(
      'request_invalid',
      {},
      Array.from({ length: count }, (_, n) => ({ code: 'field_missing', column: `第${n}列`, values: {} })),
    )

  it('names the first twenty at the terminal and over HTTP, and how many others there are', async () => {
    const { app, close } = await makeApp()
    const lines = explain(app.catalog, many(5_000)).split('\n')
    expect([lines.length, lines.at(-1)?.includes('4980')]).to.deep.equal([22, true])
    const { problems } = problemOf(app, many(5_000), 'r1').body
    expect([problems.length, problems.at(-1)?.code]).to.deep.equal([21, 'problems_more'])
    expect(problemOf(app, many(20), 'r1').body.problems).to.have.length(20)
    await close()
  })
})
