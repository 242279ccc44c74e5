import { readdirSync, readFileSync, statfsSync } from 'node:fs'
import { type CommandLimits, inDigits, size } from './limits.ts'

const LOOK_MS = 500
/** Free space that a command must leave on a disk to which it writes: the slot has to commit and hand over. */
const DISK_LEFT = 512 * 2 ** 20
/** Of all Linux machines that run actions. */
const PAGE = 4096

/**
 * Looks at what a sandbox uses, twice a second, and calls `exceeded` once with a sentence when that is too much. Without
 * root and without a cgroup of one's own, which a job on GitHub does not have, no kernel limit counts processes together. A
 * look took 17 ms with 127 processes, on two cores that were busy with other work.
 */
export function watchUsage(
  { init, written, limits }: { init: number; written: readonly string[]; limits: CommandLimits },
  exceeded: (why: string) => void,
  freeBytes = freeBytesAt,
): () => void {
  const watched = written.filter((path) => freeBytes(path) > DISK_LEFT)
  const timer = setInterval(() => {
    const why = tooMuch(processesOf(init), limits) ?? diskFull(Math.min(...watched.map(freeBytes)))
    if (why === null) return
    clearInterval(timer)
    exceeded(why)
  }, LOOK_MS).unref()
  return () => clearInterval(timer)
}

function tooMuch(found: readonly ProcessUsage[], { memory, processes }: CommandLimits): string | null {
  const running = sum(found.map(({ threads }) => threads))
  if (running > processes)
    return `The command was ended: it had ${inDigits(running)} processes and threads, and ${inDigits(processes)} are allowed.`
  // What forked processes share counts twice in the first figure, which is cheap, and once in the second.
  if (sum(found.map(({ bytes }) => bytes)) <= memory) return null
  const used = sum(found.map(({ pid }) => ownBytes(pid) ?? anonymousBytes(pid)))
  if (used <= memory) return null
  return `The command was ended: its processes used ${size(used)} of memory, and ${size(memory)} are allowed; \`limits.memory_megabytes\` in the settings changes that.`
}

function diskFull(free: number): string | null {
  if (free > DISK_LEFT) return null
  return `The command was ended: it left ${size(free)} free on the disk of the work tree, and ${size(DISK_LEFT)} must be left.`
}

const freeBytesAt = (path: string): number => {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

interface ProcessUsage {
  pid: number
  threads: number
  /** Resident memory that is backed by no file. */
  bytes: number
}

/** The first process of a sandbox and all others in it: one that loses its parent becomes a child of the first. */
function processesOf(init: number): ProcessUsage[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? parse(read(`/proc/${name}/stat`)) : []))
  const byParent = new Map<number, Stat[]>()
  for (const one of all) byParent.set(one.parent, [...(byParent.get(one.parent) ?? []), one])
  const found = all.filter(({ pid }) => pid === init)
  for (const one of found) found.push(...(byParent.get(one.pid) ?? []))
  return found.map(({ pid, threads }) => ({ pid, threads, bytes: anonymousBytes(pid) }))
}

interface Stat {
  pid: number
  parent: number
  threads: number
}

/** The program's name is in parentheses, and may contain parentheses itself. */
function parse(stat: string): Stat[] {
  const [, pid] = /^(\d+) /.exec(stat) ?? []
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(fields[1]), threads: Number(fields[17]) }]
}

function anonymousBytes(pid: number): number {
  const [, resident = 0, shared = 0] = read(`/proc/${pid}/statm`).split(' ').map(Number)
  return (resident - shared) * PAGE
}

/** Its share of the memory that it has in common with others; null if the system does not say. */
function ownBytes(pid: number): number | null {
  const [, kilobytes] = /^Pss_Anon:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? []
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/** Empty if the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
