// Which features may import which: the table of arrows between the folders of src/features, each with its reason.
// Layers, homes of packages and cycles are checked by walls.test.ts; docs/architecture.md explains the layers.

/**
 * The features that nearly every procedure needs, in order: each may import those before it, and every other feature may import any of
 * them.
 */
export const FOUNDATION = ['debtors', 'journal', 'links', 'units', 'staff', 'deadlines', 'listings'] as const

/** Every other arrow: importer, imported, reason. An unused arrow fails the test. */
export const ARROWS: readonly (readonly [from: string, to: string, why: string])[] = [
  ['accountability', 'screening', 'approvals in spite of a hit are a reason to call a unit to account'],
  ['audit', 'listings', 'verifying the audit checks the signature of each listing'],
  ['board', 'bulletins', 'a poster is the public side of a bulletin’s document'],
  ['board', 'enquiry', 'a screen or a poster shows of an entry what an enquiry shows'],
  ['audit', 'objections', 'verifying the audit compares what rests with the objections because of which it rests'],
  ['bulletins', 'lifts', 'what leaves the list in a bulletin is ordered to be lifted'],
  ['creditors', 'forms', 'so does the page of creditors'],
  ['enquiry', 'forms', 'the page of the enquiry shows faults beside its inputs and keeps what is typed when large text is chosen'],
  ['complaints', 'forms', 'the page files a complaint once, with the photos that waited for it'],
  ['enquiry', 'bulletins', 'a link in a notice opens its bulletin'],
  ['enquiry', 'notices', 'the sandbox page shows notices as a phone would'],
  ['enquiry', 'screening', 'the sandbox page shows whom the sandbox of screening knows'],
  ['feedback', 'screening', 'a return is prefilled from screening outcomes'],
  ['handoffs', 'own-case', 'confirmations of identity are forgotten with the conversation'],
  ['imports', 'bulletins', 'a file of a higher court enters and leaves the list in a bulletin'],
  ['intakes', 'forms', 'the pages of the own case hand in with photos, once'],
  ['intakes', 'objections', 'what is handed in online is registered as an objection'],
  ['intakes', 'own-case', 'only a person whose identity is confirmed hands anything in'],
  ['intakes', 'repairs', 'or as an application for credit repair'],
  ['ledgers', 'accountability', 'a ledger lists consequences'],
  ['ledgers', 'feedback', 'and what the unit reported'],
  ['objections', 'bulletins', 'a suspension reaches units in a bulletin'],
  ['portal', 'feedback', 'a unit sees the round that waits for its return'],
  ['portal', 'notices', 'what a unit was told is served as every notice is'],
  ['quarterly-list', 'enquiry', 'the list shows what an enquiry shows'],
  ['todo', 'accountability', 'a consequence waits for the role that decides its kind'],
]
