// Notice templates: read only, because their wording is changed with a version of the program.

import { useQuery } from '@tanstack/vue-query'
import { get, type Reply } from '../../kit/api/client.ts'

export type Template = Reply<'/api/v1/templates', 'get'>['items'][number]
export type Medium = Template['media'][number]
export type Audience = Template['audience']

const MEDIUM_ORDER: Readonly<Record<Medium, number>> = { wechat: 1, wechaty: 2, sms: 3, voice: 4, clerk: 5 }
export const MEDIA = Object.keys(MEDIUM_ORDER) as readonly Medium[]

const KEY = ['templates'] as const

/** All templates; there are a few hundred, so that the screen filters them. */
export function useTemplates() {
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await get('/api/v1/templates', { signal })).items,
    staleTime: Infinity,
  })
}

export function useTemplate(name: string) {
  return useQuery({ queryKey: [...KEY, name], queryFn: ({ signal }) => get('/api/v1/templates/{name}', { params: { name }, signal }) })
}
