import { totalmem } from 'node:os'
import type { Settings } from '../../core/settings.ts'

/** What one command and all that it starts may use together; sizes in bytes. */
export interface CommandLimits {
  memory: number
  /** Of each folder that is private to the command: `/tmp`, and those that are hidden from it. They lie in memory. */
  tmp: number
  /** Threads count too. */
  processes: number
  openFiles: number
  file: number
}

export type LimitSettings = Pick<Settings['limits'], 'memory_megabytes' | 'tmp_megabytes'>

const MEBIBYTE = 2 ** 20

/** Shares of the machine's memory. The rest is for the slot, the runner and the system, which must outlive a command. */
const MEMORY_SHARE = 0.75
const TMP_SHARE = 0.2

/**
 * Processes: large builds and test runs on a big machine have hundreds, with their threads; a fork bomb has this many in a
 * second. Open files: what programs with many files ask for at most. Size of a file: nothing that can be committed comes near.
 */
const FIXED = { processes: 4096, openFiles: 65_536, file: 4096 * MEBIBYTE }

export const limitsOf = (settings: LimitSettings, machine = memoryOfMachine()): CommandLimits => ({
  ...FIXED,
  memory: bytesOf(settings.memory_megabytes, machine * MEMORY_SHARE),
  tmp: bytesOf(settings.tmp_megabytes, machine * TMP_SHARE),
})

const bytesOf = (megabytes: number | undefined, share: number): number =>
  megabytes === undefined ? Math.floor(share) : megabytes * MEBIBYTE

/** A container may have less than its machine. */
const memoryOfMachine = (): number => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)

/**
 * Run inside the sandbox, in front of a command's words: sets the limits that the kernel enforces, which no command can raise
 * again. There is none of memory among them: a limit of address space stops node, Go, Java and sanitizers, which reserve far
 * more than they use, and counts each process alone. If the machine runs out of memory all the same, the kernel ends the
 * command first. `ulimit` counts sizes of files in blocks of 512 bytes; shells disagree about the letter for processes.
 */
export const underLimits = ({ processes, openFiles, file }: CommandLimits): string[] => [
  '/bin/sh',
  '-c',
  [
    'echo 1000 >/proc/self/oom_score_adj',
    'ulimit -c 0',
    `ulimit -f ${Math.floor(file / 512)}`,
    `ulimit -n ${openFiles}`,
    `(ulimit -u ${processes}) && ulimit -u ${processes} || ulimit -p ${processes}`,
  ]
    .map((line) => `{ ${line}; } 2>/dev/null`)
    .join('\n')
    .concat('\nexec "$@"'),
  'sh',
]

/** What a program says that has met a limit, in its words or in those of its language, and which limit that is. */
const SIGNS: readonly { said: RegExp; limit: (limits: CommandLimits) => string }[] = [
  {
    said: /\bEMFILE\b|too many open files/i,
    limit: ({ openFiles }) => `A command may have ${inDigits(openFiles)} open files.`,
  },
  {
    said: /\bEFBIG\b|file too large|file size limit exceeded/i,
    limit: ({ file }) => `A command may write files of ${size(file)}.`,
  },
  {
    said: /\bcan(?:not|'t) (?:fork|start new thread)|\bfork\b.{0,40}resource temporarily unavailable|\bpthread_create\b|unable to create (?:new )?native thread|\bspawn\b.{0,80}\bEAGAIN\b/i,
    limit: ({ processes }) => `A command may have ${inDigits(processes)} processes and threads.`,
  },
  {
    said: /\bENOSPC\b|no space left on device/i,
    limit: ({ tmp }) =>
      `A command has ${size(tmp)} in /tmp, its home and other private folders; \`limits.tmp_megabytes\` in the settings changes that.`,
  },
]

/** The limits that a failed command probably ran into, each as a sentence. */
export const limitsMet = (log: string, limits: CommandLimits): string[] =>
  SIGNS.filter(({ said }) => said.test(log)).map(({ limit }) => limit(limits))

export const size = (bytes: number): string =>
  bytes < 1024 * MEBIBYTE ? `${Math.round(bytes / MEBIBYTE)} MB` : `${(bytes / MEBIBYTE / 1024).toFixed(1)} GB`

export const inDigits = (number: number): string => number.toLocaleString('en-US')
