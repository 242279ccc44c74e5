import { isAgentTask, type Task } from '../../core/plan/plan.ts'
import type { HandOff } from '../../core/run/hand-off.ts'
import type { Settings } from '../../core/settings.ts'
import { code, codes, commandText } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { blockQuote, modelText } from '../markdown/model-text.ts'
import { workerWords } from './tasks.ts'

/** Needs, paths, command, worker and acceptance of a task as a list; empty items are left out. */
export function taskFacts(task: Task, settings: Settings): string[] {
  const line = (name: string, items: string): string[] => (items === '' ? [] : [`- ${name}: ${items}`])
  const command = (argv: readonly string[]) => (argv.length === 0 ? '' : code(commandText(argv)))
  return [
    ...line('Needs', codes(task.needs)),
    ...line('Writes', codes(task.writes)),
    ...line('Command', command(task.run)),
    ...line('Worker', isAgentTask(task) ? workerWords(task, settings) : ''),
    ...line('Acceptance', command(task.acceptance.argv)),
  ]
}

/** The hand-off of a task. An agent wrote all but the files and the check. `most`: limit of each text in characters. */
export function handOffLines(handOff: HandOff, most: number): string[] {
  const list = (name: string, items: readonly string[]): string[] =>
    items.map((item) => `- ${name}: ${modelText(item, most)}`)
  const lines = [
    ...(handOff.files.length === 0 ? [] : [`- Files: ${codes(handOff.files.map((path) => bounded(path, most)))}`]),
    ...list('Interface', handOff.interfaces),
    ...list('Decision', handOff.decisions),
    ...list('Caveat', handOff.caveats),
    ...list('Left to do', handOff.follow_ups),
    ...(handOff.check.trim() === '' ? [] : list('Check', [handOff.check])),
  ]
  const did = handOff.did.trim() === '' ? [] : blockQuote(handOff.did, most)
  return [...did, ...(did.length > 0 && lines.length > 0 ? [''] : []), ...lines]
}
