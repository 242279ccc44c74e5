import { resolve } from 'node:path'
import type { StepSession } from '../job/session.ts'
import { evaluateTexts } from '../workflow/expression.ts'
import type { UsesStep } from '../workflow/workflow.ts'
import { readAction } from './action-file.ts'
import { checkout } from './checkout.ts'
import { StepFailure } from './child.ts'
import { runJavaScript } from './javascript.ts'
import { providedBy } from './provided.ts'
import { setupNode } from './setup-node.ts'

export async function runAction(step: StepSession, definition: UsesStep): Promise<void> {
  const { uses, id } = definition
  const given = evaluateTexts(definition.with, step.scope)
  const inputs = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]))
  const provided = providedBy(uses, inputs.get('role'))
  if (provided === undefined) throw new StepFailure(refusal(uses))
  if (provided === 'checkout') return checkout(step, inputs)
  if (provided === 'setup-node') return setupNode(step, inputs)
  const { world, folders } = step.job
  if (provided === 'local')
    return runJavaScript(step, { action: readAction(resolve(folders.workspace, uses), uses), uses, id, given, env: {} })
  const { inputs: more, workEnv } = world.tributaryStep
  return runJavaScript(step, {
    action: readAction(world.tributaryAction, uses),
    uses,
    id,
    given: { ...given, ...more },
    env: inputs.get('role') === 'work' ? workEnv : {},
  })
}

const refusal = (uses: string): string =>
  `The hub does not provide the action '${uses}'. It provides actions/checkout, actions/setup-node, ` +
  `Tributary (OWNER/REPO@REF with one of its roles) and JavaScript actions of the checked-out repository (./PATH).`
