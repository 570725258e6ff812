// Builds the court desk and the unit portal into dist/web: two shells, hashed assets, and each file compressed beside itself.
// The server serves these files as they are: src/platform/http/static.ts.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'
import { parse } from 'yaml'

const here = fileURLToPath(new URL('.', import.meta.url))
const outDir = join(here, '..', 'dist', 'web')

type Tree = { readonly [key: string]: Tree | string }

/** The texts of a file of words, each under its whole key. */
function flatten(tree: Tree, before = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'object' ? flatten(value, `${before}${key}.`) : [[`${before}${key}`, value]],
  )
}

/** Files of words are modules, so that everything people read stays under templates/. */
function words(): Plugin {
  return {
    name: 'words',
    transform(code, id) {
      if (!id.endsWith('.yaml')) return null
      const texts = Object.fromEntries(flatten(parse(code) as Tree))
      return { code: `export default ${JSON.stringify(texts)}`, map: null, moduleType: 'js' }
    },
  }
}

/** The title and the sentence for browsers without script, which stand in the shells themselves. */
function shellWords(): Plugin {
  const texts = parse(readFileSync(join(here, '..', 'templates', 'kit', 'zh-CN', 'shell.yaml'), 'utf8')) as Record<string, string>
  return {
    name: 'shell-words',
    transformIndexHtml: (html) => html.replace(/%(\w+)%/g, (_, key: string) => texts[key] ?? ''),
  }
}

/** Compresses once at the build what the server would compress at each request. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle() {
      for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(?:js|css|html|svg)$/.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        const content = readFileSync(path)
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
      }
    },
  }
}

export default defineConfig({
  root: here,
  base: '/',
  plugins: [words(), shellWords(), vue(), compressed()],
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  build: {
    outDir,
    emptyOutDir: true,
    // The browser that Chinese courts use (360, Chromium 86).
    target: 'chrome86',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: { desk: join(here, 'desk.html'), unit: join(here, 'unit.html') } },
  },
})
