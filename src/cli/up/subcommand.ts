import { systemClock } from '../../adapters/system/clock.ts'
import { commaList } from '../../render/markdown/format.ts'
import { exitCodeOf, interrupted, portOf } from '../serving.ts'
import { readArguments, type Subcommand, type Terminal } from '../subcommand.ts'
import { chooseWorker, findAgents } from './agents.ts'
import { openBrowser } from './browser.ts'
import { settingsAt } from './committed-settings.ts'
import { type LocalHub, openLocalHub } from './local-hub.ts'
import { whyNoSandbox } from './no-sandbox.ts'
import { findPlace, isResult, type Place } from './place.ts'
import { type Synced, syncBase, syncLine } from './sync-base.ts'

const options = {
  agent: { type: 'string' },
  port: { type: 'string' },
  'no-open': { type: 'boolean' },
  json: { type: 'boolean' },
} as const

export const up: Subcommand = {
  name: 'up',
  summary: 'opens a page for this repository: issues, plans and runs, without GitHub',
  help: [
    'tributary up [--agent NAME] [--port N] [--no-open] [--json]',
    '',
    'Starts a hub for the git repository of this folder on 127.0.0.1, and opens its page: issues, plans, runs. It needs no',
    'account and no workflow file. Your checkout is not touched: the result of a run is a branch. Type it again to continue.',
    'A plan by hand with a `run` for each task needs nothing else. For a model to plan and work, set ANTHROPIC_API_KEY, or:',
    '  --agent NAME  a program on the PATH plans and works: claude, codex, gemini or opencode; none is used unless you name it',
    '  --port N      the port; the last one, or a free one otherwise',
    '  --no-open     only print the link',
    '  --json        one line of JSON with the link, the addresses and a token, and nothing else',
  ],
  run: serve,
}

/** Runs until it is interrupted, unless another process serves this repository already. */
async function serve(words: readonly string[], terminal: Terminal): Promise<number> {
  const { port, ...others } = readArguments(words, options, 0).values
  const asked = { ...others, port: port === undefined ? undefined : portOf(port) }
  const worker = chooseWorker(asked.agent, terminal.env)
  const place = await findPlace(terminal)
  const signal = terminal.interruption()
  const log = (line: string) => terminal.error(line)
  let hub: LocalHub | null = null
  try {
    hub = await openLocalHub({ place, worker, port: asked.port, terminal, clock: systemClock, signal, log })
    await present(hub, place, asked, terminal)
    if (hub.servedBy === null) await interrupted(signal)
    return 0
  } catch (error) {
    if (signal.aborted) return exitCodeOf(signal)
    throw error
  } finally {
    await hub?.close()
  }
}

interface Asked {
  port: number | undefined
  agent?: string | undefined
  'no-open'?: boolean | undefined
  json?: boolean | undefined
}

/** Prints where the page is, and opens it. */
async function present(hub: LocalHub, place: Place, asked: Asked, terminal: Terminal): Promise<void> {
  const synced = await syncBase(place, hub.address)
  const link = await hub.link()
  if (asked.json === true) return terminal.out(jsonLine(hub, place, link, terminal))
  for (const line of greeting({ hub, place, link, synced, asked, terminal })) terminal.out(line)
  if (asked['no-open'] !== true) openBrowser(link, terminal)
  const missing = await whyNoSandbox(await settingsAt(place, 'HEAD'), terminal)
  if (missing !== null) terminal.error(`No task can run yet: ${missing}.`)
}

const jsonLine = ({ address, servedBy }: LocalHub, { dataDir }: Place, link: string, { env }: Terminal): string =>
  JSON.stringify({ link, ...address, data: dataDir, agents: findAgents(env), started: servedBy === null })

interface Greeting {
  hub: LocalHub
  place: Place
  link: string
  synced: readonly Synced[]
  asked: Asked
  terminal: Pick<Terminal, 'env' | 'command'>
}

function greeting({ hub, place, link, synced, asked: { agent, port }, terminal }: Greeting): string[] {
  const { address, servedBy } = hub
  return [
    ...(servedBy === null ? [] : [`This repository is served already, by process ${servedBy}.`]),
    `${address.repo}: ${link}`,
    ...(servedBy !== null && agent !== undefined && agent !== address.worker
      ? [`That hub does not work with ${agent}. End it, then start it with --agent ${agent}.`]
      : [`  Who plans and works: ${workerText(address.worker)}`, ...offer(address.worker, terminal)]),
    ...(servedBy !== null && port !== undefined && port !== 0 && port !== Number(new URL(address.url).port)
      ? [`  It keeps its port. End it, then start it with --port ${port}.`]
      : []),
    ...baseLines(place, address.defaultBranch),
    ...synced.flatMap((one) => syncLine(one, place) ?? []).map((line) => `  ${line}`),
    `  Everything is in ${place.dataDir}; your checkout is not touched.`,
    ...(servedBy === null ? [`Ctrl-C ends it, and \`${terminal.command} up\` continues where it was.`] : []),
  ]
}

/** Who plans and works, in words. */
const workerText = (worker: string | null): string =>
  worker === null
    ? 'you, with plans by hand that have a `run` for each task'
    : worker === 'ANTHROPIC_API_KEY'
      ? 'the model, with your ANTHROPIC_API_KEY'
      : `${worker}, which sees what you gave it to log in, and reaches the network`

/** Agents are offered, and not used unless they are asked for. */
function offer(worker: string | null, { env, command }: Pick<Terminal, 'env' | 'command'>): string[] {
  const found = findAgents(env).filter((name) => name !== worker)
  const [first] = found
  if (first === undefined) return worker === null ? ['  Set ANTHROPIC_API_KEY to let a model plan and work.'] : []
  return [`  Found, and not used: ${commaList(found)}. \`${command} up --agent ${first}\` lets it plan and work.`]
}

function baseLines({ branch }: Place, defaultBranch: string): string[] {
  if (branch === defaultBranch) return []
  if (branch === null) return [`  Your checkout is on no branch. Plans start from ${defaultBranch}, as the hub has it.`]
  return isResult(branch)
    ? [`  Plans start from ${defaultBranch}; ${branch} is the result of a run.`]
    : [`  Plans start from ${defaultBranch}; \`/plan --base ${branch}\` makes one for the branch that you are on.`]
}
