import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openJournal } from '../../adapters/git/journal/journal.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import { createDisplay, type Display, printTimed } from '../display.ts'
import { personAt } from '../hub-client/person.ts'
import { exitCodeOf } from '../serving.ts'
import { Mistake, type Subcommand, type Terminal } from '../subcommand.ts'
import { type ChosenAgent, chooseWorker, localSettings } from '../up/agents.ts'
import { settingsAt } from '../up/committed-settings.ts'
import { holderOf } from '../up/holder.ts'
import { type LocalHub, openLocalHub } from '../up/local-hub.ts'
import { whyNoSandbox } from '../up/no-sandbox.ts'
import { findPlace, hubRepository, isResult, type Place } from '../up/place.ts'
import { syncBase, syncLine } from '../up/sync-base.ts'
import { takeUnderFreeName } from '../up/take-result.ts'
import { type Asked, problemLines, readAsked, readSource, refuseWithoutWorker } from './asked.ts'
import { converse, type Ending } from './conversation.ts'
import { type IssueSource, issueFor } from './issue.ts'
import { closingLines, stoppedLines } from './result.ts'
import { newestReply, watchRun } from './watch.ts'

export const run: Subcommand = {
  name: 'run',
  summary: 'plans and does the work that you describe, and leaves it on a branch',
  help: [
    'tributary run "what to do" [--plan FILE] [--yes] [--budget 5usd] [--agent NAME]',
    '',
    'The same as an issue on the page of `tributary up`, without the page: shows the plan, asks whether you approve it, shows',
    'what happens, and fetches the result as a branch. Your checkout and your branches are not touched.',
    '  --plan FILE     a plan by hand, with or without the fence around it; then no model is needed if each task has a `run`',
    '  --yes, -y       approves the plan and opens its gates; questions of the planner get their defaults',
    '  --budget 5usd   the limit of money of this run',
    '  --agent NAME    a program on the PATH plans and works: claude, codex, gemini or opencode',
  ],
  run: async (words, terminal) => {
    const asked = readAsked(words, terminal.ask !== undefined)
    const place = await findPlace(terminal)
    const worker = chooseWorker(asked.agent, terminal.env)
    const source = await sourceOf(asked, worker, place, terminal)
    return source === null ? 1 : withHub({ asked, place, worker, source, terminal, signal: terminal.interruption() })
  },
}

/** Null: the plan has problems, which were printed. */
async function sourceOf(
  asked: Asked,
  worker: ChosenAgent,
  place: Place,
  terminal: Terminal,
): Promise<IssueSource | null> {
  if (place.branch !== null && isResult(place.branch))
    throw new Mistake(`${place.branch} is the result of a run; switch to the branch that this is for`, {
      typing: false,
    })
  const settings = await settingsAt(place, 'HEAD', localSettings(worker))
  const read = await readSource(asked, settings, terminal)
  if ('problems' in read) {
    for (const line of problemLines(read.problems)) terminal.error(line)
    return null
  }
  // A hub that runs already works with what it was started with.
  const there = holderOf(place.dataDir)?.address?.worker
  refuseWithoutWorker(read.plan, asked.agent ?? there ?? worker.name, settings, terminal)
  const missing = await whyNoSandbox(settings, terminal)
  if (missing !== null) throw new Mistake(missing, { typing: false })
  return read.source
}

interface RunContext {
  asked: Asked
  place: Place
  worker: ChosenAgent
  source: IssueSource
  terminal: Terminal
  signal: AbortSignal
}

const TICK_MS = 200

async function withHub(context: RunContext): Promise<number> {
  const { asked, place, worker, terminal, signal } = context
  const began = Date.now()
  const display = createDisplay(terminal, () => (Date.now() - began) / 1000)
  display.status('the hub starts')
  const ticks = setInterval(() => display.tick(), TICK_MS)
  let hub: LocalHub | null = null
  try {
    const log = (line: string) => display.line(line)
    hub = await openLocalHub({ place, worker, port: undefined, terminal, clock: systemClock, signal, log })
    if (hub.servedBy !== null && asked.agent !== undefined && hub.address.worker !== asked.agent)
      throw otherWorker(hub, asked.agent)
    return await onHub(context, hub, display)
  } catch (error) {
    display.clear()
    if (!signal.aborted) throw error
    terminal.error(interruptedText(hub, place, terminal))
    return exitCodeOf(signal)
  } finally {
    clearInterval(ticks)
    display.clear()
    await hub?.close()
  }
}

const otherWorker = ({ servedBy, address }: LocalHub, agent: string): Mistake =>
  new Mistake(
    `process ${servedBy} serves this repository, with ${address.worker ?? 'no model and no agent'}; end it to work with ${agent}, or leave out --agent`,
    { typing: false },
  )

const interruptedText = (hub: LocalHub | null, { dataDir }: Place, { command }: Terminal): string =>
  hub === null || hub.servedBy === null
    ? `Stopped. What there is of it stays in ${dataDir}; \`${command} up\` shows it, and goes on.`
    : `Left. It goes on in process ${hub.servedBy}; \`${command} up\` shows it.`

async function onHub(context: RunContext, hub: LocalHub, display: Display): Promise<number> {
  const { place } = context
  for (const synced of await syncBase(place, hub.address)) {
    const line = syncLine(synced, place)
    if (line !== null) display.line(line)
  }
  const folder = await mkdtemp(join(tmpdir(), 'tributary-run-'))
  try {
    return await followed(context, hub, display, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function followed(context: RunContext, hub: LocalHub, display: Display, folder: string): Promise<number> {
  const { asked, place, source, terminal, signal } = context
  const person = personAt(hub.address, 'you', hub.address.token, signal)
  const remoteUrl = pathToFileURL(hubRepository(place)).href
  const journal = await openJournal({ gitDir: join(folder, 'journal.git'), remoteUrl, token: '', clock: systemClock })
  const { title, body } = issueFor(source)
  const issue = await person.openIssue(title, body)
  printTimed(display, 'you', `open issue #${issue}: ${title}`, display.colour.bold)
  let last = 0
  const say = async (words: string) => {
    last = await person.comment(issue, words)
  }
  await say(planCommand(asked, place, hub))
  const ask = asked.yes ? null : (question: string) => terminal.ask?.(question, signal) ?? Promise.resolve(null)
  const talk = { look: watchRun(journal, person, issue), say, ask, display, clock: systemClock, signal }
  const ending = await converse(talk)
  const { run: named } = ending.look
  if (ending.kind === 'over' && isDone(ending) && named !== null) return done(context, hub, display, ending, named)
  display.clear()
  const lines =
    ending.kind === 'left'
      ? ['Not approved, so nothing was started.']
      : stoppedLines(ending.look.state, await newestReply(person, issue, last))
  for (const line of lines) display.line(line)
  display.line(`\`${terminal.command} up\` shows issue #${issue}, and goes on from there.`)
  return 1
}

const isDone = ({ look: { state } }: Ending): boolean =>
  state.phase === 'ended' && (state.conclusion === 'success' || state.conclusion === 'merged')

/** The plan is for the branch that is checked out. */
function planCommand({ budget }: Asked, { branch }: Place, { address }: LocalHub): string {
  const base = branch === null || branch === address.defaultBranch ? '' : ` --base ${branch}`
  return `/plan${base}${budget === null ? '' : ` --budget ${budget}`}`
}

async function done(
  { place, signal }: RunContext,
  hub: LocalHub,
  display: Display,
  { look }: Ending,
  named: string,
): Promise<number> {
  const taken = await takeUnderFreeName(place, named)
  display.status('the last jobs end')
  // Another process goes on serving, so nothing has to end before this one does.
  if (hub.servedBy === null) await Promise.race([hub.idle(), aborted(signal)])
  display.clear()
  const [summary = '', ...result] = closingLines(look.state, taken)
  display.line('')
  display.line(summary)
  // A command to copy is not wrapped.
  for (const line of result) display.line(display.colour.bold(line))
  return 0
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
