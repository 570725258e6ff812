// Rewrites dialect, homophones of voice and pinyin input, fillers and stutters to one wording, which rules and classifier read.
// Tables of replacements only. Slots are never rewritten: they keep the text as it was written (slots.ts).

/** A pattern and its replacement. */
type Replacement = readonly [pattern: RegExp, to: string]

/**
 * Typing and voice errors in the words that matter here. Homophones that are words of their own are replaced only beside certain
 * neighbours.
 */
const TYPOS: readonly Replacement[] = [
  [/老(?:懒|癞|濑|来人|籁|莱)/g, '老赖'],
  [/(?:失|实|师|诗)(?:心|芯|鑫|新|薪)(?=人|被|的人|名单|企业|公司|记录|$)/g, '失信'],
  [/(?:查|是|叫|列|成|给|当)失[心新](?!疯)/g, '失信'],
  [/被(?:之|直|执)(?:刑|型|形|姓)人/g, '被执行人'],
  [/黑名[丹但弹]|嘿名单/g, '黑名单'],
  [/名(?:丹|旦)/g, '名单'],
  [/(?:居|拘|具|聚|巨|矩|据)报|举(?:抱|暴|爆|保)/g, '举报'],
  [/投(?:塑|素|宿|速|述)/g, '投诉'],
  [/(?:近|尽|劲)度|进渡/g, '进度'],
  [/结(?:过|锅)(?=$|呢|没|吗|怎|如)/g, '结果'],
  [/(?:意|义|议|艺)(?:义|意|议)(?=申请)|提(?:义议|意义|议异|艺议)|异(?:意|义)/g, '异议'],
  [/更(?:证|整|政)(?=信|$|一|我|申|错)/g, '更正'],
  [/修(?:夫|服|负|福|覆|付|富|妇|腹)/g, '修复'],
  [/(?:新|心|性)用(?=修复|恢复|记录)/g, '信用'],
  [/撤(?:消|肖|硝)|彻销|车销/g, '撤销'],
  [/推出(?=失信|名单|黑|来)/g, '退出'],
  [/(?:解|接|姐)(?:出|处|触|初|楚)(?=限|失信|了|$|惩|通|完)/g, '解除'],
  [/(?:已|己)(?:接|结|姐)(?:除|处|触)?(?=$|了)/g, '已解除'],
  [/接除|己解除|以解除/g, '解除'],
  [/屏(?:闭|避|壁|毕|币)|平蔽/g, '屏蔽'],
  [/(?:邦|帮|绑|榜|棒)(?:定|顶|订|丁)/g, '绑定'],
  [/联(?:落|洛|路|罗)(?:员|园|圆)|联络(?:园|圆|原|缘)|联系员/g, '联络员'],
  [/反(?:溃|愧|馈馈|kui|匮|贵)|返馈/g, '反馈'],
  [/(?:及|级|记|纪)度(?=反馈|报|$)/g, '季度'],
  [/(?:合|河)(?:查|察)|核(?:察|茶|差|叉)/g, '核查'],
  [/(?:现|先|线|显)(?:制|致|置)(?=\d|[零一二两三四五六七八九十]|#|了|人|数)/g, '限制'],
  [/(?:定|丁|钉|盯|顶|订)(?:阅|月|约|越|悦)/g, '订阅'],
  [/(?:腿|褪|推|退)(?:订|定|丁|顶|阅)/g, '退订'],
  [/取(?:销|削|肖|小|效)|(?:曲|娶|去)(?:消|销)/g, '取消'],
  [/(?:转|专|赚)(?:人|任|仁)(?:工|公|功|攻)|人(?:功|公)(?=$|服|客)/g, '转人工'],
  [/服(?:物|雾|误)|复务/g, '服务'],
  [/(?:帮|邦|绑)(?:住|组|祝|注|助)/g, '帮助'],
  [/(?:妳|尼|泥|拟)好|你(?:号|豪|耗)$/g, '你好'],
  [/后(?:国|裹|过)$/g, '后果'],
  [/zhuan ?ren ?gong|ren ?gong|\brg\b/gi, '转人工'],
  [/tui ?ding/gi, '退订'],
  [/qu ?xiao/gi, '取消'],
  [/bang ?ding/gi, '绑定'],
  [/bang ?zhu/gi, '帮助'],
  [/ding ?yue/gi, '订阅'],
  [/(?:ni|nin) ?hao/gi, '你好'],
  [/zai ?ma/gi, '在吗'],
  [/lao ?lai/gi, '老赖'],
  [/ju ?bao/gi, '举报'],
  [/tou ?su/gi, '投诉'],
  [/ke ?fu/gi, '客服'],
  [/shi ?xin(?! ?g)/gi, '失信'],
  [/ming ?dan/gi, '名单'],
  [/jin ?du/gi, '进度'],
]

/** The Mandarin of north-west Yunnan, and some Sichuanese that is common here. */
const DIALECT: readonly Replacement[] = [
  [/咋个?样|咋样|咋个(?=了|$)/g, '怎么样'],
  [/咋个?|咋|啷个|哪个样|怎样|如何|怎么样才|咋么|怎个/g, '怎么'],
  [/给(?:是|系)|啊是|可是(?=老赖|失信|被)/g, '是不是'],
  [/[给啊](?:有)(?!我|你|他|钱)/g, '有没有'],
  [/给(?:能|会|行|可以|得)(?!到)/g, '能不能'],
  [/给(?=着|上|在|被|好|欠|办|要|管|晓得|受理|查|影响)(?!好友)/g, '是不是'],
  [/为(?:哪样|啥子?|嘛|何|哈)/g, '为什么'],
  [/(?:哪|那)样(?!的人)|啥子|啥(?!时)|嘛样|么子/g, '什么'],
  [/啥时候?|哪时候?|哪阵/g, '什么时候'],
  [/(?:哪|那)点(?!钱)|(?:哪|那)凼|哪(?:儿|边)|何处/g, '哪里'],
  [/哪个(?=告|是|办|负责|跟|把|管|来)|那个(?=告我)/g, '谁'],
  [/晓得/g, '知道'],
  [/没得/g, '没有'],
  [/(?:几|好)多(?=钱|个|人|次|少|$|还|久|天)/g, '多少'],
  [/好久(?=能|可以|才|到|消|撤|解)/g, '多久'],
  [/着(?=列|限|冻|扣|拉|判|法院|你们|公布|曝光|封|上|抓)/g, '被'],
  [/(?<=[要想也不还天人他她们我你再飞机场])克(?=[\u4e00-\u9fff])(?!隆)/g, '去'],
  [/克(?=哪|不克|那|坐|住|旅|泰|丽|昆|大理|找|看|拿|唱|投|外)/g, '去'],
  [/整(?=不|得|成|好|嘛|才|了|完|$)/g, '弄'],
  [/一?(?:哈子|哈哈?)(?=$|[^哈喽罗啰])(?<=[查看问说等核审瞧填改帮弄一]一?哈子?)/g, '一下'],
  [/莫(?=发|再|弄|推|给|整|要|来)/g, '不要'],
  [/不消/g, '不用'],
  [/[嘞喃噻撒嘎咯嘛呗哟喔哦呀啦](?=$|[ ,.!?])/g, ''],
  [/娃娃|小娃|娃(?=读|上)/g, '孩子'],
  [/瞧瞧|瞅瞅|瞧|瞅/g, '看'],
  [/喊(?=个|你|人|你们)/g, '叫'],
  [/拿着|得着/g, '拿到'],
  [/俺|咱/g, '我'],
  [/(?:大爹|大妈|阿哥|阿姐|大哥|大姐)(?!你?好)/g, ''],
  [/几时/g, '什么时候'],
  [/木有|么有|冇/g, '没有'],
]

/** Filler words of voice messages, and polite phrases. */
const FILLERS: readonly Replacement[] = [
  [/^(?:(?:嗯+|呃+|额+|哦+|啊+|诶|哎|唉|喂)[ ,.、]*)+(?=.{3})/g, ''],
  [/(?<=^|[ ,.])(?:那个|就是|就是说|然后|反正|这个嘛|我跟你说|是这样)(?=[ ,.我你想帮查有他怎请])/g, ''],
  [/就是说|那个那个|就是就是|怎么说呢/g, ''],
  [/^(?:(?:你|您|法官|同志|领导|老师)?(?:们)?好[啊呀]?|您好|哈喽|喂)[ ,.!、]+(?=.{3})/g, ''],
  [/^(?:你好|您好)(?=.{4})/g, ''],
  [/^(?:麻烦|请|劳烦|拜托)(?:你们?|您)?(?=.{2})/g, ''],
  [/(?:谢谢|多谢|感谢|辛苦)(?:你们?|您|法官|了)?[!.~]*$(?<=.{6})/g, ''],
]

/** 转 人 工: a blank between every two characters. */
const SPACED = /^\p{Script=Han}(?: \p{Script=Han})+(?=[ !?.]*$)/u
const STUTTER = /(\p{Script=Han}{1,5}?)\1{2,}/gu
const COMMAS = /[,,、;;:]+/g
const EXCLAMATIONS = /[!!]+/g
const QUESTIONS = /[??]+/g
const ORNAMENTS = /[~"'`]+/g
const ENDS = /^[ ,.]+|[ ,.]+$/g
const STOPS = /[。．.]+/g

/**
 * The canonical wording that rules and classifier read. The input is lower-case, except for the capital letters that mask slots (slots.ts).
 */
export function canonical(text: string): string {
  let wording = text.replace(COMMAS, ',').replace(STOPS, '.').replace(EXCLAMATIONS, '!').replace(QUESTIONS, '?')
  wording = wording.replace(SPACED, (characters) => characters.replaceAll(' ', ''))
  wording = wording.replace(ORNAMENTS, '').replace(STUTTER, '$1')
  for (const table of [TYPOS, DIALECT, FILLERS]) {
    for (const [pattern, to] of table) wording = wording.replace(pattern, to)
  }
  return wording.replace(ENDS, '').trim()
}
