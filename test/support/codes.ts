// Codes that were sent to people who log in, as they stand in the outbox.

import { deliveryTable } from '../../src/messaging/deliveries.store.ts'
import { openRow } from '../../src/platform/database/sealing.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'

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
    db.query<{ id: string; recipient: string; medium: string; address: string; body: string }>(
      "select d.id, n.recipient, d.medium, d.address, d.body from delivery d join notice n on n.id = d.notice_id where n.template = 'session-code-talker' order by d.id",
    ),
  )
  return rows.map(({ id, recipient, medium, address, body }) => ({
    recipient,
    medium,
    address: openRow(deliveryTable, app.secrets, { id, address }).address,
    code: /验证码\D{0,3}(\d{6})/.exec(openRow(deliveryTable, app.secrets, { id, body }).body.text)?.[1] ?? '',
  }))
}
