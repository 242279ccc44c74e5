/**
 * Keeps a page up to date: replaces the parts that the hub sends, and leaves what a person is busy with. Without it every page
 * shows how things stood when it was loaded, and every form works.
 */
export const LIVE_SCRIPT = `
const parts = () => [...document.querySelectorAll('[data-part]')]
const waiting = new Map()
let source = null

const isBusy = (part) => {
  const at = document.activeElement
  if (at !== null && part.contains(at) && at.matches('input:not([type=hidden]), textarea, select')) return true
  return [...part.querySelectorAll('input:not([type=hidden]):not([type=range]), textarea')].some((field) =>
    field.type === 'checkbox' || field.type === 'radio' ? field.checked !== field.defaultChecked : field.value !== field.defaultValue)
}
const replace = ({ id, hash, html }) => {
  const part = document.getElementById(id)
  if (part === null || part.dataset.hash === hash) return
  if (isBusy(part) || (id === 'plan' && isPast())) return void waiting.set(id, { id, hash, html })
  waiting.delete(id)
  const open = new Map([...part.querySelectorAll('details[id]')].map((one) => [one.id, one.open]))
  const scrolled = new Map([...part.querySelectorAll('.scroll[id]')].map((one) => [one.id, [one.scrollLeft, one.scrollTop]]))
  const focused = part.contains(document.activeElement) ? document.activeElement : null
  const place = focused === null ? null : focused.id !== '' ? '#' + CSS.escape(focused.id) : focused.hasAttribute('href') ? 'a[href="' + CSS.escape(focused.getAttribute('href')) + '"]' : null
  const before = states(part)
  part.innerHTML = html
  part.dataset.hash = hash
  for (const [name, was] of open) { const one = document.getElementById(name); if (one !== null) one.open = was }
  for (const [name, [left, top]] of scrolled) document.getElementById(name)?.scrollTo(left, top)
  if (place !== null) part.querySelector(place)?.focus({ preventScroll: true })
  if (id === 'plan') startSlider()
  for (const [task, style] of states(part)) if (before.has(task) && before.get(task) !== style) part.querySelector('a[data-task="' + task + '"]').classList.add('moved')
}
const states = (part) => new Map([...part.querySelectorAll('a[data-task]')].map((node) => [node.dataset.task, node.dataset.state]))
const applyWaiting = () => { for (const one of [...waiting.values()]) replace(one) }
document.addEventListener('focusout', () => setTimeout(applyWaiting))

const state = document.getElementById('link')
const say = (words) => { if (state.textContent !== words) state.textContent = words }
const connect = () => {
  const url = new URL(location.href)
  url.hash = ''
  url.searchParams.set('known', parts().map((part) => part.id + ':' + part.dataset.hash).join(','))
  source = new EventSource(url)
  source.addEventListener('open', () => say('live'))
  source.addEventListener('part', (event) => replace(JSON.parse(event.data)))
  source.addEventListener('now', (event) => {
    const { now, title } = JSON.parse(event.data)
    const line = document.getElementById('now')
    if (line.textContent !== now) line.textContent = now
    document.title = title + ' · Tributary'
  })
  source.addEventListener('error', () => say(source.readyState === EventSource.CLOSED ? 'not live: reload the page' : 'connecting again'))
}
const disconnect = () => { source?.close(); source = null }
// A browser keeps few connections to one server: pages in the background give theirs back.
document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : source ?? connect()))
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
  box.hidden = false
  frames = null
  slider().addEventListener('input', showMoment)
}
const showMoment = async () => {
  if (frames === null) {
    const answer = await fetch(document.getElementById('times').dataset.frames)
    if (!answer.ok) return
    frames = await answer.json()
    const range = slider()
    const at = range.value / range.max
    range.max = Math.max(1, frames.frames.length - 1)
    range.value = Math.round(at * range.max)
  }
  const range = slider()
  const nodes = [...document.querySelectorAll('#graph a[data-task]')]
  const states = new Map()
  for (const { moved } of frames.frames.slice(0, Number(range.value) + 1)) for (const [id, style] of Object.entries(moved)) states.set(id, style)
  for (const node of nodes) {
    const style = states.get(node.dataset.task) ?? 'absent'
    if (node.dataset.state === style) continue
    node.dataset.state = style
    node.querySelector('.sign').textContent = frames.signs[style] ?? ''
  }
  const frame = frames.frames[range.value]
  const words = frame === undefined ? 'now' : frame.words + ': ' + frame.title
  document.getElementById('moment').textContent = words
  range.setAttribute('aria-valuetext', words)
  if (!isPast()) applyWaiting()
}
startSlider()
`
