import { issueOf, trunkBranch } from '../../core/ids.ts'
import { isAgentTask } from '../../core/plan/plan.ts'
import type { Work } from '../../core/run/work.ts'
import { type AgentCommands, agentCommandsOf, hostsOf, type Settings } from '../../core/settings.ts'
import { code, codes, commandText } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { count, usd } from '../markdown/format.ts'
import type { PlannedRun } from './planned-run.ts'
import { MODE_MEANINGS } from './planning-progress.ts'

/** What an approval counts for, besides the plan's text. */
export const planInputs = ({ work }: PlannedRun): string[] => [
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

/** What may happen once the plan is approved or, if it needs no approval, at any time. */
export function allowedLines(run: PlannedRun): string[] {
  const { settings } = run.work
  const agents = run.work.plan.tasks.some(isAgentTask)
  return [
    ...(agents && settings.worker.command.length === 0
      ? [
          `- Agents change files inside the paths of their tasks, and no others; ${AGENTS_RUN[agentCommandsOf(settings)]} They spend ${usd(run.ledger.limit ?? settings.budget.usd)} at most, planning included.`,
        ]
      : []),
    ...whereCommandsRun(settings),
    `- Each task works on a branch of its own${PULLS[`${settings.worker_pull_requests}`]}. ${howTasksLand(run)}`,
    `- Nothing is merged into ${code(bounded(run.work.baseBranch, 200))}: a person does that, with the final pull request.`,
    '- An approval counts for exactly this plan, these settings and this base. If the base moves in paths that the plan uses, the approval no longer counts.',
  ]
}

const PULLS = {
  true: ', with a pull request of its own',
  'review-only': ', with a pull request if you are to look at it',
  false: '',
} as const

/** What must be read before an approval, so it is never folded. */
export function warnings({ work: { settings, plan, sharedWrites = [] } }: PlannedRun): string[] {
  const hosts = hostsOf(settings)
  return [
    ...sharedWrites.map(
      ({ run, paths }) =>
        `- **The run of #${issueOf(run)} writes the same paths** and is not merged yet: ${codes(paths)}. The one that you merge second may conflict.`,
    ),
    ...(settings.sandbox === 'off' ? ['- **Commands run without isolation: `sandbox: off` is set.**'] : []),
    ...(settings.sandbox === 'off' && settings.network.allow.length > 0
      ? ['- `network.allow` has no effect under `sandbox: off`: **commands reach every host.**']
      : []),
    ...(settings.sandbox !== 'off' && hosts.length > 0
      ? [
          `- **Commands reach ${codes(hosts)}** (\`network.allow\`), and no other host. An allowed host is also a way out: a task can send there what it can read, and it can read all files of this repository.`,
        ]
      : []),
    ...(settings.worker.command.length > 0 && settings.worker.network && plan.tasks.some(isAgentTask)
      ? [`- **The program ${code(commandText(settings.worker.command))} has the network.**`]
      : []),
  ]
}

const whereCommandsRun = (settings: Settings): string[] =>
  settings.sandbox === 'off'
    ? ['- Commands run in jobs whose token can only read, without a sandbox.']
    : [
        `- Commands run in a sandbox ${hostsOf(settings).length === 0 ? 'without network' : 'with the network named above'}, in jobs whose token can only read.`,
      ]

/** What `agent_commands` allows the agents, as the end of a sentence. */
const AGENTS_RUN: Readonly<Record<AgentCommands, string>> = {
  sandboxed: '**they run any command they choose**, in the sandbox only (`agent_commands: sandboxed`).',
  listed: 'they run the commands of this plan, and no others (`agent_commands: listed`).',
}

function howTasksLand({ run, work }: PlannedRun): string {
  const trunk = code(trunkBranch(run))
  const gate = work.mode === 'soft' ? ' and the plan is approved' : ''
  return work.settings.merge === 'auto'
    ? `When its acceptance passes${gate}, it is merged into ${trunk}.`
    : `When its acceptance passes, it waits for \`/approve\` on its pull request, then it is merged into ${trunk}.`
}
