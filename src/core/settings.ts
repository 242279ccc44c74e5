import { z } from 'zod'
import { allowedHostSchema } from './allowed-host.ts'

const AUTHOR_PATTERN = /^[^<>\p{C}]*[^<>\p{C}\s] <[^<>@\s\p{C}]+@[^<>@\s\p{C}]+>$/u

/** GitHub's names of accounts, and of teams in an organization. */
const LOGIN_OR_TEAM = /^[A-Za-z\d][A-Za-z\d-]*(?:\/[\w.-]+)?$/

/** With its id: an address without one belongs to any account that takes that name. */
const BOT = 'github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>'

const effortSchema = z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional()
export type Effort = NonNullable<z.infer<typeof effortSchema>>

/**
 * The settings of `.github/tributary.yml`, with their defaults. Read from the default branch only. The JSON schema for
 * editors is generated from this one.
 */
export const settingsSchema = z.strictObject({
  slots: z
    .strictObject({
      start: z.int().min(1).max(64).default(4).describe('Slots to start at most when a run begins'),
      cap: z.int().min(1).max(64).default(8).describe('Slots to keep at most at any time'),
      idle_seconds: z.number().min(1).max(3600).default(60).describe('Seconds without work after which a slot leaves'),
      life_minutes: z.number().min(1).max(350).default(330).describe('Minutes after which a slot takes no new task'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      tasks: z.int().min(1).max(500).default(100).describe('Tasks a plan may have'),
      files: z.int().min(1).default(1000).describe('Files a task may change'),
      file_kilobytes: z
        .number()
        .positive()
        .max(102_400)
        .default(1024)
        .describe('Kilobytes a changed file may have, 20480 or more for a lock file; GitHub takes none above 100 MB'),
      task_minutes: z
        .number()
        .positive()
        .max(360)
        .default(30)
        .describe('Minutes a task may take where the plan says nothing'),
      memory_megabytes: z
        .int()
        .min(64)
        .optional()
        .describe(
          'Megabytes of memory that one command and all that it starts may use; if not set, three quarters of what the machine has',
        ),
      tmp_megabytes: z
        .int()
        .min(16)
        .optional()
        .describe(
          'Megabytes that a command may put into /tmp, and as many into its home; if not set, a fifth of the memory',
        ),
      turns: z.int().min(1).max(1000).default(60).describe('Turns that an agent may take for one attempt at a task'),
      pushes_per_minute: z
        .number()
        .positive()
        .default(6)
        .describe('Pushes a minute on average; events wait and are batched'),
      status_seconds: z
        .number()
        .min(0)
        .default(10)
        .describe('Seconds between two edits of the status comment at least'),
      poll_seconds: z
        .number()
        .positive()
        .max(60)
        .default(2)
        .describe('Seconds between two looks at the journal and the job lists'),
    })
    .prefault({}),
  approvers: z
    .strictObject({
      permission: z
        .enum(['write', 'maintain', 'admin'])
        .default('write')
        .describe('Permission a person needs to command a run'),
      users: z
        .array(z.string())
        .default([])
        .describe('If not empty: only these people may approve (the permission is needed too)'),
      second_person: z
        .boolean()
        .default(false)
        .describe('Those who asked for the plan, or for its last version by `/revise`, may not approve it'),
    })
    .prefault({}),
  mode: z
    .enum(['strict', 'soft', 'off'])
    .default('strict')
    .describe(
      'strict: no task, no agent and no write before the plan is approved; soft: nothing lands on trunk before; off: the final pull request is the gate',
    ),
  explore_model: z
    .string()
    .min(1)
    .default('claude-haiku-5-5')
    .describe('Model that reads the repository for the planner'),
  plan_model: z.string().min(1).default('claude-opus-5-5').describe('Model that writes, criticises and corrects plans'),
  worker_model: z
    .strictObject({
      cheap: z.string().min(1).default('claude-haiku-5-5').describe('Model of tasks that are easy'),
      default: z.string().min(1).default('claude-sonnet-5-5').describe('Model of most tasks'),
      strong: z
        .string()
        .min(1)
        .default('claude-opus-5-5')
        .describe('Model of hard tasks, and of tasks that failed twice'),
    })
    .prefault({})
    .describe('Models that work on tasks, by the tier that the plan gives each task'),
  review: z
    .enum(['off', 'risky', 'all'])
    .default('risky')
    .describe(
      'Which results of agents a model reviews before they land; risky: those that differ from what they promised, were flaky, settle a conflict, or needed several attempts',
    ),
  review_model: z
    .string()
    .min(1)
    .optional()
    .describe('Model that reviews the results of tasks; if not set, plan_model'),
  effort: z
    .strictObject({
      explore: effortSchema.describe('Effort of explore_model; if not set, the default of the model'),
      plan: effortSchema.describe('Effort of plan_model; if not set, the default of the model'),
      work: effortSchema.describe('Effort of worker_model; if not set, the default of the model'),
      review: effortSchema.describe('Effort of review_model; if not set, the default of the model'),
    })
    .prefault({})
    .describe('How much the models think; not all take every value'),
  budget: z
    .strictObject({
      usd: z.number().positive().max(100_000).default(10).describe('US dollars that a run may spend on models'),
      task_usd: z
        .number()
        .positive()
        .max(10_000)
        .default(2)
        .describe('US dollars that one attempt at a task may spend'),
    })
    .prefault({}),
  prices: z
    .record(
      z.string(),
      z.strictObject({
        input: z.number().min(0),
        output: z.number().min(0),
        cache_read: z.number().min(0),
        cache_write: z.number().min(0),
      }),
    )
    .default({})
    .describe('US dollars per million tokens, for models that the built-in table does not know or prices wrongly'),
  worker: z
    .strictObject({
      command: z
        .array(z.string().min(1))
        .default([])
        .describe('Another agent that works on tasks; the words may hold {prompt_file}, {worktree} and {model}'),
      env: z
        .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
        .default([])
        .describe('Variables of the job that this agent may see, its key among them'),
      network: z.boolean().default(false).describe('Whether this agent may use the network'),
    })
    .prefault({}),
  plan: z
    .strictObject({
      command: z
        .array(z.string().min(1))
        .default([])
        .describe(
          'Another program that writes plans, as JSON on its standard output; the words may hold {prompt_file}, {worktree} and {model}',
        ),
      env: z
        .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
        .default([])
        .describe('Variables of the job that this program may see, its key among them'),
      network: z.boolean().default(false).describe('Whether this program may use the network'),
    })
    .prefault({}),
  commits: z
    .strictObject({
      author: z
        .string()
        .regex(AUTHOR_PATTERN, 'write a name and an address, such as `Mona <mona@example.com>`')
        .default(BOT)
        .describe('Author and committer of all commits of a run, as `Name <address>`'),
      sign_off: z
        .boolean()
        .default(false)
        .describe('Whether each commit says `Signed-off-by` its author, for a repository with a DCO'),
    })
    .prefault({}),
  merge: z
    .enum(['auto', 'review'])
    .default('auto')
    .describe('auto: a verified task lands; review: it waits for a person'),
  label: z
    .string()
    .regex(/^tributary[\w .:/-]{0,40}$/, 'it begins with `tributary`')
    .optional()
    .describe('A label of an issue that asks for a plan as `/plan` does; it begins with `tributary`. If not set: none'),
  notify: z
    .enum(['all', 'outcomes', 'none'])
    .default('all')
    .describe(
      'When a new comment mentions who asked and who may approve. all: when the run waits for them, stops or is done; outcomes: when it stops or is done; none: never',
    ),
  reviewers: z
    .union([
      z.enum(['asker', 'codeowners']),
      z.array(z.string().regex(LOGIN_OR_TEAM, 'a login, or `org/team` for a team')).max(15),
    ])
    .default('asker')
    .describe(
      'Who is asked to review pull requests that wait for a person. asker: the person who asked for the plan; codeowners: the code owners of the changed paths, or that person if they have none; or logins and `org/team` names; []: nobody',
    ),
  auto_merge: z
    .enum(['off', 'squash', 'merge', 'rebase'])
    .default('off')
    .describe(
      'Not off: once a person who may approve has approved the last head of the final pull request, auto-merge is switched on for it with this method',
    ),
  worker_pull_requests: z
    .literal([true, false, 'review-only'])
    .default(true)
    .describe(
      'true: one pull request per task; review-only: only for a task that waits for a person or has failed; false: branches only',
    ),
  keep_branches: z
    .boolean()
    .default(false)
    .describe(
      "Keeps the run's branches and the refs of earlier attempts when its final pull request is merged or closed",
    ),
  protected_paths: z
    .array(z.string())
    .default([])
    .describe('Globs that no task may write, besides those that are always protected'),
  known_secrets: z
    .array(z.string().min(1))
    .default([])
    .describe('Invented secrets in test data: globs of files, or `sha256:` and the hash of a value'),
  commands: z.array(z.string()).default([]).describe('If not empty: the programs (first words) that plans may call'),
  agent_commands: z
    .enum(['sandboxed', 'listed'])
    .optional()
    .describe(
      'sandboxed: agents run any shell line, in the sandbox; listed: only the commands that the plan lists. If not set: sandboxed, and listed under `sandbox: off`',
    ),
  setup: z
    .array(z.array(z.string().min(1)).min(1))
    .max(20)
    .default([])
    .describe(
      'Commands that prepare a work tree, run in the sandbox before the first task of a slot, and again where lock files differ',
    ),
  network: z
    .strictObject({
      allow: z
        .array(allowedHostSchema)
        .max(50)
        .default([])
        .describe(
          'Hosts that commands of tasks reach through a filtering proxy, by HTTPS or plain HTTP; none if empty',
        ),
    })
    .prefault({}),
  baseline: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe(
      "auto: the plan's checks run once on the base, so that people see what they do before any work: before the approval if those who asked for the plan may approve it, else each agent's task begins with its own; off: only an agent sees that",
    ),
  sandbox: z.enum(['bubblewrap', 'off']).default('bubblewrap').describe('off runs commands of tasks without isolation'),
})
export type Settings = z.infer<typeof settingsSchema>

export type AgentCommands = NonNullable<Settings['agent_commands']>

/** With the value of `agent_commands` that counts if the file has none. */
export const withAgentCommands = (settings: Settings): Settings => ({
  ...settings,
  agent_commands: settings.agent_commands ?? (settings.sandbox === 'off' ? 'listed' : 'sandboxed'),
})

/** Runs of earlier versions have no value: what was approved for them were the commands of the plan. */
export const agentCommandsOf = ({ agent_commands }: Settings): AgentCommands => agent_commands ?? 'listed'

export const reviewModelOf = ({ review_model, plan_model }: Settings): string => review_model ?? plan_model

/** The hosts that commands of tasks are held to; nothing holds them to any under `sandbox: off`. */
export const hostsOf = ({ network, sandbox }: Pick<Settings, 'network' | 'sandbox'>): readonly string[] =>
  sandbox === 'off' ? [] : network.allow

export const defaultSettings: Settings = withAgentCommands(settingsSchema.parse({}))

/** Always protected, whatever the settings: these files decide what runs with a write token. */
export const ALWAYS_PROTECTED: readonly string[] = [
  '.github/workflows/**',
  '.github/actions/**',
  '.github/tributary.yml',
  '.git/**',
  '**/.git/**',
  '.gitmodules',
  '**/.gitmodules',
]

/**
 * Files that other agents read when they start, in any folder: instructions, hooks, MCP servers, variables. An agent with a
 * key and network access must get these from the base, not from another task.
 */
export const READ_BY_AGENTS: readonly string[] = [
  ...['AGENTS.md', 'AGENTS.override.md', 'CLAUDE.md', 'CLAUDE.local.md', 'GEMINI.md', '.mcp.json', '.env'],
  ...['.agents/**', '.claude/**', '.codex/**', '.gemini/**', '.opencode/**', 'opencode.json*', '.aider*'],
].map((name) => `**/${name}`)

export const SETTINGS_PATH = '.github/tributary.yml'

/** Never passed to an agent, whatever the settings: variables that authorise as the job, or that change how programs run. */
const NEVER = /^(?:ACTIONS_|GITHUB_TOKEN$|GH_TOKEN$|INPUT_|RUNNER_|LD_|BASH_ENV$|ENV$|NODE_OPTIONS$)/

/** The variables that may be passed to an agent. */
export const passable = (names: readonly string[]): string[] => names.filter((name) => !NEVER.test(name))
