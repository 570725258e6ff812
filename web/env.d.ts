// Modules that only the bundler knows: components, and files of words, which arrive as one flat record of key and text.

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}

declare module '*.yaml' {
  const words: Readonly<Record<string, string>>
  export default words
}
