import { z } from 'zod'
import type { TaskId } from '../ids.ts'
import { quoted } from '../text/quoted.ts'
import { matches } from './glob.ts'
import { needsClosure } from './graph.ts'
import type { Argv, Task } from './plan.ts'

/** The scripts of the package.json at the top of the base; null: there is none that can be read. */
export type Scripts = readonly string[] | null

const manifestSchema = z.object({ scripts: z.record(z.string(), z.string()).default({}) })

/** The names of the scripts in the text of a package.json; null: it cannot be read. */
export function scriptsIn(manifest: string): string[] | null {
  try {
    return Object.keys(manifestSchema.parse(JSON.parse(manifest)).scripts)
  } catch {
    return null
  }
}

/** Whether a task may give package.json another script. */
const mayAddScripts = ({ writes }: Task): boolean => matches(writes, 'package.json')

/** The tasks whose work a check finds there: for an acceptance its own, those that it needs, and those before it; else all. */
export function tasksBefore(tasks: readonly Task[], id: TaskId | null): Task[] {
  if (id === null) return [...tasks]
  const needed = needsClosure(tasks, [id])
  const index = tasks.findIndex((task) => task.id === id)
  return tasks.filter((task, at) => at <= index || needed.has(task.id))
}

/** What to say of a command whose script is not in package.json and which no task `before` may add; null: nothing. */
export function whyNoScript(argv: Argv, scripts: Scripts, before: () => Task[]): string | null {
  const script = scriptOf(argv)
  if (script === null || scripts === null || scripts.includes(script) || before().some(mayAddScripts)) return null
  const some =
    scripts.length === 0
      ? 'It has none.'
      : `It has ${scripts.slice(0, SHOWN).map(quoted).join(', ')}${scripts.length > SHOWN ? ' and others' : ''}.`
  return `${quoted(argv.join(' '))} names a script that package.json does not have, and no task that is done by then may write package.json. ${some}`
}

const SHOWN = 12

/** Words with which the script is looked for in another package.json, or may be missing. */
const ELSEWHERE = /^(?:-w|-C|-r|-F|--(?:workspaces?|prefix|dir|cwd|filter|recursive|if-present)(?:=.*)?)$/

/** Scripts that npm has of itself. */
const BUILT_IN: readonly string[] = ['env']

/** The script that must be in the top package.json for a command to run; null: none. `yarn run` and `bun run` also run programs and files. */
function scriptOf(argv: Argv): string | null {
  const [program = '', first = '', second = ''] = argv
  if (!['npm', 'pnpm'].includes(program) || argv.some((word) => ELSEWHERE.test(word))) return null
  if (first === 'test' || first === 't') return 'test'
  if (first !== 'run' && first !== 'run-script') return null
  // pnpm takes a pattern between slashes.
  return second === '' || /^[-/]/.test(second) || BUILT_IN.includes(second) ? null : second
}
