import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Holder, isRunning, takeHold } from '../../../src/cli/up/holder.ts'
import { removeFolder, temporary } from '../../hub/support/repository.ts'

const address = {
  url: 'http://127.0.0.1:1',
  api: 'http://127.0.0.1:1/api/v3',
  git: 'http://127.0.0.1:1/local/demo.git',
  owner: 'local',
  repo: 'demo',
  defaultBranch: 'main',
  token: 'ghp_x',
  worker: null,
}

function folder(): string {
  const made = temporary('holder')
  onTestFinished(() => removeFolder(made))
  return made
}

const always = () => true
const files = (of: string) => readdirSync(of)
const held = (taken: ReturnType<typeof takeHold>) => {
  if ('publish' in taken) return taken
  throw new Error(`process ${taken.pid} has it`)
}

it('gives a folder to one process, and tells others who has it, and where its hub is', () => {
  const place = join(folder(), 'new')
  const hold = held(takeHold(place, always, 11))
  expect(takeHold(place, always, 12)).toEqual({ pid: 11, address: null })
  hold.publish(address)
  expect(takeHold(place, always, 12)).toEqual({ pid: 11, address })
  hold.release()
  expect(files(place)).toEqual([])
  held(takeHold(place, always, 12))
})

it('is readable by its owner alone, since it holds a token', () => {
  const place = join(folder(), 'new')
  held(takeHold(place, always, 11)).publish(address)
  expect(statSync(place).mode & 0o077).toBe(0)
  expect(statSync(join(place, files(place)[0] ?? '')).mode & 0o077).toBe(0)
})

it('follows a process that has died, and clears what it left', () => {
  const place = folder()
  held(takeHold(place, always, 11)).publish(address)
  const dead = ({ pid }: Holder) => pid !== 11
  held(takeHold(place, dead, 12))
  expect(files(place)).toEqual(['holder-2.json'])
  expect(takeHold(place, dead, 13)).toEqual({ pid: 12, address: null })
})

it('goes to one of two that follow the same dead process, whoever is slower', () => {
  const place = folder()
  held(takeHold(place, always, 11))
  let inner: ReturnType<typeof takeHold> | null = null
  const outer = takeHold(
    place,
    ({ pid }) => {
      // While this one still looks at the dead process, another takes its place.
      if (pid === 11 && inner === null) inner = takeHold(place, () => false, 13)
      return pid !== 11
    },
    12,
  )
  expect(inner).toHaveProperty('publish')
  expect(outer).toEqual({ pid: 13, address: null })
})

it('leaves nothing of one that was too late', () => {
  const place = folder()
  held(takeHold(place, always, 11))
  const outer = takeHold(
    place,
    ({ pid }) => {
      // Two generations pass meanwhile, and the first is cleared.
      if (pid === 11) {
        held(takeHold(place, () => false, 13))
        held(takeHold(place, () => false, 14))
      }
      return pid === 14
    },
    12,
  )
  expect(outer).toEqual({ pid: 14, address: null })
  expect(files(place)).toEqual(['holder-3.json'])
})

it('knows a process that runs, and one that does not', () => {
  expect(isRunning({ pid: process.pid, address: null })).toBe(true)
  expect(isRunning({ pid: 2 ** 22 + 1, address: null })).toBe(false)
})

it('does not overlook what it cannot read', () => {
  const place = folder()
  writeFileSync(join(place, 'holder-1.json'), '{"pid": "x"}')
  expect(() => takeHold(place, always, 11)).toThrow()
})
