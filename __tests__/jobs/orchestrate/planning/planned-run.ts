import { openJournal } from '../../../../src/adapters/git/journal/journal.ts'
import { openRepo } from '../../../../src/adapters/git/repo.ts'
import type { PlannedTask } from '../../../../src/agent/planner/plan-schema.ts'
import { readSettings } from '../../../../src/config/settings.ts'
import { problem } from '../../../../src/core/failure.ts'
import { err } from '../../../../src/core/result.ts'
import type { RunEvent } from '../../../../src/core/run/event.ts'
import { replay } from '../../../../src/core/run/evolve.ts'
import { settingsSchema } from '../../../../src/core/settings.ts'
import { orchestrate } from '../../../../src/jobs/orchestrate/orchestrate.ts'
import type { Model, ModelRequest } from '../../../../src/ports/model.ts'
import { bareRemote, commit, git, tempDir } from '../../../support/git.ts'
import { memoryForge } from '../../../support/memory/forge.ts'
import { memoryGitHub } from '../../../support/memory/github.ts'
import { exploration } from '../../../support/planning.ts'
import { requested } from '../../../support/run.ts'
import { fails, says } from '../../../support/said-model.ts'
import { type Timeline, timeline } from './timeline.ts'

/** Pieces of one answer, each so many seconds after the one before. `again`: the stream broke, and the answer begins again. */
export type Stream = readonly { after: number; text?: string; again?: true }[]

/** A plan that streams: its head, and then a task every so many seconds. */
export const planStreamed = (
  head: object,
  tasks: readonly PlannedTask[],
  every: number,
): { after: number; text: string }[] => [
  { after: every, text: `${JSON.stringify(head).slice(0, -1)}, "tasks": [` },
  ...tasks.map((task, index) => ({ after: every, text: `${index > 0 ? ',' : ''}${JSON.stringify(task)}` })),
  { after: 0, text: ']}' },
]

const accepts: Stream = [{ after: 20, text: JSON.stringify({ problems: [], accepted: true }) }]

/**
 * A run that an orchestrator plans by a model, at the beginning of the design, on a real remote and in a time of its own.
 * Slots are up so many seconds after they were dispatched, and their work takes longer than anybody looks.
 */
export async function plannedRun(streams: readonly Stream[], { settings = {}, slotSeconds = 20 } = {}) {
  const remote = bareRemote()
  const base = commit(remote.dir, { 'README.md': 'text' })
  git(remote.dir, ['update-ref', 'refs/heads/main', base])
  const calls = { due: 0, made: 0 }
  const clock = timeline(() => calls.made >= calls.due)
  const parsed = settingsSchema.parse(settings)
  const options = { gitDir: `${tempDir()}/run.git`, remoteUrl: remote.url, token: '', clock }
  const journal = await openJournal(options)
  const stamp = { at: clock.now().toISOString(), by: 'tributary' }
  const frozen = { settings: parsed, settingsBlob: '', base, baseBranch: 'main' }
  const begun: RunEvent[] = [
    ...requested(),
    { type: 'planning_begun', ...stamp, ...frozen, mode: parsed.mode, limit: parsed.budget.usd },
    { type: 'explored', ...stamp, explorations: [exploration()] },
  ]
  await journal.append('42', null, begun, replay(begun), [])
  const branches = ['trunk', ...Array.from({ length: 9 }, (_, index) => `t${index + 1}`)].map(
    (one) => `tributary/42/${one}`,
  )
  const github = memoryGitHub({ issues: [42], branches: ['main', ...branches], roles: { mona: 'write' } })
  const forge = memoryForge(github)
  const log: string[] = []
  const dispatchedAt = new Map<number, number>()
  const pushes: { at: number; events: readonly RunEvent[] }[] = []
  const model = streaming([...streams, accepts], clock, () => {
    calls.made += 1
  })
  const deps = {
    forge: {
      ...forge,
      dispatch: async (inputs: Parameters<typeof forge.dispatch>[0]) => {
        const answer = await forge.dispatch(inputs)
        if (answer.workflowRun !== null) dispatchedAt.set(answer.workflowRun, clock.seconds())
        return answer
      },
    },
    journal: {
      ...journal,
      append: async (...args: Parameters<typeof journal.append>) => {
        const answer = await journal.append(...args)
        if (!answer.ok) return answer
        pushes.push({ at: clock.seconds(), events: args[2] })
        calls.due += args[2].filter(({ type }) => type === 'money_reserved').length
        return answer
      },
    },
    repo: () => openRepo(options),
    clock,
    log: (line: string) => void log.push(line),
    workflowRun: 100,
    readSettings,
    pages: { keep: () => Promise.reject(new Error('no page is kept')) },
    slots: {
      jobs: async (id: number) => {
        const inputs = github.runs.find((run) => run.id === id)?.inputs
        const isUp = clock.seconds() >= (dispatchedAt.get(id) ?? 0) + slotSeconds
        const names: string[] = inputs === undefined ? [] : JSON.parse(inputs.slots)
        return names.map(
          (slot, index) =>
            ({
              id: index,
              slot,
              status: isUp ? 'in_progress' : 'queued',
              startedAt: null,
              leftInOrder: false,
              url: '',
            }) as const,
        )
      },
      results: async () => [],
      checkpoints: async () => [],
      ending: async () => null,
      download: () => Promise.reject(new Error('no result')),
    },
    readPlan: () => err([problem('no-plan', 'there is none')]),
    secrets: [],
    model,
    redact: (text: string) => text,
    handOverAt: clock.now(),
  }
  return {
    github,
    model,
    log,
    pushes,
    clock,
    journal,
    dispatches: () => github.runs.filter(({ inputs }) => inputs.role === 'work'),
    /** Nothing of what the last process was waiting for comes any more. */
    drop: () => clock.drop(),
    /** Goes on as a fresh process for so many seconds. */
    run: (seconds: number, over: Partial<typeof deps> = {}) =>
      orchestrate({ ...deps, ...over, handOverAt: new Date(clock.now().getTime() + seconds * 1000) }, '42'),
    deps,
    events: async () => (await journal.history('42')).slice(begun.length),
    /** When something was recorded first, in seconds since the beginning. */
    when: (isIt: (event: RunEvent) => boolean) => pushes.find(({ events }) => events.some(isIt))?.at ?? null,
  }
}

/** Each call is answered with the next stream. */
function streaming(
  streams: readonly Stream[],
  clock: Timeline,
  onAsk: () => void,
): Model & { requests: ModelRequest[] } {
  const requests: ModelRequest[] = []
  return {
    requests,
    ask(request) {
      const stream = streams[requests.length]
      requests.push(request)
      onAsk()
      if (stream === undefined) throw new Error(`call ${requests.length} was not given an answer`)
      return new Promise((resolve) => {
        request.signal.addEventListener('abort', () => resolve(fails('aborted', undefined, true)), { once: true })
        request.onStart?.()
        let text = ''
        let after = 0
        for (const piece of stream) {
          after += piece.after
          clock.in(after, () => {
            if (request.signal.aborted) return
            if (piece.again) {
              text = ''
              request.onRestart?.()
            } else {
              text += piece.text ?? ''
              request.onText?.(piece.text ?? '')
            }
          })
        }
        clock.in(after, () => resolve(says(text)))
      })
    },
  }
}
