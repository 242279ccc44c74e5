import { existsSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'

/** What the sandbox must know of the machine that it stands on. */
export interface SandboxHost {
  path: string
  /** Homes of people and of the job: hidden, but for the programs in them that PATH names. */
  homes: readonly string[]
  /** Other folders that commands have no business with: the runner's files, the action's own. */
  hide: readonly string[]
  /** Variables that say where a language is installed; folders that they name stay visible. */
  toolchains: Readonly<Record<string, string>>
  /** For the home folder of commands where there is no sandbox to hold it. */
  temp: string
}

const TOOLCHAINS = ['JAVA_HOME', 'GOROOT', 'RUSTUP_HOME', 'PYENV_ROOT', 'RBENV_ROOT', 'VOLTA_HOME', 'DOTNET_ROOT']

type Environment = Readonly<Record<string, string | undefined>>

/** Reads off a job's environment what commands may see of the machine. `own`: folders of the action itself. */
export function hostOf(env: Environment, own: readonly string[]): SandboxHost {
  const homes = [...(env.HOME ? [env.HOME] : []), ...homeOfUser()]
  const toolchains = TOOLCHAINS.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []))
  return {
    path: (env.PATH ?? '')
      .split(':')
      .filter((folder) => folder.startsWith('/'))
      .join(':'),
    homes: [...homes, '/home', '/root'],
    hide: [env.RUNNER_TEMP, ...runnersOwn(env), ...own].filter((folder) => folder !== undefined),
    toolchains: { ...rustupIn(env.HOME), ...Object.fromEntries(toolchains) },
    temp: env.RUNNER_TEMP ?? tmpdir(),
  }
}

/** A runner of one's own keeps the keys that it speaks to GitHub with in its folder, readable for the jobs that it runs. */
const KEYS_OF_RUNNER = ['.runner', '.credentials', '.credentials_rsaparams']

/** It is found from its work folder, if that was left where it is, and from the node that it runs actions with. */
function runnersOwn({ RUNNER_TEMP }: Environment): string[] {
  const fromWork = RUNNER_TEMP ? [dirname(dirname(RUNNER_TEMP))] : []
  const fromNode = dirname(dirname(dirname(dirname(process.execPath))))
  return [...fromWork, fromNode].filter((root) => KEYS_OF_RUNNER.some((name) => existsSync(join(root, name))))
}

/** HOME may name another one than the system does; in a container the user may have no entry there at all. */
function homeOfUser(): string[] {
  try {
    return [userInfo().homedir]
  } catch {
    return []
  }
}

/** rustup's proxies look for it in the home folder, which a command does not see. */
function rustupIn(home = ''): Record<string, string> {
  const folder = join(home, '.rustup')
  return home !== '' && existsSync(folder) ? { RUSTUP_HOME: folder } : {}
}

/** All that a command finds in its environment, besides what its task gives it. */
export const commandEnvironment = (host: SandboxHost, home: string): Record<string, string> => ({
  ...host.toolchains,
  PATH: host.path,
  HOME: home,
  LANG: 'C.UTF-8',
  TERM: 'dumb',
  CI: 'true',
})
