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
  ...(base.network || !reachesOut(task.run)
    ? []
    : [`The program of ${quoted(task.id)}, ${quoted(task.run.join(' '))}, needs a network, and the sandbox has none`]),
]

function commandNotes(plan: Plan, argv: Argv, what: string, base: BaseFacts): string[] {
  if (argv.length === 0) return []
  const shown = quoted(argv.join(' '))
  if (provesNothing(argv)) return [`${what}, ${shown}, succeeds whatever was done: it proves nothing`]
  if (!base.network && reachesOut(argv))
    return [`${what}, ${shown}, needs a network, and the sandbox has none: it cannot succeed`]
  return (base.files === null ? [] : unmadeScripts(plan.tasks, argv, base.files)).map(
    (path) => `${what} names ${quoted(path)}, which does not exist and which no task creates`,
  )
}

const TRIVIAL: readonly string[] = ['true', ':', 'echo', 'printf', 'pwd', 'date', 'ls']

/** Also a line for a shell that ends so: its last command decides. */
function provesNothing(argv: Argv): boolean {
  const line = shellLine(argv)
  if (line !== null) return isTrivial(line.at(-1) ?? [])
  return isTrivial(argv)
}

const isTrivial = ([program = '', ...words]: Argv): boolean =>
  TRIVIAL.includes(program) || (program === 'exit' && words[0] === '0')

const reachesOut = (argv: Argv): boolean => (shellLine(argv) ?? [argv]).some(needsNetwork)

const SHELLS: readonly string[] = ['sh', 'bash', 'dash', 'zsh']

/** The commands of `sh -c '…'`, split at operators without regard to quotes: enough for a remark. Null: it is no such command. */
function shellLine([program = '', option = '', line]: Argv): Argv[] | null {
  if (!SHELLS.includes(program) || !/^-[a-z]*c$/.test(option) || line === undefined) return null
  return line
    .split(/&&|\|\||[;|\n]/)
    .map((part) => part.trim().split(/\s+/))
    .filter(([first]) => first !== '')
}

const MANAGERS = /^(?:npm|pnpm|yarn|bun|pip3?|uv|poetry|gem|bundle|cargo|go|composer|apt|apt-get|brew)$/
const INSTALLS = /^(?:install|i|ci|add|get|update|upgrade|download|sync)$/
const NETWORK: readonly string[] = ['curl', 'wget', 'ssh', 'scp', 'ping', 'gh']
const GIT_NETWORK: readonly string[] = ['clone', 'fetch', 'pull', 'push', 'ls-remote']

/** Programs that fetch what they are to run. */
const FETCHES_ITSELF =
  /^(?:npx (?:-y|--yes)|npm exec (?:-y|--yes)|pnpm dlx|yarn dlx|bunx \S+|uvx \S+|pipx run|python3? -m pip)$/

const needsNetwork = ([program = '', first = '', second = '']: Argv): boolean =>
  NETWORK.includes(program) ||
  FETCHES_ITSELF.test(`${program} ${first}`) ||
  FETCHES_ITSELF.test(`${program} ${first} ${second}`) ||
  (program === 'git' && GIT_NETWORK.includes(first)) ||
  (MANAGERS.test(program) && INSTALLS.test(first)) ||
  (program === 'yarn' && first === '')
