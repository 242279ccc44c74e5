/**
 * Keeps a page up to date: replaces the parts that the hub sends, and leaves what a person is busy with. Without it every page
 * shows how things stood when it was loaded, and every form works.
 */
export const LIVE_SCRIPT = `
const parts = () => [...document.querySelectorAll('[data-part]')]
const waiting = new Map()
const arrived = []
let source = null

const isBusy = (part) => {
  const at = document.activeElement
  if (at !== null && part.contains(at) && at.matches('input:not([type=hidden]), textarea, select')) return true
  return [...part.querySelectorAll('input:not([type=hidden]):not([type=range]), textarea')].some((field) =>
    field.type === 'checkbox' || field.type === 'radio' ? field.checked !== field.defaultChecked : field.value !== field.defaultValue)
}
// One part a frame, so that none takes long.
const arrive = (change) => { if (arrived.push(change) === 1) requestAnimationFrame(takeNext) }
const takeNext = () => {
  const change = arrived.shift()
  if (change !== undefined) replace(change)
  if (arrived.length > 0) requestAnimationFrame(takeNext)
}
const replace = (change) => {
  const { id, html } = change
  const part = document.getElementById(id)
  if (part === null) return
  waiting.set(id, html === undefined ? [...(waiting.get(id) ?? []), change] : [change])
  applyTo(part)
}
const applyTo = (part) => {
  if (isBusy(part) || (part.id === 'plan' && isPast())) return
  const changes = waiting.get(part.id) ?? []
  waiting.delete(part.id)
  for (const { hash, html, pieces } of changes) {
    if (html !== undefined) morph(part, parsed(part, html))
    else for (const [id, text] of Object.entries(pieces)) {
      const old = document.getElementById(id)
      morph(old, parsed(old.parentNode, text).firstElementChild)
    }
    part.dataset.hash = hash
  }
  if (part.id === 'plan') startSlider()
}
const parsed = (like, html) => {
  const fresh = like.cloneNode(false)
  fresh.innerHTML = html
  return fresh
}
// Only what differs is touched: so focus, open details and scrolled graphs stay, and 300 tasks cost one frame.
const morph = (old, fresh) => {
  if (old.isEqualNode(fresh) || old.dataset?.keep !== undefined) return
  if (old.nodeName !== fresh.nodeName || old.id !== fresh.id) return void old.replaceWith(fresh)
  if (old.nodeType !== Node.ELEMENT_NODE) return void (old.nodeValue = fresh.nodeValue)
  const isMoved = old.matches('a[data-task]') && old.dataset.state !== fresh.dataset.state
  for (const { name } of [...old.attributes]) if (name !== 'open' && !fresh.hasAttribute(name)) old.removeAttribute(name)
  for (const { name, value } of fresh.attributes) if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value)
  if (isMoved) old.classList.add('moved')
  const [olds, news] = [[...old.childNodes], [...fresh.childNodes]]
  news.forEach((child, at) => (olds[at] === undefined ? old.append(child) : morph(olds[at], child)))
  for (const child of olds.slice(news.length)) child.remove()
}
const applyWaiting = () => { for (const id of [...waiting.keys()]) applyTo(document.getElementById(id)) }
document.addEventListener('focusout', () => setTimeout(applyWaiting))

// A look at a run ends when its page is hidden or left: what happens after that is marked at the next one.
const SEEN = 'seen:' + location.pathname
const eventsShown = () => document.querySelector('[data-events]')?.dataset.events ?? null
let seen = localStorage.getItem(SEEN)
const endLook = () => { if (eventsShown() !== null) localStorage.setItem(SEEN, eventsShown()) }
const beginLook = () => { seen = localStorage.getItem(SEEN); connect() }
addEventListener('pagehide', endLook)
document.addEventListener('click', (event) => { if (event.target.matches('[data-seen]')) { endLook(); beginLook() } })

const state = document.getElementById('link')
const say = (words) => { if (state.textContent !== words) state.textContent = words }
// What the page says that it has must be what it shows: an address that is kept would tell of older parts.
const connect = () => {
  disconnect()
  arrived.length = 0
  waiting.clear()
  const url = new URL(location.href)
  url.hash = ''
  seen ??= eventsShown()
  if (seen !== null) url.searchParams.set('seen', seen)
  url.searchParams.set('known', parts().map((part) => part.id + ':' + part.dataset.hash).join(','))
  source = new EventSource(url)
  source.addEventListener('open', () => say('live'))
  source.addEventListener('part', (event) => arrive(JSON.parse(event.data)))
  source.addEventListener('now', (event) => {
    const { now, title } = JSON.parse(event.data)
    const line = document.getElementById('now')
    if (line.textContent !== now) line.textContent = now
    document.title = title + ' · Tributary'
  })
  source.addEventListener('error', () => {
    const isRefused = source.readyState === EventSource.CLOSED
    say(isRefused ? 'not live: reload the page' : 'connecting again')
    if (isRefused) return
    disconnect()
    retry = setTimeout(connect, 1000)
  })
}
let retry
const disconnect = () => { clearTimeout(retry); source?.close(); source = null }
// A browser keeps few connections to one server: pages in the background give theirs back.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) { endLook(); disconnect() } else if (source === null) beginLook()
})
if (!document.hidden) connect()

// The command that an approval of some of the tasks posts.
document.addEventListener('change', (event) => {
  const form = event.target.closest('form.approval')
  if (form === null) return
  const boxes = [...form.querySelectorAll('input[name=only]')]
  const chosen = boxes.filter((box) => box.checked).map((box) => box.value)
  form.querySelector('[data-shown]').textContent = form.dataset.command + (chosen.length === boxes.length ? '' : ' --only ' + chosen.join(','))
  form.querySelector('button').disabled = chosen.length === 0
})

// A form is sent once.
document.addEventListener('submit', (event) => {
  if (event.target.dataset.sent !== undefined) return event.preventDefault()
  event.target.dataset.sent = ''
})
addEventListener('pageshow', () => { for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent })

// Time: the graph as it stood after each event.
let frames = null
const slider = () => document.getElementById('moments')
const isPast = () => { const range = slider(); return range !== null && range.value !== range.max }
const startSlider = () => {
  const box = document.getElementById('times')
  if (box === null) return
  frames = null
  if (!box.hidden) return
  box.hidden = false
  const range = slider()
  for (const name of ['focus', 'pointerenter', 'touchstart']) range.addEventListener(name, loadFrames, { passive: true })
  range.addEventListener('input', showMoment)
}
const loadFrames = () => (frames ??= fetchFrames())
const fetchFrames = async () => {
  const answer = await fetch(document.getElementById('times').dataset.frames)
  if (!answer.ok) return null
  const read = await answer.json()
  const range = slider()
  const at = range.value / range.max
  range.max = Math.max(1, read.frames.length - 1)
  range.value = Math.round(at * range.max)
  return read
}
const showMoment = async () => {
  const loaded = await loadFrames()
  if (loaded !== null) showFrame(loaded)
}
const showFrame = ({ frames, signs }) => {
  const range = slider()
  const nodes = [...document.querySelectorAll('#graph a[data-task]')]
  document.getElementById('graph')?.classList.toggle('past', isPast())
  const at = new Map()
  for (const { moved } of frames.slice(0, Number(range.value) + 1)) for (const [id, style] of Object.entries(moved)) at.set(id, style)
  for (const node of nodes) {
    const style = at.get(node.dataset.task) ?? 'absent'
    if (node.dataset.state === style) continue
    node.dataset.state = style
    node.querySelector('.sign').textContent = signs[style] ?? ''
  }
  const frame = frames[range.value]
  const words = frame === undefined ? 'now' : frame.words + ': ' + frame.title
  document.getElementById('moment').textContent = words
  range.setAttribute('aria-valuetext', words)
  if (!isPast()) applyWaiting()
}
startSlider()

// A large graph opens where something happens.
const graph = document.getElementById('graph')
const busy = graph?.querySelector('a[data-state=failed], a[data-state=person], a[data-state=atwork]')
if (busy) {
  const [box, node] = [graph.getBoundingClientRect(), busy.getBoundingClientRect()]
  graph.scrollTo(node.left - box.left - box.width / 2, node.top - box.top - box.height / 2)
}
`
