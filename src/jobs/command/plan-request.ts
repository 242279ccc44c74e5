import { SETTINGS_PATH } from '../../core/settings.ts'
import { type CommandDeps, type CommandOutcome, nothing } from '../deps.ts'
import { readSettingsNow } from '../settings-now.ts'
import { runCommand } from './run-command.ts'

interface PlanRequest {
  issue: number
  /** Null: a person named the issue in the form of the workflow. */
  label: string | null
  sender: { login: string; type: string }
}

/** `/plan` without a comment. Who may is decided as for a comment: GitHub lets people set labels who may not command runs. */
export async function runPlanRequest(
  deps: CommandDeps,
  { issue: number, label, sender }: PlanRequest,
  firstDelivery: boolean,
): Promise<CommandOutcome> {
  if (label !== null && label !== (await planLabel(deps))) {
    deps.log(`the label ${label} asks for no plan: \`label\` in ${SETTINGS_PATH} names the one that does`)
    return nothing
  }
  const issue = await deps.forge.issue(number)
  if (issue === null) throw new Error(`there is no issue ${number}`)
  return runCommand(deps, {
    id: null,
    key: `plan:${deps.workflowRun}`,
    line: '/plan',
    formatted: null,
    createdAt: deps.clock.now().toISOString(),
    issue: { number, ...issue },
    sender: { ...sender, viaApp: null },
    firstDelivery,
  })
}

async function planLabel(deps: CommandDeps): Promise<string | null> {
  const settings = await readSettingsNow(deps)
  return settings.ok ? (settings.value.label ?? null) : null
}
