// The list of all HTTP routes, in matching order. The server, the OpenAPI document and the tests all read this list.
// What a route does is in the routes.ts or pages.ts of its feature.

import type { Config } from './config/config.ts'
import { assistancePages } from './features/assistance/pages.ts'
import { assistanceRoutes } from './features/assistance/routes.ts'
import { accountabilityRoutes } from './features/accountability/routes.ts'
import { embedPages } from './features/board/embed.pages.ts'
import { publishedPages } from './features/board/list.pages.ts'
import { boardPages } from './features/board/pages.ts'
import { auditRoutes } from './features/audit/routes.ts'
import { boardRoutes } from './features/board/routes.ts'
import { bulletinRoutes } from './features/bulletins/routes.ts'
import { batchRoutes } from './features/bulletins/batches.routes.ts'
import { previewRoutes } from './features/bulletins/preview.routes.ts'
import { proposalRoutes } from './features/bulletins/proposals.routes.ts'
import { clockRoutes } from './features/deadlines/routes.ts'
import { feedRoutes } from './features/feed/routes.ts'
import { screeningFileRoutes } from './features/screening/files.routes.ts'
import { screeningRoutes } from './features/screening/routes.ts'
import { complaintPages } from './features/complaints/pages.ts'
import { complaintRoutes } from './features/complaints/routes.ts'
import { chatRoutes } from '../bot/doors/chat.routes.ts'
import { accountabilityPreviewRoutes } from './features/accountability/preview.routes.ts'
import { consequenceRoutes } from './features/accountability/consequences.routes.ts'
import { creditorPages } from './features/creditors/pages.ts'
import { creditorRoutes } from './features/creditors/routes.ts'
import { docsRoute } from './features/system/docs.routes.ts'
import { handoffRoutes } from './features/handoffs/routes.ts'
import { importRoutes } from './features/imports/routes.ts'
import { ownFormPages } from './features/intakes/form.pages.ts'
import { ownPages } from './features/intakes/pages.ts'
import { intakeRoutes } from './features/intakes/routes.ts'
import { jointRoutes } from './features/accountability/joint.routes.ts'
import { feedbackRoutes } from './features/feedback/routes.ts'
import { ledgerRoutes } from './features/ledgers/routes.ts'
import { liftRoutes } from './features/lifts/routes.ts'
import { listingRoutes } from './features/listings/routes.ts'
import { historyRoutes } from './features/listings/history.routes.ts'
import { selectionRoutes } from './features/listings/selection.routes.ts'
import type { Metrics } from './platform/http/metrics.ts'
import { noticeRoutes } from './features/notices/routes.ts'
import { objectionRoutes } from './features/objections/routes.ts'
import { repairRoutes } from './features/repairs/routes.ts'
import { portalRoutes } from './features/portal/routes.ts'
import { pageRoutes } from './features/enquiry/pages.ts'
import { pushRoutes } from './features/quarterly-list/routes.ts'
import { createEnquiry, publicRoutes } from './features/enquiry/routes.ts'
import type { Route } from './platform/http/route.ts'
import { factorRoutes } from './features/sessions/factor.routes.ts'
import { wechatEntryPages } from './features/sessions/wechat.pages.ts'
import { unitSessionRoutes } from './features/sessions/liaisons.routes.ts'
import { sessionRoutes } from './features/sessions/routes.ts'
import { staffRoutes } from './features/staff/routes.ts'
import { readingPages } from './features/system/reading.pages.ts'
import { searchRoutes } from './features/search/routes.ts'
import { systemDeskRoutes } from './features/system/desk.routes.ts'
import { systemRoutes } from './features/system/routes.ts'
import { todoRoutes } from './features/todo/routes.ts'
import { measurePages } from './features/units/pages.ts'
import { unitKeyRoutes } from './features/units/keys.routes.ts'
import { liaisonRoutes } from './features/units/liaisons.routes.ts'
import { unitRoutes } from './features/units/routes.ts'
import { webhookRoutes } from '../bot/doors/webhooks.routes.ts'

/** Pages for people without an account, beside those that need more than their feature. */
const PUBLIC_PAGES: readonly Route[] = [
  ...complaintPages,
  ...ownPages,
  ...ownFormPages,
  ...measurePages,
  ...publishedPages,
  ...readingPages,
]

/** How units are called to account: proposals, consequences, joint circulars, and what each would tell. */
const ACCOUNTABILITY: readonly Route[] = [...accountabilityRoutes, ...consequenceRoutes, ...accountabilityPreviewRoutes, ...jointRoutes]

/** All routes of a server. */
export function allRoutes(config: Config, metrics: Metrics): readonly Route[] {
  const enquiries = createEnquiry(config.enquiry.missesPerHour)
  const routes: Route[] = [
    // First, because these get the most requests and the router tries routes one after another.
    ...publicRoutes(enquiries),
    ...sessionRoutes,
    ...todoRoutes,
    ...factorRoutes,
    ...unitSessionRoutes,
    ...wechatEntryPages,
    ...listingRoutes,
    ...selectionRoutes,
    ...historyRoutes,
    ...importRoutes,
    ...bulletinRoutes,
    ...boardRoutes,
    ...proposalRoutes,
    ...batchRoutes,
    ...previewRoutes,
    ...objectionRoutes,
    ...assistanceRoutes,
    ...assistancePages,
    ...pushRoutes,
    ...repairRoutes,
    ...intakeRoutes,
    ...creditorRoutes,
    ...creditorPages,
    ...noticeRoutes,
    ...clockRoutes,
    ...complaintRoutes,
    ...liftRoutes,
    ...feedbackRoutes,
    ...ACCOUNTABILITY,
    ...ledgerRoutes,
    ...screeningRoutes,
    ...screeningFileRoutes,
    ...feedRoutes,
    ...portalRoutes,
    ...unitRoutes,
    ...liaisonRoutes,
    ...unitKeyRoutes,
    ...staffRoutes,
    ...auditRoutes,
    ...systemDeskRoutes,
    ...searchRoutes,
    ...webhookRoutes,
    ...chatRoutes,
    ...boardPages,
    ...embedPages,
    ...handoffRoutes,
    ...PUBLIC_PAGES,
    ...pageRoutes(enquiries, !config.production),
  ]
  routes.push(
    ...systemRoutes(metrics, () => routes),
    docsRoute(() => routes),
  )
  return routes
}
