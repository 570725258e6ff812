// The page of the measures: what each of them means for whoever is listed, in plain words.
// The words are templates/words/zh-CN/measures.yaml; whom a clause reaches, and what it orders, is clauses.rules.ts.

import { HTML_REPLY } from '../../platform/http/reply.ts'
import { route, type Route } from '../../platform/http/route.ts'
import { showMeasures } from './measures.views.ts'

/** Measures 7.1 to 7.6 limit what somebody may buy and use. */
const CONSUMPTION = '7.'

export const measurePages: readonly Route[] = [
  route({
    name: 'page.measures',
    method: 'GET',
    path: '/measures',
    access: 'public',
    permission: 'measure.read',
    limit: { code: 'rate_limited', perMinute: (config) => config.enquiry.perMinute },
    reply: HTML_REPLY,
    async run({ app, actor }) {
      const { catalog, config } = app
      const spared = catalog.keys('measures')
      const measures = (await showMeasures(app, actor, undefined)).map(({ id, category, title, citation }) => ({
        category,
        id,
        measureAnchor: `m${id.replace('.', '-')}`,
        title,
        citation,
        means: catalog.words('measures', `means.${id}`),
        spares: spared.includes(`spares.${id}`) ? catalog.words('measures', `spares.${id}`) : '',
      }))
      const categories = [...new Set(measures.map(({ category }) => category))].map((name, index) => ({
        anchor: `k${index + 1}`,
        categoryName: name,
        measures: measures.filter(({ category }) => category === name),
      }))
      // What somebody may still do every day: the measures on consumption name it.
      const allowed = measures.filter(({ id, spares }) => id.startsWith(CONSUMPTION) && spares !== '')
      const { name: court, phone: courtPhone } = config.court
      return catalog.page('measures', { court, courtPhone, here: '/measures', count: measures.length, categories, allowed })
    },
  }),
]
