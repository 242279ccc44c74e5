import type { Actor } from '../access/actor.ts'
import { needWrite } from '../access/permission.ts'
import { type DispatchInput, readWorkflow } from '../git/workflows.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { payload } from './payload.ts'

export interface DispatchOptions {
  ref: string
  inputs: Readonly<Record<string, unknown>>
}

/** The one event that a job's token may cause. Returns the id of the workflow run, or null if the event was lost. */
export async function dispatchWorkflow(
  world: World,
  actor: Actor,
  path: string,
  options: DispatchOptions,
): Promise<number | null> {
  needWrite(actor, ['actions'], 'Must have admin rights to Repository.')
  const ref = await fullRef(world, options.ref)
  const workflow = await readWorkflow(world, ref, path)
  if (workflow === null) throw new Refusal(404, 'Not Found')
  const declared = workflow.inputs()
  if (declared === null) throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger")
  const inputs = checkInputs(declared, options.inputs)
  const event = { name: 'workflow_dispatch', workflow: path, inputs }
  const own = { inputs, ref, workflow: path }
  const [run] = await world.emit({ ...event, payload: payload(world, actor, own) }, actor)
  return run ?? null
}

async function fullRef(world: World, name: string): Promise<string> {
  for (const ref of [name, `refs/heads/${name}`, `refs/tags/${name}`]) {
    if (/^refs\/(heads|tags)\//.test(ref) && (await world.git.commitOf(ref)) !== null) return ref
  }
  throw new Refusal(422, `No ref found for: ${name}`)
}

const MOST_CHARACTERS = 65_535

function checkInputs(declared: Readonly<Record<string, DispatchInput>>, given: Readonly<Record<string, unknown>>) {
  const unexpected = Object.keys(given).filter((name) => declared[name] === undefined)
  if (unexpected.length > 0) throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`)
  const inputs: Record<string, string> = {}
  for (const [name, input] of Object.entries(declared)) {
    const value = given[name] ?? input.default
    if (input.required && (value === undefined || value === ''))
      throw new Refusal(422, `Required input '${name}' not provided`)
    inputs[name] = value === undefined || value === null ? (input.type === 'boolean' ? 'false' : '') : String(value)
    checkType(name, input, inputs[name])
  }
  if (JSON.stringify(inputs).length > MOST_CHARACTERS)
    throw new Refusal(422, `inputs are too long (maximum is ${MOST_CHARACTERS} characters)`)
  return inputs
}

function checkType(name: string, input: DispatchInput, value: string): void {
  const bad =
    (input.type === 'boolean' && !/^(true|false)$/.test(value)) ||
    (input.type === 'number' && value !== '' && Number.isNaN(Number(value))) ||
    (input.type === 'choice' && value !== '' && !input.options.includes(value))
  if (bad) throw new Refusal(422, `Provided value '${value}' for input '${name}' not in the list of allowed values`)
}
