import { trunkBranch } from '../../core/ids.ts'
import { isAgentTask } from '../../core/plan/plan.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import type { Work } from '../../core/run/work.ts'
import { type AgentCommands, agentCommandsOf, hostsOf, type Settings } from '../../core/settings.ts'
import { code, codes, commandText } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { count, usd } from '../markdown/format.ts'
import type { PlannedRun } from './planned-run.ts'
import { MODE_MEANINGS, planningStage } from './planning-progress.ts'

/** The inputs of the plan id besides the plan's text. */
export const planInputsSection = ({ work }: PlannedRun): string[] => [
  '### What it stands on',
  '',
  `- Base: ${code(bounded(work.baseBranch, 200))} at ${code(work.base)}`,
  `- Settings: ${work.settingsBlob === '' ? 'none, so the defaults' : `\`.github/tributary.yml\`, blob ${code(work.settingsBlob)}`}`,
  `- Limits: ${slotAndFileLimits(work.settings)}`,
  ...workersLine(work),
  ...setUpLine(work.settings),
  `- Mode ${code(work.mode)}: ${MODE_MEANINGS[work.mode]}`,
  ...(work.open ? [] : [`- Plan id: ${code(work.planId)}`]),
]

const slotAndFileLimits = ({ limits: { files, file_kilobytes }, slots }: Settings): string =>
  [
    `${count(slots.start, 'slot')} at the start and ${slots.cap} at most`,
    `${count(files, 'file')} a task`,
    `${file_kilobytes} KB a file`,
  ].join(', ')

const setUpLine = ({ setup }: Settings): string[] =>
  setup.length === 0 ? [] : [`- Set-up of each slot: ${codes(setup.map(commandText))}`]

function workersLine({ plan, settings }: Work): string[] {
  if (!plan.tasks.some(isAgentTask)) return []
  const { worker_model: tiers, worker, budget, limits } = settings
  const names = [...new Set([tiers.cheap, tiers.default, tiers.strong])].map((name) => bounded(name, 60))
  const who =
    worker.command.length > 0
      ? `${code(commandText(worker.command))}${worker.network ? ', **with the network**' : ''}`
      : `agents on ${codes(names)}, ${count(limits.turns, 'turn')} and ${usd(budget.task_usd)} an attempt at most`
  return [`- Workers: ${who}`]
}

/** Whether the plan can be approved now: it is complete and the newest version, and a part of it is not approved yet. */
export const waitsForApproval = (run: PlannedRun): boolean => {
  const { work } = run
  if (work.mode === 'off' || work.open || planningStage(run) !== 'done') return false
  // A plan that has not grown shows the same text before and after its approval.
  return work.amendments.length === 0 || work.approved !== null
}

/** What an approval allows, or, if none is needed, what happens with the plan. */
export function approvalSection(run: PlannedRun): string[] {
  const { settings } = run.work
  const agents = run.work.plan.tasks.some(isAgentTask)
  return [
    waitsForApproval(run) ? '### What an approval does' : '### What happens with it',
    '',
    ...(agents && settings.worker.command.length === 0
      ? [
          `- Agents change files inside the paths that are named for each task, and no others; ${AGENTS_RUN[agentCommandsOf(settings)]} They spend ${usd(run.ledger.limit ?? settings.budget.usd)} at most, planning included.`,
        ]
      : []),
    ...whereCommandsRun(settings),
    `- Each task works on a branch of its own${settings.worker_pull_requests ? ', with a pull request of its own' : ''}. ${howTasksLand(run)}`,
    `- Nothing is merged into ${code(bounded(run.work.baseBranch, 200))}: a person does that, with the final pull request.`,
    ...(waitsForApproval(run) ? whatApprovalCovers(run) : []),
  ]
}

function whereCommandsRun(settings: Settings): string[] {
  const hosts = hostsOf(settings)
  if (settings.sandbox === 'off')
    return [
      '- The commands above run in jobs whose token can only read. **They run without isolation: `sandbox: off` is set.**',
      ...(settings.network.allow.length === 0
        ? []
        : ['- `network.allow` has no effect under `sandbox: off`: **they reach every host.**']),
    ]
  if (hosts.length === 0)
    return ['- The commands above run in a sandbox without network, in jobs whose token can only read.']
  return [
    '- The commands above run in a sandbox, in jobs whose token can only read.',
    `- **Commands reach ${codes(hosts)}** (\`network.allow\`), and no other host. An allowed host is also a way out: a task can send there what it can read, all files of this repository among it.`,
  ]
}

/** What `agent_commands` allows the agents, as the end of a sentence. */
const AGENTS_RUN: Readonly<Record<AgentCommands, string>> = {
  sandboxed: '**they run any command they choose**, in the sandbox only (`agent_commands: sandboxed`).',
  listed: 'they run the commands above, and no others (`agent_commands: listed`).',
}

function howTasksLand({ run, work }: PlannedRun): string {
  const trunk = code(trunkBranch(run))
  const gate = work.mode === 'soft' ? ' and the plan is approved' : ''
  return work.settings.merge === 'auto'
    ? `When its acceptance passes${gate}, it is merged into ${trunk}.`
    : `When its acceptance passes, it waits for \`/approve\` on its pull request, then it is merged into ${trunk}.`
}

function whatApprovalCovers({ work, planning }: PlannedRun): string[] {
  const id = shortPlanId(work.planId)
  const revise = planning === null ? '' : ' Another version: `/revise -- what to change`.'
  return [
    '- It counts for exactly this plan, these settings and this base. If the base moves in paths that the plan uses, it counts no longer.',
    '',
    `A part of it: \`/approve ${id} --only t1,t2\`, with the ids of tasks.${revise} Not at all: \`/reject -- why\`. All of it:`,
  ]
}
