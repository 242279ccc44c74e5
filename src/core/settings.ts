import { z } from 'zod'
import { allowedHostSchema } from './allowed-host.ts'

const AUTHOR_PATTERN = /^[^<>\p{C}]*[^<>\p{C}\s] <[^<>@\s\p{C}]+@[^<>@\s\p{C}]+>$/u

/** GitHub's names of accounts, and of teams in an organization. */
export const LOGIN_OR_TEAM = /^[A-Za-z\d][A-Za-z\d-]*(?:\/[\w.-]+)?$/

/** With its id: an address without one belongs to any account that takes that name. */
const BOT = 'github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>'

const effortSchema = z
  .enum(['low', 'medium', 'high', 'xhigh', 'max'])
  .optional()
  .meta({ examples: ['high'] })
export type Effort = NonNullable<z.infer<typeof effortSchema>>

/**
 * The settings of `.github/tributary.yml`, with their defaults. Read from the default branch only. `npm run schema` makes the JSON
 * schema for editors and the list in docs/settings.md of it; a key without a default needs an example for that list.
 */
export const settingsSchema = z.strictObject({
  slots: z
    .strictObject({
      start: z.int().min(1).max(64).default(4).describe('Maximum number of slots to start when a run begins'),
      cap: z.int().min(1).max(64).default(8).describe('Maximum number of slots at any time'),
      idle_seconds: z
        .number()
        .min(1)
        .max(3600)
        .default(60)
        .describe('A slot ends after this many seconds without work'),
      life_minutes: z
        .number()
        .min(1)
        .max(350)
        .default(330)
        .describe('A slot takes no new task after this many minutes'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      tasks: z.int().min(1).max(500).default(100).describe('Maximum number of tasks in a plan'),
      files: z.int().min(1).default(1000).describe('Maximum number of files that a task may change'),
      file_kilobytes: z
        .number()
        .positive()
        .max(102_400)
        .default(1024)
        .describe('Largest size of a changed file; a lock file may always have 20480'),
      task_minutes: z.number().positive().max(360).default(30).describe('Time limit of a task if the plan sets none'),
      memory_megabytes: z
        .int()
        .min(64)
        .optional()
        .meta({ examples: [12_000] })
        .describe(
          'Memory for one command and everything it starts. If not set: three quarters of the memory of the machine',
        ),
      tmp_megabytes: z
        .int()
        .min(16)
        .optional()
        .meta({ examples: [3000] })
        .describe(
          'Space for a command in /tmp, and the same again in its home folder. If not set: a fifth of the memory',
        ),
      turns: z.int().min(1).max(1000).default(60).describe('Maximum number of turns of an agent in one attempt'),
      pushes_per_minute: z
        .number()
        .positive()
        .default(6)
        .describe('Average pushes a minute; events wait and are pushed together'),
      status_seconds: z.number().min(0).default(10).describe('Minimum seconds between two edits of the status comment'),
      poll_seconds: z
        .number()
        .positive()
        .max(60)
        .default(2)
        .describe('Seconds between two checks for commands, results and lost jobs'),
    })
    .prefault({}),
  approvers: z
    .strictObject({
      permission: z
        .enum(['write', 'maintain', 'admin'])
        .default('write')
        .describe('Permission on GitHub that a person needs to command a run'),
      users: z
        .array(z.string())
        .default([])
        .describe(
          'Only these people may approve, and they need the permission too. Empty: everyone with the permission',
        ),
      second_person: z
        .boolean()
        .default(false)
        .describe(
          'true: you cannot approve a plan that you asked for, or whose latest version you asked for with `/revise`',
        ),
    })
    .prefault({}),
  mode: z
    .enum(['strict', 'soft', 'off'])
    .default('strict')
    .describe(
      'strict: no task starts before the plan is approved; soft: tasks start, but none lands; off: you approve the final pull request only',
    ),
  explore_model: z.string().min(1).default('claude-haiku-5-5').describe('Explores the repository for the planner'),
  plan_model: z
    .string()
    .min(1)
    .default('claude-opus-5-5')
    .describe('Writes, reviews and corrects plans, and describes the change'),
  worker_model: z
    .strictObject({
      cheap: z.string().min(1).default('claude-haiku-5-5').describe('For easy tasks'),
      default: z.string().min(1).default('claude-sonnet-5-5').describe('For most tasks'),
      strong: z.string().min(1).default('claude-opus-5-5').describe('For hard tasks, and for tasks that failed twice'),
    })
    .prefault({})
    .describe('Models that work on tasks; the plan gives each task a tier'),
  review: z
    .enum(['off', 'risky', 'all'])
    .default('risky')
    .describe(
      'Results of agents that a model reviews before they land. risky: see "Review by a model"; all; off: none',
    ),
  review_model: z
    .string()
    .min(1)
    .optional()
    .meta({ examples: ['claude-sonnet-5-5'] })
    .describe('Reviews results. If not set: plan_model'),
  effort: z
    .strictObject({
      explore: effortSchema.describe(
        'Effort of explore_model: low, medium, high, xhigh or max. If not set: the default of the model',
      ),
      plan: effortSchema.describe('Effort of plan_model'),
      work: effortSchema.describe('Effort of worker_model'),
      review: effortSchema.describe('Effort of review_model'),
    })
    .prefault({})
    .describe('How much the models think; not every model takes every value'),
  budget: z
    .strictObject({
      usd: z.number().positive().max(100_000).default(10).describe('Limit of a run, in US dollars for models'),
      task_usd: z.number().positive().max(10_000).default(2).describe('Limit of one attempt at a task, in US dollars'),
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
    .describe('US dollars per million tokens, for models that are not in the built-in table or have another price'),
  worker: z
    .strictObject({
      command: z
        .array(z.string().min(1))
        .default([])
        .describe('Your own agent for tasks, as a list of words; {prompt_file}, {worktree} and {model} are replaced'),
      env: z
        .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
        .default([])
        .describe('Environment variables of the job that it gets, such as its key'),
      network: z.boolean().default(false).describe('true: it reaches every host that the job reaches'),
    })
    .prefault({}),
  plan: z
    .strictObject({
      command: z
        .array(z.string().min(1))
        .default([])
        .describe(
          'Your own program that writes plans, as JSON on its standard output; a list of words as in worker.command',
        ),
      env: z
        .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
        .default([])
        .describe('Environment variables of the job that it gets, such as its key'),
      network: z.boolean().default(false).describe('true: it reaches every host that the job reaches'),
    })
    .prefault({}),
  commits: z
    .strictObject({
      author: z
        .string()
        .regex(AUTHOR_PATTERN, 'write a name and an address, such as `Mona <mona@example.com>`')
        .default(BOT)
        .describe('Author and committer of every commit of a run, as `Name <address>`'),
      sign_off: z
        .boolean()
        .default(false)
        .describe('true: each commit has a `Signed-off-by` line, for a repository with a DCO'),
    })
    .prefault({}),
  merge: z
    .enum(['auto', 'review'])
    .default('auto')
    .describe('auto: a verified task lands by itself; review: it waits for a person'),
  label: z
    .string()
    .regex(/^tributary[\w .:/-]{0,40}$/, 'it begins with `tributary`')
    .optional()
    .meta({ examples: ['tributary'] })
    .describe('A label that asks for a plan, as `/plan` does; it begins with `tributary`. If not set: none'),
  notify: z
    .enum(['all', 'outcomes', 'none'])
    .default('all')
    .describe(
      'When a new comment mentions you. all: when the run waits for you, stops or is done; outcomes: when it stops or is done; none: never',
    ),
  reviewers: z
    .union([
      z.enum(['asker', 'codeowners']),
      z.array(z.string().regex(LOGIN_OR_TEAM, 'a login, or `org/team` for a team')).max(15),
    ])
    .default('asker')
    .describe(
      'Who is asked to review pull requests that wait for a person. asker: the person who asked for the plan; codeowners: the code owners of the changed paths, or that person if they have none; or logins and `org/team` names; []: no one',
    ),
  auto_merge: z
    .enum(['off', 'squash', 'merge', 'rebase'])
    .default('off')
    .describe(
      'squash, merge or rebase: auto-merge is switched on for the final pull request, with this method, once a person who may approve has approved its last head; off: you merge it',
    ),
  worker_pull_requests: z
    .literal([true, false, 'review-only'])
    .default(true)
    .describe(
      'true: one pull request for each task; review-only: only if a task waits for you or failed; false: branches only',
    ),
  keep_branches: z
    .boolean()
    .default(false)
    .describe("true: the run's branches stay when its final pull request is merged or closed"),
  protected_paths: z
    .array(z.string())
    .default([])
    .describe('Globs that no task may write, beside those that are always protected'),
  known_secrets: z
    .array(z.string().min(1))
    .default([])
    .describe('Invented secrets in test data: globs of files, or `sha256:` and the hash of a value'),
  commands: z.array(z.string()).default([]).describe('The only programs (first words) that plans may call. Empty: any'),
  agent_commands: z
    .enum(['sandboxed', 'listed'])
    .optional()
    .meta({ examples: ['sandboxed'] })
    .describe(
      'sandboxed: agents run any command, in the sandbox; listed: only commands that the plan lists. With `sandbox: off`: listed',
    ),
  setup: z
    .array(z.array(z.string().min(1)).min(1))
    .max(20)
    .default([])
    .describe('Commands that prepare the work tree of a slot, in the sandbox, such as [[npm, ci]]; see "Setup"'),
  network: z
    .strictObject({
      allow: z
        .array(allowedHostSchema)
        .max(50)
        .default([])
        .describe('Hosts that commands of tasks reach, such as registry.npmjs.org; see "Network". Empty: none'),
    })
    .prefault({}),
  baseline: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe('auto: the plan\'s checks run once on the base before any work, see "Baseline"; off: they do not'),
  sandbox: z.enum(['bubblewrap', 'off']).default('bubblewrap').describe('off: commands of tasks run without isolation'),
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
