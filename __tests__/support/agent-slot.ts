import type { Task } from '../../src/core/plan/plan.ts'
import type { ModelRequest } from '../../src/ports/model.ts'
import { calls, type Said, saidModel } from './said-model.ts'
import { oneTask, type SlotWorld } from './slot.ts'

/** A task `a` without a program, that may spend a dollar; the run ends when its result is there. */
export const agentTask = (world: SlotWorld, task: Partial<Task> = {}, settings: Record<string, unknown> = {}): void =>
  oneTask(world, { run: [], ...task }, settings, { allowance: 1 })

export const create = (path: string, text: string) => ({ name: 'write', input: { path, text } })
export const bash = (command: string) => ({ name: 'bash', input: { command, seconds: null } })
export const run = (...argv: string[]) => ({ name: 'run', input: { argv } })
export const finish = (did: string, more: Record<string, unknown> = {}) => ({
  name: 'finish',
  input: { outcome: 'done', did, interfaces: [], decisions: [], caveats: [], follow_ups: [], ...more },
})

/** One answer with these calls of tools. */
export const says = (...wanted: { name: string; input: unknown }[]): Said => calls(wanted)

/** Something happens while the model thinks, and then it answers. */
export const meanwhile =
  (act: (request: ModelRequest) => unknown, said: Said): Said =>
  async (request, ordinal) => {
    await act(request)
    return typeof said === 'function' ? said(request, ordinal) : said
  }

/** A slot with a model that answers as told. */
export function slotWith(world: SlotWorld, answers: readonly Said[]) {
  const model = saidModel(answers)
  return { model, deeds: world.start({ model }) }
}

/** All that a model was asked in one call, as text. */
export const asked = ({ system, turns }: ModelRequest): string =>
  [
    ...system.map(({ text }) => text),
    ...turns.flatMap(({ blocks }) => blocks.map((block) => ('text' in block ? block.text : JSON.stringify(block)))),
  ].join('\n')
