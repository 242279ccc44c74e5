import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Octokit } from '@octokit/rest'
import type { EventOf, RunEvent } from '../../../src/core/run/event.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import { type RunState, workOf } from '../../../src/core/run/state.ts'
import type { Work } from '../../../src/core/run/work.ts'
import type { Hub, HubOptions } from '../../../src/hub/hub.ts'
import { onDisk } from '../../support/on-disk.ts'
import { PACE } from '../../support/pace.ts'
import { journalReader } from './journal-reader.ts'
import { startPooled } from './pooled.ts'
import { git, makeRepository, ROOT } from './repository.ts'

/** The hub as it ships, in one file: its sources would be loaded again for each file of tests. */
const CHUNKS = join(ROOT, 'dist', 'chunks')
const shipped = readdirSync(CHUNKS).filter((name) => name.startsWith('hub-'))
const { startHub }: typeof import('../../../src/hub/hub.ts') = await import(join(CHUNKS, shipped.join()))

export type Person = keyof Hub['tokens']

export interface WorldOptions {
  files?: Readonly<Record<string, string>>
  /** A checkout to take instead of the small repository of the tests. */
  checkout?: string
  /** Where the sandbox has to hide what lies around: see `onDisk`. */
  disk?: boolean
  hub?: Partial<HubOptions>
}

/** A hub with a repository that has the shipped workflow, and people who type. The action is the bundle in dist/. */
export async function startWorld(options: WorldOptions = {}) {
  const folder = mkdtempSync(join(options.disk ? onDisk() : tmpdir(), 'tributary-e2e-'))
  const checkout = options.checkout ?? makeRepository(join(folder, 'checkout'), options.files)
  const dataDir = join(folder, 'hub')
  const begin = () =>
    startHub({
      repo: checkout,
      dataDir,
      tributaryAction: process.env.TRIBUTARY_ACTION ?? ROOT,
      name: 'somebody/repository',
      startProcess: startPooled,
      ...options.hub,
    })
  let hub = await begin()
  const gitDir = join(dataDir, 'repository.git')
  const at = { owner: hub.owner, repo: hub.repo }
  const as = (person: Person) => new Octokit({ baseUrl: hub.api, auth: hub.tokens[person] })
  const admin = as('admin')
  const journal = journalReader(gitDir)

  /** What the jobs said last, for the message of a test that waited in vain. */
  const report = (): string =>
    readdirSync(join(dataDir, 'logs'))
      .map(
        (name) =>
          `--- ${name}\n${readFileSync(join(dataDir, 'logs', name), 'utf8')
            .split('\n')
            .slice(-25)
            .join('\n')}`,
      )
      .join('\n')
  const until = <Found>(what: string, look: () => Promise<Found | undefined | null | false>): Promise<Found> =>
    waitFor(what, look, report)

  const comments = async (thread: number) =>
    admin.paginate(admin.rest.issues.listComments, { ...at, issue_number: thread, per_page: 100 })

  /** Ends what waits for `.git/go-NAME` in its slot's work tree, in all slots that are there by now. */
  const letGo = (name: string): void => {
    for (const job of readdirSync(join(dataDir, 'jobs'))) {
      const git = join(dataDir, 'jobs', job, '_work', hub.repo, hub.repo, '.git')
      if (existsSync(git)) writeFileSync(join(git, `go-${name}`), '')
    }
  }

  const world = {
    folder,
    at,
    as,
    admin,
    gitDir,
    get hub() {
      return hub
    },
    git: (...args: string[]) => git(gitDir, ...args),
    comments,
    openIssue: async (body: string, title = 'An issue') =>
      (await admin.rest.issues.create({ ...at, title, body })).data.number,
    comment: async (thread: number, body: string, person: Person = 'admin') =>
      (await as(person).rest.issues.createComment({ ...at, issue_number: thread, body })).data.id,
    /** The reply to a comment, found by its marker. */
    answer: (thread: number, id: number): Promise<string> =>
      until(
        `an answer to comment ${id}`,
        async () =>
          (await comments(thread)).find((one) => one.body?.includes(`<!-- tributary:reply:comment:${id} -->`))?.body,
      ),
    /** Says it and waits for the answer. */
    say: async (thread: number, body: string, person: Person = 'admin'): Promise<string> =>
      world.answer(thread, await world.comment(thread, body, person)),
    state: journal.state,
    events: journal.events,
    entries: journal.entries,
    /** `/plan`, and the number of the pull request on which the plan is. */
    plan: async (issue: number): Promise<{ pull: number; planId: string; work: Work }> => {
      await world.say(issue, '/plan')
      const state = await until('a plan', async () => {
        const now = await world.state(`${issue}`)
        return now?.phase === 'proposed' && now.orchestrator === null ? now : undefined
      })
      const pull = state.projected['pull:trunk']?.number ?? issue
      return { pull, planId: state.work.planId, work: state.work }
    },
    /** Waits until the run's journal says so. */
    when: <Found>(run: string, what: string, look: (state: RunState, work: Work) => Found | undefined | false) =>
      until(`run ${run} to be ${what}`, async () => {
        const state = await world.state(run)
        const work = state === null ? null : workOf(state)
        return state === null || work === null ? undefined : look(state, work) || undefined
      }),
    ended: (run: string) =>
      world.when(run, 'ended', (state) => state.phase === 'ended' && state.orchestrator === null && state),
    until,
    /**
     * Lets a task end that waits for a signal, and waits until it has landed. A command cannot write into `.git`, so the
     * file is in nobody's way; its slot may be about to start, so all slots are told again and again.
     */
    letGo,
    release: (run: string, task: string) =>
      world.when(run, `through with ${task}`, (_, { tasks }) => {
        letGo(task)
        return tasks[task]?.state.status === 'landed'
      }),
    idle: () => hub.runner.idle(),
    fault: async (fault: object) =>
      void (await control(hub, 'faults', { method: 'POST', body: JSON.stringify(fault) })),
    control: async (path: string, body: object) =>
      void (await control(hub, path, { method: 'POST', body: JSON.stringify(body) })),
    faults: async (): Promise<unknown[]> => (await control(hub, 'faults')).json() as Promise<unknown[]>,
    clearFaults: async () => void (await control(hub, 'faults', { method: 'DELETE' })),
    metrics: async (): Promise<unknown> => (await control(hub, 'metrics')).json(),
    restart: async () => {
      await hub.close()
      hub = await begin()
    },
    close: async () => {
      await hub.close()
      if (process.env.KEEP_WORLDS === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
  return world
}
export type World = Awaited<ReturnType<typeof startWorld>>

const control = async (hub: Hub, path: string, init: RequestInit = {}): Promise<Response> => {
  const answer = await fetch(`${hub.url}/_hub/${path}`, {
    ...init,
    headers: { authorization: `token ${hub.tokens.admin}` },
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer
}

/** Looking costs the machine as much as what is looked at. */
const LOOK_MS = 100

/** For one thing to happen; what takes longer hangs. */
const WAIT_SECONDS = 120

/** Looks again and again until there is something; then it gives up and says what the jobs said last. */
async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined | null | false>,
  report: () => string,
): Promise<Found> {
  const seconds = Math.round(WAIT_SECONDS * PACE)
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== null && found !== false) return found
    if (Date.now() > deadline) throw new Error(`waited ${seconds} seconds for ${what}\n${report()}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

export const eventsOf = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type): EventOf<Type>[] =>
  events.filter((event): event is EventOf<Type> => event.type === type)

/**
 * Starts of tasks of which a slot saw something: one may leave in the moment in which it is given a task, which goes to the next
 * one as the same attempt.
 */
export const startsIn = (events: readonly RunEvent[]): EventOf<'task_started'>[] => {
  const key = ({ task, attempt, slot }: { task: string; attempt: number; slot: string }) => `${task}/${attempt} ${slot}`
  const unseen = eventsOf(events, 'task_returned').flatMap((event) => (event.unbegun ? [key(event)] : []))
  return eventsOf(events, 'task_started').filter((event) => !unseen.includes(key(event)))
}

/** Tasks that lost their slot in the middle of the work. */
export const lossesIn = (events: readonly RunEvent[]): EventOf<'task_returned'>[] =>
  eventsOf(events, 'task_returned').filter(({ unbegun }) => !unbegun)

/** What must hold of every finished run: the snapshot is the fold, and trunk in git is trunk in the journal. */
export async function agreement(world: World, run: string) {
  const [events, state] = [await world.events(run), await world.state(run)]
  const work = state === null ? null : workOf(state)
  return {
    folded: replay(events),
    state,
    trunkInJournal: work?.trunk.tip,
    trunkInGit: world.git('rev-parse', `refs/heads/tributary/${run}/trunk`),
  }
}
