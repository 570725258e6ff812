// Every command that leaves a trace in the audit has its name in words on the screen of the audit.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse } from 'yaml'
import { PERMISSIONS } from '../../../src/platform/commands/permissions.ts'

describe('the words of the audit', () => {
  it('name every command, and nothing else', () => {
    const { act } = parse(readFileSync('templates/desk/zh-CN/audit.yaml', 'utf8')) as { act: Record<string, Record<string, string>> }
    const worded = Object.entries(act).flatMap(([subject, acts]) => Object.keys(acts).map((name) => `${subject}.${name}`))
    const commands = PERMISSIONS.filter((permission) => !permission.endsWith('.read'))
    expect(commands.filter((permission) => !worded.includes(permission))).to.deep.equal([])
    expect(worded.filter((name) => !(PERMISSIONS as readonly string[]).includes(name))).to.deep.equal([])
  })
})
