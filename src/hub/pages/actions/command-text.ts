import { html } from '../../../render/page/html.ts'
import type { Words } from '../session/signed-in.ts'

type CommandText = { ok: true; body: string } | { ok: false; words: Words }

/** A browser sends the ends of lines as CR LF. */
export const field = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value.replaceAll('\r\n', '\n') : ''
}
const said = (form: FormData, name: string): string => field(form, name).trim()
const list = (form: FormData, name: string): string[] =>
  form.getAll(name).filter((value): value is string => typeof value === 'string')

/** The comment that a form of ours stands for: as typed, or a command with its words, its tasks or its answers. */
export function commentOfForm(form: FormData): CommandText {
  const command = said(form, 'command')
  if (command === '') return body(said(form, 'body'), 'Write something first')
  if (form.has('question')) return { ok: true, body: answers(command, form) }
  if (form.has('task')) return approval(command, list(form, 'task'), list(form, 'only'))
  if (form.has('amount')) return body(`${command} ${said(form, 'amount')}usd`, '')
  const words = said(form, 'words')
  if (words === '' && form.has('required')) return body('', 'This command needs words')
  return { ok: true, body: words === '' ? command : `${command} -- ${words}` }
}

const body = (text: string, title: string): CommandText =>
  text === ''
    ? { ok: false, words: { title, words: html`<p>Nothing was posted. Go back and try again.</p>` } }
    : { ok: true, body: text }

/** Without `--only` it is for all tasks, also those that the plan may grow. */
function approval(command: string, all: readonly string[], chosen: readonly string[]): CommandText {
  if (chosen.length === all.length) return { ok: true, body: command }
  return body(chosen.length === 0 ? '' : `${command} --only ${chosen.join(',')}`, 'No task was chosen')
}

/** A line for each question that was answered: a letter, or words; the rest take their defaults. */
function answers(command: string, form: FormData): string {
  const given = list(form, 'question').flatMap((number) => {
    const words = said(form, `words-${number}`).replaceAll('\n', ' ')
    const letter = said(form, `letter-${number}`)
    if (words !== '') return [`${number}: ${words}`]
    return letter === '' ? [] : [`${number}${letter}`]
  })
  return given.length === 0 ? `${command} defaults` : `${command} ${given.join('\n')}`
}
