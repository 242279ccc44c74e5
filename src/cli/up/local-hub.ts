import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Hub } from '../../hub/hub.ts'
import { InvalidHubFolder } from '../../hub/invalid-folder.ts'
import type { Clock } from '../../ports/clock.ts'
import { LOCAL_ACTION, WORKFLOW_PATH, workflowFor } from '../example-files.ts'
import { EnvironmentError, Mistake, type Terminal } from '../subcommand.ts'
import { type ChosenAgent, localSettings } from './agents.ts'
import { type FolderHold, type Holder, type HubAddress, isRunning, takeHold } from './holder.ts'
import { hubRepository, isResult, type Place } from './place.ts'
import { pushOf } from './push-result.ts'
import { isTaken, takeUnderFreeName } from './take-result.ts'

export interface LocalHub {
  address: HubAddress
  /** The process that serves it; null: this one. */
  servedBy: number | null
  /** A link that logs a browser in. */
  link(): Promise<string>
  /** Resolves when no job is at work. */
  idle(): Promise<void>
  /** Ends the hub if this process serves it. */
  close(): Promise<void>
}

export interface OpenOptions {
  place: Place
  worker: ChosenAgent
  port: number | undefined
  terminal: Pick<Terminal, 'home'>
  clock: Clock
  signal: AbortSignal
  log(line: string): void
}

const PAUSE_SECONDS = 0.1
/** How long a process may take to leave after its hub has ended; after that its number belongs to another program. */
const LEAVING_SECONDS = 5
const NOTICE_SECONDS = 5

/** The one hub of a repository: that of another process, if one serves it, or else a new one on the same data. */
export async function openLocalHub(options: OpenOptions): Promise<LocalHub> {
  const { place, clock, signal, log } = options
  const began = clock.now().getTime()
  const seconds = () => (clock.now().getTime() - began) / 1000
  const gone = new Set<string>()
  for (let noticed = false; ; ) {
    const taken = takeHold(place.dataDir, (holder) => isRunning(holder) && !gone.has(JSON.stringify(holder)))
    if ('publish' in taken) return startOwn(options, taken)
    if (taken.address !== null && (await answers(taken.address))) return foundHub(taken, taken.address)
    if (taken.address !== null && seconds() > LEAVING_SECONDS) gone.add(JSON.stringify(taken))
    if (!noticed && seconds() > NOTICE_SECONDS) {
      noticed = true
      log(`Process ${taken.pid} is starting or ending the hub of this repository; waiting for it.`)
    }
    await clock.wait(PAUSE_SECONDS, signal)
    signal.throwIfAborted()
  }
}

async function startOwn(options: OpenOptions, hold: FolderHold): Promise<LocalHub> {
  const { worker } = options
  try {
    const hub = await start(options)
    const { url, api, git, owner, repo, defaultBranch, tokens } = hub
    const address = { url, api, git, owner, repo, defaultBranch, token: tokens.admin, worker: worker.name }
    hold.publish(address)
    const close = () => hub.close().finally(hold.release)
    return { address, servedBy: null, link: () => linkFrom(address), idle: () => hub.runner.idle(), close }
  } catch (error) {
    hold.release()
    if (error instanceof InvalidHubFolder) throw new Mistake(error.message, { typing: false })
    throw error
  }
}

async function start({ place, worker, port, terminal, log }: OpenOptions): Promise<Hub> {
  if (place.branch !== null && isResult(place.branch) && !existsSync(hubRepository(place)))
    throw new Mistake(`${place.branch} is the result of a run; switch to the branch that plans are to start from`, {
      typing: false,
    })
  // Loaded here: the other subcommands start faster without it.
  const { startHub } = await import('../../hub/hub.ts')
  return startHub({
    repo: place.top,
    dataDir: join(place.dataDir, 'hub'),
    // Other users of this machine reach the port too: without a token they read nothing.
    settings: { private: true },
    ...(port === undefined ? {} : { port }),
    secrets: worker.secrets,
    variables: worker.variables,
    tributaryAction: terminal.home,
    builtInWorkflow: { path: WORKFLOW_PATH, text: workflowFor(LOCAL_ACTION) },
    tributaryStep: { inputs: { settings: localSettings(worker) }, workEnv: worker.workEnv },
    takeResult: (run) => takeUnderFreeName(place, run),
    hasResult: (commit) => isTaken(place, commit),
    pushOf: (run, commit) => pushOf(place, run, commit),
    log,
  })
}

function foundHub({ pid }: Holder, address: HubAddress): LocalHub {
  return {
    address,
    servedBy: pid,
    link: () => linkFrom(address),
    idle: async () => void (await ask(address, 'GET', '/_hub/idle')),
    close: async () => {},
  }
}

const linkSchema = z.object({ link: z.string() })

/** Asked of the process that serves, which alone knows the links that it has given. */
async function linkFrom(address: HubAddress): Promise<string> {
  const answer = await ask(address, 'POST', '/_hub/link')
  if (!answer.ok)
    throw new EnvironmentError(`the hub on ${address.url} gave no link: it answered with ${answer.status}`)
  return linkSchema.parse(await answer.json()).link
}

const answers = (address: HubAddress): Promise<boolean> =>
  ask(address, 'GET', '/_hub/settings').then(
    ({ ok }) => ok,
    () => false,
  )

const ask = ({ url, token }: HubAddress, method: string, path: string): Promise<Response> =>
  fetch(`${url}${path}`, { method, headers: { authorization: `token ${token}` } })
