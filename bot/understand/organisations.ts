// Companies, units, places and kinds of business in a text: recognising tables.
// Which company or unit exists is the database's to say.

import { blank, type Span } from './spans.ts'

const SUFFIXES =
  '有限责任公司|股份有限公司|有限公司|集团公司|分公司|总公司|公司|集团|专业合作社|(?<!信用)合作社|律师事务所|会计师事务所|事务所|经营部|工作室|大酒店|酒店|宾馆|客栈|饭店|民宿|超市|(?<!农)商行|商贸|养殖场|加工厂|砂石厂|砖厂|酒厂|木材厂|藏香厂|水泥厂|饲料厂|家具厂|服装厂|印刷厂|机械厂|预制厂|茶厂|食品厂|药房|药店|餐厅|餐馆|火锅店|小吃店|门市部|修理厂|汽修厂|幼儿园|会所|农家乐|农庄|投资中心|物流部|建材部|五金店'
const SUFFIX = new RegExp(SUFFIXES, 'g')
/** Suffixes that name somebody only with a proper name before them; otherwise they are a kind of place. */
const WEAK =
  /^(?:公司|集团|酒店|大酒店|宾馆|客栈|饭店|民宿|超市|会所|农家乐|餐厅|餐馆|幼儿园|药店|五金店|商贸|火锅店|小吃店|工作室|事务所|分公司|总公司|茶厂|酒厂|砖厂)$/

/** A company never starts before the end of one of these. */
const EDGES =
  /(?:查询一?下?|查一?[下哈查]|查(?:一)?哈子?|查查|查|看看|看下|看一下|看|举报|投诉|检举|核查一?下?|核实|核一下|审查|审|是不是|给是|有没有|给有|请问|叫做?|名叫|名称是?|对方|我们|你们|他们|我|你|他|她|它|的|是|在|给|和|跟|与|同|及|或者?|把|被|让|由|聘|为|因为|关于|对|向|替|帮|欠|家|这个|那个|一个|一家|有个|那家|这家|有家|老板|法人|客户|企业|供应商|申请人|投标人|投标单位|单位|公司|有限|要|想|准备|授信|录用|发现|现在|就是|反馈|已?解除|恢复|撤销|保留|限制|代表|去|来|到|说|听说|知道|晓得|了|,|\.|:|;|!|\?|、|"|\(|\)| |\u0000)/g

/** A place name at the start makes a name of what follows. */
const PLACE_START =
  /(?:中国|云南省?|迪庆州?|迪庆藏族自治州|香格里拉市?|德钦县?|维西县?|中甸|昆明市?|丽江市?|大理州?市?|怒江州?|贡山县?|兰坪县?|四川省?|西藏|拉萨市?|成都市?|甘孜州?|玉龙县?|古城区|剑川县?|鹤庆县?|北京市?|上海市?|重庆市?|贵州省?|广西|建塘镇?|虎跳峡镇?|普洱市?|保山市?|曲靖市?|楚雄州?)/g
const TOO_GENERAL =
  /^(?:这|那|该|个|几|某|哪|什么|哪样|怎么|所有|失信|老赖|建筑|房地产|小|大|物流|对方|别的|其他|本|旁边|五星级?|星级|高档|豪华|好多|一些|开|办|注册|住|新|旅游|担保|保险|金融|贷款|装修|工程|施工|劳务|子|母|国有|私人|上市|外地|本地|快递|食品|药品|普通|一般|快捷|任何|私立|公立|我|自己|人家|皮包|空壳|当|任|合作|贵|外面|五)+$/

/** 酒店 in 高原红酒店管理有限公司 is not where the name ends. */
const LONGER = /^(?:管理|经营|服务|开发|投资|餐饮|旅游|文化|咨询|贸易|科技|连锁|用品|设备|专业)*(?:有限|股份|公司|集团|合作社)/

export function companies(text: string): Span[] {
  const spans: Span[] = []
  let end = 0
  for (const match of text.matchAll(SUFFIX)) {
    const suffix = match[0]
    const from = startOf(text, Math.max(end, match.index - 24), match.index)
    const core = text.slice(from, match.index)
    if (LONGER.test(text.slice(match.index + suffix.length))) continue
    end = match.index + suffix.length
    if (!isNamed(core, suffix)) continue
    const previous = spans.at(-1)
    if (previous !== undefined && previous.to === from) previous.to = end
    else spans.push({ slot: 'company', from, to: end })
  }
  return spans
}

/** Where the name before a suffix starts: at the first place name after the last break, else after the last edge word. */
function startOf(text: string, low: number, high: number): number {
  const window = text.slice(low, high)
  const broken = Math.max(...[' ', ',', '.', ':', '、', '\u0000', '?', '!', '"'].map((sign) => window.lastIndexOf(sign))) + 1
  const clean = window.slice(broken)
  const place = [...clean.matchAll(PLACE_START)].find((match) => !/(?:在|到|去|从|克)$/.test(clean.slice(0, match.index)))
  if (place !== undefined) return low + broken + place.index
  let start = 0
  for (const edge of clean.matchAll(EDGES)) {
    const stop = edge.index + edge[0].length
    if (stop <= clean.length - 2 || stop === clean.length) start = stop
  }
  return low + broken + start
}

function isNamed(core: string, suffix: string): boolean {
  if (core.length < 2 || !/[\p{Script=Han}A-Za-z]/u.test(core)) return false
  if (!WEAK.test(suffix)) return !TOO_GENERAL.test(core) && !/(?:的|了|开|办|租)$/.test(core)
  return (
    core.length <= 20 &&
    !TOO_GENERAL.test(core) &&
    !/老赖|失信|还在|还能|当|怎么|什么|可以|能不能|冒用|身份证|注册|还清|还完|以后|之后|后$/.test(core) &&
    !/(?:的|了|个|家|里|住|开|有|下|间|座|栋|套|五星级?|星级|什么|哪些|高档|旅游)$/.test(core)
  )
}

const PLACE = '(?:中共|中国)?(?:香格里拉|迪庆|云南|德钦|维西|丽江|昆明|大理|建塘|怒江)?(?:藏族自治|傈僳族自治)?[省州市县区]?'
/** Offices as people call them, with or without the place before and the last syllable (市监, 住建). */
const OFFICES =
  '市场监督管理局|市场监督局|市场监管局|市监局|工商局|工商所|发展和改革局|发展改革局|发改局|发改委|财政局|金融办|金融工作办公室|公安局|派出所|交警大队|交警队|车管所|消防大队|消防支队|民政局|住房和城乡建设局|住建局|建设局|国土资源局|自然资源局|国土局|规划局|交通运输局|交通局|水务局|水利局|工信局|工业和信息化局|旅发委|旅游局|文旅局|文化和旅游局|民宗局|民族宗教事务局|人力资源和社会保障局|人社局|社保局|农业农村局|农科局|农业局|科技局|教育局|教体局|林业局|林草局|林业和草原局|不动产登记中心|不动产中心|房管局|卫计局|卫健委|卫健局|卫生局|安监局|应急局|应急管理局|司法局|法制办|电子政务中心|政务服务中心|政务中心|公积金中心|公积金管理中心|公积金管理部|住房公积金管理部|海关|烟草专卖局|烟草局|国税局|地税局|税务局|银监局|组织部|宣传部|统战部|政法委|纪委|监委|监察局|检察院|文明办|综治办|市委办|人大办|政协办|人武部|征兵办|机关工委|广播电视台|电视台|残联|妇联|工商联|团委|审计局|统计局|环保局|生态环境局|医保局|乡村振兴局|扶贫办|信访局|招商局|供电局|邮政局|城管局|行政审批局|公共资源交易中心|招标办|采购中心|供销社'
const BANKS =
  '(?:中国)?(?:人民|建设|工商|农业发展|农业|邮政储蓄|邮储|富滇|交通|招商|民生|中信|光大|浦发|兴业|曲靖商业|渝农商村镇|村镇|农村商业|农商)银行|中国银行|建行|农行|工行|农商行|村镇行|富滇行|农发行|邮储行|农村信用合作(?:联社|社)|农村信用(?:联社|社)|农信社|信用社|信用联社|人民银行'
const UNIT = new RegExp(
  `${PLACE}(?:${OFFICES}){1,2}|${PLACE}(?:${BANKS})(?:[\\p{Script=Han}]{0,8}?(?:支行|分行|营业部|分理处|信用社))?|${PLACE}(?:中级|高级|基层)?(?<=[市州省县区级])(?:人民)?法院|(?:香格里拉|迪庆|云南|德钦|维西|[\\p{Script=Han}]{2}(?<!还在|住在|就在|去了|我们|你们|他们|们[在去到]|[在去到从])(?=乡|镇))[省州市县区乡镇](?:党委|人民政府|政府)(?!补贴|采购|投资|项目)`,
  'gu',
)

export function units(text: string): Span[] {
  return [...text.matchAll(UNIT)].map((match) => ({ slot: 'unit', from: match.index, to: match.index + match[0].length }))
}

const TOWNS =
  '香格里拉|建塘|小中甸|虎跳峡|金江|上江|三坝|洛吉|尼西|格咱|东旺|五境|升平|奔子栏|佛山|云岭|燕门|拖顶|霞若|羊拉|保和|叶枝|塔城|永春|攀天阁|白济汛|康普|巴迪|中路|维登|德钦|维西|迪庆|中甸|丽江|大理|昆明|怒江|六库|贡山|兰坪|福贡|玉龙|剑川|鹤庆|宁蒗|泸沽湖|大研|束河|独克宗|普达措|纳帕海|松赞林|白水台|梅里|哈巴|下关|腾冲|保山|曲靖|玉溪|楚雄|普洱|西双版纳|景洪|昭通|攀枝花|成都|重庆|拉萨|芒康|盐井|稻城|乡城|得荣|甘孜|四川|西藏|北京|上海|广州|深圳|海南|三亚|贵阳|泰国|缅甸|老挝'
const PLACE_TAIL = '(?:藏族自治州|傈僳族自治县|傈僳族自治州|古城|古镇|机场|火车站|高铁站|客运站|汽车站|开发区|[省州市县区镇乡站])?'
const DETAIL =
  '(?:[^\\P{Script=Han}的在是我他有]{1,5}?(?:社区|小区|村委会|街道|[镇乡村路街巷])(?:[\\p{Script=Han}]{1,4}(?:村|组|小组))?(?:\\d{1,4}号)?)?'
const LOCATION = new RegExp(
  `(?:(?:${TOWNS})${PLACE_TAIL})+${DETAIL}|月光广场|长征大道|和平路|团结路|[\\p{Script=Han}]{2,4}(?:广场|小区|大道)`,
  'gu',
)
const NOT_A_PLACE = /[封修]路$|^(?:失信|名单|信用|你们|这个|那个|哪个|我们|一个)/

export function locations(text: string): Span[] {
  return [...text.matchAll(LOCATION)]
    .filter((match) => !NOT_A_PLACE.test(match[0]))
    .map((match) => {
      const lead = /^(?:但|我在|就|还|和|住在|在|到|去|克|从|住|是)+/.exec(match[0])?.[0].length ?? 0
      return { slot: 'location' as const, from: match.index + lead, to: match.index + match[0].length }
    })
}

/** What a unit decides on after a precheck; longest first. */
const BUSINESSES =
  '(?:食品经营|药品经营|旅行社(?:业务经营)?|林木采伐|道路运输(?:经营)?|排污|取水|卫生|规划|出版物经营|劳务派遣|办学|民宿经营|网约车)许可证?|创业补贴|经营贷|消费贷|按揭|不动产转移登记|劳动模范|劳模|住房公积金贷款|公积金贷款|提取公积金|公积金提取|小额担保贷款|创业担保贷款|创业贷款|房屋抵押贷款|抵押贷款|助农贷款|信用贷款|小额贷款|扶贫贷款|贷款(?!通则|审查|管理|办法|合同)|授信(?!管理|办法)|放贷|信用卡|最低生活保障|低保|临时救助|救助金|公租房|廉租房|保障性住房|保障房|经济适用房|购房资格|购房|宅基地审批|宅基地|不动产登记|不动产过户|房产过户|过户|林地使用|林权证|林权流转|草场征占用|采矿许可证?|采矿权|采矿证|采砂许可|探矿权|土地出让|土地竞拍|拿地|招投标|招标投标|投标资格|投标(?!人|单位|方)|招标(?!人|法|代理)|政府采购|供应商入库|供应商资格|供应商|施工许可证?|资质审批|资质升级|资质办理|资质|营业执照|工商登记|企业登记|公司注册|注册公司|法人变更|变更法人|法人登记|股权变更|烟草证|烟草专卖许可证?|烟草专卖证|食品经营许可证?|药品经营许可证?|经营许可证?|特种行业许可证?|危化品许可证?|许可证|财政补贴|农业补贴|政府补贴|种粮补贴|草原补贴|退耕还林补助|补贴|补助资金|补助|项目资金|专项资金|项目申报|公务员录用|公务员招录|公务员|事业单位招聘|事业编招聘|事业编|招录|录用|录取|入职|招聘|征兵|入伍|参军|入党|党员发展|发展党员|政审|提拔|任职|选举|候选人|人大代表|政协委员|村干部选举|评先评优|评优评先|评优|评先|表彰|文明单位|文明家庭|道德模范|社会组织登记|社团登记|社会组织|护照|出境|通关|海关认证|购车|车辆上牌|上牌|开户|保险(?!公司|法)|担保(?!法|人|公司)'
const BUSINESS = new RegExp(BUSINESSES, 'g')

export function businesses(text: string): Span[] {
  return [...text.matchAll(BUSINESS)].map((match) => ({ slot: 'business', from: match.index, to: match.index + match[0].length }))
}

/** Companies first, then units: 建设银行 is a unit, 建设银行物业有限公司 a company. */
export function organisations(text: string): Span[] {
  const named = companies(text)
  return [...named, ...units(blank(text, named))]
}
