import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const addressSchema = z.object({
  url: z.string(),
  api: z.string(),
  git: z.string(),
  owner: z.string(),
  repo: z.string(),
  defaultBranch: z.string(),
  /** Of the person at this machine. */
  token: z.string(),
  /** What plans and works there; null: nothing but programs of plans by hand. */
  worker: z.string().nullable(),
})
/** A hub that serves, as another process of the same person finds it. */
export type HubAddress = z.infer<typeof addressSchema>

const holderSchema = z.object({ pid: z.int(), address: addressSchema.nullable() })
/** The process that has a hub's folder; without an address its hub is starting. */
export type Holder = z.infer<typeof holderSchema>

export interface FolderHold {
  /** Tells others where the hub is. */
  publish(address: HubAddress): void
  release(): void
}

/**
 * Takes a folder for this process, or gives the one that has it. Each holder is a file with a number, and the highest counts:
 * it is made only if none of that number is there, so of several that follow a dead process one gets it.
 */
export function takeHold(folder: string, isAlive: (holder: Holder) => boolean, pid = process.pid): FolderHold | Holder {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (;;) {
    const newest = newestOf(folder)
    if (newest !== null && isAlive(newest.holder)) return newest.holder
    const number = (newest?.number ?? 0) + 1
    if (!create(folder, number, { pid, address: null })) continue
    // A slower one, which began before this number was first taken and left, comes too late.
    if (numbersIn(folder).some((other) => other > number)) rmSync(fileOf(folder, number), { force: true })
    else return holdOf(folder, number, pid)
  }
}

/** The process that has a folder now; null: none. */
export function holderOf(folder: string): Holder | null {
  const newest = existsSync(folder) ? newestOf(folder) : null
  return newest !== null && isRunning(newest.holder) ? newest.holder : null
}

function holdOf(folder: string, number: number, pid: number): FolderHold {
  for (const old of numbersIn(folder)) if (old < number) rmSync(fileOf(folder, old), { force: true })
  return {
    publish: (address) => renameSync(written(folder, { pid, address }), fileOf(folder, number)),
    release: () => rmSync(fileOf(folder, number), { force: true }),
  }
}

const PREFIX = 'holder-'
const fileOf = (folder: string, number: number): string => join(folder, `${PREFIX}${number}.json`)

const numbersIn = (folder: string): number[] =>
  readdirSync(folder).flatMap((name) => {
    const digits = /^holder-(\d+)\.json$/.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })

function newestOf(folder: string): { number: number; holder: Holder } | null {
  const numbers = numbersIn(folder)
  if (numbers.length === 0) return null
  const number = Math.max(...numbers)
  try {
    return { number, holder: holderSchema.parse(JSON.parse(readFileSync(fileOf(folder, number), 'utf8'))) }
  } catch (error) {
    // It has left between the two looks.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return newestOf(folder)
    throw error
  }
}

/** With its content, or not at all. */
function create(folder: string, number: number, holder: Holder): boolean {
  const file = written(folder, holder)
  try {
    linkSync(file, fileOf(folder, number))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(file, { force: true })
  }
}

/** It holds a token, so others on this machine may not read it. */
function written(folder: string, holder: Holder): string {
  const file = join(folder, `.${randomUUID()}`)
  writeFileSync(file, JSON.stringify(holder), { mode: 0o600 })
  return file
}

/** Whether a process is there; one of another user is. */
export function isRunning({ pid }: Holder): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
