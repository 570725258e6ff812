// What readers of media throw, and the bound every picture keeps.
// Which kinds there are is media.ts.

/** A file of a known kind whose inside is not what the kind demands. The message is for tests and logs, never a person's data. */
export class BrokenMedia extends Error {}

const MOST_PIXELS = 200_000_000

/** A picture that claims more than any camera takes would only hurt whoever opens it. */
export function mustBeSane(width: number, height: number): void {
  if (width < 1 || height < 1 || width * height > MOST_PIXELS) throw new BrokenMedia('size')
}
