// The error of a broken media file, and the limit on the size of pictures.
// The kinds of media are media.ts.

/** A file of a known kind whose content does not follow the format. The message is for tests and logs and holds no personal data. */
export class BrokenMedia extends Error {}

/** An animation, which is refused because nothing here can show it still. */
export class MovingPicture extends BrokenMedia {
  constructor() {
    super('moving picture')
  }
}

/** A document that runs something when it is opened, or carries files of any kind. */
export class ActiveDocument extends BrokenMedia {
  constructor() {
    super('active document')
  }
}

/** Parts of a file that are looked at: chunks of a PNG or WebP, segments of a JPEG. Real files have at most some thousands. */
export const MOST_PARTS = 50_000

const MOST_PIXELS = 200_000_000

/**
 * Refuses empty pictures, and pictures larger than any camera takes, which would exhaust the memory of whoever opens them.
 * @throws BrokenMedia.
 */
export function requireSaneSize(width: number, height: number): void {
  if (width < 1 || height < 1 || width * height > MOST_PIXELS) throw new BrokenMedia('size')
}
