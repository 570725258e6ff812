// The route of what waits for whoever asks (待办), for the home page of the desk and the portal.
// The counts are views.ts.

import { z } from 'zod'
import { jsonReply } from '../../platform/http/reply.ts'
import { instant, route, type Route } from '../../platform/http/route.ts'
import { TODO_LEVELS } from './rules.ts'
import { showTodo } from './views.ts'

const item = z.object({
  ...{ code: z.string(), title: z.string(), count: z.int(), others: z.int() },
  ...{ level: z.enum(TODO_LEVELS), path: z.string() },
})

/** The route `/api/v1/todo`. */
export const todoRoutes: readonly Route[] = [
  route({
    name: 'todo.show',
    method: 'GET',
    path: '/api/v1/todo',
    access: 'people',
    permission: 'todo.read',
    reply: jsonReply(z.object({ at: instant, items: z.array(item), mine: z.array(item) })),
    run: ({ app, actor }) => showTodo(app, actor, undefined),
  }),
]
