import { readFile } from 'node:fs/promises'

/** How each family of systems installs it. */
const INSTALL: Readonly<Record<string, readonly string[]>> = {
  debian: ['apt-get update', 'apt-get install -y bubblewrap'],
  ubuntu: ['apt-get update', 'apt-get install -y bubblewrap'],
  fedora: ['dnf install -y bubblewrap'],
  rhel: ['dnf install -y bubblewrap'],
  suse: ['zypper --non-interactive install bubblewrap'],
  arch: ['pacman -S --noconfirm bubblewrap'],
  alpine: ['apk add bubblewrap'],
}

/** What is wrong, in one sentence, and the commands that fix it; none if no command does. */
export interface Advice {
  why: string
  fix: string[]
}

export function adviceWhenMissing(machine: Machine): Advice {
  if (machine.platform !== 'linux') return notHere(machine)
  const known = machine.systems.flatMap((system) => (Object.hasOwn(INSTALL, system) ? [INSTALL[system] ?? []] : []))
  const fix = asRoot(machine, [...(known[0] ?? []), ...undoing(machine)])
  const hint = known.length === 0 ? '; its package is called bubblewrap on most systems' : ''
  return { why: `bubblewrap is not installed${hint}`, fix }
}

/** `said`: what bubblewrap answered. */
export function adviceWhenRefused(machine: Machine, said: string): Advice {
  if (machine.platform !== 'linux') return notHere(machine)
  const fix = asRoot(machine, undoing(machine))
  // Nothing of this system forbids it, so what it runs in does.
  return {
    why: fix.length > 0 ? said : `${said}. A container has to be started with the right to make namespaces`,
    fix,
  }
}

const undoing = ({ forbidding }: Machine): string[] => forbidding.map((setting) => `sysctl -w ${setting}`)

const asRoot = ({ isRoot }: Machine, commands: readonly string[]): string[] =>
  isRoot ? [...commands] : commands.map((command) => `sudo ${command}`)

const NAMES: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows', freebsd: 'FreeBSD' }

const notHere = ({ platform }: Machine): Advice => ({
  why: `there is no sandbox for ${NAMES[platform] ?? platform} yet`,
  fix: [],
})

/** What decides how a sandbox is brought to a machine. */
export interface Machine {
  platform: NodeJS.Platform
  isRoot: boolean
  /** `ID` and `ID_LIKE` of /etc/os-release, most specific first. */
  systems: readonly string[]
  /** Settings of the kernel that keep ordinary programs from making namespaces, as `sysctl -w` undoes them. */
  forbidding: readonly string[]
}

/** Files in which Linux says whether programs may make user namespaces, and what undoes a no. */
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
