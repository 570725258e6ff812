// Strength of passwords: guessable ones are refused with every reason, strong ones are accepted in any language.

import { expect } from 'chai'
import { requireStrongPassword } from '../../../src/features/staff/passwords.commands.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { loadCatalog } from '../../../src/catalog.ts'

async function reasonsAgainst(password: string, login = 'wang.fang'): Promise<string[]> {
  try {
    await requireStrongPassword(password, login)
    return []
  } catch (error) {
    if (!isAppError(error)) throw error
    expect(error.code).to.equal('password_weak')
    return error.problems.map((problem) => problem.code)
  }
}

describe('the strength of a password', () => {
  it('refuses common words, however they are spelt and padded', async () => {
    const weak = ['P@ssw0rd2024!', 'Password2026!!', 'P@$$w0rd12345', 'Fayuan@2026888', 'Zhixin123456!!', 'Woaini@5201314', 'drowssaP2026!']
    for (const password of weak) expect(await reasonsAgainst(password), password).to.deep.equal(['password_common'])
  })

  it('refuses patterns: repeats, runs, and rows of the keyboard', async () => {
    const weak = ['aaaaaaaaaaaab', 'abcdefghijklmn', '987654321098765', 'zxyzxyzxyzxyzxy', 'qpqpqqppqpqp']
    for (const password of weak) expect(await reasonsAgainst(password), password).to.deep.equal(['password_simple'])
    for (const password of ['1qaz2wsx3edc4rfv', 'qwertyuiop1234!']) expect(await reasonsAgainst(password), password).to.have.length(1)
  })

  it('accepts passphrases in any language, and random characters', async () => {
    const strong = [
      'correct horse battery staple',
      'maroon.kettle.fifty',
      'Kuaile-2026-Xueshan',
      'zuotian xiayu women zai jia',
      '雪山下的白塔很安静呢你看',
      'dZ7#kq2LmvR9',
    ]
    for (const password of strong) expect(await reasonsAgainst(password), password).to.deep.equal([])
  })

  it('refuses passwords that contain a login of four characters or more, in any case', async () => {
    expect(await reasonsAgainst('maroon.WANG.fang.kettle')).to.deep.equal(['password_has_login'])
    expect(await reasonsAgainst('maroon.kettle.lily.fifty', 'lily')).to.deep.equal(['password_has_login'])
  })

  it('accepts words that contain a shorter login, but no password made of it', async () => {
    expect(await reasonsAgainst('maroon.kettle.fifty', 'et')).to.deep.equal([])
    expect(await reasonsAgainst('maroon.kettle.fifty', 'roo')).to.deep.equal([])
    expect(await reasonsAgainst('lililililili', 'li')).to.deep.equal(['password_simple'])
  })

  it('names every reason at once, and judges the longest text quickly', async () => {
    expect(await reasonsAgainst('Ab3$')).to.deep.equal(['password_length', 'password_simple'])
    expect(await reasonsAgainst('lily', 'lily')).to.include.members(['password_length', 'password_has_login'])
    expect(await reasonsAgainst('@55@'.repeat(50))).to.include('password_length')
  })

  it('says in each refusal what the person should do', () => {
    const catalog = loadCatalog('templates')
    for (const code of ['password_length', 'password_has_login', 'password_common', 'password_simple'])
      expect(catalog.words('http', `issue.${code}`, { least: 12, most: 128, login: 'lily', word: 'password' }), code).to.match(/请|应为/)
  })
})
