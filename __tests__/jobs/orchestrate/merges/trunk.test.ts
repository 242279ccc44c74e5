import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { openJournal } from '../../../../src/adapters/git/journal/journal.ts'
import { openRepo } from '../../../../src/adapters/git/repo.ts'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import type { RunEvent } from '../../../../src/core/run/event.ts'
import { replay } from '../../../../src/core/run/evolve.ts'
import { recordOf } from '../../../../src/core/run/lookup.ts'
import type { LiveRun } from '../../../../src/core/run/state.ts'
import { taskIdsWithStatus } from '../../../../src/core/run/task-status.ts'
import type { OrchestrateDeps } from '../../../../src/jobs/deps.ts'
import { prepareBases } from '../../../../src/jobs/orchestrate/merges/bases.ts'
import { queueTasks } from '../../../../src/jobs/orchestrate/merges/queue.ts'
import { assembleTrunk } from '../../../../src/jobs/orchestrate/merges/trunk.ts'
import { emptyDraft, plannedWork, recordEvents } from '../../../../src/jobs/orchestrate/session/event-draft.ts'
import { newSession } from '../../../../src/jobs/orchestrate/session/session.ts'
import { stopOrchestrator } from '../../../../src/jobs/orchestrate/stop-orchestrator.ts'
import type { Repo } from '../../../../src/ports/repo.ts'
import { bareRemote, tempDir } from '../../../support/git.ts'
import { hastyClock } from '../../../support/hasty-clock.ts'
import { memoryForge } from '../../../support/memory/forge.ts'
import { memoryGitHub } from '../../../support/memory/github.ts'
import { planOf } from '../../../support/plan.ts'
import { AT, proposedBy, report } from '../../../support/run.ts'

const PLAN = planOf('file, folder, last > end', {
  tasks: { file: { writes: ['place'] }, folder: { writes: ['place/part'] } },
})
const never = (what: string) => () => Promise.reject(new Error(`${what} was asked for`))

/** A run that has just been approved, with a real repository behind it, in which tasks hand over what the test says. */
async function stage({ plan = PLAN, slow = null }: { plan?: Plan; slow?: ReturnType<typeof heldBack> | null } = {}) {
  const remote = bareRemote()
  const base = remote.commit({ 'readme.md': 'Hello\n' })
  const heads = {
    file: remote.commit({ 'readme.md': 'Hello\n', place: 'a file' }, [base]),
    folder: remote.commit({ 'readme.md': 'Hello\n', place: { folder: { part: 'a part' } } }, [base]),
    last: remote.commit({ 'readme.md': 'Hello\n', last: 'last' }, [base]),
    late: remote.commit({ 'readme.md': 'Hello\n', late: 'late' }, [base]),
  }
  for (const [name, sha] of Object.entries({ main: base, ...heads })) remote.point(`refs/heads/${name}`, sha)
  const options = { gitDir: join(tempDir(), 'run.git'), remoteUrl: remote.url, token: '', clock: hastyClock() }
  const [journal, git] = [await openJournal(options), await openRepo(options)]
  const repo: Repo = slow === null ? git : { ...git, merge: slow.hold(git.merge) }
  await repo.fetch([base, ...Object.values(heads)])
  const planId = '0'.repeat(64)
  const approval: RunEvent = { type: 'plan_approved', at: AT, by: 'admin', planId, only: null }
  const events = proposedBy(plan).map((event) =>
    event.type === 'plan_proposed' ? { ...event, base, trunk: base, planId } : event,
  )
  const state = liveOf(replay([...events, approval]))
  const deps: OrchestrateDeps = {
    forge: memoryForge(memoryGitHub({})),
    journal,
    repo: async () => repo,
    clock: slow === null ? options.clock : { ...options.clock, within: slow.within },
    log: () => {},
    workflowRun: 1,
    readSettings: () => ({ ok: false, error: [] }),
    readPlan: () => ({ ok: false, error: [] }),
    pages: { keep: never('a page') },
    slots: {
      jobs: never('a job list'),
      results: never('a list of results'),
      checkpoints: never('a list of checkpoints'),
      ending: never('a log'),
      download: never('a result'),
    },
    secrets: [],
    model: null,
    redact: (text: string) => text,
    handOverAt: new Date('2100-01-01T00:00:00Z'),
  }
  const session = newSession(deps, repo, state.run, { state, tip: base, unsure: new Set() })
  /** What the orchestrator decides at one wake-up about trunk and the next branches. */
  const decide = async (draft: ReturnType<typeof emptyDraft>) =>
    queueTasks(session, await assembleTrunk(session, draft))
  /** A queued task starts, is verified and lands, with this head. */
  const land = (draft: ReturnType<typeof emptyDraft>, task: string, head: string) => {
    const { state: now } = recordOf(plannedWork(draft), task)
    if (now.status !== 'queued') throw new Error(`${task} is ${now.status}`)
    const { attempt } = now
    return recordEvents(
      draft,
      AT,
      { type: 'task_started', task, attempt, slot: 'r1.1' },
      { type: 'task_verified', task, attempt, head, tree: head, report },
      { type: 'task_landed', task, attempt },
    )
  }
  const queue = (draft: ReturnType<typeof emptyDraft>) => queueTasks(session, draft)
  const prepare = (draft: ReturnType<typeof emptyDraft>) => prepareBases(session, draft)
  return { repo, session, heads, decide, queue, prepare, land, first: await decide(emptyDraft(state)) }
}

/** Merges that end when the test says so. */
function heldBack() {
  let isOpen = false
  let release: () => void = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const merges: Promise<unknown>[] = []
  return {
    begun: () => merges.length,
    hold:
      (merge: Repo['merge']): Repo['merge'] =>
      (...merged) => {
        const ending = released.then(() => merge(...merged))
        merges.push(ending)
        return ending
      },
    within: async (_seconds: number, work: Promise<unknown>) => {
      if (isOpen) await work
    },
    release: async () => {
      isOpen = true
      release()
      await Promise.all(merges)
    },
  }
}

function liveOf(state: ReturnType<typeof replay>): LiveRun {
  if (state.phase === 'empty') throw new Error('no run')
  return state
}

describe('tasks that are in conflict on trunk', () => {
  it('name the paths and each other, and the later one gets a base with both', async () => {
    const { repo, heads, decide, land, first } = await stage()
    const after = await decide(land(land(first, 'file', heads.file), 'folder', heads.folder))
    const conflict = after.events.find((event) => event.type === 'task_conflicted')
    expect(conflict).toMatchObject({ task: 'folder', with: ['file'], final: false })
    expect(plannedWork(after).trunk.merges.map(({ task }) => task)).toEqual(['file'])
    const again = recordOf(plannedWork(after), 'folder').state
    if (again.status !== 'queued') throw new Error(`it is ${again.status}`)
    expect(again.attempt).toBe(2)
    expect(await repo.isAncestor(heads.file, again.base)).toBe(true)
    expect(await repo.readFile(again.base, 'place')).toBe('a file')
  })

  it('are left to a person when the later one conflicts a third time, and nobody else waits for that', async () => {
    const { heads, decide, land, first } = await stage()
    let draft = await decide(land(land(first, 'file', heads.file), 'last', heads.last))
    for (let tries = 0; tries < 3; tries += 1) draft = await decide(land(draft, 'folder', heads.folder))
    const conflicts = draft.events.flatMap((event) => (event.type === 'task_conflicted' ? [event.final] : []))
    expect(conflicts).toEqual([false, false, true])
    const work = plannedWork(draft)
    expect(recordOf(work, 'folder').state).toMatchObject({
      status: 'failed',
      failure: { reason: 'conflict', with: ['file'] },
      head: heads.folder,
    })
    expect(work.trunk.merges.map(({ task }) => task)).toEqual(['file', 'last'])
    expect(recordOf(work, 'end').state.status).toBe('queued')
  })
})

describe('needs that are in conflict', () => {
  it('keep back every task that builds on both until the later one was done again', async () => {
    const plan = planOf('file > one, folder > one, file > two, folder > two, folder > three', {
      tasks: { file: { writes: ['place'] }, folder: { writes: ['place/part'] } },
    })
    const { heads, queue, land, first } = await stage({ plan })
    const after = await queue(land(land(first, 'file', heads.file), 'folder', heads.folder))
    const conflicts = after.events.flatMap((event) => (event.type === 'task_conflicted' ? [event.task] : []))
    expect(conflicts).toEqual(['folder'])
    expect(taskIdsWithStatus(plannedWork(after), 'queued')).toEqual([])
    expect(taskIdsWithStatus(plannedWork(after), 'pending')).toEqual(['folder', 'one', 'two', 'three'])
  })
})

describe('two tasks that clash', () => {
  it.each(['file > both, folder > both', 'file, folder, folder > both, file > both'])(
    'are sent back by their order in the plan, whatever the order in which %s names them',
    async (graph) => {
      const plan = planOf(graph, { tasks: { file: { writes: ['place'] }, folder: { writes: ['place/part'] } } })
      const { heads, queue, land, first } = await stage({ plan })
      const after = await queue(land(land(first, 'file', heads.file), 'folder', heads.folder))
      const conflicts = after.events.flatMap((event) => (event.type === 'task_conflicted' ? [event] : []))
      expect(conflicts).toMatchObject([{ task: 'folder', with: ['file'], onto: [heads.file] }])
    },
  )
})

describe('an orchestrator to which a merge is pending', () => {
  it('does not leave', async () => {
    const slow = heldBack()
    const { heads, decide, land, first, session } = await stage({ plan: planOf('file, last'), slow })
    const landed = await decide(land(land(first, 'file', heads.file), 'last', heads.last))
    session.state = landed.state
    expect(await stopOrchestrator(session)).toBe(false)
    await slow.release()
  })
})

describe('merges that take longer than a wake-up waits', () => {
  it('keep back nothing but what rests on them, and a later wake-up finds them done', async () => {
    const slow = heldBack()
    const plan = planOf('file > both, last > both, file > end')
    const { heads, decide, land, first } = await stage({ plan, slow })
    const landed = await decide(land(land(first, 'file', heads.file), 'last', heads.last))
    expect(recordOf(plannedWork(landed), 'end').state.status).toBe('queued')
    expect(recordOf(plannedWork(landed), 'both').state.status).toBe('pending')
    expect(plannedWork(landed).trunk.merges).toEqual([])
    await slow.release()
    const later = await decide(emptyDraft(landed.state))
    expect(recordOf(plannedWork(later), 'both').state.status).toBe('queued')
    expect(plannedWork(later).trunk.merges.map(({ task }) => task)).toEqual(['file', 'last'])
    expect(slow.begun()).toBe(3)
  })

  it('are begun once, however often they are asked for, and no more than four at a time', async () => {
    const slow = heldBack()
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const plan = planOf(ids.map((id) => `file > ${id}, last > ${id}`).join(', '))
    const { heads, queue, land, first } = await stage({ plan, slow })
    const landed = await queue(land(land(first, 'file', heads.file), 'last', heads.last))
    await vi.waitFor(() => expect(slow.begun()).toBe(4))
    await queue(landed)
    expect(slow.begun()).toBe(4)
    await slow.release()
    expect(taskIdsWithStatus(plannedWork(await queue(landed)), 'queued')).toEqual(ids)
  })

  it('are begun before the last need has landed, so that one is left then', async () => {
    const slow = heldBack()
    const plan = planOf('file > all, last > all, late > all')
    const { heads, queue, prepare, land, first } = await stage({ plan, slow })
    const two = await queue(land(land(first, 'file', heads.file), 'last', heads.last))
    await prepare(two)
    await vi.waitFor(() => expect(slow.begun()).toBe(1))
    await slow.release()
    const three = await queue(land(two, 'late', heads.late))
    expect(recordOf(plannedWork(three), 'all').state.status).toBe('queued')
    expect(slow.begun()).toBe(2)
  })
})
