import { priceOf, priceToWrite } from '../core/money/price.ts'
import { passable, type Settings, withAgentCommands } from '../core/settings.ts'
import { quoted } from '../core/text/quoted.ts'

/** A problem or warning about one setting. */
export interface SettingRemark {
  path: readonly PropertyKey[]
  message: string
}

/** Settings that contradict each other. They are refused, since one of them would have to be ignored silently. */
export const contradictions = (settings: Settings): SettingRemark[] => [
  ...slotContradictions(settings),
  ...budgetContradiction(settings),
  ...protectedContradiction(settings),
  ...sandboxContradiction(settings),
]

function slotContradictions({ slots: { start, cap, idle_seconds, life_minutes } }: Settings): SettingRemark[] {
  const remarks: SettingRemark[] = []
  if (start > cap)
    remarks.push({
      path: ['slots', 'start'],
      message: `\`slots.start\` ${start} is over \`slots.cap\` ${cap}: lower the first or raise the second`,
    })
  if (idle_seconds > life_minutes * 60)
    remarks.push({
      path: ['slots', 'idle_seconds'],
      message: `\`slots.idle_seconds\` ${idle_seconds} is longer than \`slots.life_minutes\` ${life_minutes}, so a slot ends before it can be idle for that long: lower the first or raise the second`,
    })
  return remarks
}

function budgetContradiction({ budget: { task_usd, usd } }: Settings): SettingRemark[] {
  if (task_usd <= usd) return []
  const message = `\`budget.task_usd\` ${task_usd} is over \`budget.usd\` ${usd}: one attempt cannot spend more than its run, so lower the first or raise the second`
  return [{ path: ['budget', 'task_usd'], message }]
}

function protectedContradiction({ protected_paths }: Settings): SettingRemark[] {
  return protected_paths.flatMap((glob, index) =>
    glob === '**' || glob === '**/*'
      ? [
          {
            path: ['protected_paths', index],
            message: `\`protected_paths\` ${quoted(glob)} protects every file, so no task could write one: name files or folders`,
          },
        ]
      : [],
  )
}

const sandboxContradiction = ({ sandbox, agent_commands }: Settings): SettingRemark[] =>
  sandbox === 'off' && agent_commands === 'sandboxed'
    ? [
        {
          path: ['agent_commands'],
          message:
            '`agent_commands: sandboxed` needs a sandbox, and `sandbox: off` removes it: write `agent_commands: listed`, or remove `sandbox: off`',
        },
      ]
    : []

/** Settings that are allowed, but rarely intended. */
export const settingsWarnings = (settings: Settings): SettingRemark[] => [
  ...sandboxWarning(settings),
  ...networkWarning(settings),
  ...commandsWarning(settings),
  ...priceWarnings(settings),
  ...programWarnings('worker', settings),
  ...programWarnings('plan', settings),
  ...approverWarnings(settings),
]

const sandboxWarning = ({ sandbox }: Settings): SettingRemark[] =>
  sandbox === 'bubblewrap'
    ? []
    : [
        {
          path: ['sandbox'],
          message:
            '`sandbox: off` runs the commands of tasks without isolation: they can read what the job can read, and use its network',
        },
      ]

const networkWarning = ({ sandbox, network }: Settings): SettingRemark[] =>
  sandbox === 'bubblewrap' || network.allow.length === 0
    ? []
    : [
        {
          path: ['network', 'allow'],
          message: '`network.allow` has no effect under `sandbox: off`: commands of tasks reach every host',
        },
      ]

/** Who writes `agent_commands` has decided; who wrote `commands` before it was there may count on that. */
const commandsWarning = (settings: Settings): SettingRemark[] =>
  settings.commands.length === 0 ||
  settings.worker.command.length > 0 ||
  settings.agent_commands !== undefined ||
  withAgentCommands(settings).agent_commands === 'listed'
    ? []
    : [
        {
          path: ['commands'],
          message:
            '`commands` does not limit agents: by default, they run any command, in the sandbox. To limit them to what the plan lists, write `agent_commands: listed`; to allow any command, `agent_commands: sandboxed`',
        },
      ]

function priceWarnings(settings: Settings): SettingRemark[] {
  const { explore_model, plan_model, worker_model, worker, review, review_model } = settings
  const ofWorkers = worker.command.length > 0 ? [] : Object.entries(worker_model)
  const ofReviews: [string[], string][] =
    review === 'off' || review_model === undefined ? [] : [[['review_model'], review_model]]
  const used: [string[], string][] = [
    [['explore_model'], explore_model],
    [['plan_model'], plan_model],
    ...ofReviews,
    ...ofWorkers.map(([tier, model]): [string[], string] => [['worker_model', tier], model]),
  ]
  return used
    .filter(([, model]) => priceOf(model, settings) === null)
    .map(([path, model]) => ({
      path,
      message: `${quoted(path.join('.'))} ${quoted(model)} has no price, so no limit could hold, and no plan may use it: ${priceToWrite(model)}.`,
    }))
}

/** Of another agent that works on tasks or writes plans. */
function programWarnings(of: 'worker' | 'plan', settings: Settings): SettingRemark[] {
  const { command, env, network } = settings[of]
  const unused = (key: string): SettingRemark => ({
    path: [of, key],
    message: `\`${of}.${key}\` changes nothing without \`${of}.command\``,
  })
  if (command.length === 0) return [...(env.length > 0 ? [unused('env')] : []), ...(network ? [unused('network')] : [])]
  const passed = passable(env)
  const refused = env.flatMap((name, index) =>
    passed.includes(name)
      ? []
      : [
          {
            path: [of, 'env', index],
            message: `\`${of}.env\` ${quoted(name)} is never passed on: a program could use it to act as the job`,
          },
        ],
  )
  const noPrompt = command.some((word) => word.includes('{prompt_file}'))
    ? []
    : [
        {
          path: [of, 'command'],
          message: `\`${of}.command\` does not contain \`{prompt_file}\`, so the agent does not know what to do`,
        },
      ]
  return [...noPrompt, ...refused]
}

function approverWarnings({ approvers: { users, second_person } }: Settings): SettingRemark[] {
  const [only, ...more] = new Set(users.map((user) => user.toLowerCase()))
  if (!second_person || only === undefined || more.length > 0) return []
  return [
    {
      path: ['approvers', 'users'],
      message: `\`approvers.users\` names one person, and \`approvers.second_person\` is set: no one could approve a plan that ${quoted(only)} asks for. Name a second person`,
    },
  ]
}
