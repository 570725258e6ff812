// Waiting for the library, which does not promise to come back.
// What follows when it did not is its caller's.

/** A wait that ended without an answer. */
export class Late extends Error {
  override name = 'Late'
}

/** What `work` gives within so many milliseconds. @throws Late, or what `work` throws. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(`no answer in ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // The one that lost may still fail.
    work.catch(() => undefined)
  }
}
