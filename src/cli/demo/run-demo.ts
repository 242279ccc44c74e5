import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { systemClock } from '../../adapters/system/clock.ts'
import type { Hub } from '../../hub/hub.ts'
import { type Display, wrapped } from '../display.ts'
import { type FoundSandbox, findSandbox } from '../find-sandbox.ts'
import { type ApiPerson, personAt } from '../hub-client/person.ts'
import { readJournal } from '../journal.ts'
import { shellQuoted } from '../started-as.ts'
import { EnvironmentError, Mistake, type Terminal } from '../subcommand.ts'
import { openBrowser } from '../up/browser.ts'
import { DemoFailure } from './failure.ts'
import type { DemoFolder } from './folder.ts'
import { createReader } from './github-state.ts'
import { type DemoModel, type DemoModelKind, openDemoModel } from './model.ts'
import { watchProgress } from './progress.ts'
import { accountOf, type DemoOutcome, metricsSchema, resultOf } from './report.ts'
import { clone, createSampleRepository, type Issue, runTests } from './sample-repository.ts'
import { liveNeedsSandbox, NO_SANDBOX_AT_END, noSandboxAtStart, printMissingSandbox } from './sandbox.ts'
import { checkNotStopped, type DemoPeople, playScenario, type ScenarioResult } from './scenario.ts'

/** `keep`: the hub keeps running at the end; `open`: a browser shows it from the beginning. */
export interface DemoOptions {
  keep: boolean
  open: boolean
  modelKind: DemoModelKind
}

/** What all steps of the demo need. */
interface DemoContext {
  demoFolder: DemoFolder
  options: DemoOptions
  terminal: Terminal
  display: Display
  signal: AbortSignal
  sandbox: FoundSandbox
}

/** Runs the demo, from the empty folder to the last line. If it throws, the hub and the model are closed. */
export async function runDemo(
  demoFolder: DemoFolder,
  options: DemoOptions,
  terminal: Terminal,
  display: Display,
  signal: AbortSignal,
): Promise<void> {
  display.status('preparing')
  const sandbox = await findSandbox(terminal, demoFolder.folder)
  signal.throwIfAborted()
  if (sandbox.kind === 'off' && options.modelKind === 'live')
    throw new Mistake(liveNeedsSandbox(sandbox), { typing: false })
  if (sandbox.kind === 'off') printMissingSandbox(display, noSandboxAtStart(sandbox), sandbox)
  const all = { demoFolder, options, terminal, display, signal, sandbox }
  const { issue, standstillSeconds } = await setUp(all)
  const model = await openDemoModel(options.modelKind, issue, terminal, demoFolder.folder)
  try {
    signal.throwIfAborted()
    if (model.notice !== null) print(display, model.notice)
    await onHub(all, model, standstillSeconds)
  } finally {
    await model.close()
  }
}

function print({ line, columns }: Display, text: string, mark = (one: string) => one): void {
  for (const one of wrapped(text, columns, '  ')) line(mark(one))
}

/** On an idle machine the tests of the shop take about a second. */
const TESTS_SECONDS = 1
/** Seconds without a change: a healthy run on an idle machine pauses for seconds, a model for minutes. */
const [STANDSTILL, STANDSTILL_WITH_MODEL] = [90, 900]

/** Creates the shop. The limit for a standstill grows with the time that its tests take, as a measure of the machine. */
async function setUp({ demoFolder, options, terminal, display, sandbox, signal }: DemoContext) {
  const shop = shopIn(demoFolder)
  const issue = await createSampleRepository(terminal.home, shop, sandbox.kind)
  signal.throwIfAborted()
  const began = performance.now()
  const tests = await runTests(shop)
  const slowness = Math.max(1, (performance.now() - began) / 1000 / TESTS_SECONDS)
  signal.throwIfAborted()
  print(display, `A small shop as a git repository; its ${tests} tests pass.`)
  return { issue, standstillSeconds: (options.modelKind === 'live' ? STANDSTILL_WITH_MODEL : STANDSTILL) * slowness }
}

const shopIn = ({ folder }: DemoFolder): string => join(folder, 'shop')

async function onHub(all: DemoContext, model: DemoModel, standstillSeconds: number): Promise<void> {
  const { demoFolder, terminal, display } = all
  const lines: string[] = []
  const { startHub } = await import('../../hub/hub.ts')
  const hub = await startHub({
    repo: shopIn(demoFolder),
    dataDir: hubIn(demoFolder),
    name: 'corner/shop',
    tributaryAction: terminal.home,
    secrets: model.secrets,
    variables: model.variables,
    log: (line) => lines.push(line),
  })
  try {
    print(display, `A hub on ${hub.url} stands in for GitHub, as ${hub.owner}/${hub.repo}.`)
    showPages(hub, all)
    display.line('')
    await playOn(hub, all, model.issue, standstillSeconds)
  } finally {
    await hub.close()
    await writeFile(join(demoFolder.folder, 'hub.log'), lines.map((line) => `${line}\n`).join(''))
  }
}

/** The link is not wrapped: a terminal makes it one to click. */
function showPages(hub: Hub, { display, options, terminal }: DemoContext): void {
  const link = hub.link()
  display.line(`  Watch it in a browser:\n  ${link}`)
  if (options.open) openBrowser(link, terminal)
}

const hubIn = ({ folder }: DemoFolder): string => join(folder, 'hub')
const logsIn = (demoFolder: DemoFolder): string => join(hubIn(demoFolder), 'logs')

async function playOn(hub: Hub, all: DemoContext, issue: Issue, standstillSeconds: number): Promise<void> {
  const { demoFolder, display, signal, options } = all
  const person = (login: keyof DemoPeople): ApiPerson => personAt(hub, login, hub.tokens[login], signal)
  const people: DemoPeople = { admin: person('admin'), writer: person('writer'), outsider: person('outsider') }
  const readState = createReader(people.admin, () => sizesIn(logsIn(demoFolder)))
  const watch = watchProgress(readState, display, {
    standstillSeconds,
    clock: systemClock,
    signal,
    checkNotStopped,
  })
  try {
    const result = await playScenario(people, issue, watch)
    const seconds = watch.seconds()
    display.status('the last jobs end')
    await settled(hub, signal)
    await end(hub, all, result, seconds)
  } catch (error) {
    if (!(error instanceof EnvironmentError) || signal.aborted) throw error
    const jobs = await unendedJobs(people.admin, logsIn(demoFolder))
    throw jobs === null ? error : new DemoFailure(`${error.message}. ${jobs}`, { cause: error })
  }
  if (options.keep) await keepHub(hub, display, signal)
}

/** The size of each job's log. */
async function sizesIn(folder: string): Promise<[string, number][]> {
  const names = await readdir(folder).catch(() => [])
  return Promise.all(
    names.map(async (name): Promise<[string, number]> => [name, (await stat(join(folder, name))).size]),
  )
}

async function settled(hub: Hub, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  await Promise.race([hub.runner.idle(), stopped])
  signal.throwIfAborted()
}

async function end(hub: Hub, all: DemoContext, { issue }: ScenarioResult, seconds: number): Promise<void> {
  const { demoFolder, terminal, display, signal, sandbox } = all
  const after = join(demoFolder.folder, 'after')
  await clone(hub.git, after)
  signal.throwIfAborted()
  const tests = await runTests(after)
  signal.throwIfAborted()
  const repository = join(hubIn(demoFolder), 'repository.git')
  const events = await readJournal(pathToFileURL(repository).href, '', String(issue))
  const metrics = metricsSchema.parse(
    await (
      await fetch(`${hub.url}/_hub/metrics`, { signal, headers: { authorization: `token ${hub.tokens.admin}` } })
    ).json(),
  )
  const outcome: DemoOutcome = { events, metrics, seconds, tests }
  display.clear()
  display.line('')
  for (const line of accountOf(outcome, display.columns)) print(display, line)
  print(display, whatRemains(all), display.colour.dim)
  // Commands to copy are not wrapped.
  if (!demoFolder.isTemporary)
    for (const line of whereToLook(terminal, repository, issue)) display.line(display.colour.dim(line))
  if (sandbox.kind === 'off') printMissingSandbox(display, NO_SANDBOX_AT_END, sandbox)
  display.line('')
  display.line(display.colour.bold(display.colour.green(resultOf(outcome))))
}

const whatRemains = ({ demoFolder }: DemoContext): string =>
  demoFolder.isTemporary
    ? 'All of it is deleted now. With --keep, it stays, and the hub keeps running.'
    : `Everything is in ${demoFolder.folder}: the merged branch in after, logs of jobs in hub/logs.`

/** Commands for the folder that the demo was started in. */
export const whereToLook = ({ command }: Terminal, repository: string, issue: number): string[] => [
  `  git -C ${shellQuoted(repository)} log --graph main`,
  `  ${command} log ${issue} --repo ${shellQuoted(repository)}`,
]

/** Keeps the hub running after the result. Ctrl-C is the way to end it, so it is no failure. */
export async function keepHub(
  hub: Pick<Hub, 'api' | 'git' | 'tokens' | 'link'>,
  { line }: Pick<Display, 'line'>,
  signal: AbortSignal,
): Promise<void> {
  line(`\nThe hub runs until you press Ctrl-C. Its pages open with this link, once: ${hub.link()}`)
  line(`  REST ${hub.api}\n  git  ${hub.git}`)
  for (const [login, token] of Object.entries(hub.tokens)) line(`  ${login.padEnd(9)} ${token}`)
  if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done, { once: true }))
}

const runSchema = z.object({ id: z.number(), display_title: z.string() })
const jobSchema = z.object({ id: z.number(), name: z.string(), status: z.string(), conclusion: z.string().nullable() })

const MOST = 3

/** One sentence: jobs that have not ended or have failed, and the paths of their logs. Null if there are none. */
export async function unendedJobs(visitor: Pick<ApiPerson, 'list'>, logs: string): Promise<string | null> {
  const runs = await visitor.list(runSchema, '/actions/runs', 'workflow_runs')
  const jobs = await Promise.all(runs.map(({ id }) => visitor.list(jobSchema, `/actions/runs/${id}/jobs`, 'jobs')))
  const bad = jobs.flat().filter(({ conclusion }) => conclusion !== 'success' && conclusion !== 'skipped')
  if (bad.length === 0) return null
  const named = bad
    .slice(0, MOST)
    .map((job) => `${job.name} (${job.conclusion ?? job.status}): ${join(logs, `${job.id}.log`)}`)
  const more = bad.length > MOST ? ` and ${bad.length - MOST} more` : ''
  return `These jobs did not end or failed: ${named.join('; ')}${more}.`
}
