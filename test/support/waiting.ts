// Messages that still wait for a recipient, as they would be sent.

import { deliveryTable } from '../../src/messaging/deliveries.store.ts'
import { openRow } from '../../src/platform/database/sealing.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'

/** A step that waits. */
export interface WaitingStep {
  template: string
  medium: string
  state: string
  address: string | null
  url: string | undefined
}

/** The steps that wait for a recipient, in order. */
export async function stepsWaiting(app: AppContext, recipient: string): Promise<WaitingStep[]> {
  const rows = await app.store.read((db) =>
    db.query<{ id: string; template: string; medium: string; state: string; address: string | null; body: string }>(
      `select d.id, n.template, d.medium, d.state, d.address, d.body from notice n join delivery d on d.notice_id = n.id
        where n.recipient = ? and d.state in ('held', 'queued', 'waiting_person', 'in_doubt') order by n.id, d.rung`,
      [recipient],
    ),
  )
  return rows.map(({ id, template, medium, state, address, body }) => ({
    template,
    medium,
    state,
    address: openRow(deliveryTable, app.secrets, { id, address }).address,
    url: openRow(deliveryTable, app.secrets, { id, body }).body.url,
  }))
}
