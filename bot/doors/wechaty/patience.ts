// Waits for a call of the library with a time limit, because such a call may never return.
// The callers are session.ts and channel.ts.

/** The error of a wait whose time limit passed. */
class Late extends Error {
  override name = 'Late'
}

/** The value of `work`, waited for at most so many milliseconds. @throws Late, or what `work` throws. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(`no answer in ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // When the time limit won, `work` may still fail later; that must not be an unhandled rejection.
    work.catch(() => undefined)
  }
}
