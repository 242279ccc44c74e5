import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ownOf } from '../../core/own.ts'
import { nearest } from '../../core/text/nearest.ts'
import { commaList } from '../../render/markdown/format.ts'
import { Mistake, type Terminal } from '../subcommand.ts'

/** A program that plans and works on tasks: the lines of docs/workers.md. */
interface Agent {
  command: readonly string[]
  /** Variables by which it logs in: in the sandbox it sees no home, so no login of the person. One of them is needed. */
  env: readonly string[]
  /** How a person comes by one. */
  login: string
}

const AGENTS: Readonly<Record<string, Agent>> = {
  claude: {
    command: ['sh', '-c', 'claude -p --dangerously-skip-permissions < "$1"', 'sh', '{prompt_file}'],
    env: ['CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_API_KEY'],
    login: '`claude setup-token` makes a CLAUDE_CODE_OAUTH_TOKEN',
  },
  codex: {
    command: ['sh', '-c', 'codex exec --sandbox danger-full-access - < "$1"', 'sh', '{prompt_file}'],
    env: ['CODEX_API_KEY'],
    login: 'an API key of OpenAI is one',
  },
  gemini: {
    command: ['sh', '-c', 'gemini --approval-mode=yolo --skip-trust < "$1"', 'sh', '{prompt_file}'],
    env: ['GEMINI_API_KEY'],
    login: 'Google AI Studio makes one',
  },
  opencode: {
    command: [
      'opencode',
      'run',
      '--model',
      'anthropic/{model}',
      '--file',
      '{prompt_file}',
      'Do what the attached file says.',
    ],
    env: ['ANTHROPIC_API_KEY'],
    login: 'the console of Anthropic makes one',
  },
}

type Environment = Terminal['env']

/** The known agents that are on the PATH. They are only named: none runs before a person asks for it by `--agent`. */
export const findAgents = (env: Environment): string[] => Object.keys(AGENTS).filter((name) => isOnPath(name, env))

function isOnPath(program: string, { PATH = '' }: Environment): boolean {
  return PATH.split(delimiter).some((folder) => {
    const path = join(folder, program)
    try {
      accessSync(path, constants.X_OK)
      return folder !== '' && statSync(path).isFile()
    } catch {
      return false
    }
  })
}

/** What plans and works on tasks without a `run`. */
export interface ChosenAgent {
  /** `claude`, `ANTHROPIC_API_KEY`; null: nothing does, so plans are made by hand. */
  name: string | null
  secrets: Readonly<Record<string, string>>
  variables: Readonly<Record<string, string>>
  /** Settings that hold besides those of the repository. */
  settings: { worker?: object; plan?: object }
  workEnv: Readonly<Record<string, string>>
}

/** What the person asked for, else the key of the environment. An agent that is merely there is not used. */
export function chooseWorker(asked: string | undefined, env: Environment): ChosenAgent {
  const key = valuesOf(env, ['ANTHROPIC_API_KEY'])
  // They may hold a key of a gateway.
  const headers = valuesOf(env, ['ANTHROPIC_CUSTOM_HEADERS'])
  const worker: ChosenAgent = {
    name: Object.keys(key)[0] ?? null,
    secrets: { ...key, ...headers },
    variables: valuesOf(env, ['ANTHROPIC_BASE_URL']),
    settings: {},
    workEnv: {},
  }
  if (asked === undefined) return worker
  const agent = agentNamed(asked, env)
  const login = valuesOf(env, agent.env)
  if (Object.keys(login).length === 0) throw new Mistake(noLogin(asked, agent), { typing: false })
  const settings = { command: agent.command, env: agent.env, network: true }
  return {
    ...worker,
    name: asked,
    secrets: { ...worker.secrets, ...login },
    settings: { worker: settings, plan: settings },
    workEnv: login,
  }
}

function agentNamed(name: string, env: Environment): Agent {
  const agent = ownOf(AGENTS, name)
  if (agent === undefined) {
    const meant = nearest(name, Object.keys(AGENTS))
    const hint = meant === null ? `known are ${commaList(Object.keys(AGENTS))}.` : `did you mean ${meant}?`
    throw new Mistake(
      `'${name}' is not an agent that --agent knows; ${hint} \`worker.command\` in the settings takes any other`,
    )
  }
  if (!isOnPath(name, env))
    throw new Mistake(`there is no program \`${name}\` on the PATH; install it, or name another`, { typing: false })
  return agent
}

const noLogin = (name: string, { env, login }: Agent): string =>
  `\`${name}\` runs in a sandbox that does not see your home, so it logs in by a variable: set ${env.join(' or ')}; ${login}`

const valuesOf = (env: Environment, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name] ?? ''
      return value === '' ? [] : [[name, value]]
    }),
  )

/**
 * The action's input `settings`: on loopback nothing has to be spared as on GitHub, and a slot that waits costs memory.
 */
export const localSettings = ({ settings }: ChosenAgent): string => JSON.stringify({ ...LOCAL, ...settings })

const LOCAL = {
  slots: { idle_seconds: 20 },
  limits: { pushes_per_minute: 240, status_seconds: 1, poll_seconds: 0.3 },
}
