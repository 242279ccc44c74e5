import { readFile } from 'node:fs/promises'

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
