import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  HubEvent,
  HubHost,
  JobRecord,
  Permissions,
  Runner,
  UnfinishedRun,
  WorkflowRunRecord,
} from '../../../src/hub/host.ts'
import { jobLogEnd } from '../../../src/hub/runner/job/job-log.ts'
import { createRunner } from '../../../src/hub/runner/runner.ts'
import type { RunnerOptions } from '../../../src/hub/runner/world.ts'

const git = (cwd: string, args: string[], input = ''): string =>
  execFileSync('git', args, { cwd, input, encoding: 'utf8' }).trim()

const stream = (files: Readonly<Record<string, string>>, branch: string, parent: string): string => {
  const lines = [`commit refs/heads/${branch}`, 'committer Ada <ada@example.com> 0 +0000', 'data 6', 'files', '']
  if (parent !== '') lines.push(`from ${parent}`)
  const blobs = Object.entries(files).map(
    ([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
  )
  return `${lines.join('\n')}\n${blobs.join('')}\n`
}

/** A host in memory over a real bare repository; it hears of every change and every log line. */
export class TestHub {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'hub-runner-')))
  readonly gitDir = join(this.folder, 'octo', 'demo.git')
  readonly records = {
    runs: new Map<number, WorkflowRunRecord>(),
    jobs: new Map<number, JobRecord>(),
    unfinished: new Map<number, UnfinishedRun>(),
  }
  readonly issued: { id: number; token: string; permissions: Permissions }[] = []
  readonly revoked: string[] = []
  readonly delays = new Map<string, number>()
  readonly lines: string[] = []
  serverUrl = 'http://127.0.0.1:9'
  #waiting: (() => void)[] = []
  #next = 1
  #runner: Runner | undefined
  readonly #options: Partial<RunnerOptions>

  constructor(options: Partial<RunnerOptions> = {}) {
    this.#options = options
    git(tmpdir(), ['init', '--quiet', '--bare', '--initial-branch=main', this.gitDir])
  }

  commit(files: Readonly<Record<string, string>>, branch = 'main'): string {
    const tip = git(this.gitDir, ['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`])
    git(this.gitDir, ['fast-import', '--quiet'], stream(files, branch, tip))
    return git(this.gitDir, ['rev-parse', `refs/heads/${branch}`])
  }

  workflow(text: string, name = 'ci.yml'): this {
    this.commit({ [`.github/workflows/${name}`]: text })
    return this
  }

  get host(): HubHost {
    const { gitDir, folder, serverUrl, records, issued, revoked, delays } = this
    return {
      owner: 'octo',
      repo: 'demo',
      defaultBranch: 'main',
      dataDir: join(folder, 'data'),
      gitDir,
      serverUrl,
      apiUrl: `${serverUrl}/api/v3`,
      graphqlUrl: `${serverUrl}/api/graphql`,
      resultsUrl: `${serverUrl}/`,
      secrets: { API_KEY: 'sk-very-secret' },
      variables: { COLOUR: 'green' },
      nextId: () => this.#next++,
      saveRun: (run) => this.#tell(() => records.runs.set(run.id, structuredClone(run))),
      saveJob: (job) => this.#tell(() => records.jobs.set(job.id, structuredClone(job))),
      saveUnfinished: (one) => void records.unfinished.set(one.run, structuredClone(one)),
      unfinished: () => [...records.unfinished.values()],
      runs: () => [...records.runs.values()],
      jobs: (runId) => [...records.jobs.values()].filter((job) => job.run_id === runId),
      issueToken: ({ id, permissions }) => {
        const token = `ghs_token${id}`
        issued.push({ id, token, permissions })
        return token
      },
      revokeToken: (token) => void revoked.push(token),
      runtimeToken: ({ id, run_id }) => `runtime.${run_id}.${id}`,
      startDelay: (name) => delays.get(name) ?? 0,
      stepFails: () => false,
    }
  }

  get runner(): Runner {
    this.#runner ??= createRunner(this.host, {
      tributaryAction: join(this.folder, 'action'),
      logs: (line) => this.#tell(() => this.lines.push(line)),
      ...this.#options,
    })
    return this.#runner
  }

  /** A second hub process on the same folder. */
  restarted(): Runner {
    this.#runner = undefined
    return this.runner
  }

  deliver(event: Partial<HubEvent> & { name: string }): Promise<number[]> {
    return this.runner.deliver({ payload: {}, actor: 'ada', ...event })
  }

  async dispatch(inputs: Record<string, string> = {}, workflow = 'ci.yml'): Promise<number> {
    const [id] = await this.deliver({ name: 'workflow_dispatch', workflow, inputs })
    if (id === undefined) throw new Error(`${workflow} does not listen to workflow_dispatch`)
    return id
  }

  /** Dispatches, waits for the end, and gives what became of it. */
  async play(inputs: Record<string, string> = {}): Promise<Outcome> {
    const id = await this.dispatch(inputs)
    await this.runner.idle()
    return this.outcome(id)
  }

  outcome(runId: number): Outcome {
    const run = this.records.runs.get(runId)
    if (run === undefined) throw new Error(`no run ${runId}`)
    const jobs = [...this.records.jobs.values()].filter((job) => job.run_id === runId)
    return {
      run,
      jobs,
      conclusions: Object.fromEntries(jobs.map((job) => [job.name, job.conclusion])),
      log: (name) => jobLogEnd(this.host.dataDir, this.job(runId, name).id, Infinity)?.text ?? '',
      steps: (name) => Object.fromEntries(this.job(runId, name).steps.map((step) => [step.name, step.conclusion])),
    }
  }

  job(runId: number, name: string): JobRecord {
    const found = [...this.records.jobs.values()].find((job) => job.run_id === runId && job.name === name)
    if (found === undefined) throw new Error(`run ${runId} has no job ${name}`)
    return found
  }

  /** Resolves once the condition holds; looked at after every record and log line. */
  async when(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  said = (words: string): Promise<void> => this.when(() => this.lines.some((line) => line.endsWith(`| ${words}`)))

  async close(): Promise<void> {
    await this.#runner?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #tell(change: () => unknown): void {
    change()
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

export interface Outcome {
  readonly run: WorkflowRunRecord
  readonly jobs: readonly JobRecord[]
  readonly conclusions: Readonly<Record<string, string | null>>
  log(job: string): string
  steps(job: string): Readonly<Record<string, string | null>>
}
