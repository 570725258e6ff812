// Invented list entries in large numbers for the benchmarks: the same ones in every run, and no real persons.

import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { idCheckDigit } from '../src/core/identifiers.ts'

const FAMILY = ['扎西', '和', '木', '次仁', '格茸', '鲁茸', '阿', '段', '七林', '永宗']
const GIVEN = ['志强', '丽梅', '次仁', '拉姆', '建武', '尼玛', '旺堆', '永红', '卓玛', '松吉']

/** The n-th person's ID number: a valid check digit, a birth day of 1960–1999, never the same twice below 400,000,000. */
export function identifierOf(n: number): string {
  const year = 1960 + (n % 40)
  const month = String(1 + (Math.floor(n / 40) % 12)).padStart(2, '0')
  const day = String(1 + (Math.floor(n / 480) % 28)).padStart(2, '0')
  const serial = Math.floor(n / 13_440)
  const area = String(533_401 + Math.floor(serial / 999)).padStart(6, '0')
  const body = `${area}${year}${month}${day}${String(1 + (serial % 999)).padStart(3, '0')}`
  return `${body}${idCheckDigit(body)}`
}

export function nameOf(n: number): string {
  return `${FAMILY[n % 10] as string}${GIVEN[Math.floor(n / 10) % 10] as string}`
}

/** The n-th person's name where namesakes are as rare as among people: 16,000 names, a million entries have sixty of each. */
export function rareNameOf(n: number): string {
  const given = [n % 40, Math.floor(n / 40) % 40].map((at) => String.fromCodePoint(0x4e91 + 7 * at)).join('')
  return `${FAMILY[Math.floor(n / 1600) % 10] as string}${given}`
}

/** Writes `count` entries of a higher court's list as CSV. */
export async function writeList(path: string, count: number): Promise<void> {
  const file = createWriteStream(path)
  file.write(
    '被执行人姓名/名称,身份证号码/统一社会信用代码,执行法院,省份,执行依据文号,立案时间,案号,做出执行依据单位,生效法律文书确定的义务,被执行人的履行情况,失信被执行人行为具体情形,发布时间,纳入期限,是否公开,手机号码\n',
  )
  for (let n = 0; n < count; n++) {
    const line = `${nameOf(n)},${identifierOf(n)},迪庆州中级人民法院,云南,（2023）云34民初${n}号,2024-11-10,（2024）云34执${n}号,迪庆州中级人民法院,支付借款${100_000 + n}元及利息,全部未履行,有履行能力而拒不履行生效法律文书确定义务,2025-04-27,,是,139${String(n).padStart(8, '0')}\n`
    if (!file.write(line)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}
