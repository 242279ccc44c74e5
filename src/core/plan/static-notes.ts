import { z } from 'zod'
import { quoted } from '../text/quoted.ts'
import { matches } from './glob.ts'
import { unmadeScripts } from './path-notes.ts'
import { type Argv, isAgentTask, type Plan, type Task } from './plan.ts'

/** What the base has that a plan's commands may name. */
export interface BaseFacts {
  files: ReadonlySet<string>
  /** Scripts of the package.json at the top; null: there is none that can be read. */
  scripts: readonly string[] | null
  /** Whether commands reach any host. */
  network: boolean
}

const manifestSchema = z.object({ scripts: z.record(z.string(), z.string()).default({}) })

/** The names of the scripts in the text of a package.json; null: it cannot be read. */
export function scriptsIn(manifest: string): string[] | null {
  try {
    return Object.keys(manifestSchema.parse(JSON.parse(manifest)).scripts)
  } catch {
    return null
  }
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
  const script = scriptOf(argv)
  const isMissing = script !== null && base.scripts !== null && !base.scripts.includes(script)
  const mayAppear = plan.tasks.some(({ writes }) => matches(writes, 'package.json'))
  return [
    ...(isMissing && !mayAppear ? [`${what}, ${shown}, names a script that package.json does not have`] : []),
    ...unmadeScripts(plan.tasks, argv, base.files).map(
      (path) => `${what} names ${quoted(path)}, which is not there and which no task makes`,
    ),
  ]
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

/** Words with which the script is looked for in another package.json, or may be missing. */
const ELSEWHERE = /^(?:-w|-C|-r|-F|--(?:workspaces?|prefix|dir|cwd|filter|recursive|if-present)(?:=.*)?)$/

/** The script of the top package.json that a command runs; null: none. */
function scriptOf(argv: Argv): string | null {
  const [program = '', first = '', second = ''] = argv
  if (!['npm', 'pnpm', 'yarn', 'bun'].includes(program) || argv.some((word) => ELSEWHERE.test(word))) return null
  if (first === 'run' || first === 'run-script') return second === '' || second.startsWith('-') ? null : second
  return first === 'test' && program !== 'bun' ? 'test' : null
}
