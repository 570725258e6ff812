// What the compiler cannot say and a reviewer should not have to. Layers, homes and words are test/architecture; spacing is Prettier's.
// Nothing is switched off in a file: `noInlineConfig` makes such comments idle, and test/architecture/words refuses them.

import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

const own = {
  'max-lines': ['error', { max: 400 }],
  complexity: ['error', 12],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': 'error',
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
    { selector: 'TSEnumDeclaration', message: 'A union of words, not an enum.' },
    { selector: 'Decorator', message: 'No decorators.' },
    {
      selector: 'ClassDeclaration:not([superClass]):not([implements.length>0])',
      message: 'A function will do; classes are for errors and what a library extends or implements.',
    },
  ],
}

const typed = {
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
  ],
  '@typescript-eslint/explicit-module-boundary-types': 'error',
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allow: [{ from: 'lib', name: ['URL', 'URLSearchParams'] }] },
  ],
  // Taking a string apart by code points is what the spread is for here: names and addresses hold characters beyond the first plane.
  '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
  // `const { id, ...rest }` leaves one property out; `_input` is there because a signature says so.
  '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
  '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
  // `void promise` is how a promise is let go on purpose; anything else floating is a lost error.
  '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
  // Off: `return print(…)` is an early return.
  '@typescript-eslint/no-confusing-void-expression': 'off',
  // Off: TypeORM declares its options as classes, and takes literals.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // Off: without classes of its own the project has no `this` to lose, and contexts are taken apart by name (`{ tx, audit }`).
  '@typescript-eslint/unbound-method': 'off',
  // Off: a row's number may arrive as text from one database, whatever its type says; `Number()` at that edge is no mistake.
  '@typescript-eslint/no-unnecessary-type-conversion': 'off',
}

export default defineConfig(
  globalIgnores(['dist/', 'data/', 'coverage/', 'web/kit/api/*.gen.ts']),
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { ...own, ...typed },
  },
  // A suite of tests is one long function by nature; elsewhere a function ends within a screen.
  {
    files: ['src/**', 'bot/**', 'scripts/**'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  // Scripts of pages run in a browser as they are.
  {
    files: ['templates/pages/*.js'],
    languageOptions: {
      sourceType: 'script',
      globals: Object.fromEntries(
        ['document', 'location', 'fetch', 'performance', 'AbortController', 'DOMParser', 'setInterval', 'setTimeout', 'clearTimeout'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
  // What was recognised in a text is replaced by U+0000, which no message holds: expressions name it on purpose.
  { files: ['bot/understanding/**'], rules: { 'no-control-regex': 'off' } },
  // Screens: the compiler (vue-tsc) checks the types of components, so their lint needs none. Compositions name their types by what they call.
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: ['web/**/*.vue'] })),
  {
    files: ['web/**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'max-lines': ['error', { max: 300 }],
      'vue/no-v-html': 'error',
      // Prettier's.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      // What a prop is without a value is its type's to say.
      'vue/require-default-prop': 'off',
      'no-undef': 'off',
      'no-unused-vars': 'off',
    },
  },
  {
    files: ['web/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300 }],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'no-console': ['error', { allow: ['error'] }],
    },
  },
  // The bundler takes its configuration as the default export.
  { files: ['web/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['web/env.d.ts'], rules: { 'no-restricted-syntax': 'off' } },
  // Mocha takes a reporter as the default export of its file, and in no other way.
  { files: ['test/support/reporter.ts'], rules: { 'no-restricted-syntax': 'off' } },
  // The terminal is where these speak.
  { files: ['src/platform/cli/**', 'bench/**', 'scripts/**'], rules: { 'no-console': 'off' } },
)
