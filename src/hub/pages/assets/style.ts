import { STYLE } from '../../../render/page/assets.ts'

/** The style of the run page, and of what only the hub's pages have. */
export const PAGES_STYLE = `${STYLE}
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: -999px } .skip:focus { left: 16px; background: var(--page); padding: 4px }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px } main:focus { outline: none }
.top { display: flex; justify-content: space-between; gap: 12px; border-bottom: 1px solid var(--line); padding-bottom: 8px; margin-bottom: 16px }
.link { color: var(--quiet); font-size: 13px; white-space: nowrap }
section:empty { display: none } #graph { max-height: 85vh; overflow: auto }
ul.runs { list-style: none; padding: 0; margin: 0 } ul.runs > li { border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; margin: 8px 0 }
ul.runs > li > a { font-weight: 600 }
.needs, .may { border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: 6px; padding: 4px 16px 12px; margin: 16px 0 }
.needs { border-left-color: var(--person); background: var(--person-fill) } .needs h2, .may h2 { margin-top: 8px }
form { margin: 12px 0 } form label { display: block; margin: 8px 0 2px; font-weight: 600 }
label .lead { font-weight: 400 } label.choice { font-weight: 400; display: flex; gap: 8px; align-items: baseline; flex-wrap: wrap }
label.choice input { margin: 0; align-self: center }
fieldset { border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; padding: 4px 12px 8px; min-width: 0 } legend { font-weight: 600 }
textarea, input:not([type=checkbox]):not([type=radio]):not([type=range]) { width: 100%; font: inherit; color: inherit; background: var(--page);
  border: 1px solid var(--quiet); border-radius: 6px; padding: 6px 8px }
textarea { font: 13px/1.5 ui-monospace, monospace; resize: vertical }
button { font: inherit; font-weight: 600; color: #fff; background: #1f7a3a; border: 1px solid transparent; border-radius: 6px; padding: 6px 14px; min-height: 36px; cursor: pointer }
button:hover { background: #19662f } button.quiet { background: var(--page); color: var(--text); border-color: var(--quiet) } button.quiet:hover { background: var(--panel) } button:disabled { opacity: .5; cursor: default }
.post { display: flex; gap: 10px; align-items: center; flex-wrap: wrap; margin-top: 8px } .needs .lead { color: var(--text) }
.comment { content-visibility: auto; contain-intrinsic-size: auto 120px; border: 1px solid var(--line); border-radius: 6px; margin: 12px 0 } .comment > header, .comment > details > summary { background: var(--panel);
  border-bottom: 1px solid var(--line); padding: 6px 12px; border-radius: 6px 6px 0 0 } .comment .markdown { padding: 4px 12px 8px }
.markdown p { margin: 8px 0 } .markdown pre, pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; overflow-x: auto;
  font: 13px/1.5 ui-monospace, monospace; max-height: 70vh } .markdown :not(pre) > code { background: var(--panel); border-radius: 4px; padding: 1px 4px }
.wide { overflow-x: auto; margin: 8px 0 } .markdown table { width: auto } .markdown th, .markdown td { border: 1px solid var(--line); padding: 3px 8px } .markdown blockquote { border-left: 4px solid var(--line);
  margin: 8px 0; padding-left: 12px; color: var(--quiet) } .markdown details { margin: 8px 0 } .markdown h1 { font-size: 19px } .markdown h2 { font-size: 17px; margin-top: 16px }
.markdown ul, .markdown ol { padding-left: 22px } summary { cursor: pointer }
#tasks { content-visibility: auto; contain-intrinsic-size: auto 600px } .tasks td:nth-child(2), .tasks th { white-space: nowrap } .tasks tr { border-bottom: 1px solid var(--line) } .tasks td { padding: 4px 8px 4px 0 }
.sign-landed { color: var(--landed) } .sign-atwork, .sign-queued { color: var(--atwork) } .sign-person { color: var(--person) } .sign-failed, .sign-blocked { color: var(--failed) }
.file { border: 1px solid var(--line); border-radius: 6px; margin: 8px 0 } .file > summary { background: var(--panel); padding: 6px 12px } .file .scroll { border: 0; border-radius: 0; padding: 0 }
.diff { font: 12px/1.5 ui-monospace, monospace; border-spacing: 0 } .diff td { padding: 0 8px; white-space: pre; overflow-wrap: normal } .diff td:nth-child(-n+2) { color: var(--quiet); text-align: right; user-select: none; width: 1% }
.diff .plus { background: var(--landed-fill) } .diff .minus { background: var(--failed-fill) } .diff .hunk { color: var(--quiet); background: var(--panel) }
.newest { display: flex; flex-direction: column-reverse; max-height: 70vh; overflow-y: auto; border: 1px solid var(--line); border-radius: 6px; padding: 4px 12px }
ol.transcript { list-style: none; padding: 0; margin: 0 } .transcript li { margin: 8px 0 } .transcript h3 .lead { font-weight: 400 } .transcript .words { white-space: pre-wrap } .transcript pre { max-height: 40vh; white-space: pre-wrap }
.attempts :is(th, td:nth-child(-n+3)) { white-space: nowrap } .call-failed { color: var(--failed) } .call-done { color: var(--landed) } .call-runs { color: var(--atwork) }
.added { color: var(--landed) } .removed { color: var(--failed) }
.since { border: 1px solid var(--line); border-left: 4px solid var(--link); border-radius: 6px; padding: 8px 16px 12px; margin: 16px 0 } .since ul { list-style: none; padding: 0; margin: 4px 0 8px }
.said { border-left: 4px solid var(--landed); background: var(--landed-fill); padding: 8px 12px; margin: 12px 0 }
.said a { color: inherit }
@keyframes moved { from { stroke-width: 8 } } @media (prefers-reduced-motion: no-preference) { .moved rect { animation: moved 1.5s steps(4) } }
@media (max-width: 640px) { body { padding: 10px } .tasks thead { display: none } .tasks, .tasks tbody, .tasks tr, .tasks td { display: block } .tasks tr { padding: 6px 0 }
  .tasks td { padding: 0 } .tasks td:nth-child(3)::before { content: "Attempts: " } .tasks td:nth-child(4):not(:empty)::before { content: "Cost: " } }
@media (min-width: 1400px) { body { max-width: 1680px } }
`
