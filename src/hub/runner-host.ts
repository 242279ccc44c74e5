import { join } from 'node:path'
import { runtimeToken } from '../loopback/sign.ts'
import { randomToken } from './access/token.ts'
import type { HubHost, JobRecord, WorkflowRunRecord } from './host.ts'
import type { World } from './world.ts'

/** The server's side of the interface to the runner. */
export function createHost(
  world: World,
  variables: Readonly<Record<string, string>>,
  jobChanged: (job: JobRecord) => void,
): HubHost {
  const { doc } = world.store
  const unfinishedBut = (run: number) => (doc.unfinished ?? []).filter((one) => one.run !== run)
  return {
    get owner() {
      return doc.owner
    },
    get repo() {
      return doc.repo
    },
    get defaultBranch() {
      return doc.defaultBranch
    },
    dataDir: world.dataDir,
    gitDir: world.git.dir,
    serverUrl: world.urls.server,
    apiUrl: world.urls.api,
    graphqlUrl: world.urls.graphql,
    resultsUrl: world.urls.results,
    secrets: world.secrets,
    variables,
    nextId: world.store.nextId,
    saveRun: (run) => {
      put(doc.runs, { ...run })
      if (run.status === 'completed') doc.unfinished = unfinishedBut(run.id)
      world.store.changed()
    },
    saveJob: (job) => {
      put(doc.jobs, structuredClone(job))
      world.store.changed()
      jobChanged(job)
    },
    saveUnfinished: (one) => {
      doc.unfinished = [...unfinishedBut(one.run), structuredClone(one)]
      world.store.changed()
    },
    unfinished: () => doc.unfinished ?? [],
    runs: () => doc.runs,
    jobs: (runId) => doc.jobs.filter((job) => job.run_id === runId),
    issueToken: ({ id, run_id, permissions }) => {
      const token = randomToken('ghs')
      doc.jobTokens.push({ token, job: id, run: run_id, permissions, revoked: false })
      world.store.changed()
      return token
    },
    revokeToken: (token) => {
      const known = doc.jobTokens.find((one) => one.token === token)
      if (known !== undefined) known.revoked = true
      world.store.changed()
    },
    runtimeToken: (job) => runtimeToken(doc.secret, job, Math.floor(Date.parse(world.now()) / 1000)),
    startDelay: (name) => world.faults.delay(name),
    stepFails: (name, step) => world.faults.failStep(name, step),
  }
}

function put<T extends WorkflowRunRecord | JobRecord>(records: T[], record: T): void {
  const at = records.findIndex((known) => known.id === record.id)
  if (at === -1) records.push(record)
  else records[at] = record
}

export const artifactFolder = (dataDir: string): string => join(dataDir, 'artifacts')
