// Finds the header row of a court's sheet and recognises its headings by name, in any order.
// Reading the cells is features/listings/rows.rules.ts and values.rules.ts; opening files is platform/sheets.

import { bareHeading, findHeadings, type Cell, type FoundHeadings } from './headings.rules.ts'

/**
 * The meaning of a column or of a typed field of a draft. `organisation` and `uscc` replace `name` and `identifier` where a sheet has two
 * columns.
 */
export const FIELDS = [
  'name',
  'organisation',
  'sex',
  'age',
  'identifier',
  'documentType',
  'uscc',
  'legalRepresentative',
  'representativeIdentifier',
  'officers',
  'court',
  'province',
  'basisNo',
  'filedOn',
  'caseNo',
  'basisMaker',
  'obligation',
  'performance',
  'ground',
  'publishedOn',
  'term',
  'disclosure',
  'employer',
  'official',
  'superior',
  'phone',
  'address',
  'applicantName',
  'applicantPhone',
  'ownMotion',
  'openid',
] as const
export type Field = (typeof FIELDS)[number]

/** The recognised columns of a sheet by their meaning. */
export type Columns = FoundHeadings<Field>['columns']

/** Each group must have at least one column. */
const REQUIRED: readonly (readonly Field[])[] = [
  ['name', 'organisation'],
  ['identifier', 'uscc'],
  ['court'],
  ['caseNo'],
  ['filedOn'],
  ['basisNo'],
  ['basisMaker'],
  ['obligation'],
  ['performance'],
  ['ground'],
]

/** Headings without blanks, bracketed text and punctuation, separated by blanks. Messages about a missing column name the first one. */
const SYNONYMS: Readonly<Record<Field, string>> = {
  name: '被执行人姓名或名称 被执行人姓名名称 被执行人名称姓名 姓名名称 姓名或名称 姓名或者名称 失信被执行人姓名名称 失信被执行人姓名或名称 失信被执行人姓名 失信被执行人 被执行人姓名 被执行人 姓名 失信人姓名 失信人 债务人',
  organisation: '被执行人名称 失信被执行人名称 名称 单位名称 企业名称 公司名称 组织名称 法人或其他组织名称 法人名称 机构名称',
  sex: '性别 被执行人性别',
  age: '年龄 被执行人年龄',
  identifier:
    '身份证号码或统一社会信用代码 身份证号码统一社会信用代码 身份证号统一社会信用代码 身份证号或统一社会信用代码 统一社会信用代码身份证号码 统一社会信用代码身份证号 身份证号码组织机构代码 身份证号组织机构代码 身份证号码或组织机构代码 身份证组织机构代码 身份证 身份证号 身份证号码 公民身份号码 公民身份证号码 居民身份证号码 被执行人身份证号 被执行人身份证号码 证件号 证件号码 证件代码 被执行人证件号码 证照号码',
  documentType: '证件类型 证件种类 证件名称 证照类型 证件类别 被执行人证件类型 被执行人证件种类 身份证件类型 身份证件种类',
  uscc: '统一社会信用代码 社会信用代码 统一信用代码 信用代码 组织机构代码 统一社会信用代码组织机构代码 组织机构代码统一社会信用代码 机构代码',
  legalRepresentative:
    '法定代表人或者负责人姓名 法定代表人或负责人姓名 法定代表人或者负责人 法定代表人或负责人 法定代表人负责人 法定代表人负责人姓名 法定代表人姓名 法定代表人 法定代表人或主要负责人 法人代表 法人代表姓名 法人姓名 法人 企业法人姓名 负责人 负责人姓名 主要负责人',
  representativeIdentifier:
    '法定代表人或者负责人证件号码 法定代表人或负责人证件号码 法定代表人身份证号 法定代表人身份证号码 法定代表人证件号 法定代表人证件号码 法定代表人或负责人身份证号 法定代表人或负责人身份证号码 法人代表身份证号 法人代表身份证号码 法人身份证号 法人身份证号码 负责人身份证号 负责人身份证号码 负责人证件号码',
  officers: '任职人员 其他任职人员 有关任职人员 相关责任人员 有关责任人员 实际控制人及直接责任人员',
  court: '执行法院 执行法院名称 法院名称 法院 立案法院 受理法院 执行机关',
  province: '省份 省 所在省份 地域 地区 所属省份',
  basisNo:
    '执行依据文号 执行依据案号 执行依据 执行依据号 执行依据编号 执行依据文书号 依据文号 法律文书号 法律文书文号 生效法律文书 生效法律文书号 生效法律文书文号 生效法律文书案号 裁判文书号 裁判文书文号',
  filedOn: '立案时间 立案日期 执行立案时间 执行立案日期 立案日',
  caseNo: '案号 执行案号 案件号 案件编号 执行案件号 执行案件案号 执行案件编号',
  basisMaker:
    '做出执行依据单位 作出执行依据单位 做出执行依据的单位 作出执行依据的单位 作出执行依据机关 做出执行依据机关 执行依据作出单位 执行依据做出单位 执行依据制作单位 执行依据制作机关 依据作出单位 依据制作单位 文书作出单位 文书制作单位 制作单位 制作机关 作出单位 做出单位',
  obligation:
    '生效法律文书确定的义务 生效法律文书确定义务 法律文书确定的义务 法律文书确定义务 生效文书确定的义务 判决确定的义务 确定的义务 应履行义务 应履行的义务 法律义务 义务 义务内容',
  performance: '被执行人的履行情况 被执行人履行情况 被执行人履行状况 履行情况 履行状况 履行状态',
  ground:
    '失信被执行人行为具体情形 失信被执行人行为情形 失信被执行人具体情形 失信行为具体情形 失信行为情形 失信具体情形 失信行为 失信情形 具体情形 列入情形 列入情形类型 列入原因 列入事由 纳入情形 纳入原因 纳入事由 失信原因',
  publishedOn: '发布时间 发布日期 公布时间 公布日期 公开时间 公开日期',
  term: '纳入期限 列入期限 失信期限 公布期限 发布期限 名单期限 纳入名单期限 列入名单期限 期限 纳入时限',
  disclosure: '是否公开 是否公布 公开与否 公开情况 是否对外公开',
  employer: '所在单位 工作单位 单位 被执行人所在单位 被执行人工作单位 任职单位',
  official: '公职身份 公职人员身份 特殊身份 身份类别 身份性质 是否公职人员',
  superior: '应通报单位 通报单位 上级单位 上级机关 上级主管部门 主管部门 出资人机构 所在单位或上级机关',
  phone:
    '手机号码 手机号 手机 联系电话 电话 电话号码 联系方式 联系号码 移动电话 被执行人电话 被执行人手机 被执行人手机号 被执行人手机号码 被执行人联系电话 被执行人联系方式',
  address: '住址 地址 住所 住所地 家庭住址 户籍地址 联系地址 送达地址 通讯地址 被执行人地址 被执行人住址',
  applicantName:
    '申请执行人 申请执行人姓名 申请执行人名称 申请执行人姓名名称 申请执行人姓名或名称 申请人 申请人姓名 申请人名称 申请人姓名名称 债权人',
  applicantPhone:
    '申请执行人电话 申请执行人手机 申请执行人手机号 申请执行人手机号码 申请执行人联系电话 申请执行人电话号码 申请执行人联系方式 申请人电话 申请人手机 申请人手机号码 申请人联系电话 申请人联系方式',
  ownMotion: '依职权列入理由 依职权列入的理由 依职权纳入理由 依职权纳入的理由 法院依职权列入理由',
  openid: 'openid 微信openid 微信标识',
}

const FIELD_BY_HEADING: ReadonlyMap<string, Field> = new Map(
  FIELDS.flatMap((field) => SYNONYMS[field].split(' ').map((heading) => [heading, field] as const)),
)

/** Recognised headings that a header row needs. Fewer are taken as a coincidence, such as a title that equals a column's name. */
const LEAST_HEADINGS = 3

/** The field a heading means, regardless of blanks, line breaks, brackets and asterisks; null for an unknown heading. */
export function fieldOf(heading: Cell): Field | null {
  return typeof heading === 'number' ? null : (FIELD_BY_HEADING.get(bareHeading(heading)) ?? null)
}

/**
 * Finds the header of a court's list among a sheet's first 20 rows.
 * @throws AppError as `findHeadings`.
 */
export function findHeader(rows: readonly (readonly Cell[])[]): FoundHeadings<Field> {
  return findHeadings(rows, { fieldOf, required: REQUIRED, least: LEAST_HEADINGS, labelOf: (field) => SYNONYMS[field].split(' ')[0] ?? '' })
}
