import { resolve } from 'node:path'
import type { StepSession } from '../job/session.ts'
import { evaluateTexts } from '../workflow/expression.ts'
import type { UsesStep } from '../workflow/workflow.ts'
import { readAction } from './action-file.ts'
import { checkout } from './checkout.ts'
import { StepFailure } from './child.ts'
import { runJavaScript } from './javascript.ts'
import { setupNode } from './setup-node.ts'

const ROLES = ['command', 'orchestrate', 'work', 'recover'] as const

type Provided = 'checkout' | 'setup-node' | 'tributary' | 'local'

const ADDRESS = /^(?<name>[\w.-]+\/[\w.-]+(?:\/[\w./-]+)?)@[\w./-]+$/

/** Recognizes Tributary by its name or by its `role` input: forks and copies may have any name. */
function providedBy(uses: string, role: string | undefined): Provided | undefined {
  if (uses.startsWith('./')) return 'local'
  const name = ADDRESS.exec(uses)?.groups?.name?.toLowerCase()
  if (name === undefined) return undefined
  if (name === 'actions/checkout') return 'checkout'
  if (name === 'actions/setup-node') return 'setup-node'
  const isTributary = /^[^/]+\/tributary$/.test(name) || ROLES.some((one) => one === role)
  return isTributary ? 'tributary' : undefined
}

export async function runAction(step: StepSession, definition: UsesStep): Promise<void> {
  const { uses, id } = definition
  const given = evaluateTexts(definition.with, step.scope)
  const inputs = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]))
  const provided = providedBy(uses, inputs.get('role'))
  if (provided === undefined) throw new StepFailure(refusal(uses))
  if (provided === 'checkout') return checkout(step, inputs)
  if (provided === 'setup-node') return setupNode(step, inputs)
  const folder = provided === 'tributary' ? step.job.world.tributaryAction : resolve(step.job.folders.workspace, uses)
  return runJavaScript(step, { action: readAction(folder, uses), uses, id, given })
}

const refusal = (uses: string): string =>
  `The hub does not provide the action '${uses}'. It provides actions/checkout, actions/setup-node, ` +
  `Tributary (OWNER/REPO@REF with one of its roles) and JavaScript actions of the checked-out repository (./PATH).`
