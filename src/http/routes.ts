// Every route of the house, in the order they are asked: the one list that the server, the document and the tests share.
// What each of them does is in its subject's file.

import type { Config } from '../config.ts'
import { assistancePages } from './assistance-pages.ts'
import { assistanceRoutes } from './assistance.ts'
import { accountabilityRoutes } from './accountability.ts'
import { bulletinRoutes } from './bulletins.ts'
import { clockRoutes } from './clocks.ts'
import { feedRoutes } from './feed.ts'
import { screeningRoutes } from './screenings.ts'
import { complaintRoutes } from './complaints.ts'
import { chatRoutes } from './chat.ts'
import { consequenceRoutes } from './consequences.ts'
import { docsRoute } from './docs.ts'
import { importRoutes } from './imports.ts'
import { intakeRoutes } from './intakes.ts'
import { jointRoutes } from './joint-circulars.ts'
import { feedbackRoutes } from './feedback.ts'
import { ledgerRoutes } from './ledgers.ts'
import { liftRoutes } from './lifts.ts'
import { listingRoutes } from './listings.ts'
import type { Metrics } from './metrics.ts'
import { noticeRoutes } from './notices.ts'
import { objectionRoutes } from './objections.ts'
import { repairRoutes } from './repairs.ts'
import { pageRoutes } from './pages.ts'
import { pushRoutes } from './pushes.ts'
import { enquiryDesk, publicRoutes } from './public.ts'
import type { Route } from './route.ts'
import { sessionRoutes } from './session.ts'
import { staffRoutes } from './staff.ts'
import { systemRoutes } from './system.ts'
import { unitKeyRoutes } from './unit-keys.ts'
import { unitRoutes } from './units.ts'
import { webhookRoutes } from './webhooks.ts'

export function allRoutes(config: Config, metrics: Metrics): readonly Route[] {
  const ask = enquiryDesk(config.enquiry.missesPerHour)
  const routes: Route[] = [
    // First, because it is asked most: the router tries one after the other.
    ...publicRoutes(ask),
    ...sessionRoutes,
    ...listingRoutes,
    ...importRoutes,
    ...bulletinRoutes,
    ...objectionRoutes,
    ...assistanceRoutes,
    ...assistancePages,
    ...pushRoutes,
    ...repairRoutes,
    ...intakeRoutes,
    ...noticeRoutes,
    ...clockRoutes,
    ...complaintRoutes,
    ...liftRoutes,
    ...feedbackRoutes,
    ...accountabilityRoutes,
    ...consequenceRoutes,
    ...jointRoutes,
    ...ledgerRoutes,
    ...screeningRoutes,
    ...feedRoutes,
    ...unitRoutes,
    ...unitKeyRoutes,
    ...staffRoutes,
    ...webhookRoutes,
    ...chatRoutes,
    ...pageRoutes(ask, !config.production),
  ]
  routes.push(
    ...systemRoutes(metrics, () => routes),
    docsRoute(() => routes),
  )
  return routes
}
