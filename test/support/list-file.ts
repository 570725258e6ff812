// Lists of invented debtors as text of a CSV file, for uploads.

const HEAD =
  '被执行人姓名/名称,身份证号码/统一社会信用代码,执行法院,执行依据文号,立案时间,案号,做出执行依据单位,生效法律文书确定的义务,被执行人的履行情况,失信被执行人行为具体情形,发布时间'

const line = (caseNo: number, identifier: string, filedOn: string): string =>
  `次仁取次,${identifier},香格里拉市人民法院,（2023）云3401民初13号,${filedOn},（2024）云3401执${caseNo}号,香格里拉市人民法院,支付赔偿款890000元,全部未履行,有履行能力而拒不履行生效法律文书确定义务,2025-04-27`

/** A list of `good` rows and of `bad` rows after them, whose number or day is wrong. Case numbers begin at `first`. */
export function listFile(good: number, bad = 0, first = 1): string {
  const rows = Array.from({ length: good }, (_, index) => line(first + index, '533421198410140222', '2024-11-10'))
  const wrong = Array.from({ length: bad }, (_, index) =>
    index % 2 === 0
      ? line(first + good + index, '533421198410140223', '2024-11-10')
      : line(first + good + index, '533421198410140222', '2024-13-10'),
  )
  return `${[HEAD, ...rows, ...wrong].join('\n')}\n`
}
