import { openJournal } from '../../../../src/adapters/git/journal/journal.ts'
import { openRepo } from '../../../../src/adapters/git/repo.ts'
import { readSettings } from '../../../../src/config/settings.ts'
import { decide } from '../../../../src/core/command/decide.ts'
import type { Command } from '../../../../src/core/command/grammar.ts'
import { problem } from '../../../../src/core/failure.ts'
import { err } from '../../../../src/core/result.ts'
import type { NewEvent, RunEvent } from '../../../../src/core/run/event.ts'
import { replay, replayOn } from '../../../../src/core/run/evolve.ts'
import type { LiveRun } from '../../../../src/core/run/state.ts'
import { settingsSchema } from '../../../../src/core/settings.ts'
import type { Redact } from '../../../../src/core/text/redact.ts'
import { orchestrate } from '../../../../src/jobs/orchestrate/orchestrate.ts'
import { promptText } from '../../../agent/planner/planner-fixtures.ts'
import { bareRemote, commit, git, type TreeLiteral, tempDir } from '../../../support/git.ts'
import { hastyClock } from '../../../support/hasty-clock.ts'
import { memoryForge } from '../../../support/memory/forge.ts'
import { memoryGitHub } from '../../../support/memory/github.ts'
import { exploration } from '../../../support/planning.ts'
import { asks, requested } from '../../../support/run.ts'
import { type Said, saidModel } from '../../../support/said-model.ts'

/** Where a run begins: its commits, and what is planned from. */
export interface Ground {
  base: string
  /** Makes the run's trunk; asked for where a plan is there already. */
  trunk(): string
  /** Makes the branch of a task: the commit that its attempt starts from, and the one that it hands over. */
  branch(task: string, files: TreeLiteral): { start: string; head: string; tree: string }
}

/**
 * A run that a model plans, explored, on a real remote, with answers of the model given in advance. Slots never come.
 * `before`: what happened until the orchestrator of this process looked. `byHand`: a person has written the plan.
 */
export async function saidRun(
  settings: object,
  before: (ground: Ground) => readonly NewEvent[] = () => [],
  { byHand = false } = {},
) {
  const remote = bareRemote()
  const base = commit(remote.dir, { 'README.md': 'text' })
  const trunk = () => {
    const start = commit(remote.dir, { 'README.md': 'text' }, [base], 'Start')
    git(remote.dir, ['update-ref', 'refs/heads/tributary/42/trunk', start])
    return start
  }
  const branch = (task: string, files: TreeLiteral) => {
    const start = commit(remote.dir, { 'README.md': 'text' }, [base], `Start ${task}`)
    const head = commit(remote.dir, { 'README.md': 'text', ...files }, [start], task)
    git(remote.dir, ['update-ref', `refs/heads/tributary/42/${task}`, head])
    return { start, head, tree: git(remote.dir, ['rev-parse', `${head}^{tree}`]) }
  }
  git(remote.dir, ['update-ref', 'refs/heads/main', base])
  const clock = hastyClock()
  const options = { gitDir: `${tempDir()}/run.git`, remoteUrl: remote.url, token: '', clock }
  const journal = await openJournal(options)
  const parsed = settingsSchema.parse({ limits: { pushes_per_minute: 600 }, ...settings })
  const stamped = (bare: NewEvent) => ({ by: 'tributary', ...bare, at: clock.now().toISOString() }) as RunEvent
  const frozen = { settings: parsed, settingsBlob: '', base, baseBranch: 'main' }
  const explored: NewEvent[] = [
    { type: 'planning_begun', ...frozen, mode: parsed.mode, limit: parsed.budget.usd },
    { type: 'explored', explorations: [exploration()] },
  ]
  const begun = [
    ...requested(),
    ...(byHand ? [] : explored).map(stamped),
    ...before({ base, trunk, branch }).map(stamped),
  ]
  await journal.append('42', null, begun, replay(begun), [])
  const tasks = ['a', 'b', 'c', 'one'].map((id) => `tributary/42/${id}`)
  const github = memoryGitHub({ issues: [42], branches: ['main', 'tributary/42/trunk', ...tasks] })
  const log: string[] = []
  let comments = 6
  const models: ReturnType<typeof saidModel>[] = []
  const modelOf = (said: readonly Said[]) => {
    const model = saidModel(said)
    models.push(model)
    return model
  }
  const read = async () => {
    const found = await journal.read('42')
    if (found === null || found.state.phase === 'empty') throw new Error('there is no run')
    return { tip: found.tip, state: found.state as LiveRun }
  }
  const add = async (events: readonly RunEvent[]) => {
    const { tip, state } = await read()
    await journal.append('42', tip, events, replayOn(state, events), [])
  }
  return {
    state: async () => (await read()).state,
    events: async () => (await journal.history('42')).slice(begun.length),
    body: (name: string) => github.comments.find(({ body }) => body.includes(`tributary:${name}:`))?.body ?? '',
    happen: (...events: NewEvent[]) => add(events.map(stamped)),
    /** What a person with every right types; answers with what it is told. */
    async say(command: Command) {
      const decided = decide(
        (await read()).state,
        asks(command, { at: clock.now().toISOString(), key: `comment:${++comments}` }),
      )
      if (decided.ok) await add(decided.value.events)
      return decided
    },
    /** An orchestrator goes on until it leaves, or so many seconds. */
    run: (said: readonly Said[] = [], seconds = 3600, redact: Redact = (text) => text) =>
      orchestrate(
        {
          forge: memoryForge(github),
          journal,
          repo: () => openRepo(options),
          clock,
          log: (line) => void log.push(line),
          workflowRun: 100,
          readSettings,
          pages: { keep: () => Promise.reject(new Error('no page is kept')) },
          slots: {
            jobs: async () => [],
            results: async () => [],
            checkpoints: async () => [],
            ending: async () => null,
            download: () => Promise.reject(new Error('none')),
          },
          readPlan: () => err([problem('no-plan', 'there is none')]),
          secrets: [],
          model: modelOf(said),
          redact,
          handOverAt: new Date(clock.now().getTime() + seconds * 1000),
        },
        '42',
      ),
    log,
    efforts: () => models.flatMap(({ requests }) => requests.map(({ effort }) => effort)),
    /** All that the model was asked, as one text. */
    asked: () => models.flatMap(({ requests }) => requests.map((request) => promptText(request))).join('\n'),
  }
}
