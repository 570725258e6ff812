// Fills the placeholders of training sentences with synthetic values, always the same ones in the same order.
// The sentences are in templates/utterances; training is understand.ts.

import type { SlotName } from '../../src/core/understanding.ts'

/** Synthetic values, which mean no real person. Identifiers have right check digits. */
const VALUES: Record<SlotName, readonly string[]> = {
  name: '扎西次仁 和志强 李秀英 七林旺丹 欧阳海燕 斯那定主 王建军 鲁茸此里 杨金花 木丽琼 张伟 格桑卓玛 阿普友娜 马文清 段学武 余秀兰 此里培楚 陈建国 赵晓东 拉茸央宗 尼玛 何丽 和永红 孙诺布 刘志明 吉克木呷 农布扎西 周福贵 蜂玉兰 吴刚'.split(
    ' ',
  ),
  company:
    '迪庆雪山商贸有限公司 香格里拉市金沙农业开发有限公司 云南康巴建筑劳务有限公司 丽江古道旅游有限公司 香格里拉市白马餐饮管理有限公司 德钦县藏香猪养殖专业合作社 云南三江矿业有限公司 宏达建筑公司 迪庆州云杉物流有限公司 松赞林酒店'.split(
      ' ',
    ),
  id_number: '533421199003072514 533423198511120026 53342119761203001X 530102199208156634 533401200002290519'.split(' '),
  uscc: '91533401MA6K8WLM3P 91533400MA7B2XC59T 92533421MA6P1RT40A'.split(' '),
  phone: '13900001234 13900005678 13900002468'.split(' '),
  case_no: '（2026）云3401执123号 （2025）云3401执恢46号 (2024)云3401执1036号 2026云3401执88号'.split(' '),
  ticket_no: 'TS20261122-0007 TS20260903-0012 TS20261015-0103'.split(' '),
  bind_code: '482913 7KQ2MX 330915 HT58PW 90761284'.split(' '),
  quarter: '三季度 第二季度 2026年一季度 2026年第4季度 上季度 本季度'.split(' '),
  checked: '40 126 17 8 205 三十 九十六'.split(' '),
  restricted: '3 0 12 1 两 六'.split(' '),
  business: '贷款 低保 公租房 招投标 营业执照 补贴 政府采购 信用卡 公务员招录 宅基地 入党 烟草证 授信 评优'.split(' '),
  unit: '市市场监管局 香格里拉市住建局 民政局 农业银行 市交通局 香格里拉市林业局 信用社 人社局 公积金中心 国土局 建设银行 市财政局'.split(
    ' ',
  ),
  location: '建塘镇 小中甸 独克宗古城 尼西乡 维西县 丽江 虎跳峡镇 昆明 格咱乡'.split(' '),
  date: '昨天 上个月 2026年5月3日 前天 2026年12月31日 2027-03-01 上周'.split(' '),
  amount: '5万元 三万块 12万 8000元 两千块钱 四万五'.split(' '),
  anonymous: ['匿名'],
}

/** A filled sentence and the values that were put into it. */
export interface Filled {
  text: string
  values: readonly { slot: SlotName; value: string }[]
}

const PLACEHOLDER = /\{([a-z_]+)\}/g

/** The placeholders of a sentence that are unknown; utterances.ts refuses a file that has any. */
export function unknownPlaceholders(sentence: string): string[] {
  return [...sentence.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '').filter((word) => !(word in VALUES))
}

/** Fills a sentence. `turn` selects the values: another turn gives other values. Two names in one sentence differ. */
export function fillSentence(sentence: string, turn: number): Filled {
  const values: { slot: SlotName; value: string }[] = []
  const text = sentence.replace(PLACEHOLDER, (whole, word: string) => {
    if (!(word in VALUES)) return whole
    const slot = word as SlotName
    const list = VALUES[slot]
    const value = list[(turn + values.length * 7) % list.length] ?? ''
    values.push({ slot, value })
    return value
  })
  return { text, values }
}
