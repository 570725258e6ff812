// A small classifier: multinomial logistic regression over TF-IDF of character n-grams and named features. Trained at start, the same
// sentences always giving the same weights. It knows nothing of the intents; concepts.ts makes the named features.

export interface Sample {
  label: number
  text: string
  /** Names of what was recognised in the text, such as `c:progress`. */
  marks: readonly string[]
}

export interface Classifier {
  /** One probability a label, summing to 1. */
  probabilities(text: string, marks: readonly string[]): Float64Array
  /** The share of a text's bigrams that training has seen: low means strange ground. */
  familiarity(text: string): number
}

const EPOCHS = 7
const RATE = 2.2
const DECAY = 0.12
const RIDGE = 2e-5
/** What a named feature weighs, times its rarity; all n-grams of a text together weigh one. */
const MARK_WEIGHT = 0.32

interface Vector {
  at: Int32Array
  value: Float32Array
}

/** n-grams of one to three signs with the ends of the text marked; whole short texts once more. */
function grams(text: string): string[] {
  const signs = `^${text}$`
  const found = new Set<string>()
  for (let size = 1; size <= 3; size++) {
    for (let at = 0; at + size <= signs.length; at++) found.add(signs.slice(at, at + size))
  }
  found.delete('^')
  found.delete('$')
  return [...found]
}

/** What a text is made of, each term once, by its number; unknown terms are left out. */
function termsOf(
  text: string,
  marks: readonly string[],
  numberOf: (term: string) => number | undefined,
): { grams: number[]; marks: number[] } {
  const known = (terms: readonly string[]): number[] => terms.map(numberOf).filter((number) => number !== undefined)
  return { grams: known(grams(text)), marks: known(marks) }
}

/** n-grams share a length of one, so that long texts do not shout; marks count by themselves. */
function weighed(found: { grams: number[]; marks: number[] }, rarity: Float32Array): Vector {
  const square = found.grams.reduce((sum, index) => sum + (rarity[index] ?? 0) ** 2, 0)
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square)
  const at = Int32Array.from([...found.grams, ...found.marks])
  return { at, value: Float32Array.from(at, (index, place) => (rarity[index] ?? 0) * (place < found.grams.length ? scale : MARK_WEIGHT)) }
}

export function train(samples: readonly Sample[], labels: number): Classifier {
  const { terms, rarity, pairs } = vocabulary(samples)
  const numberOf = (term: string): number | undefined => terms.get(term)
  const vectorOf = (text: string, marks: readonly string[]): Vector => weighed(termsOf(text, marks, numberOf), rarity)
  const vectors = samples.map((sample) => vectorOf(sample.text, sample.marks))
  const weights = descend(samples, vectors, terms.size, labels)
  return {
    probabilities: (text, marks) => softmax(scores(weights, vectorOf(text, marks), labels)),
    familiarity: (text) => {
      const found = grams(text).filter((term) => term.length === 2)
      return found.length === 0 ? 0 : found.filter((term) => pairs.has(term)).length / found.length
    },
  }
}

/** Terms that more than one sample holds, with how rare each is; and every bigram that was met at all. What is met once teaches nothing. */
function vocabulary(samples: readonly Sample[]): { terms: Map<string, number>; rarity: Float32Array; pairs: Set<string> } {
  const met = new Map<string, number>()
  for (const { text, marks } of samples) for (const term of [...grams(text), ...marks]) met.set(term, (met.get(term) ?? 0) + 1)
  const repeated = [...met].filter(([, count]) => count > 1)
  return {
    terms: new Map(repeated.map(([term], at) => [term, at])),
    rarity: Float32Array.from(repeated, ([, count]) => Math.log(1 + samples.length / (count + 1)) / 3),
    pairs: new Set([...met.keys()].filter((term) => term.length === 2)),
  }
}

/** Plain stochastic descent in a fixed shuffled order; labels with few samples count for more, so that none is drowned. */
function descend(samples: readonly Sample[], vectors: readonly Vector[], terms: number, labels: number): Float32Array {
  const weights = new Float32Array((terms + 1) * labels)
  const counts = new Float64Array(labels)
  for (const sample of samples) counts[sample.label] = (counts[sample.label] ?? 0) + 1
  const mean = samples.length / labels
  const order = shuffled(samples.length)
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const rate = RATE / (1 + DECAY * epoch)
    for (const index of order) {
      const sample = samples[index]
      const vector = vectors[index]
      if (sample === undefined || vector === undefined) continue
      step(weights, vector, sample.label, rate * Math.sqrt(mean / (counts[sample.label] ?? mean)), labels)
    }
    for (let at = 0; at < weights.length; at++) weights[at] = (weights[at] ?? 0) * (1 - RIDGE * samples.length * rate * 0.05)
  }
  return weights
}

/** Less than this wrong moves nothing worth the time: most labels of most samples after the first rounds. */
const NEGLIGIBLE = 0.003

function step(weights: Float32Array, vector: Vector, label: number, rate: number, labels: number): void {
  const wrong = softmax(scores(weights, vector, labels))
  wrong[label] = (wrong[label] ?? 0) - 1
  for (let to = 0; to < labels; to++) {
    const amount = rate * (wrong[to] ?? 0)
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
  const top = sums.reduce((most, sum) => Math.max(most, sum), -Infinity)
  let total = 0
  for (let at = 0; at < sums.length; at++) {
    const power = Math.exp((sums[at] ?? 0) - top)
    sums[at] = power
    total += power
  }
  for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] ?? 0) / total
  return sums
}

/** 0 … size−1 in an order that is mixed but always the same. */
export function shuffled(size: number): number[] {
  const order = Array.from({ length: size }, (_, at) => at)
  let state = 20261122
  for (let at = size - 1; at > 0; at--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const other = state % (at + 1)
    const kept = order[at] ?? 0
    order[at] = order[other] ?? 0
    order[other] = kept
  }
  return order
}
