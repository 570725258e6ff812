// Caches the results of a pure function: a list of 200,000 rows repeats the same few dates and grounds.
// Only for small pure functions of a text. Personal data must not be cached: use it for dates and set phrases only.

/** Wraps a function in a cache of `limit` results. When the cache is full it is emptied. */
export function memo<Answer>(limit: number, compute: (text: string) => Answer): (text: string) => Answer {
  const cache = new Map<string, Answer>()
  return (text) => {
    const cached = cache.get(text)
    if (cached !== undefined) return cached
    const answer = compute(text)
    if (cache.size >= limit) cache.clear()
    cache.set(text, answer)
    return answer
  }
}
