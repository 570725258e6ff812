// Starts a desk or portal: router, cached queries, words, and what every screen shares: titles, focus on the heading after a move, and
// screens that arrive with their words.

import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp, nextTick, type Component } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { Problem } from './api/problem.ts'
import { addWords, t } from './words.ts'
import kitWords from '../../templates/kit/zh-CN/kit.yaml'
import './session/elder.ts'
import './style.css'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the screen's title. */
    title?: string
    /** The permission without which the screen is refused. */
    permission?: string
  }
}

/** A component with default export, as `import()` brings it. */
type Load = () => Promise<{ default: Component }>

/** Makes a screen of a component: it is loaded together with the words it needs. */
export function screenMaker(loadWords: (names: readonly string[]) => Promise<void>): (words: readonly string[], load: Load) => Load {
  return (words, load) => async () => {
    const [component] = await Promise.all([load(), loadWords(words)])
    return component
  }
}

/** Mounts the root component under `base` with these screens. */
export async function startApp(root: Component, base: string, routes: readonly RouteRecordRaw[]): Promise<void> {
  addWords('kit', kitWords)
  const router = createRouter({
    history: createWebHistory(base),
    routes: [...routes],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })
  router.afterEach(async (to, from) => {
    document.title = to.meta.title === undefined ? t('kit.product') : `${t(to.meta.title)} - ${t('kit.product')}`
    if (to.path === from.path) return
    await nextTick()
    document.querySelector<HTMLElement>('main h1')?.focus()
  })
  // After a new version was installed the old screens are gone from the server: one reload brings the new ones.
  router.onError((_error, to) => location.assign(router.resolve(to.fullPath).href))
  const app = createApp(root)
  app.use(router).use(VueQueryPlugin, { queryClient: newQueryClient() })
  await router.isReady().catch(() => undefined)
  app.mount('#app')
}

function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Without a network a call fails and the screen says so; a call that waits for the network unseen would be sent when nobody expects it.
        networkMode: 'always',
        staleTime: 5_000,
        refetchOnWindowFocus: false,
        // A refusal is an answer; only what got none is asked for again.
        retry: (count, error) => count < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502),
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}
