import { letterOf } from '../../../core/command/question-answers.ts'
import { type Planning, unanswered } from '../../../core/plan/planning.ts'
import type { LiveRun } from '../../../core/run/state.ts'
import { type Html, html } from '../../../render/page/html.ts'
import type { Action } from './actions.ts'

/** What each form of a page holds. */
export interface FormPlace {
  csrf: string
  /** The number of the issue or pull request to comment on. */
  thread: number
  /** The page to come back to. */
  back: string
}

/** Fields that no person fills in. */
export const formFields = ({ csrf, thread, back }: FormPlace, command: string): Html =>
  html`<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="thread" value="${thread}"><input type="hidden" name="back" value="${back}">${command !== '' && html`<input type="hidden" name="command" value="${command}">`}`

/** A button that posts the command beside it, with a box for its words. */
export function actionForm(place: FormPlace, { label, command, words }: Action): Html {
  const id = `words-${command.replaceAll(/[^a-z0-9]+/g, '-')}`
  return html`<form method="post" action="/comments" class="command">${formFields(place, command)}
${words !== undefined && html`<label for="${id}">${words.ask}${!words.required && html` <span class="lead">(optional)</span>`}</label><textarea id="${id}" name="words" rows="2"${words.required && html` required`}></textarea>${words.required && html`<input type="hidden" name="required" value="yes">`}`}
<div class="post"><button id="post-${id}"${/^\/(?:cancel|skip|reject|pause)/.test(command) && html` class="quiet"`}>${label}</button> <span class="lead">posts <code>${command}${words !== undefined && html` -- …`}</code></span></div></form>`
}

/** The box below a thread. */
export const commentForm = (place: FormPlace, label: string): Html =>
  html`<form method="post" action="/comments" class="say">${formFields(place, '')}
<label for="body-${place.thread}">${label}</label><textarea id="body-${place.thread}" name="body" rows="4" required></textarea>
<div class="post"><button>Comment</button> <span class="lead">Markdown, or a command such as <code>/status</code> or <code>/help</code></span></div></form>`

/** The planner's questions with their options; the default is chosen. */
export function questionForm(place: FormPlace, planning: Planning): Html {
  const open = new Set(unanswered(planning))
  return html`<form method="post" action="/comments" class="command">${formFields(place, '/answer')}
${planning.questions.map((question, index) => {
  if (!open.has(question)) return ''
  const number = index + 1
  return html`<fieldset><legend>${number}. ${question.question}</legend><input type="hidden" name="question" value="${number}">
${question.options.slice(0, 26).map((option, place) => html`<label class="choice"><input type="radio" name="letter-${number}" value="${letterOf(place)}"${option === question.default && html` checked`}> ${option}</label>`)}
<label for="answer-${number}">In your own words</label><textarea id="answer-${number}" name="words-${number}" rows="1" placeholder="${question.default}"></textarea></fieldset>`
})}
<div class="post"><button>Answer</button> <span class="lead">posts <code>/answer</code> with the letters or your words</span></div></form>`
}

export const budgetForm = (place: FormPlace, run: LiveRun): Html =>
  html`<form method="post" action="/comments" class="command">${formFields(place, '/budget')}
<label for="amount">New limit in US dollars</label><input id="amount" name="amount" type="number" min="0.01" step="0.01" required value="${Math.max(1, Math.ceil((run.ledger.limit ?? 1) * 2))}">
<div class="post"><button>Set the limit</button> <span class="lead">posts <code>/budget …usd</code></span></div></form>`

/** Any other button, with fields of its own. */
export const plainForm = (csrf: string, action: string, fields: Html): Html =>
  html`<form method="post" action="${action}" class="command"><input type="hidden" name="csrf" value="${csrf}">${fields}</form>`
