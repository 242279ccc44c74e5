import { readFile } from 'node:fs/promises'

/** The commands that install bubblewrap, by family of systems. */
const INSTALL: Readonly<Record<string, readonly string[]>> = {
  debian: ['apt-get update', 'apt-get install -y bubblewrap'],
  ubuntu: ['apt-get update', 'apt-get install -y bubblewrap'],
  fedora: ['dnf install -y bubblewrap'],
  rhel: ['dnf install -y bubblewrap'],
  suse: ['zypper --non-interactive install bubblewrap'],
  arch: ['pacman -S --noconfirm bubblewrap'],
  alpine: ['apk add bubblewrap'],
}

/** The problem in one sentence, and the commands that fix it, if any. */
export interface Advice {
  why: string
  fix: string[]
}

export function adviceWhenMissing(machine: Machine): Advice {
  if (machine.platform !== 'linux') return unsupported(machine)
  const known = machine.systems.flatMap((system) => (Object.hasOwn(INSTALL, system) ? [INSTALL[system] ?? []] : []))
  const fix = asRoot(machine, [...(known[0] ?? []), ...undoForbidding(machine)])
  const hint = known.length === 0 ? '; its package is called bubblewrap on most systems' : ''
  return { why: `bubblewrap is not installed${hint}`, fix }
}

/** `said`: bubblewrap's error message. */
export function adviceWhenRefused(machine: Machine, said: string): Advice {
  if (machine.platform !== 'linux') return unsupported(machine)
  const fix = asRoot(machine, undoForbidding(machine))
  // No setting of this system forbids it, so the surrounding container does.
  return {
    why: fix.length > 0 ? said : `${said}. A container has to be started with the right to make namespaces`,
    fix,
  }
}

const undoForbidding = ({ forbidding }: Machine): string[] => forbidding.map((setting) => `sysctl -w ${setting}`)

const asRoot = ({ isRoot }: Machine, commands: readonly string[]): string[] =>
  isRoot ? [...commands] : commands.map((command) => `sudo ${command}`)

const NAMES: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows', freebsd: 'FreeBSD' }

const unsupported = ({ platform }: Machine): Advice => ({
  why: `there is no sandbox for ${NAMES[platform] ?? platform} yet`,
  fix: [],
})

/** The facts about a machine that decide how a sandbox is made available. */
export interface Machine {
  platform: NodeJS.Platform
  isRoot: boolean
  /** `ID` and `ID_LIKE` of /etc/os-release, most specific first. */
  systems: readonly string[]
  /** The `sysctl -w` arguments that undo kernel settings which forbid namespaces to unprivileged programs. */
  forbidding: readonly string[]
}

/** Kernel settings that forbid user namespaces, and the `sysctl` argument that undoes each. */
const SWITCHES = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    no: '1',
    undo: 'kernel.apparmor_restrict_unprivileged_userns=0',
  },
  { file: '/proc/sys/kernel/unprivileged_userns_clone', no: '0', undo: 'kernel.unprivileged_userns_clone=1' },
  { file: '/proc/sys/user/max_user_namespaces', no: '0', undo: 'user.max_user_namespaces=15000' },
]

export async function thisMachine(): Promise<Machine> {
  const switches = await Promise.all(
    SWITCHES.map(async ({ file, no, undo }) => ((await textOf(file)).trim() === no ? [undo] : [])),
  )
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    systems: systemsIn(await textOf('/etc/os-release')),
    forbidding: switches.flat(),
  }
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '')

export function systemsIn(osRelease: string): string[] {
  const value = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? ''
  return `${value('ID')} ${value('ID_LIKE')}`.split(' ').filter((name) => name !== '')
}
