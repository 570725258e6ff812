// core/log: the log keeps what helps to find a defect, and no personal data of an error.

import { expect } from 'chai'
import { AppError } from '../../src/core/errors.ts'
import { causeFacts } from '../../src/core/log.ts'

describe('the log', () => {
  it('leaves out the properties of a database error: statements, parameters, the driver’s copy of both', () => {
    const error = Object.assign(new Error('QueryFailedError'), {
      query: 'insert into listing values (?)',
      parameters: ['扎西次仁', '13900005279'],
      driverError: Object.assign(new Error('x'), { sql: "insert … '扎西次仁'" }),
      code: 'ER_DUP_ENTRY',
    })
    const facts = causeFacts(error)
    expect(JSON.stringify(facts)).not.to.match(/扎西|1390|insert/)
    expect(facts).to.deep.include({ name: 'Error', code: 'ER_DUP_ENTRY', message: 'QueryFailedError' })
  })

  it('blanks quoted values and masks long numbers in messages, in the stack as well', () => {
    const facts = causeFacts(new Error(`Duplicate entry '扎西次仁-1' for key "x" near 533421198410140222`))
    expect(facts.message).to.equal('Duplicate entry … for key … near **************0222')
    expect(JSON.stringify(facts)).not.to.match(/扎西|5334211984/)
  })

  it('keeps the stack frames, by which a defect is found', () => {
    const { frames } = causeFacts(new AppError('internal'))
    expect(frames.length).to.be.above(1)
    expect(frames[0]).to.match(/^at .*log\.test\.ts:\d+/)
  })

  it('keeps only the type of a thrown value that is no error', () => {
    expect(causeFacts('扎西次仁 533421198410140222')).to.deep.equal({ name: 'string', message: '', frames: [] })
    expect(causeFacts(null)).to.deep.equal({ name: 'object', message: '', frames: [] })
  })
})
