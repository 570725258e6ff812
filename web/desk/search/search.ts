// The one search box of the desk: what is typed goes in the body, never in an address.

import { post, type Reply } from '../../kit/api/client.ts'

export type Hit = Reply<'/api/v1/search', 'post'>['items'][number]

/** Fewer characters are not searched. */
export const SHORTEST = 2

/** Finds what the caller may read. */
export async function findAnything(text: string): Promise<readonly Hit[]> {
  return (await post('/api/v1/search', { body: { text } })).items
}

/** The address of a hit inside the desk. */
export function placeOf({ path }: Hit): string {
  return path.replace(/^\/desk/, '')
}
