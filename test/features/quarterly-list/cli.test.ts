// The commands zxt push and zxt assistance on the terminal.
// What the commands behind them decide is commands.test.ts here and test/features/assistance/commands.test.ts.

import { expect } from 'chai'
import { addWechatUnit, issued, TODAY } from '../../support/assistance.ts'
import { at } from '../../support/deadlines.ts'
import { eachDatabase } from '../../support/app.ts'
import { docxText, quarterOfThree } from '../../support/pushes.ts'
import { refusal } from '../../support/refusal.ts'
import { addAccount, PASSWORD, runCli, runCliWith, saved } from '../../support/typed.ts'

eachDatabase((_db, make) => {
  it('prepares a list with zxt push, asks before releasing it, saves files, and sends links again', async () => {
    const made = await make()
    const { app } = made
    await quarterOfThree(made)
    await refusal('push_missing', () => runCli(app, 'push', 'show', '2026Q3'))
    await refusal('request_invalid', () => runCli(app, 'push', 'run', '--quarter', '2026Q7'))
    expect(await runCli(app, 'push', 'run', '--quarter', '2026Q3')).to.include(
      '已准备2026年第三季度的名单（第 1 版）：季度末在名单上的共 3 条；本季度新增 2 条',
    )
    await refusal('push_standing', () => runCli(app, 'push', 'run', '--quarter', '2026Q3'))
    expect(await runCli(app, 'push', 'run', '--quarter', '2026Q3', '--anew')).to.include('第 2 版')
    expect(await runCli(app, 'push'))
      .to.match(/2026Q3 +2 +3 +待批准/)
      .and.match(/2026Q3 +1 +3 +已重做/)
      .and.include('共 2 件')
    await runCli(app, 'push', 'save', '2026Q3', '--kind', 'docx', '--out', '公告.docx')
    expect(await docxText(saved.get('公告.docx') ?? Buffer.alloc(0))).to.include('失信被执行人名单公告')
    await runCli(app, 'push', 'save', '2026Q3', '--form', 'changes', '--kind', 'txt', '--out', '变动.txt')
    expect(String(saved.get('变动.txt'))).to.include('新增二条。')
    await refusal('not_allowed', () => runCli(app, 'push', 'release', '2026Q3', '--yes'))
    await addAccount(app, 'he', 'approver')
    await addAccount(app, 'mu', 'clerk')
    expect(await runCliWith(app, PASSWORD, '--as', 'he', 'push', 'release', '2026Q3', '--yes')).to.include(
      '已推送2026年第三季度的名单：季度末在名单上的共 3 条',
    )
    expect(await runCliWith(app, PASSWORD, '--as', 'mu', 'push', 'link', '2026Q3', '--unit', 'tv_station')).to.include('tv_station')
    const shown = await runCli(app, 'push', 'show', '2026Q3')
    expect(shown)
      .to.match(/2026年第三季度：已推送，季度末在名单上的共 3 条；本季度新增 2 条、更正 0 条、屏蔽 0 条、撤销 0 条/)
      .and.match(/播报稿\.txt（\d+ 字节，SHA-256 [0-9a-f]{64}）/)
      .and.match(/推送期限：2026-10-13/)
    expect(JSON.parse(await runCli(app, 'push', 'show', '2026Q3', '--json'))).to.include({ edition: 2, state: 'released' })
  })

  it('shows the state of assistance notices with zxt assistance, but not their contents', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    await addWechatUnit(app, 'u1')
    const id = await issued(app, 'u1')
    expect(await runCli(app, 'assistance', '--state', 'issued')).to.match(/（2026）云3401司建1号 +u1 +2026-03-20 +已签发/)
    expect(await runCli(app, 'assistance', 'list', '--kind', 'assistance')).to.include('共 0 件')
    const shown = await runCli(app, 'assistance', 'show', id)
    expect(shown).to.include('"state": "issued"').and.not.include('停止办理')
    await addAccount(app, 'mu', 'clerk')
    const link = (of: string): Promise<string> => runCliWith(app, PASSWORD, '--as', 'mu', 'assistance', 'link', of)
    expect(await link(id)).to.include('已重新发送（2026）云3401司建1号的链接')
    await refusal('assistance_missing', () => link('01M81ZJK12XTFTYW6TKHXAKXPJ'))
  })
})
