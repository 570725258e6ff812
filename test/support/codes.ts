// Codes that were sent to people who log in, as they stand in the outbox.

import type { AppContext } from '../../src/platform/commands/command.ts'
import type { Body } from '../../src/messaging/notices.rules.ts'

/** A code and where it was sent. */
export interface SentCode {
  recipient: string
  medium: string
  address: string
  code: string
}

/** The log-in codes sent so far, oldest first. */
export async function codesSent(app: AppContext): Promise<SentCode[]> {
  const rows = await app.store.read((db) =>
    db.query<{ recipient: string; medium: string; address: string; body: string }>(
      "select n.recipient, d.medium, d.address, d.body from delivery d join notice n on n.id = d.notice_id where n.template = 'session-code-talker' order by d.id",
    ),
  )
  return rows.map(({ recipient, medium, address, body }) => ({
    recipient,
    medium,
    address: app.secrets.open(address),
    code: /验证码\D{0,3}(\d{6})/.exec((JSON.parse(app.secrets.open(body)) as Body).text)?.[1] ?? '',
  }))
}
