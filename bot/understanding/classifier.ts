// A small text classifier: multinomial logistic regression over TF-IDF of character n-grams and named features, trained at start. The same
// sentences always give the same weights. Labels are plain numbers; the named features come from concepts.ts.
// Training is done in steps, so that a process that answers others meanwhile is not held up.

/** One training sentence. */
export interface Sample {
  /** Number of the label, from 0. */
  label: number
  text: string
  /** Named features that were recognised in the text, such as `c:progress`. */
  marks: readonly string[]
}

/** A trained classifier. */
export interface Classifier {
  /** The probability of each label; they sum to 1. */
  probabilities(text: string, marks: readonly string[]): Float64Array
  /** The share of a text's bigrams that occurred in training, 0 to 1. A low share means that the text is unlike the training sentences. */
  familiarity(text: string): number
}

const EPOCHS = 7
const RATE = 2.2
const DECAY = 0.12
const RIDGE = 2e-5
/** Weight of a named feature, before it is multiplied by the feature's rarity. All n-grams of a text together weigh 1. */
const MARK_WEIGHT = 0.32

/** A sparse vector: numbers of terms and their weights. */
interface Vector {
  at: Int32Array
  value: Float32Array
}

/** The n-grams of one to three characters, with the ends of the text marked by `^` and `$`. */
function ngramsOf(text: string): string[] {
  const marked = `^${text}$`
  const found = new Set<string>()
  for (let size = 1; size <= 3; size++) {
    for (let at = 0; at + size <= marked.length; at++) found.add(marked.slice(at, at + size))
  }
  found.delete('^')
  found.delete('$')
  return [...found]
}

/** The numbers of a text's known terms, each once; unknown terms are left out. */
function termsOf(
  text: string,
  marks: readonly string[],
  numberOf: (term: string) => number | undefined,
): { grams: number[]; marks: number[] } {
  const known = (terms: readonly string[]): number[] => terms.map(numberOf).filter((number) => number !== undefined)
  return { grams: known(ngramsOf(text)), marks: known(marks) }
}

/** n-grams are scaled to a length of 1, so that long texts do not outweigh short ones; each named feature has its own weight. */
function weightedVector(found: { grams: number[]; marks: number[] }, rarity: Float32Array): Vector {
  const square = found.grams.reduce((sum, index) => sum + (rarity[index] ?? 0) ** 2, 0)
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square)
  const at = Int32Array.from([...found.grams, ...found.marks])
  return { at, value: Float32Array.from(at, (index, place) => (rarity[index] ?? 0) * (place < found.grams.length ? scale : MARK_WEIGHT)) }
}

/** Work in steps of a few milliseconds: whoever runs it decides when the next step begins. */
export type Steps<Result> = Generator<undefined, Result>

/** Samples that are looked at in one step. */
const STEP = 60

/** Each sample with its position, and a step after every `STEP`. */
export function* inSteps<Item>(items: readonly Item[], work: (item: Item, at: number) => void): Steps<void> {
  for (const [at, item] of items.entries()) {
    work(item, at)
    if (at % STEP === STEP - 1) yield
  }
}

/** Trains a classifier. @param labels the number of labels. */
export function* train(samples: readonly Sample[], labels: number): Steps<Classifier> {
  const { terms, rarity, pairs } = yield* vocabulary(samples)
  const numberOf = (term: string): number | undefined => terms.get(term)
  const vectorOf = (text: string, marks: readonly string[]): Vector => weightedVector(termsOf(text, marks, numberOf), rarity)
  const vectors: Vector[] = []
  yield* inSteps(samples, ({ text, marks }) => void vectors.push(vectorOf(text, marks)))
  const weights = yield* descend(samples, vectors, terms.size, labels)
  return {
    probabilities: (text, marks) => softmax(scores(weights, vectorOf(text, marks), labels)),
    familiarity: (text) => {
      const found = ngramsOf(text).filter((term) => term.length === 2)
      return found.length === 0 ? 0 : found.filter((term) => pairs.has(term)).length / found.length
    },
  }
}

/**
 * Terms that occur in more than one sample, with their rarity, because a term of a single sample teaches nothing; and every bigram that
 * occurs at all.
 */
function* vocabulary(samples: readonly Sample[]): Steps<{ terms: Map<string, number>; rarity: Float32Array; pairs: Set<string> }> {
  const counts = new Map<string, number>()
  yield* inSteps(samples, ({ text, marks }) => {
    for (const term of [...ngramsOf(text), ...marks]) counts.set(term, (counts.get(term) ?? 0) + 1)
  })
  const repeated = [...counts].filter(([, count]) => count > 1)
  return {
    terms: new Map(repeated.map(([term], at) => [term, at])),
    rarity: Float32Array.from(repeated, ([, count]) => Math.log(1 + samples.length / (count + 1)) / 3),
    pairs: new Set([...counts.keys()].filter((term) => term.length === 2)),
  }
}

/**
 * Stochastic gradient descent in a fixed shuffled order. Samples of rare labels get a higher rate, so that frequent labels do not outweigh
 * them.
 */
function* descend(samples: readonly Sample[], vectors: readonly Vector[], terms: number, labels: number): Steps<Float32Array> {
  const weights = new Float32Array((terms + 1) * labels)
  const counts = new Float64Array(labels)
  for (const sample of samples) counts[sample.label] = (counts[sample.label] ?? 0) + 1
  const mean = samples.length / labels
  const order = shuffled(samples.length)
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const rate = RATE / (1 + DECAY * epoch)
    yield* inSteps(order, (index) => {
      const sample = samples[index]
      const vector = vectors[index]
      if (sample === undefined || vector === undefined) return
      step(weights, vector, sample.label, rate * Math.sqrt(mean / (counts[sample.label] ?? mean)), labels)
    })
    for (let at = 0; at < weights.length; at++) weights[at] = (weights[at] ?? 0) * (1 - RIDGE * samples.length * rate * 0.05)
  }
  return weights
}

/** Errors smaller than this are skipped to save time: after the first epochs, most labels of most samples. */
const NEGLIGIBLE = 0.003

function step(weights: Float32Array, vector: Vector, label: number, rate: number, labels: number): void {
  const errors = softmax(scores(weights, vector, labels))
  errors[label] = (errors[label] ?? 0) - 1
  for (let to = 0; to < labels; to++) {
    const amount = rate * (errors[to] ?? 0)
    if (Math.abs(amount) < NEGLIGIBLE * rate) continue
    for (let term = 0; term < vector.at.length; term++) {
      const at = (vector.at[term] ?? 0) * labels + to
      weights[at] = (weights[at] ?? 0) - amount * (vector.value[term] ?? 0)
    }
  }
}

function scores(weights: Float32Array, vector: Vector, labels: number): Float64Array {
  const sums = new Float64Array(labels)
  for (let term = 0; term < vector.at.length; term++) {
    const base = (vector.at[term] ?? 0) * labels
    const value = vector.value[term] ?? 0
    for (let to = 0; to < labels; to++) sums[to] = (sums[to] ?? 0) + value * (weights[base + to] ?? 0)
  }
  return sums
}

function softmax(sums: Float64Array): Float64Array {
  let top = -Infinity
  for (const sum of sums) if (sum > top) top = sum
  let total = 0
  for (let at = 0; at < sums.length; at++) {
    const power = Math.exp((sums[at] ?? 0) - top)
    sums[at] = power
    total += power
  }
  for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] ?? 0) / total
  return sums
}

/** The numbers 0 … size−1 in a shuffled order that is always the same. */
export function shuffled(size: number): number[] {
  const order = Array.from({ length: size }, (_, at) => at)
  let state = 20261122
  for (let at = size - 1; at > 0; at--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const other = state % (at + 1)
    const swapped = order[at] ?? 0
    order[at] = order[other] ?? 0
    order[other] = swapped
  }
  return order
}
