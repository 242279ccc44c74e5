import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join, resolve } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { listen, stop } from '../loopback/listen.ts'
import type { Login } from './access/people.ts'
import { createApp } from './app.ts'
import { openArtifactFiles } from './artifacts/files.ts'
import { createFaults } from './control/faults.ts'
import { createMetrics } from './control/metrics.ts'
import { createEmitter } from './events.ts'
import { openBare } from './git/bare.ts'
import type { BuiltInWorkflow } from './git/built-in-workflow.ts'
import { openRepository } from './git/repository.ts'
import type { HubHost, JobRecord, Runner } from './host.ts'
import { pageRoutes, type Results } from './pages/routes.ts'
import { createLoginLinks } from './pages/session/login-links.ts'
import type { Observer } from './rest/middleware.ts'
import type { StartProcess } from './runner/process/process.ts'
import { createRunner as createDefaultRunner } from './runner/runner.ts'
import type { RunnerOptions, TributaryStep } from './runner/world.ts'
import { artifactFolder, createHost } from './runner-host.ts'
import { createSerialQueue } from './serial-queue.ts'
import type { RepositorySettings } from './store/document.ts'
import { createDocument } from './store/new-document.ts'
import { openStore, type Store } from './store/store.ts'
import { urlsOf } from './urls.ts'
import type { World } from './world.ts'

export interface HubOptions extends Results {
  /** The checkout whose current branch becomes the repository, on the first start. */
  repo: string
  /** Where the hub stores its state; a hub started again on it continues from there. */
  dataDir: string
  port?: number
  /** `OWNER/NAME`; by default made from the folder's name. */
  name?: string
  secrets?: Readonly<Record<string, string>>
  variables?: Readonly<Record<string, string>>
  settings?: Partial<RepositorySettings>
  /** The folder with Tributary's action.yml and dist. The hub runs it for every `uses:` of Tributary in this repository. */
  tributaryAction: string
  /** Runs Tributary alone, by this workflow if the repository has none of its own that uses it. */
  builtInWorkflow?: BuiltInWorkflow
  /** Inputs and variables for Tributary's own steps, besides those of the workflow. */
  tributaryStep?: TributaryStep
  createRunner?: (host: HubHost, options: RunnerOptions) => Runner
  startProcess?: StartProcess
  now?: () => Date
  log?: (line: string) => void
  observe?: Observer
}

export interface Hub {
  url: string
  api: string
  graphql: string
  git: string
  owner: string
  repo: string
  defaultBranch: string
  tokens: Readonly<Record<Login, string>>
  runner: Runner
  /** The address of the pages for the person who started the hub. It works once, for ten minutes. */
  link(): string
  close(): Promise<void>
}

export async function startHub(options: HubOptions): Promise<Hub> {
  const dataDir = resolve(options.dataDir)
  // It holds tokens and logs, which other users of this machine must not read.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const now = () => (options.now?.() ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z')
  const log = options.log ?? (() => {})
  const { owner, repo } = nameOf(options.repo, options.name)
  const gitDir = join(dataDir, 'repository.git')
  const defaultBranch = await openBare(gitDir, resolve(options.repo), log)
  const settings = options.settings ?? {}
  const store = openStore(dataDir, () => createDocument({ owner, repo, defaultBranch, settings, now: now() }))
  Object.assign(store.doc.settings, settings)
  return serve(options, { dataDir, store, gitDir, now, log })
}

interface Ground {
  dataDir: string
  store: Store
  gitDir: string
  now: () => string
  log: (line: string) => void
}

async function serve(options: HubOptions, { dataDir, store, gitDir, now, log }: Ground): Promise<Hub> {
  const { doc } = store
  const files = openArtifactFiles(artifactFolder(dataDir))
  // The addresses contain the port, which is known only after listening; there are no requests before that.
  let handle = (_request: Request, _env: object): Response | Promise<Response> => new Response(null, { status: 503 })
  const server = createServer(getRequestListener((request, env) => handle(request, env)))
  doc.port = await listen(server, options.port, doc.port)
  store.changed()
  const urls = urlsOf(doc.port, doc.owner, doc.repo)
  const faults = createFaults()
  let runner: Runner | undefined
  const running = () => {
    if (runner === undefined) throw new Error('the runner is not there yet')
    return runner
  }
  const kill = (job: JobRecord) => {
    const ms = job.status === 'in_progress' ? faults.kill(job.name) : null
    if (ms !== null) setTimeout(() => running().kill(job.id), ms).unref()
  }
  const links = createLoginLinks(() => Date.parse(now()))
  const world: World = {
    store,
    git: openRepository(gitDir),
    urls,
    dataDir,
    faults,
    metrics: createMetrics(now),
    secrets: options.secrets ?? {},
    builtInWorkflow: options.builtInWorkflow,
    link: () => `${urls.results}login/${links.create()}`,
    runner: running,
    emit: createEmitter(running, { faults, isArchived: () => doc.settings.archived, log }),
    inTurn: createSerialQueue(),
    killRunning: () => doc.jobs.forEach(kill),
    now,
    log,
  }
  const app = createApp(world, files, options.observe, pageRoutes(world, links, options))
  handle = (request, env) => app.fetch(request, env)
  const host = createHost(world, options.variables ?? {}, kill)
  runner = (options.createRunner ?? createDefaultRunner)(host, {
    tributaryAction: options.tributaryAction,
    tributaryStep: options.tributaryStep,
    builtInWorkflow: options.builtInWorkflow,
    startProcess: options.startProcess,
  })
  const started = runner
  return {
    url: urls.results.replace(/\/$/, ''),
    api: urls.api,
    graphql: urls.graphql,
    git: urls.git,
    owner: doc.owner,
    repo: doc.repo,
    defaultBranch: doc.defaultBranch,
    tokens: doc.tokens,
    runner: started,
    link: world.link,
    close: async () => {
      await started.close()
      await stop(server)
      world.git.close()
      await store.flush()
    },
  }
}

/** The owner of a repository if no name is given. */
const OWNER = 'local'

function nameOf(folder: string, name: string | undefined): { owner: string; repo: string } {
  const [owner = OWNER, repo = plain(basename(resolve(folder)))] = name?.split('/', 2) ?? []
  return { owner, repo }
}

/** Replaces what GitHub does not allow in repository names. */
const plain = (text: string): string => text.replace(/\.git$/, '').replace(/[^A-Za-z0-9._-]+/g, '-') || 'repository'
