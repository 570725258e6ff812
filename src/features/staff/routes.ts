// HTTP routes of the court's own accounts. A one-time password is in one reply and cannot be read again.
// Logging in is features/sessions/routes.ts; the rules are commands.ts.

import { z } from 'zod'
import { addStaff, disableStaff, enableStaff, resetFactor, resetPassword, setRoles, getStaffReach, setStaffReach } from './commands.ts'
import { confirmStaff, discardStaffProposal } from './proposals.commands.ts'
import { FACTOR_WAYS } from './rules.ts'
import { listStaff } from './views.ts'
import { STAFF_ROLES } from '../../platform/commands/permissions.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const roles = z.array(z.enum(STAFF_ROLES)).min(1).max(STAFF_ROLES.length)

const staffView = z.object({
  id: idText,
  login: z.string(),
  name: z.string(),
  roles: z.array(z.enum(STAFF_ROLES)),
  mustChange: z.boolean(),
  disabledAt: instant.nullable(),
  lockedUntil: instant.nullable(),
  createdAt: instant,
  lastLoginAt: instant.nullable(),
  factor: z.enum(FACTOR_WAYS).nullable(),
  proposal: z
    .object({
      id: idText,
      act: z.enum(['add', 'roles', 'password', 'enable', 'factor']),
      roles: z.array(z.enum(STAFF_ROLES)).nullable(),
      proposedBy: z.string(),
      confirmedBy: z.string().nullable(),
      at: instant,
    })
    .nullable(),
})

const oneTime = z.object({ staff: staffView, password: z.string().nullable() })

const reachView = z.object({ staffId: idText, phone: z.string().nullable(), wechat: z.string().nullable() })

export const staffRoutes: readonly Route[] = [
  route({
    name: 'staff.show_reach',
    method: 'GET',
    path: '/api/v1/staff/:id/reach',
    access: 'session',
    permission: 'staff.read',
    params: idParams,
    reply: jsonReply(reachView),
    run: ({ app, actor, params }) => getStaffReach(app, actor, params.id),
  }),
  route({
    name: 'staff.set_reach',
    method: 'PUT',
    path: '/api/v1/staff/:id/reach',
    access: 'session',
    permission: 'staff.manage',
    params: idParams,
    body: jsonBody(z.strictObject({ phone: z.string().max(30).optional(), wechat: z.string().max(64).optional() })),
    reply: jsonReply(reachView),
    run: ({ app, actor, params, body }) => setStaffReach(app, actor, { id: params.id, ...body }),
  }),
  route({
    name: 'staff.list',
    method: 'GET',
    path: '/api/v1/staff',
    access: 'session',
    permission: 'staff.read',
    query: z.strictObject({ waiting: z.literal('yes').optional(), ...page }),
    reply: jsonReply(listOf(staffView)),
    async run({ app, actor, query: { waiting, ...paged } }) {
      return { ...(await listStaff(app, actor, { ...paged, waiting: waiting !== undefined })), ...paged }
    },
  }),
  route({
    name: 'staff.add',
    method: 'POST',
    path: '/api/v1/staff',
    access: 'session',
    permission: 'staff.manage',
    body: jsonBody(z.strictObject({ login: z.string().max(100), name: z.string().max(100), roles })),
    reply: jsonReply(oneTime, 201),
    run: ({ app, actor, body }) => addStaff(app, actor, body),
  }),
  route({
    name: 'staff.disable',
    method: 'POST',
    path: '/api/v1/staff/:id/disable',
    access: 'session',
    permission: 'staff.manage',
    params: idParams,
    reply: jsonReply(staffView),
    run: ({ app, actor, params }) => disableStaff(app, actor, params),
  }),
  route({
    name: 'staff.enable',
    method: 'POST',
    path: '/api/v1/staff/:id/enable',
    access: 'session',
    permission: 'staff.manage',
    params: idParams,
    reply: jsonReply(staffView),
    run: ({ app, actor, params }) => enableStaff(app, actor, params),
  }),
  route({
    name: 'staff.reset_password',
    method: 'POST',
    path: '/api/v1/staff/:id/reset-password',
    access: 'session',
    permission: 'staff.manage',
    params: idParams,
    reply: jsonReply(oneTime),
    run: ({ app, actor, params }) => resetPassword(app, actor, params),
  }),
  route({
    name: 'staff.reset_factor',
    method: 'POST',
    path: '/api/v1/staff/:id/reset-factor',
    access: 'session',
    permission: 'staff.manage',
    params: idParams,
    reply: jsonReply(staffView),
    run: ({ app, actor, params }) => resetFactor(app, actor, params),
  }),
  route({
    name: 'staff.set_roles',
    method: 'POST',
    path: '/api/v1/staff/:id/roles',
    access: 'session',
    permission: 'staff.manage',
    params: idParams,
    body: jsonBody(z.strictObject({ roles })),
    reply: jsonReply(staffView),
    run: ({ app, actor, params, body }) => setRoles(app, actor, { ...params, ...body }),
  }),
  route({
    name: 'staff.confirm',
    method: 'POST',
    path: '/api/v1/staff/proposals/:id/confirm',
    access: 'session',
    permission: 'staff.confirm',
    params: idParams,
    reply: jsonReply(oneTime),
    run: ({ app, actor, params }) => confirmStaff(app, actor, params),
  }),
  route({
    name: 'staff.discard',
    method: 'POST',
    path: '/api/v1/staff/proposals/:id/discard',
    access: 'session',
    permission: 'staff.confirm',
    params: idParams,
    reply: jsonReply(staffView),
    run: ({ app, actor, params }) => discardStaffProposal(app, actor, params),
  }),
]
