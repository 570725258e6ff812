// Reads short answers to a question that was asked: a number that chooses, a name, the subject of an objection, asking for the code again.
// Commands that work everywhere are commands.ts; the intent of a whole message is understand.ts.

import { squeeze } from '../../src/core/text.ts'

const HAN_NUMBERS = '一二三四五六七八九'

const NUMBER = /^(?:选|第)?\s*(?:([1-9])(?![\d年月日万元])|([一二三四五六七八九])(?=$|[\s、.,，。条个项种]))/

/**
 * The number 1 to 9 with which an answer begins and chooses something: `2`, `２、`, `第二`, `二`. Null without one, and for a figure such
 * as `12` or `2026年`.
 */
export function numberIn(text: string): number | null {
  const parts = NUMBER.exec(text.normalize('NFKC').trim())
  if (parts === null) return null
  return parts[1] === undefined ? HAN_NUMBERS.indexOf(parts[2] ?? '') + 1 : Number(parts[1])
}

const NUMBER_AND_NAME = /^\D{0,2}[1-9１-９一二三四五六七八九][.、,，:：\s号]*(\p{Script=Han}{2,20})$/u

/** The name after the number of a choice: `3 信用社`. */
export function nameAfterNumber(text: string): string | undefined {
  return NUMBER_AND_NAME.exec(text.trim())?.[1]
}

const SELF_INTRODUCTION = /(?:我(?:的名字)?(?:叫|是)|本人(?:叫|是)?|(?:举报|投诉|反映|联系)人(?:是|叫)?)[:：,，\s]*$/

/** The name in a message that is the writer's own: 我叫, 本人 or 举报人 stands before it. */
export function ownNameIn(text: string, names: readonly string[]): string | undefined {
  return names.find((name) => SELF_INTRODUCTION.test(text.slice(0, Math.max(text.indexOf(name), 0))))
}

const SENTENCE = /[了的是在有去不还买我他她你就这那没也都给欠钱]/

const PUNCTUATION = /[\s,，、。;；]/g
const ONLY_NAME = /^[\p{Script=Han}·]{2,12}$/u

/** A line that consists of a name only, also of one that names.ts does not recognise. A line with a word of a sentence in it is no name. */
export function bareNameIn(text: string): string | undefined {
  const line = text.replace(PUNCTUATION, '')
  return ONLY_NAME.test(line) && !SENTENCE.test(line) ? line : undefined
}

const CORRECTS = /(?:错|不对|不是|改成|改为|应该是|应当是|更正)/
const OWN_NAME = /(?:我的|我叫|本人|举报人|自己的?)(?:名字|姓名)?/
/** The words before a name that is put in place of another one. */
const RIGHT_NAME =
  /(?:改成|改为|应该是|应当是|[,，、。\s]+(?:而)?是|叫|是)[:：,，\s]*(\p{Script=Han}[\p{Script=Han}·]{1,11})[了的吧。！!\s]*$/u

/** The name that somebody puts in place of a wrong one (名字错了，是和志强), and whether it is their own. */
export function correctionIn(text: string, names: readonly string[]): { name: string; isOwn: boolean } | undefined {
  if (!CORRECTS.test(text)) return undefined
  const name = RIGHT_NAME.exec(text.trim())?.[1] ?? names.at(-1)
  return name === undefined || CORRECTS.test(name) ? undefined : { name, isOwn: OWN_NAME.test(text) }
}

const WITHOUT_NAME = /^(?:我)?(?:就)?(?:匿|不|别|没|莫)(?:想|愿意?|要|敢)?(?:名|留|写|填|说|报)?(?:了|吧|姓名|名字|真名|名)?[了吧。！!]*$/

/** Whether an answer to the question for a name declines to give one: 不留名, 不写, 不想说. */
export function declinesName(text: string): boolean {
  return WITHOUT_NAME.test(squeeze(text))
}

const NAMESAKE = /同名|重名|同姓名|(?:名字|姓名|叫)(?:都|是|也)?(?:一样|相同|一模一样)|一样的?(?:名字|姓名)|跟我(?:名字|姓名)?一样/
const FOR_MYSELF = /我|本人|自己|[咋怎]|怎么办/
const CONTESTS = /异议|纠正|更正|复议|申诉/

/** Whether somebody worries that a namesake is taken for them: 我没欠钱，是不是同名的. */
export function fearsNamesake(text: string): boolean {
  return NAMESAKE.test(text) && FOR_MYSELF.test(text) && !CONTESTS.test(text)
}

const ANGER =
  /他妈|妈的|草泥马|操你|傻[逼比叉X]|放(?:狗)?屁|狗屁|混蛋|王八|滚(?:蛋|开|犊子)|废物|智障|脑残|气死|烦死|(?:听不懂|不说|说)人话|什么(?:破|垃圾|鬼)|垃圾(?:系统|机器|软件)|有病(?:吧|啊)|耍我|欺负人/

/** Whether somebody writes in anger. Said only of messages that were not understood: who is angry and clear gets an answer. */
export function isAngry(text: string): boolean {
  return ANGER.test(squeeze(text))
}

const STORY_END = /^(?:没有?(?:别的)?了|就(?:是)?(?:这些|这样|这么多)|完了|说完了|差不多了)[了吧。！!]*$/

/** Whether somebody has told everything: 没有了, 就这些. */
export function endsStory(text: string): boolean {
  return STORY_END.test(squeeze(text))
}

const ASKS_AGAIN =
  /^(?:请?(?:再发|重新?发)(?:一[次遍下])?|(?:我?(?:还是)?没(?:有)?收到|收不到|没来)(?:验证码|短信)?|重新?获取)(?:验证码|短信)?[了啊呢吗。!！]*$/

/** Whether somebody asks for the code to be sent again. */
export function asksAgain(text: string): boolean {
  return ASKS_AGAIN.test(squeeze(text))
}

const SUBJECTS = ['listing', 'content', 'measure'] as const
const SUBJECT_WORDS: Readonly<Record<(typeof SUBJECTS)[number], RegExp>> = {
  listing: /不(?:应该|应当|该|服|应)列|列错|乱列|不该(?:上|进)|列入|上名单|进名单|撤销名单/,
  content: /信息|内容|写错|登错|姓名|名字|金额|性别/,
  measure: /单位|措施|限制|银行|贷款|不给(?:我)?办/,
}

/** The subject of an objection: by its number in the question, or by words that fit only one subject. */
export function subjectIn(text: string): (typeof SUBJECTS)[number] | undefined {
  const byNumber = SUBJECTS[(numberIn(text) ?? 0) - 1]
  const fitting = SUBJECTS.filter((each) => SUBJECT_WORDS[each].test(text))
  return byNumber ?? (fitting.length === 1 ? fitting[0] : undefined)
}

const MATTERS = ['application', 'clue', 'exit_objection'] as const
const MATTER_WORDS: Readonly<Record<(typeof MATTERS)[number], RegExp>> = {
  application: /申请.{0,24}(?:[纳列]入|列[为成])|^.{0,12}纳入|[纳列]入.{0,6}申请|要求.{0,16}[纳列]入/,
  clue: /线索|财产|名下有/,
  exit_objection:
    /(?:退出|撤(?:下|了|销)|屏蔽|下来).{0,20}(?:异议|不服|不同意|没(?:有)?(?:还|付|履行)|有意见)|(?:异议|不服|不同意|反对|没(?:有)?(?:还|付|履行)|为什么|凭什么).{0,20}(?:退出|撤(?:下|了|销)|屏蔽)|^异议/,
}

/** What an applicant of a case wants: by its number in the question, or by words that fit only one matter. */
export function creditorMatterIn(text: string): (typeof MATTERS)[number] | undefined {
  const byNumber = MATTERS[(numberIn(text) ?? 0) - 1]
  const fitting = MATTERS.filter((each) => MATTER_WORDS[each].test(text))
  return byNumber ?? (fitting.length === 1 ? fitting[0] : undefined)
}
