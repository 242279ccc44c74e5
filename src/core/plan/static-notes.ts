import { quoted } from '../text/quoted.ts'
import { unmadeScripts } from './path-notes.ts'
import { type Argv, isAgentTask, type Plan, type Task } from './plan.ts'

/** What the base has that a plan's commands may name. */
export interface BaseFacts {
  /** Null: not known. */
  files: ReadonlySet<string> | null
  /** Whether commands reach any host. */
  network: boolean
}

const MOST = 20

/**
 * What in a plan proves nothing or cannot run, judged without running anything, as sentences for the people who approve it.
 * At most twenty.
 */
export function staticNotes(plan: Plan, base: BaseFacts): string[] {
  const notes = [
    ...plan.tasks.flatMap((task) => taskNotes(plan, task, base)),
    ...plan.verification.flatMap(({ argv }) => commandNotes(plan, argv, 'The verification', base)),
  ]
  const more = notes.length - MOST
  return more > 0 ? [...notes.slice(0, MOST), `${more} more remarks of this kind`] : notes
}

const taskNotes = (plan: Plan, task: Task, base: BaseFacts): string[] => [
  ...(isAgentTask(task) && task.goal.trim() === ''
    ? [`${quoted(task.id)} has no goal: its agent has only the title`]
    : []),
  ...commandNotes(plan, task.acceptance.argv, `The acceptance of ${quoted(task.id)}`, base),
]

function commandNotes(plan: Plan, argv: Argv, what: string, base: BaseFacts): string[] {
  if (argv.length === 0) return []
  const shown = quoted(argv.join(' '))
  if (provesNothing(argv)) return [`${what}, ${shown}, succeeds whatever was done: it proves nothing`]
  if (!base.network && needsNetwork(argv))
    return [`${what}, ${shown}, needs a network, and the sandbox has none: it cannot succeed`]
  return (base.files === null ? [] : unmadeScripts(plan.tasks, argv, base.files)).map(
    (path) => `${what} names ${quoted(path)}, which does not exist and which no task creates`,
  )
}

const TRIVIAL: readonly string[] = ['true', ':', 'echo', 'printf', 'pwd', 'date', 'ls']

const provesNothing = ([program = '', ...words]: Argv): boolean =>
  TRIVIAL.includes(program) || (program === 'exit' && words[0] === '0')

const MANAGERS = /^(?:npm|pnpm|yarn|bun|pip3?|uv|poetry|gem|bundle|cargo|go|composer|apt|apt-get|brew)$/
const INSTALLS = /^(?:install|i|ci|add|get|update|upgrade|download|sync)$/
const NETWORK: readonly string[] = ['curl', 'wget', 'ssh', 'scp', 'ping', 'gh']
const GIT_NETWORK: readonly string[] = ['clone', 'fetch', 'pull', 'push', 'ls-remote']

const needsNetwork = ([program = '', first = '']: Argv): boolean =>
  NETWORK.includes(program) ||
  (program === 'git' && GIT_NETWORK.includes(first)) ||
  (MANAGERS.test(program) && INSTALLS.test(first)) ||
  (program === 'yarn' && first === '')
