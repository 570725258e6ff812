// The words of the screens: texts of templates/ that the bundler made modules of, found by key, with values in place of {names}.
// Words of a subject arrive with its screens; those of the frame and the kit at the start.

export type Values = Readonly<Record<string, string | number>>
type Texts = Readonly<Record<string, string>>
type Loader = () => Promise<unknown>

const texts = new Map<string, string>()

/** Makes the texts of a file known under `subject.key`. */
export function addWords(subject: string, file: Texts): void {
  for (const [key, text] of Object.entries(file)) texts.set(`${subject}.${key}`, text)
}

/**
 * The text of a key such as `listings.title`. Values are inserted as plain text; Vue escapes what it renders.
 * An unknown key is a defect: the key itself is shown, and the console says so, which fails every browser test.
 */
export function t(key: string, values: Values = {}): string {
  const text = texts.get(key)
  if (text === undefined) {
    console.error(`words: no ${key}`)
    return key
  }
  return text.replace(/\{([A-Za-z][A-Za-z0-9]*)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder))
}

/** Whether a key has a text: for words of the server that exist only for some codes. */
export function hasWord(key: string): boolean {
  return texts.has(key)
}

/**
 * Loads files of words by name, each once.
 * @param files what `import.meta.glob` found: paths that end in `<folder>/zh-CN/<name>.yaml`. Files of the folder `words` are the server's
 *   own and get the prefix `words.`, such as `words.states.listing.draft`.
 */
export function wordsLoader(files: Readonly<Record<string, Loader>>): (names: readonly string[]) => Promise<void> {
  const byName = new Map(
    Object.entries(files).map(([path, load]) => {
      const [, folder = '', name = ''] = /([a-z]+)\/zh-CN\/([a-z-]+)\.yaml$/.exec(path) ?? []
      return [folder === 'words' ? `words.${name}` : name, load] as const
    }),
  )
  const done = new Map<string, Promise<void>>()
  const load = async (name: string): Promise<void> => {
    const file = byName.get(name)
    if (file === undefined) throw new Error(`words: no file ${name}`)
    addWords(name, (await file()) as Texts)
  }
  const once = (name: string): Promise<void> => {
    const begun = done.get(name) ?? load(name)
    done.set(name, begun)
    // A file that did not arrive is asked for again at the next visit.
    begun.catch(() => done.delete(name))
    return begun
  }
  return async (names) => {
    await Promise.all(names.map(once))
  }
}
