/** The style of the run page. */
export const STYLE = `
:root { color-scheme: light dark; --page: #fff; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0; --panel: #f6f8fa; --link: #0969da;
  --landed: #1a7f37; --landed-fill: #d1f0d9; --atwork: #0969da; --atwork-fill: #d6e9ff; --person: #9a6700; --person-fill: #fff3c4;
  --failed: #cf222e; --failed-fill: #ffdcd9; --later: #59636e; --later-fill: #f6f8fa }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --panel: #151b23; --link: #4493f8;
  --landed: #3fb950; --landed-fill: #12301c; --atwork: #4493f8; --atwork-fill: #10284a; --person: #d29922; --person-fill: #372a0d;
  --failed: #f85149; --failed-fill: #43151a; --later: #9198a1; --later-fill: #151b23 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1280px; padding: 16px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere }
h1 { font-size: 22px; margin: 0 } h2 { font-size: 17px; margin: 28px 0 8px } h3 { font-size: 15px; margin: 0 }
a { color: var(--link) } h1 code { font-size: .9em } p { margin: 4px 0 } code { font: 13px ui-monospace, monospace }
.lead { color: var(--quiet) } .now-title { font-weight: 600 }
dl.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 8px; margin: 16px 0 }
dl.numbers > div { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px }
dt { color: var(--quiet); font-size: 13px } dd { margin: 0; font-size: 17px }
.steps { border-left: 4px solid var(--person); background: var(--person-fill); padding: 8px 12px; margin: 12px 0 }
.steps ul { margin: 4px 0; padding-left: 20px }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; padding: 4px }
svg { display: block; font: 13px system-ui, sans-serif } svg text { fill: var(--text) }
.graph rect { fill: var(--later-fill); stroke: var(--later); stroke-width: 1.5 } .graph a:focus rect, .graph a:hover rect { stroke-width: 3 }
.graph .sign { font-weight: 700 } .graph a[data-state="absent"] { opacity: .15 }
.mark path { fill: var(--text); stroke: var(--page); stroke-width: 1.5 } .graph .mark text { fill: var(--page); font-size: 10px; font-weight: 700; text-anchor: middle } .past .mark { display: none }
.new { background: var(--text); color: var(--page); border-radius: 8px; padding: 0 6px; font-size: 12px; font-weight: 700 }
.edge { fill: none; stroke: var(--line); stroke-width: 1.5 } .edge.critical { stroke: var(--atwork); stroke-width: 3 }
[data-state="landed"] rect { fill: var(--landed-fill); stroke: var(--landed) }
[data-state="atwork"] rect { fill: var(--atwork-fill); stroke: var(--atwork); stroke-width: 3 }
[data-state="queued"] rect { fill: var(--later-fill); stroke: var(--atwork) }
[data-state="person"] rect { fill: var(--person-fill); stroke: var(--person); stroke-width: 3 }
[data-state="failed"] rect { fill: var(--failed-fill); stroke: var(--failed); stroke-width: 3 }
[data-state="blocked"] rect { stroke: var(--failed); stroke-dasharray: 4 3 } [data-state="left"] rect { stroke-dasharray: 4 3 }
.lanes { width: 100%; min-width: 800px; height: auto } .lanes .tick { stroke: var(--line) } .lanes .axis { fill: var(--quiet); font-size: 12px } .lanes .now { stroke: var(--failed); stroke-width: 2 }
.bar rect { fill: var(--atwork-fill); stroke: var(--atwork) } .bar.failed rect { fill: var(--failed-fill); stroke: var(--failed); stroke-dasharray: 4 3 }
.bar .acceptance, .swatch.acceptance { fill: var(--landed-fill); stroke: var(--landed) } .bar.critical rect:first-of-type { stroke-width: 3 } .bar.queue rect { fill: none; stroke: var(--quiet); stroke-dasharray: 2 3 } .bar.set-up rect { fill: var(--later-fill); stroke: var(--later) }
.swatch { border: 1px solid var(--atwork); background: var(--atwork-fill); border-radius: 3px; padding: 0 6px; color: var(--text) }
.swatch.acceptance { border-color: var(--landed); background: var(--landed-fill) } .swatch.critical { border-width: 3px } .swatch.queue { border: 1px dashed var(--quiet); background: none } .swatch.set-up { border-color: var(--later); background: var(--later-fill) } .swatch.now { border: 0; border-left: 2px solid var(--failed); border-radius: 0; background: none }
.legend span { margin-right: 14px; white-space: nowrap }
.time { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; margin: 8px 0 } .time input { flex: 1; min-width: 200px }
.task { border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; padding: 8px 12px } .task:target { border-color: var(--link) }
.task summary { cursor: pointer } .state { color: var(--quiet); white-space: nowrap }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; margin: 8px 0 } dl.facts dd { font-size: 15px; white-space: pre-wrap }
@media (max-width: 480px) { dl.facts { display: block } }
table { border-collapse: collapse; width: 100%; font-size: 14px } th, td { text-align: left; padding: 2px 8px 2px 0; vertical-align: top }
ol.events { padding-left: 0; list-style: none; font: 13px/1.6 ui-monospace, monospace } ol.events span { color: var(--quiet); display: inline-block; min-width: 7em }
`

/** Moves the page through the frames. Without it the page shows the end, and nothing is missing but the slider. */
export const SCRIPT = `
const { frames, signs } = JSON.parse(document.getElementById('frames').textContent)
const slider = document.getElementById('time')
const nodes = new Map([...document.querySelectorAll('a[data-task]')].map((node) => [node.dataset.task, node]))
const lanes = document.querySelector('svg.lanes')
const show = () => {
  const frame = frames[slider.value]
  const states = new Map([...nodes.keys()].map((id) => [id, 'absent']))
  for (const { moved } of frames.slice(0, Number(slider.value) + 1)) for (const [id, state] of Object.entries(moved)) states.set(id, state)
  for (const [id, state] of states) {
    const node = nodes.get(id)
    if (node === undefined || node.dataset.state === state) continue
    node.dataset.state = state
    node.querySelector('.sign').textContent = signs[state] ?? ''
  }
  const words = frame.words + ': ' + frame.title
  document.getElementById('moment').textContent = words
  slider.setAttribute('aria-valuetext', words)
  if (lanes === null) return
  const { from, to, seconds } = lanes.dataset
  const x = Number(from) + Math.min(1, frame.at / Number(seconds)) * (Number(to) - Number(from))
  for (const end of ['x1', 'x2']) lanes.querySelector('.now').setAttribute(end, x)
}
slider.addEventListener('input', show)
document.getElementById('times').hidden = false
show()
`
