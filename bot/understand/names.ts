// People's names in a text: Han, Tibetan, Naxi, Lisu, Yi and names with a middle dot. Candidates are weighed by what they are made of and by
// what stands beside them. The lists are name-words.ts.

import {
  CLAN_SOUNDS,
  CLANS,
  DOUBLE_SURNAMES,
  GIVEN,
  LISU_FIRST,
  LISU_SOUNDS,
  soundsTibetan,
  startsName,
  SURNAMES,
  TAILS,
  TIBETAN,
  WORDS,
} from './name-words.ts'
import type { Span } from './spans.ts'

interface Candidate {
  from: number
  to: number
  /** Evidence of the signs themselves, before the neighbours are looked at. */
  weight: number
}

/** Below this a candidate is no name. Found on the training sentences. */
const BELIEVED = 4

const HAN = /\p{Script=Han}/u
/** Signs that make sentences, not names. */
const GRAMMAR = new Set(
  '的了吗呢吧啊呀嘛么是不在有没我你他她它们这那哪谁什怎被把给要会能可以就也都还又再很太最别请问说叫帮让从向对跟于因为所但如果或与及已经现正将着过到去来做办查看找欠借贷款债钱元块案号法院执行失信名单列入举报投诉老赖人员个些每某其该此之而且并后前里外间时年月日天点分' +
    '公司局委银卡车房电话身份证码手机网址微订退取消修复限制解除核审申请处罚举惩戒撤屏蔽咋克整嘞晓哈爸妈爷奶叔哥弟姐妹婆媳夫妻家住买卖坐吃喝玩打骂拿付收交缴赔判决书裁定函通知短',
)
/** May close a name although sentences use them too: they need a neighbour that says so. */
const DOUBTFUL = new Set('来有以可正在去里明天前后此家年月日人电点分名通定时给把过要得还可能就公行')

const INTRODUCED =
  /(?:我家|亲眼见|登成|写成|登记成|打成|关注|盯着?|聘|拟聘|那天|今天|昨天|前天|村长|组长|支书|亲戚|表[弟哥姐妹]|人选|提供|抓到|名单上|审查|录用|授信|柜台有个|来了个|没限制过|限制过|限制|删除|已?恢复|停止对|起诉|准备给|拟给|叫做?|名叫|名字是?|姓名是?|名称|举报|投诉|检举|告发|查询一?下?|查一?[下哈]|查哈子|查一查|查下|查|看看|看下|看一下|看哈|核查一?下?|核实|核一下|核|审查|审一下|我是|本人|被执行人是?|申请人|执行人是?|失信人员?|老赖|法人(?:代表)?|法定代表人|负责人|老板|老板娘|包工头|房东|债务人|欠债人|借款人|客户|联络员|卖家|买家|店主|村民|老公|老婆|媳妇|爱人|丈夫|妻子|男人|男方|女方|爸爸?|爹|妈|儿子|女儿|兄弟|弟弟|哥哥?|舅子|反映|解除|对象|对|关于|录用|批准|恢复|撤销|接替|反馈|撤了|姓名:|同志|有个|一个|个|是|给|和|跟|与|同|或者?|及|把|找|向|替|为|那个|这个|叫个|问问?|说|听说|知道|晓得|看见|看到|遇到|碰到|认识|政审|人员|有没有|有无|没限制过|限制过|删除|限制|恢复|停止对|起诉|柜台有个|窗口来了个|来了个|给不给|准备给|拟给|搜一?下?|查[得到]到?|查验|户主|死者|这家的|告|帮|请问|线索|业务员|经理|欠钱的|代|的|将|由)[ :,"“]*$/
const STRONG_INTRODUCED =
  /(?:叫做?|名叫|名字叫?是?|姓名是?|举报|投诉|检举|查询一?下?|查一?[下哈]|查哈子|查一查|查|核查一?下?|核实|我是|本人|被执行人是?|申请人|失信人员?|老赖|法人(?:代表)?|法定代表人|负责人|老板|包工头|房东|客户|联络员|卖家|老公|老婆|男人|男方|爸|儿子|对象|解除|接替|告|叫个)[ :,"“]*$/
const FOLLOWED =
  /^[ ,"”]*(?:上名单|上黑|登成|写成|登记成|打成|法院判|发放|放款|办理|开通|审批|[一二两三四五六七八九十]人|有[两二三四]个|挂|嫁|娶|结婚|办酒|请客|盖|起房|修|绑|赖账|赖着|是别人|只是|两口|是不是|给是|啊是|是否|是失|是老|是被|是谁|是哪|是我|是$|有没有|给有|有无|在不在|还在|在你|在名|在[^线]|上没|上了|上过|上榜|上失|欠|的|身份证|证件|sfz|还|他|她|这个|这人|那个|此人|两个|三个|这几|这三|这两|失信|转移|把|名下|来|要|申请|电话|手机|住|借|不还|不是|不|没|明明|天天|准备|已|解|继续|被|着|给|男|女|说|现在|先生|女士|同志|、|和|与|跟|及|以及|或|同|\d|\(|:|\u0000|,|\.|;|!|\?|也|就|都|想|能|可以|今|去年|昨|拿|买|卖|开|坐|躲|跑|换|藏|用|前|进|报|办|到|从|叫|签|做|当|克|同意|属于|怎么|咋|为什么|为何|什么|哪|啥|吗|呢|嘛|涉|拖|承包|中标|存|取|提|想|恢|限|撤|保留|确|的确|打|养|骗|在|入|参|这|查|核|放|看|补|贷|我|你|案|老婆|媳妇|家|爱人|先|判|钱|跟前|以前|之前|平时|只|一直|老是|经常|居然|竟然|听说|据说|好像|今年|去年|昨天|前天|刚|那|呀|啊|批|招|营|低|政|信用|宅|授|烟|评|两口|弄|加|采|也|补|公租|公务|投|合格|靠|赖|而|去年|只是|同名|两口|是别|是同)/
const STRONG_FOLLOWED =
  /^[ ,"”]*(?:是不是|给是|是否|有没有|给有|在不在|上没上|欠|身份证|这个人|这人|此人|失信|转移|名下|男|女|先生|女士|\d{6}|\u0000{6}|电话|被列|着列|被法|被执|不还|是失信|是老赖|已解除|解除|他欠|借我|拖欠)/

export function names(text: string): Span[] {
  const spans: Span[] = []
  let at = 0
  while (at < text.length) {
    const best = HAN.test(text.charAt(at)) ? bestAt(text, at, spans) : null
    if (best === null) {
      at++
      continue
    }
    spans.push({ slot: 'name', from: best.from, to: best.to })
    at = best.to
  }
  return spans
}

/** 余四加和阿普: right after a name, 和 joins another one to it. */
function joins(text: string, at: number, spans: readonly Span[]): boolean {
  return text.charAt(at) === '和' && spans.at(-1)?.to === at
}

/** The strongest believed candidate that starts here, unless the next position starts a clearly stronger one that overlaps. */
function bestAt(text: string, at: number, spans: readonly Span[]): Candidate | null {
  const here = strongest(text, at, spans)
  if (here === null) return null
  const next = strongest(text, at + 1, spans)
  return next !== null && next.from < here.to && next.weight > here.weight + 1 ? null : here
}

function strongest(text: string, at: number, spans: readonly Span[]): Candidate | null {
  let best: Candidate | null = null
  for (const candidate of candidatesAt(text, at)) {
    if (joins(text, at, spans)) continue
    const weight = candidate.weight + neighbours(text, candidate, spans)
    if (weight >= BELIEVED && (best === null || weight > best.weight)) best = { ...candidate, weight }
  }
  return best
}

function neighbours(text: string, { from, to }: Candidate, spans: readonly Span[]): number {
  const before = text.slice(Math.max(0, from - 8), from)
  const after = text.slice(to, to + 8)
  const listed = /[、,和跟与]$/.test(before) && spans.at(-1)?.to === from - 1
  const alone = before === '' && /^[ ,.!?]*$/.test(after)
  return left(before) + right(after, GRAMMAR.has(text.charAt(to - 1))) + (listed ? 1 : 0) + (alone ? 1 : 0)
}

function left(before: string): number {
  if (STRONG_INTRODUCED.test(before)) return 2 + edge(before)
  if (INTRODUCED.test(before)) return 1 + edge(before)
  return edge(before) === 1 ? 1 : -1
}

function edge(before: string): number {
  return before === '' || /[ ,.、:;!?"(\u0000]$/.test(before) ? 1 : 0
}

const STOP = /^[ ,.、:;!?"()\u0000]/

/** `doubtful`: the candidate's last sign is one that sentences use too. */
function right(after: string, doubtful: boolean): number {
  const follows = after === '' || STOP.test(after) || FOLLOWED.test(after) ? 1 : -1
  if (STRONG_FOLLOWED.test(after)) return follows + 1
  return doubtful && after !== '' && !STOP.test(after) ? follows - 2 : follows
}

const GREETINGS = /^(?:扎西德勒|扎西得勒|扎西德乐|洛萨|阿勒勒|.{1,2}好(?:$|[!,. ]))/

function candidatesAt(text: string, at: number): Candidate[] {
  const found = startsName(text.charAt(at)) ? [...tibetan(text, at), ...clan(text, at), ...han(text, at), ...lisu(text, at)] : []
  if (text.includes('·')) found.push(...dotted(text, at))
  if (CALLING.test(text.charAt(at - 1))) found.push(...named(text, at))
  return found.length > 0 && GREETINGS.test(text.slice(at, at + 4)) ? [] : found
}

const DOT = /^[\p{Script=Han}]{2,6}·[\p{Script=Han}]{2,8}/u

/** 艾力·买买提: the dot makes the name; both ends stop at words. */
function dotted(text: string, at: number): Candidate[] {
  const match = text.slice(at, at + 18).includes('·') ? DOT.exec(text.slice(at, at + 18)) : null
  if (match === null) return []
  const dot = match[0].indexOf('·')
  const lead = [...match[0].slice(0, dot)]
  if (dot > 4 || lead.some((sign, index) => DOT_STOP.has(sign) || INTRODUCED.test(text.slice(Math.max(0, at - 4), at + index + 1))))
    return []
  const tail = [...match[0].slice(dot + 1)].findIndex((sign) => DOT_STOP.has(sign))
  const to = tail === -1 ? at + match[0].length : at + dot + 1 + tail
  return to > at + dot + 2 ? [{ from: at, to, weight: 8 }] : []
}
const DOT_STOP = new Set('查上名叫失老的是在有被欠把给和跟不还申办要贷低批营招补宅政评授烟这那已先应住身电')

/** 公布 is a name, and what a court does with a list. */
const PUBLISHED = /^公布(?:的|了|过|出|在|上|到|失信|名单|老赖|曝|信息|后|时|以|之|没|吗|不|结果|[ ,.?!]*$)/

/** 扎西 · 扎西次仁 · 鲁茸扎西次里 · 卓玛措 · 阿茸扎西 */
function tibetan(text: string, at: number): Candidate[] {
  const halves = halvesAt(text, at)
  const listed = halves.filter((half) => TIBETAN.has(half)).length
  const to = at + 2 * halves.length
  if (listed === 0) return halves.length === 2 ? [{ from: at, to, weight: 2 }] : []
  if (halves.length > 1) return listed * 2 < halves.length ? [] : [{ from: at, to, weight: 2 + 2 * listed }]
  if (SURNAMES.has(text.charAt(at - 1)) || PUBLISHED.test(text.slice(at))) return []
  const longer = /[措姆追吉珍宗登]/.test(text.charAt(to)) ? [{ from: at, to: to + 1, weight: 3 }] : []
  return [{ from: at, to, weight: 2 }, ...longer]
}

/** Up to three pairs in a row that are or sound like half-names. */
function halvesAt(text: string, at: number): string[] {
  const halves: string[] = []
  for (let from = at; from < at + 6; from += 2) {
    const half = text.slice(from, from + 2)
    if (!TIBETAN.has(half) && !soundsTibetan(half)) break
    halves.push(half)
  }
  return halves
}

/** 阿普友娜, 余阿迪才: four sounds, the first of a list. */
function lisu(text: string, at: number): Candidate[] {
  const four = text.slice(at, at + 4)
  if (!LISU_FIRST.has(four.charAt(0)) || four.length < 4 || ![...four.slice(1)].every((sign) => LISU_SOUNDS.has(sign))) return []
  return [{ from: at, to: at + 4, weight: 4 }]
}

function clan(text: string, at: number): Candidate[] {
  if (!CLANS.has(text.slice(at, at + 2))) return []
  let to = at + 2
  while (to < at + 5 && CLAN_SOUNDS.has(text.charAt(to))) to++
  if (to >= at + 4) return [{ from: at, to, weight: 5 }]
  return [...text.slice(at + 2, at + 4)].filter((sign) => HAN.test(sign) && !GRAMMAR.has(sign)).length === 2
    ? [{ from: at, to: at + 4, weight: 3 }]
    : []
}

function han(text: string, at: number): Candidate[] {
  if (DOUBLE_SURNAMES.has(text.slice(at, at + 2))) {
    return given(text, at, at + 2).map((candidate) => ({ ...candidate, weight: candidate.weight + 2 }))
  }
  const surname = text.charAt(at)
  if (!SURNAMES.has(surname)) return []
  if (WORDS.has(text.slice(at, at + 2)) || WORDS.has(text.slice(at, at + 3)) || TAILS.has(text.slice(Math.max(0, at - 1), at + 1)))
    return []
  return given(text, at, at + 1)
}

/** Surnames that are everyday words: 和 and 高, 方, 于 need more beside them. */
const EVERYDAY = new Set('海和万钱成代连明水花车路乐冷单包管关党项终密米古谈普阿此茶付应向')
const COMMON = new Set(
  '王李张刘陈杨赵周黄马何林叶田石苏卢魏吕龚吴徐孙胡朱郭罗梁宋郑谢韩唐冯董萧曹袁邓许曾彭蒋蔡贾丁魏薛阎余潘杜戴夏钟汪姜范谭廖邹熊陆孔崔邱秦段',
)

function given(text: string, at: number, from: number): Candidate[] {
  const first = text.charAt(from)
  const second = text.charAt(from + 1)
  const surname = text.slice(at, from)
  const base = COMMON.has(surname) ? 2 : surname === '钱' ? -1 : EVERYDAY.has(surname) ? 0 : 1
  const found: Candidate[] = []
  if (!HAN.test(first) || (GRAMMAR.has(first) && !GIVEN.has(first))) return []
  const one = signWeight(first)
  if (one > -2) found.push({ from: at, to: from + 1, weight: base + one + (GRAMMAR.has(first) ? -2 : 0) })
  if (!HAN.test(second) || signWeight(second) <= -2 || startsWord(text, from + 1)) return found
  const two = signWeight(second)
  found.push({ from: at, to: from + 2, weight: base + Math.min(one, 1) + two + 1 })
  return found
}

function signWeight(sign: string): number {
  if (GIVEN.has(sign)) return GRAMMAR.has(sign) || DOUBTFUL.has(sign) ? 0 : 1
  if (GRAMMAR.has(sign)) return DOUBTFUL.has(sign) ? -1 : -3
  return 0
}

/** 王强明明有钱: the sign belongs to the next word, not to the name. */
const NEXT_WORDS =
  /^(?:绑|还(?=在|能|没|有|是|不|敢)|抓|只(?=是)|刚(?=卖|买|才|从|刚|在|去|把)|和(?=\u0000)|发(?=放|现|给|了|补)|批(?=准|贷|低|公|补|了|[\u4e00-\u9fff]{1,4}$)|加(?=到|进|入|强)|弄|放(?=贷|款|了|开)|采(?=取)|营(?=业)|低(?=保)|招(?=投|标|录)|办|准(?=备|许|不)|评|审|信(?=用)|授(?=信)|入(?=党|伍)|政(?=审|府)|补(?=贴|助)|烟(?=草)|公(?=租|务|司)|宅(?=基)|贷|明明|天天|来(?=我|办|申|贷|参|法|投|这|开|要|咨|买)|现在|正在|有(?=没|钱|车|房|个|两|三|一|能|失|多|限|存)|在(?=不|失|名|黑|你|外|哪|[\u4e00-\u9fff]{1,3}(?:买|开|住|有))|已经|已|可以|可能|以前|上(?=没|了|过|失|黑|名|榜|个|次|面|不|征)|上次|家里|名下|人(?=在|呢|失|跑|给)|电话|公司|定(?=了|期)|通过|年(?=纪|初|底)|里面|前(?=几|年|天|两)|后来|去(?=了|年|哪|泰|昆|旅)|高消|限高|住在|住(?=的|了|着|五|宾|酒)|开(?=着|了|宝|奔|车|公|豪|店|个|一|假|的)|信用|信息|成了|成为|安排|转移|转了|发(?=现|给|了)|买(?=了|车|房)|进(?=没|了|名|黑|失)|行(?=不|吗)|立(?=案|即)|得(?=了|到)|保(?=留|持)|美容|家(?=的|在|住|里|人)|拿|把|从|跟|和(?=[\u4e00-\u9fff]{2,4}(?:是|在|给|有|欠|两|的|这))|与|先(?=生|查|审)|同(?=志|意|名)|利用|全(?=部|家)|中(?=标|了)|新(?=买|开|房)|继续|确|恢复|申请|平时|一(?=直|共|家|个|分|起|年)|三(?=个|人)|四(?=个|人)|五(?=个|人)|七(?=个|人)|九(?=个|人)|元(?=钱|,)|两|大(?=前|概|家)|身|女(?=士|,|\d| )|男|好(?=像|几|多|久)|业务|能(?=不|否|坐|贷|办)|到(?=底|处|期)|想|付(?=钱|款)|收(?=到|了)|当(?=老|法|村|时|着)|子(?=女)|给|着|克(?!强|勤|俭)|的|爱人)/

function startsWord(text: string, at: number): boolean {
  return NEXT_WORDS.test(text.slice(at, at + 8))
}

/** After 叫 or 姓名 a name may be made of anything: 我叫恰思阿迪的. */
const CALLING = /[叫名是做个 :]/
const CALLED = /(?:名叫|叫做|名字叫|名字是|姓名是?|叫个|我叫|他叫|她叫|男方叫|女方叫|老板叫|的叫|个叫)[ :]*$/
const FREE =
  /^[\p{Script=Han}]{2,6}?(?=$|[ ,.、:;!?"()\u0000\d]|的|身份证|电话|他|她|这个|是不|给是|是失|是老|欠|查|先|在|住|我|手机|有没|被|想|要|申|来)/u

function named(text: string, at: number): Candidate[] {
  if (!CALLED.test(text.slice(Math.max(0, at - 6), at))) return []
  const match = FREE.exec(text.slice(at, at + 10))
  if (
    match === null ||
    GRAMMAR.has(match[0].charAt(0)) ||
    [...match[0]].some((sign) => GRAMMAR.has(sign) && !GIVEN.has(sign) && !DOUBTFUL.has(sign))
  )
    return []
  return [{ from: at, to: at + match[0].length, weight: 2 }]
}
