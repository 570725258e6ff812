// Turns the board, refreshes it, and blanks it when no fresh answer has come for too long. It knows the age of what it shows by itself,
// so a server that died, a proxy that repeats an old answer and a network that is cut all end in a dark screen.
;(function () {
  'use strict'
  var shown = 0
  var page = document.getElementById('board')
  var asOf = page.dataset.asOf
  var fresh = ages()

  /** Two clocks: one may be set by hand, the other may stand while the machine sleeps. */
  function ages() {
    return { wall: Date.now(), steady: performance.now() }
  }

  function secondsSince(then) {
    return Math.max(Date.now() - then.wall, performance.now() - then.steady) / 1000
  }

  function turnTo(position) {
    var slides = document.querySelectorAll('.slide')
    shown = slides.length === 0 ? 0 : position % slides.length
    slides.forEach(function (slide, at) {
      slide.hidden = at !== shown
    })
  }

  function darken() {
    page.replaceChildren()
    document.getElementById('stale').hidden = false
  }

  /** Takes an answer over only if the server made it anew. */
  function take(text) {
    var next = new DOMParser().parseFromString(text, 'text/html').getElementById('board')
    if (next === null || next.dataset.asOf === asOf) return
    asOf = next.dataset.asOf
    fresh = ages()
    next = document.importNode(next, true)
    page.replaceWith(next)
    page = next
    document.getElementById('stale').hidden = true
    turnTo(shown)
  }

  function refresh() {
    var stop = new AbortController()
    var late = setTimeout(function () {
      stop.abort()
    }, 20000)
    fetch(location.pathname, { cache: 'no-store', credentials: 'omit', signal: stop.signal })
      .then(function (answer) {
        // The court switched the board off: what it shows must go at once, not when it is stale.
        if (answer.status === 404) darken()
        return answer.ok ? answer.text() : ''
      })
      .then(take)
      .catch(function () {
        // Without an answer the page ages, which the watch below sees.
      })
      .then(function () {
        clearTimeout(late)
      })
  }

  document.body.classList.add('turning')
  turnTo(0)
  setInterval(
    function () {
      turnTo(shown + 1)
    },
    Number(page.dataset.turn) * 1000,
  )
  setInterval(refresh, Number(page.dataset.refresh) * 1000)
  setInterval(function () {
    if (secondsSince(fresh) > Number(page.dataset.stale) * 60) darken()
  }, 1000)
})()
