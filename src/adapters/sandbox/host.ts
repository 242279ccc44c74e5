import { existsSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'

/** What the sandbox must know about its machine. */
export interface SandboxHost {
  path: string
  /** Home folders of people and of the job: hidden, except for programs in them that are on PATH. */
  homes: readonly string[]
  /** Other folders to hide: the runner's files, and the action's own. */
  hide: readonly string[]
  /** Variables that name the installation folder of a language; these folders stay visible. */
  toolchains: Readonly<Record<string, string>>
  /** Parent of the commands' home folder if there is no sandbox. */
  temp: string
}

const TOOLCHAINS = ['JAVA_HOME', 'GOROOT', 'RUSTUP_HOME', 'PYENV_ROOT', 'RBENV_ROOT', 'VOLTA_HOME', 'DOTNET_ROOT']

type Environment = Readonly<Record<string, string | undefined>>

/** Derives from a job's environment what commands may see. `own`: folders of the action itself. */
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

/** A self-hosted runner keeps its GitHub credentials in its folder, readable for the jobs that it runs. */
const KEYS_OF_RUNNER = ['.runner', '.credentials', '.credentials_rsaparams']

/** The runner's folder is derived from its work folder, if that has the default location, and from its node binary. */
function runnersOwn({ RUNNER_TEMP }: Environment): string[] {
  const fromWork = RUNNER_TEMP ? [dirname(dirname(RUNNER_TEMP))] : []
  const fromNode = dirname(dirname(dirname(dirname(process.execPath))))
  return [...fromWork, fromNode].filter((root) => KEYS_OF_RUNNER.some((name) => existsSync(join(root, name))))
}

/** HOME may differ from the user's entry in the system; in a container there may be no entry. */
function homeOfUser(): string[] {
  try {
    return [userInfo().homedir]
  } catch {
    return []
  }
}

/** rustup's proxies look for its folder in the home folder, which is hidden from commands. */
function rustupIn(home = ''): Record<string, string> {
  const folder = join(home, '.rustup')
  return home !== '' && existsSync(folder) ? { RUSTUP_HOME: folder } : {}
}

/** The environment of a command, without the variables that its task adds. */
export const commandEnvironment = (host: SandboxHost, home: string): Record<string, string> => ({
  ...host.toolchains,
  PATH: host.path,
  HOME: home,
  LANG: 'C.UTF-8',
  TERM: 'dumb',
  CI: 'true',
})
