// The contract of media sources: each fetches pictures and films that people sent, from its own provider alone.
// What is stored of them is decided in features/complaints/chat-media.tasks.

/** The result of fetching one file. */
export type FetchedMedia =
  | { kind: 'file'; bytes: Buffer }
  /** The provider does not have the file, or will not give it. */
  | { kind: 'gone'; code: string }
  /** The file is larger than allowed. */
  | { kind: 'large' }
  /** Not now: try again. */
  | { kind: 'later'; code: string }

export interface MediaSource {
  /** Fetches one file. Never throws. @param place as the webhook named it: a MediaId, or the path of a file. */
  collect(place: string): Promise<FetchedMedia>
}
