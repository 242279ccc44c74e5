import type { RunEvent } from '../../core/event.ts'
import type { RunId, Sha } from '../../core/ref.ts'
import { parseEvent } from '../../core/state.ts'
import type { CommitWords } from '../../ports/repo.ts'

const SUBJECT_CHARACTERS = 72

/** The message of a journal commit: what `git log` shows, then one line of JSON for each event. */
export const journalWords = (run: RunId, events: readonly RunEvent[], nonce: string): CommitWords => ({
  subject: subjectOf(events),
  body: events.map((event) => JSON.stringify(event)).join('\n'),
  // Two writers of the same events at the same second must not make the same commit: git takes pushing a commit to where it
  // is already for a success, and both would believe that they had won.
  trailers: { 'Tributary-Run': run, 'Tributary-Nonce': nonce },
})

/** `t3 landed, t5 started`, as many as fit. */
function subjectOf(events: readonly RunEvent[]): string {
  const all = events.map(sentenceOf)
  const shown = all.filter((_, index) => all.slice(0, index + 1).join(', ').length <= SUBJECT_CHARACTERS)
  const hidden = all.length - shown.length
  return [shown.join(', '), ...(hidden > 0 ? [`and ${hidden} more`] : [])].filter((part) => part !== '').join(' ')
}

function sentenceOf(event: RunEvent): string {
  const [noun = '', ...verb] = event.type.split('_')
  const name = 'task' in event && event.task !== null ? event.task : ''
  return [noun === 'task' ? name : noun, ...verb, noun === 'task' ? '' : name].filter((word) => word !== '').join(' ')
}

/** The events of a journal commit's message. Whoever can push can write one, so each is parsed. */
export function eventsOf(commit: Sha, message: string): RunEvent[] {
  const body = message.slice(message.indexOf('\n\n') + 2)
  try {
    return body
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map(parseEvent)
  } catch (cause) {
    throw new Error(`journal commit ${commit} holds what is no event`, { cause })
  }
}
