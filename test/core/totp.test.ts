// Codes of authenticator apps: the vectors of RFC 6238 and RFC 4648, and no code twice.

import { expect } from 'chai'
import { base32, fromBase32, otpauthUrl, totpCode, totpStep, totpStepOf } from '../../src/core/totp.ts'

const SECRET = Buffer.from('12345678901234567890')

describe('codes of an authenticator app', () => {
  it('are those of RFC 6238, appendix B, to six digits', () => {
    const vectors: [seconds: number, code: string][] = [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_111_111_111, '050471'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
      [20_000_000_000, '353130'],
    ]
    for (const [seconds, code] of vectors) expect(totpCode(SECRET, totpStep(new Date(seconds * 1000))), `${seconds}`).to.equal(code)
  })

  it('are accepted a step early and a step late, and never twice', () => {
    const now = new Date(1_111_111_111_000)
    const step = totpStep(now)
    for (const near of [step - 1, step, step + 1]) expect(totpStepOf(SECRET, totpCode(SECRET, near), now, 0)).to.equal(near)
    for (const far of [step - 2, step + 2]) expect(totpStepOf(SECRET, totpCode(SECRET, far), now, 0)).to.equal(null)
    expect(totpStepOf(SECRET, totpCode(SECRET, step), now, step)).to.equal(null)
    expect(totpStepOf(SECRET, totpCode(SECRET, step - 1), now, step), 'nor one before').to.equal(null)
    for (const code of ['', '05047', '0504711', 'abcdef']) expect(totpStepOf(SECRET, code, now, 0), code).to.equal(null)
  })

  it('have secrets that are written as RFC 4648 writes them, and read back', () => {
    expect(['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text)))).to.deep.equal([
      'MY',
      'MZXQ',
      'MZXW6',
      'MZXW6YQ',
      'MZXW6YTB',
      'MZXW6YTBOI',
    ])
    expect(fromBase32(base32(SECRET))).to.deep.equal(SECRET)
  })

  it('have an address that apps understand', () => {
    expect(otpauthUrl({ issuer: '某法院 执信通', login: 'wang', secret: base32(SECRET) })).to.equal(
      `otpauth://totp/${encodeURIComponent('某法院 执信通')}:wang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=${encodeURIComponent('某法院 执信通')}&algorithm=SHA1&digits=6&period=30`,
    )
  })
})
