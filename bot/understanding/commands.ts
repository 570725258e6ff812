// Words that are a command in every position of a conversation, and the words for yes, no and skip.
// The intent of a longer message is understand.ts; other short answers are answers.ts.

import { normalise } from './normalise.ts'

/** The commands. `yes`, `no` and `skip` answer a question; the others work everywhere. */
export type Command = 'cancel' | 'back' | 'help' | 'human' | 'yes' | 'no' | 'skip'

const WORDS: Readonly<Record<Command, readonly string[]>> = {
  cancel: ['取消', '退出', '算了', '不弄了', '不搞了', '结束'],
  back: ['返回', '上一步', '后退', '退回', '回上一步'],
  help: ['帮助', '菜单', '?', '怎么用', '功能'],
  human: ['人工', '0', '转人工', '人工服务', '找人工', '人工客服'],
  yes: ['是', '是的', '对', '对的', '好', '好的', '可以', '确认', '确定', '提交', '没错', '嗯', '要得', '行', 'ok', 'yes', 'y', '1'],
  no: ['不', '不是', '否', '不对', '不要', '不用', '错了', '修改', '重填', '先不', '不行', 'no', 'n', '2'],
  skip: ['跳过', '不知道', '不清楚', '记不得', '记不清', '忘了', '没有', '无', '认不得', '下一步'],
}

const BY_WORD = new Map(Object.entries(WORDS).flatMap(([command, words]) => words.map((word) => [word, command as Command] as const)))

const PUNCTUATION = /[\s。.!！,，~]/g

/** The command when the whole message is one of its words; null for every other message. */
export function commandIn(text: string): Command | null {
  const bare = normalise(text).plain.replace(PUNCTUATION, '').toLowerCase()
  return BY_WORD.get(bare) ?? null
}
