// HTTP routes of units' API keys: list, add (shown once), revoke. The work is done in keys.commands.ts.
// How a key opens a route is features/sessions/access.ts.

import { z } from 'zod'
import { addUnitKey, listUnitKeys, revokeUnitKey } from './keys.commands.ts'
import { SCOPES } from '../../platform/commands/scopes.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idText, instant, route, type Route } from '../../platform/http/route.ts'

const unitId = z.string().regex(/^[a-z0-9_]{2,40}$/)
const unitParams = z.object({ id: unitId })

const keyView = z.object({
  id: idText,
  unitId: z.string(),
  label: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
  revokedAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
})

export const unitKeyRoutes: readonly Route[] = [
  route({
    name: 'units.list_keys',
    method: 'GET',
    path: '/api/v1/units/:id/keys',
    access: 'session',
    permission: 'unit.read',
    params: unitParams,
    reply: jsonReply(z.object({ items: z.array(keyView) })),
    run: async ({ app, actor, params }) => ({ items: await listUnitKeys(app, actor, params.id) }),
  }),
  route({
    name: 'units.add_key',
    method: 'POST',
    path: '/api/v1/units/:id/keys',
    access: 'session',
    permission: 'unit.manage_keys',
    params: unitParams,
    body: jsonBody(
      z.strictObject({
        label: z.string().trim().min(2).max(60),
        scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
        expiresOn: dayText.optional(),
      }),
    ),
    reply: jsonReply(keyView.extend({ key: z.string() }), 201),
    run: ({ app, actor, params, body }) => addUnitKey(app, actor, { unitId: params.id, ...body }),
  }),
  route({
    name: 'units.revoke_key',
    method: 'DELETE',
    path: '/api/v1/units/:id/keys/:keyId',
    access: 'session',
    permission: 'unit.manage_keys',
    params: z.object({ id: unitId, keyId: idText }),
    reply: jsonReply(keyView),
    run: ({ app, actor, params }) => revokeUnitKey(app, actor, { unitId: params.id, id: params.keyId }),
  }),
]
