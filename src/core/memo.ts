// Remembering what a pure function answered: a list of 200,000 rows says the same few dates and grounds over and over.
// Only for small pure functions of a text; nothing personal may be remembered (use it for dates and set phrases alone).

/** The same function with the last `limit` different answers kept; when they are full, all are forgotten. */
export function memo<Answer>(limit: number, find: (text: string) => Answer): (text: string) => Answer {
  const known = new Map<string, Answer>()
  return (text) => {
    const held = known.get(text)
    if (held !== undefined) return held
    const answer = find(text)
    if (known.size >= limit) known.clear()
    known.set(text, answer)
    return answer
  }
}
