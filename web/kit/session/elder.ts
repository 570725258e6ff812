// Elder mode (适老化): larger text and targets, kept in the cookie that the public pages use too.

import { ref } from 'vue'

const COOKIE = 'elder'

export const isElder = ref(document.cookie.split('; ').includes(`${COOKIE}=1`))

function show(): void {
  document.documentElement.classList.toggle('elder', isElder.value)
}

/** Switches elder mode for a year, or off. */
export function toggleElder(): void {
  isElder.value = !isElder.value
  document.cookie = `${COOKIE}=${isElder.value ? '1' : ''}; path=/; max-age=${isElder.value ? 31_536_000 : 0}; samesite=lax`
  show()
}

show()
