// The contract of those who fetch what a person sent beside words: one provider each, from places that the provider itself names.
// What is kept of it is features/complaints/chat-media.tasks.

export type Collected =
  | { kind: 'file'; bytes: Buffer }
  /** The provider does not have it, or does not give it. */
  | { kind: 'gone'; code: string }
  | { kind: 'large' }
  /** Not now. */
  | { kind: 'later'; code: string }

export interface MediaSource {
  /** @param place as the webhook named it: a MediaId, or the path of a file. Never throws. */
  collect(place: string): Promise<Collected>
}
