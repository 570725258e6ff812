// The first steps of people on a server that was just installed: the printed password, their own one, accounts by the screen, all rows of a list.

import type { BuiltServer } from './built-server.ts'
import { visit, type Visitor } from './browser.ts'

/** Logs in with a one-time password and chooses an own one; ends at the todo list. */
export async function logInFirst(server: BuiltServer, login: string, oneTime: string, own: string): Promise<Visitor> {
  const visitor = await visit(server)
  visitor.expectErrors(/status of 401/)
  const { page } = visitor
  await visitor.open('/desk')
  await page.getByRole('textbox', { name: '账号' }).fill(login)
  await page.getByLabel('密码').fill(oneTime)
  await page.keyboard.press('Enter')
  await page.getByLabel('现在的密码').fill(oneTime)
  await page.getByLabel('新密码', { exact: true }).fill(own)
  await page.getByLabel('再输入一次新密码').fill(own)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '待办', level: 1 }).waitFor()
  return visitor
}

/** Logs in with one's own password; ends at the todo list. */
export async function logIn(server: BuiltServer, login: string, password: string): Promise<Visitor> {
  const visitor = await visit(server)
  visitor.expectErrors(/status of 401/)
  const { page } = visitor
  await visitor.open('/desk')
  await page.getByRole('textbox', { name: '账号' }).fill(login)
  await page.getByLabel('密码').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '待办', level: 1 }).waitFor()
  return visitor
}

/** Adds an account by the screen of staff; answers its one-time password. */
export async function addAccount({ page }: Visitor, login: string, name: string, role: string): Promise<string> {
  await page.getByRole('button', { name: '新增工作人员' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: '账号' }).fill(login)
  await dialog.getByRole('textbox', { name: '姓名' }).fill(name)
  await dialog.getByRole('checkbox', { name: new RegExp(`^${role}`) }).check()
  await dialog.getByRole('button', { name: '新增工作人员' }).click()
  await page.getByRole('heading', { name: '一次性密码' }).waitFor()
  const password = await page.locator('.one-time').innerText()
  await page.getByRole('button', { name: '已记下，关闭' }).click()
  return password.trim()
}

/** Imports the sample list of 240 as drafts, and opens them. */
export async function importSample({ page }: Visitor): Promise<void> {
  await page.getByRole('link', { name: '名单导入' }).click()
  await page.getByLabel('名单文件', { exact: true }).setInputFiles('samples/lists/list.xlsx')
  await page.getByRole('button', { name: '导入为草稿' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '导入为草稿' }).click()
  await page.getByText('已导入240个草稿').waitFor({ timeout: 90_000 })
  await page.getByRole('link', { name: '查看导入的条目' }).click()
  await page.getByText('共240条').waitFor()
}

/** Answers with no, page by page, whether a case of art. 3 applies, for all imported drafts that need it. */
export async function answerExclusions({ page }: Visitor): Promise<void> {
  await page.getByLabel('待办事项').selectOption({ label: '待回答不予列入情形' })
  // The cases of art. 3 are answered a page at a time, by whoever has looked at its rows.
  const total = page.getByText(/^共\d+条/)
  const counted = async (): Promise<number> => ((await total.count()) === 0 ? 0 : Number(/\d+/.exec(await total.innerText())?.[0]))
  await page.waitForURL(/only=needsExclusions/)
  await page.getByText('共240条').waitFor({ state: 'detached' })
  for (let left = await counted(); left > 0; left = await counted()) {
    await page.getByRole('checkbox', { name: '选择本页全部' }).check()
    await page.getByRole('button', { name: '回答不予列入情形' }).click()
    for (const group of await page.getByRole('dialog').getByRole('group').all()) await group.getByLabel('否').check()
    await page.getByRole('button', { name: '保存回答' }).click()
    await page.getByText(left > 50 ? `共${left - 50}条` : '没有符合条件的记录').waitFor()
  }
  await page.getByRole('button', { name: '清除筛选条件' }).first().click()
}

/** Chooses all that match, beyond the page. */
export async function chooseAll({ page }: Visitor, total = 240): Promise<void> {
  await page.getByRole('checkbox', { name: '选择本页全部' }).check()
  await page.getByRole('button', { name: new RegExp(`选择符合条件的全部${total}条`) }).click()
}
