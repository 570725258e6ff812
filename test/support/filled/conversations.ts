// Conversations of the filled court: a question, a handoff that a clerk answers, a debtor who confirms who they are and hands something in, a
// complaint with a picture, and a message that still waits for its reply.

import { answer } from '../../../bot/answer.ts'
import { fetchMedia } from '../../../src/features/complaints/chat-media.tasks.ts'
import { grantReceipt } from '../../../src/features/forms/commands.ts'
import { noteHandoff } from '../../../src/features/handoffs/claims.commands.ts'
import { answerHandoff } from '../../../src/features/handoffs/commands.ts'
import { listHandoffs } from '../../../src/features/handoffs/inbox.views.ts'
import { declineIntake, fileIntake } from '../../../src/features/intakes/commands.ts'
import { keepPendingReply } from '../../../src/messaging/pending-replies.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { confirmed } from '../identity.ts'
import { CLERK } from '../listed.ts'
import { talk, type Talker } from '../talk.ts'
import { document } from './procedures.ts'
import { ACCOUNTS, NUMBERS, PHONES, SAID } from './words.ts'

const TALKER: Talker = { channel: 'wechat', from: ACCOUNTS.talker }

export async function converse(app: AppContext, listingId: string): Promise<void> {
  const caller: Talker = { channel: 'sms', from: `+86${PHONES.caller}` }
  await talk(app, caller, [`查 扎西某 ${NUMBERS.debtor}`, SAID.sentence, '人工'])
  const [handoff] = (await listHandoffs(app, CLERK, { limit: 5, offset: 0 })).items
  await answerHandoff(app, CLERK, { handoffId: handoff?.id ?? '', text: SAID.clerkAnswer })
  await noteHandoff(app, CLERK, { handoffId: handoff?.id ?? '', text: SAID.handoffNote })
  await handIn(app, listingId)
  await complainInChat(app)
  await grantReceipt(app, PUBLIC, { purpose: 'complaint', record: { code: SAID.sentence } })
  const owed = { channel: 'wechat', from: ACCOUNTS.waiting, messageId: 'owed-1', text: SAID.waiting }
  await keepPendingReply(app, PUBLIC, owed)
}

async function handIn(app: AppContext, listingId: string): Promise<void> {
  await confirmed(app, TALKER, NUMBERS.debtor)
  const [row] = await app.store.read((db) => db.query<{ id: string }>('select conversation_id as id from identity_check', []))
  const intake = { conversationId: row?.id ?? '', listingId, kind: 'objection', about: 'content', way: 'bot', text: SAID.intake } as const
  const { id } = await fileIntake(app, PUBLIC, intake)
  await declineIntake(app, CLERK, { id, reason: SAID.intakeDeclined })
}

/** One picture is fetched and becomes evidence, one waits where the provider has it, and the dialog stands in the middle of a complaint. */
async function complainInChat(app: AppContext): Promise<void> {
  await talk(app, TALKER, ['我要举报', '和志强', '他欠钱不还，还天天坐飞机到处旅游'])
  const media = { ...TALKER, text: '', kind: 'media' } as const
  await answer(app, { ...media, messageId: 'media-1', media: ['wechat:fetched'] })
  await fetchMedia(app, () => Promise.resolve({ kind: 'file', bytes: document(SAID.chatEvidence) }))
  await talk(app, TALKER, ['跳过', '匿名'])
  await answer(app, { ...media, messageId: 'media-2', media: [`wechat:${SAID.mediaSource}`] })
  await talk(app, TALKER, [SAID.position])
}
