import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFiles } from '../../src/adapters/files/files.ts'
import { openWorktree } from '../../src/adapters/git/worktree/worktree.ts'
import type { Internet } from '../../src/adapters/sandbox/network/internet.ts'
import { scratchIn } from '../../src/adapters/system/scratch.ts'
import { keepSecrets } from '../../src/config/secrets.ts'
import type { Task } from '../../src/core/plan/plan.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay } from '../../src/core/run/evolve.ts'
import { type Settings, settingsSchema } from '../../src/core/settings.ts'
import { type CheckpointFile, parseCheckpointFile, parseCheckpointName } from '../../src/core/slots/checkpoint.ts'
import { parseResultFile, type ResultFile } from '../../src/core/slots/slot-result.ts'
import { runSlot, type SlotEnd } from '../../src/jobs/work/run-slot.ts'
import type { WorkDeps } from '../../src/jobs/work/work-deps.ts'
import type { Journal } from '../../src/ports/journal.ts'
import { StorageRefused } from '../../src/ports/slots.ts'
import type { SlotWork } from '../../src/render/status/job-summary.ts'
import { type ManualClock, manualClock } from './clock.ts'
import { type PlanOverrides, planOf } from './plan.ts'
import { realSandbox, sandboxHere } from './sandbox.ts'
import { smallInternet } from './small-internet.ts'

/** An event without its stamp, which says nothing to a slot. */
type Happening = RunEvent extends infer Event ? (Event extends RunEvent ? Omit<Event, 'at' | 'by'> : never) : never

export interface Uploaded {
  name: string
  result: ResultFile
  /** The bundle's copy; null where there is none. */
  bundle: string | null
}

/** What was uploaded beside a result: a line for each thing that an agent said and did. */
export interface UploadedTranscript {
  name: string
  text: string
}

/** What was uploaded of work in progress, and whether it still stands. */
export interface UploadedCheckpoint {
  name: string
  file: CheckpointFile
  bundle: string
  transcript: string
  days: number | undefined
  removed: boolean
}

export interface SlotWorld {
  clock: ManualClock
  /** The repository that the slot's journal speaks of, and its first commit. */
  remote: string
  base: string
  /** The slot's work tree. */
  tree: string
  uploads: Uploaded[]
  transcripts: UploadedTranscript[]
  checkpoints: UploadedCheckpoint[]
  lines: string[]
  /** Writes to the journal. */
  happens(...events: Happening[]): void
  /** What the journal or the upload answers with next, instead of its work. */
  fails: { looks: number; uploads: number; transcripts: number; checkpoints: number; storage: string }
  /** Lines of the job's log that are no messages. */
  printed: string[]
  looks(): number
  reads(): number
  /** Called after each upload, as the orchestrator would see it. */
  onUpload(act: (uploaded: Uploaded) => void): void
  start(changes?: Partial<WorkDeps>): Promise<SlotWork[]>
  /** As `start`, with the reason why the job has to fail. */
  run(changes?: Partial<WorkDeps>): Promise<SlotEnd>
  /** What a slot is made of, to take one of its steps by force. */
  parts(changes?: Partial<WorkDeps>): Promise<WorkDeps>
  /** Lets time pass until the slot has left. */
  passTime<Value>(slot: Promise<Value>, seconds?: number): Promise<Value>
  git(...words: string[]): string
  remove(): void
}

export const SLOT = 'r1-1'
export const RUN = '42'

const gitIn = (folder: string, ...words: string[]): string =>
  execFileSync('git', ['-C', folder, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 't',
      GIT_AUTHOR_EMAIL: 't@example.invalid',
      GIT_COMMITTER_NAME: 't',
      GIT_COMMITTER_EMAIL: 't@example.invalid',
    },
  }).trim()

const FILES = { 'a.txt': 'a\n', '.gitignore': 'ignored/\n' }

let made: { around: string; base: string } | null = null
/** The remote and a clone of it, made once, and copied: hundreds of tests want them. */
function firstPlaces(): { around: string; base: string } {
  if (made !== null && existsSync(made.around)) return made
  const around = realpathSync(mkdtempSync(join(tmpdir(), 'tributary-places-')))
  const remote = join(around, 'remote')
  mkdirSync(remote)
  gitIn(remote, 'init', '-q', '--template=', '-b', 'main')
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(remote, name), text)
  gitIn(remote, 'add', '.')
  gitIn(remote, 'commit', '-q', '-m', 'first')
  gitIn(remote, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
  gitIn(around, 'clone', '-q', '--template=', '--depth', '1', `file://${remote}`, join(around, 'tree'))
  made = { around, base: gitIn(remote, 'rev-parse', 'HEAD') }
  return made
}

/** A slot in a small real world: real git, the sandbox that this machine has; the journal and the clock are the test's. */
export function slotWorld({
  secrets = [],
  internet = smallInternet({}, {}),
}: {
  secrets?: string[]
  /** What the hosts of `network.allow` are. */
  internet?: Internet
} = {}): SlotWorld {
  const around = realpathSync(mkdtempSync(join(tmpdir(), 'tributary-slot-')))
  const places = firstPlaces()
  cpSync(places.around, around, { recursive: true })
  const [remote, tree] = [join(around, 'remote'), join(around, 'tree')]
  const clock = manualClock()
  const events: RunEvent[] = []
  const uploads: Uploaded[] = []
  const lines: string[] = []
  const fails = { looks: 0, uploads: 0, transcripts: 0, checkpoints: 0, storage: '' }
  const printed: string[] = []
  const transcripts: UploadedTranscript[] = []
  const checkpoints: UploadedCheckpoint[] = []
  const counts = { looks: 0, reads: 0 }
  let act: (uploaded: Uploaded) => void = () => undefined
  const journal = memoryJournal(events, fails, counts)
  const kept = keepSecrets(secrets, () => {})
  const { redact } = kept

  async function deps(changes: Partial<WorkDeps>): Promise<WorkDeps> {
    const worktree = await openWorktree({ dir: tree, remoteUrl: `file://${remote}`, token: '', clock, openFiles })
    const probe: WorkDeps['probe'] = async (setting, _limits, allow) => ({
      ok: true,
      sandbox: await realSandbox(setting === 'off' ? setting : sandboxHere(), { redact, network: { allow, internet } }),
    })
    const tempDir = join(around, 'temp')
    mkdirSync(tempDir, { recursive: true })
    const handover: WorkDeps['handover'] = {
      async upload(name, files, rootFolder, days) {
        if (parseCheckpointName(name, RUN) !== null) {
          fails.checkpoints -= 1
          if (fails.checkpoints >= 0) throw new Error('the upload broke off')
          checkpoints.push({ name, ...keepCheckpoint(around, name, rootFolder), days, removed: false })
          return
        }
        if (fails.storage !== '') throw new StorageRefused(fails.storage)
        if (fails.uploads > 0) {
          fails.uploads -= 1
          throw new Error('the upload broke off')
        }
        if (name.endsWith('-transcript')) {
          if (fails.transcripts > 0) throw new Error('the upload broke off')
          transcripts.push({ name, text: readFileSync(join(rootFolder, 'transcript.jsonl'), 'utf8') })
          return
        }
        const uploaded = keep(around, name, files, rootFolder)
        uploads.push(uploaded)
        act(uploaded)
      },
      async remove(name) {
        const known = checkpoints.find((one) => one.name === name && !one.removed)
        if (known === undefined) throw new Error(`there is no ${name}`)
        known.removed = true
      },
      print: (line) => void printed.push(line),
    }
    return {
      journal,
      worktree,
      probe,
      handover,
      clock,
      redact,
      secrets: kept.values,
      keepSecret: kept.add,
      scratch: scratchIn(tempDir),
      model: null,
      agentEnv: () => ({}),
      log: (line) => lines.push(line),
      ...changes,
    }
  }
  return {
    clock,
    remote,
    base: places.base,
    tree,
    uploads,
    transcripts,
    checkpoints,
    lines,
    printed,
    fails,
    happens: (...happened) => void events.push(...happened.map((event) => stamped(event, clock))),
    looks: () => counts.looks,
    reads: () => counts.reads,
    onUpload: (next) => {
      act = next
    },
    start: async (changes = {}) => (await runSlot(await deps(changes), { run: RUN, slot: SLOT })).work,
    run: async (changes = {}) => runSlot(await deps(changes), { run: RUN, slot: SLOT }),
    parts: (changes = {}) => deps(changes),
    async passTime(slot, seconds = 2) {
      let left = false
      const done = slot.finally(() => {
        left = true
      })
      while (!left) {
        await Promise.race([clock.waiting(), done])
        clock.advance(seconds)
        // Commands run in real time meanwhile: they must get on, and our hours not fly past them.
        await new Promise((go) => setTimeout(go, 5))
      }
      return await done
    },
    git: (...words) => gitIn(remote, ...words),
    remove: () => rmSync(around, { recursive: true, force: true }),
  }
}

const stamped = (event: Happening, clock: ManualClock): RunEvent =>
  ({ ...event, at: clock.now().toISOString(), by: 'tributary' }) as RunEvent

/** What a slot may ask of a journal; anything else is a bug of the slot. */
function memoryJournal(
  events: RunEvent[],
  fails: { looks: number },
  counts: { looks: number; reads: number },
): Journal {
  const tip = () => (events.length === 0 ? null : `${events.length}`.padStart(40, '0'))
  const never = (what: string) => async () => {
    throw new Error(`a slot has no business with ${what}`)
  }
  return {
    runsOf: never('runsOf'),
    others: never('others'),
    history: never('history'),
    append: never('append'),
    inTheWay: never('inTheWay'),
    follows: never('follows'),
    async look() {
      counts.looks += 1
      if (fails.looks > 0) {
        fails.looks -= 1
        throw new Error('no answer')
      }
      return { tip: tip(), refs: new Map() }
    },
    async read() {
      counts.reads += 1
      const now = tip()
      return now === null ? null : { state: replay(events), tip: now }
    },
  }
}

function keepCheckpoint(around: string, name: string, root: string) {
  const folder = join(around, 'uploads', name)
  if (existsSync(folder)) throw new Error(`${name} is there already`)
  cpSync(root, folder, { recursive: true })
  const parsed = parseCheckpointFile(readFileSync(join(folder, 'result.json'), 'utf8'))
  if (!parsed.ok) throw new Error(parsed.error)
  const transcript = readFileSync(join(folder, 'transcript.jsonl'), 'utf8')
  return { file: parsed.value, bundle: join(folder, 'work.bundle'), transcript }
}

function keep(around: string, name: string, files: readonly string[], root: string): Uploaded {
  for (const file of files) if (!file.startsWith(`${root}/`)) throw new Error(`${file} is not inside ${root}`)
  const folder = join(around, 'uploads', name)
  // As on GitHub, a name is taken once.
  if (existsSync(folder)) throw new Error(`${name} is there already`)
  mkdirSync(folder, { recursive: true })
  for (const file of files) copyFileSync(file, join(folder, file.slice(root.length + 1)))
  const parsed = parseResultFile(readFileSync(join(folder, 'result.json'), 'utf8'))
  if (!parsed.ok) throw new Error(parsed.error)
  const bundle = join(folder, 'work.bundle')
  const extra = readdirSync(folder).filter((file) => !['result.json', 'work.bundle'].includes(file))
  if (extra.length > 0) throw new Error(`${extra.join()} should not be there`)
  return { name, result: parsed.value, bundle: existsSync(bundle) ? bundle : null }
}

/** A run that is at work on a plan: `begun(world, 'a > b', { tasks: { a: {…} } })`. */
export function begin(
  world: SlotWorld,
  graph: string,
  plan: PlanOverrides = {},
  settings: Record<string, unknown> = {},
  only: string[] | null = null,
): void {
  const given: Settings = settingsSchema.parse(settings)
  const planId = 'a'.repeat(12)
  world.happens(
    { type: 'plan_requested', run: RUN, issue: 42, title: 'An issue', body: '', words: '' },
    {
      type: 'plan_proposed',
      plan: planOf(graph, plan),
      planId,
      base: world.base,
      baseBranch: 'main',
      settings: given,
      settingsBlob: '',
      trunk: world.base,
      notes: [],
    },
    { type: 'plan_approved', planId, only },
  )
}

/** Gives the slot a task, on a base of its own; `allowance`: US dollars for an agent. */
export function assign(
  world: SlotWorld,
  task: string,
  { attempt = 1, base = world.base, slot = SLOT, allowance }: Partial<Assigned> = {},
): void {
  const money = allowance === undefined ? {} : { allowance }
  world.happens({ type: 'task_queued', task, attempt, base }, { type: 'task_started', task, attempt, slot, ...money })
}

interface Assigned {
  attempt: number
  base: string
  slot: string
  allowance: number | undefined
}

/** A plan of one task `a`, given to the slot; the run ends when its result is there. */
export function oneTask(
  world: SlotWorld,
  task: Partial<Task>,
  settings: Record<string, unknown> = {},
  assigned: Partial<Assigned> = {},
): void {
  begin(world, 'a', { tasks: { a: task } }, settings)
  assign(world, 'a', assigned)
  world.onUpload(() => world.happens({ type: 'run_cancelled', why: 'the test is over' }))
}

export const script = (text: string): string[] => ['sh', '-c', text]

/** The one result that was handed over. */
export function only(uploads: readonly Uploaded[]): Uploaded {
  const [upload] = uploads
  if (upload === undefined || uploads.length > 1) throw new Error(`${uploads.length} uploads`)
  return upload
}

/** Takes the bundle in, as the orchestrator does, and answers what git says of its head. */
export function taken(world: SlotWorld, { bundle, result }: Uploaded, ...words: string[]): string {
  if (bundle === null || !('head' in result.outcome) || result.outcome.head === null) throw new Error('no commits')
  world.git('bundle', 'unbundle', bundle)
  return world.git(...words, result.outcome.head)
}
