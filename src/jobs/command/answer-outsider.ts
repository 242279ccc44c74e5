import { ANSWERS_TO_OUTSIDERS, mayCommand, type Person } from '../../core/command/authority.ts'
import type { Command } from '../../core/command/grammar.ts'
import type { ParsedCommand } from '../../core/command/parse.ts'
import { defaultSettings } from '../../core/settings.ts'
import { explain } from '../../render/reply/explain-failure.ts'
import { renderHelpForOutsiders } from '../../render/reply/help.ts'
import { renderAnswer } from '../../render/reply/replies.ts'
import type { CommandComment, CommandDeps } from '../deps.ts'
import { say } from '../say.ts'
import { threadOf } from './load-context.ts'

type Parsed = NonNullable<ParsedCommand>

const HOUR_MS = 3_600_000
/** Tells these answers from others, so that they can be counted. */
const MARKER = '<!-- tributary:outsider -->'

/** Answers a person who may command nothing, or a bot. Nothing is recorded, and after a few answers in an hour nothing is said. */
export async function answerOutsider(
  deps: CommandDeps,
  comment: CommandComment,
  person: Person,
  parsed: Parsed,
): Promise<void> {
  const { number } = comment.issue
  const recent = await deps.forge.botComments(number, new Date(deps.clock.now().getTime() - HOUR_MS))
  if (recent.filter((body) => body.includes(MARKER)).length >= ANSWERS_TO_OUTSIDERS)
    return deps.log(
      `no answer to ${person.login}: people without permission got ${ANSWERS_TO_OUTSIDERS} here in this hour`,
    )
  const body = `${MARKER}\n${await bodyOf(deps, comment, person, parsed)}`
  await say(deps, { threads: [number], key: comment.key, body, fresh: comment.firstDelivery })
}

async function bodyOf(deps: CommandDeps, comment: CommandComment, person: Person, parsed: Parsed): Promise<string> {
  if (!parsed.ok) return explain(parsed.failure).join('\n')
  const { command } = parsed
  if (command.name === 'help') return renderHelpForOutsiders()
  if (command.name === 'status' || command.name === 'plan-status') return statusOf(deps, comment, command.name)
  const allowed = mayCommand(person, defaultSettings)
  return allowed.ok ? renderHelpForOutsiders() : explain(allowed.error).join('\n')
}

/** Read from git; a pull request's branch, which names the run, costs one request. */
async function statusOf(
  deps: CommandDeps,
  comment: CommandComment,
  code: Extract<Command['name'], 'status' | 'plan-status'>,
) {
  const { run, state } = await threadOf(deps, comment)
  if (run === null) return explain({ reason: 'no-run', issue: comment.issue.number }).join('\n')
  return renderAnswer({ code, run }, state, defaultSettings)
}
