import { describe, expect, it } from 'vitest'
import {
  adviceWhenMissing,
  adviceWhenRefused,
  type Machine,
  systemsIn,
  thisMachine,
} from '../../../src/adapters/sandbox/advice.ts'

const machine = (given: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  isRoot: false,
  systems: ['debian'],
  forbidding: [],
  ...given,
})

describe('advice about a sandbox that is not there', () => {
  it.each([
    [['debian'], ['sudo apt-get update', 'sudo apt-get install -y bubblewrap']],
    [
      ['linuxmint', 'ubuntu', 'debian'],
      ['sudo apt-get update', 'sudo apt-get install -y bubblewrap'],
    ],
    [['rocky', 'rhel', 'centos', 'fedora'], ['sudo dnf install -y bubblewrap']],
    [['opensuse-leap', 'suse', 'opensuse'], ['sudo zypper --non-interactive install bubblewrap']],
    [['arch'], ['sudo pacman -S --noconfirm bubblewrap']],
    [['alpine'], ['sudo apk add bubblewrap']],
  ])('knows how %j installs it', (systems, fix) => {
    expect(adviceWhenMissing(machine({ systems })).fix).toEqual(fix)
  })

  it('asks root for no sudo, which a bare container does not have', () => {
    expect(adviceWhenMissing(machine({ isRoot: true })).fix).toEqual([
      'apt-get update',
      'apt-get install -y bubblewrap',
    ])
  })

  it('names the package where it does not know the system', () => {
    for (const systems of [['nixos'], ['constructor'], []])
      expect(adviceWhenMissing(machine({ systems }))).toEqual({
        why: 'bubblewrap is not installed; its package is called bubblewrap on most systems',
        fix: [],
      })
  })

  it('allows namespaces too, if a setting of the kernel forbids them', () => {
    const forbidding = ['kernel.unprivileged_userns_clone=1']
    expect(adviceWhenMissing(machine({ forbidding })).fix.at(-1)).toBe(
      'sudo sysctl -w kernel.unprivileged_userns_clone=1',
    )
    expect(adviceWhenRefused(machine({ forbidding }), 'bwrap: no')).toEqual({
      why: 'bwrap: no',
      fix: ['sudo sysctl -w kernel.unprivileged_userns_clone=1'],
    })
  })

  it('looks outside of the system if no setting of the kernel forbids them', () => {
    expect(adviceWhenRefused(machine(), 'bwrap: no')).toEqual({
      why: 'bwrap: no. A container has to be started with the right to make namespaces',
      fix: [],
    })
  })

  it('says that there is none on macOS, whatever is installed there', () => {
    const none = { why: 'there is no sandbox for macOS yet', fix: [] }
    expect(adviceWhenMissing(machine({ platform: 'darwin' }))).toEqual(none)
    expect(adviceWhenRefused(machine({ platform: 'darwin' }), 'no')).toEqual(none)
  })
})

it('reads the system off /etc/os-release, its own name first', () => {
  expect(systemsIn('NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID=9\n')).toEqual([
    'rocky',
    'rhel',
    'centos',
    'fedora',
  ])
  expect(systemsIn('ID=debian\n')).toEqual(['debian'])
  expect(systemsIn('')).toEqual([])
})

it('knows the machine that it runs on', async () => {
  const { platform, isRoot } = await thisMachine()
  expect({ platform, isRoot }).toEqual({ platform: process.platform, isRoot: process.getuid?.() === 0 })
})
