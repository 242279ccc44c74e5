import { type CodeOwners, ownersOf } from '../../core/plan/code-owners.ts'
import { recordOf } from '../../core/run/lookup.ts'
import type { CallName } from '../../core/run/projection-name.ts'
import { type ActiveRun, type LiveRun, settingsOf } from '../../core/run/state.ts'
import type { Work } from '../../core/run/work.ts'
import type { Settings } from '../../core/settings.ts'
import { digest } from '../../core/text/digest.ts'
import { sections } from '../markdown/blocks.ts'
import { isPlanned } from '../plan/planned-run.ts'
import { planningStage } from '../plan/planning-progress.ts'
import { pathsOf } from './changed-paths.ts'
import { displayStatuses, tasksShownAs } from './display-status.ts'
import { headline } from './headline.ts'
import { type Need, needsOf } from './needs.ts'
import { nextSteps } from './next-steps.ts'
import { phaseOf, runBlocker } from './run-phase.ts'

/** GitHub notifies people of a new comment, and of no edit: so each of these gets a short comment of its own. */
export interface Call {
  /** The same for the same occasion: people are called once. */
  name: CallName
  body: string
}

type Kind = 'waits' | 'stopped' | 'done'
interface Occasion {
  kind: Kind
  /** Tells it from others of the run. */
  key: string
  /** Their code owners are to look. */
  paths?: readonly string[]
  /** The task, or `trunk`, whose pull request people are to look at. */
  of?: string
}

/** Who is called by a request for a review of the pull request of a task, or of `trunk`. */
export type CalledByRequest = ReadonlyMap<string, readonly string[]>

const CALLED_FOR: Record<Settings['notify'], readonly Kind[]> = {
  all: ['waits', 'stopped', 'done'],
  outcomes: ['stopped', 'done'],
  none: [],
}

/**
 * The call to make now; null if there is none, or people were called for something that still waits. `isCalled` tells
 * whether a call was made, by its name. GitHub tells those who are asked for a review: they are not called twice for it.
 */
export function callFor(
  run: LiveRun,
  isCalled: (name: CallName) => boolean,
  owners: CodeOwners = [],
  requested: CalledByRequest = new Map(),
): Call | null {
  const wanted = CALLED_FOR[settingsOf(run).notify]
  const open = occasions(run).filter(({ kind }) => wanted.includes(kind))
  if (open.some((one) => isCalled(nameOf(one)))) return null
  for (const one of open) {
    const asked = requested.get(one.of ?? '') ?? []
    const people = mentions(run, ownersOf(owners, one.paths ?? []), asked)
    if (people.length > 0 || asked.length === 0) return { name: nameOf(one), body: textOf(run, people) }
  }
  return null
}

const nameOf = ({ key }: Occasion): CallName => `call-${digest(key).slice(0, 10)}`

function textOf(run: LiveRun, people: readonly string[]): string {
  const isAtWork = run.phase === 'active' && runBlocker(phaseOf(run)) === 'none'
  const { title, detail } = isAtWork ? BESIDES : headline(run)
  return sections(
    [[...people, `**${title}.** ${detail}`].join(' ')],
    nextSteps(run)
      .slice(0, MOST_STEPS)
      .map((step) => `- ${step}`),
  ).join('\n')
}

const BESIDES = { title: 'Waiting for you', detail: 'The rest of the run goes on meanwhile.' }
const MOST_STEPS = 8

/**
 * Everything of a run that a person is to hear of now. While other tasks go on, only what waits for a person by itself; of a run
 * that stands still, what stops it. The first version of a plan, and the questions before it, are comments that call by themselves.
 */
function occasions(run: LiveRun): Occasion[] {
  const needs = needsOf(run)
  switch (run.phase) {
    case 'requested':
      return []
    case 'proposed':
      return run.work.version > 1 && planningStage(run) === 'done'
        ? [{ kind: 'waits', key: `plan ${run.work.planId}`, paths: plannedPaths(run.work) }]
        : []
    case 'active': {
      const all = needs.map((need) => ({ need, occasion: occasionOf(run, need) }))
      const [besides, still] = [all.filter(({ need }) => isBesides(need)), all.filter(({ need }) => !isBesides(need))]
      const main = still.find(({ occasion }) => occasion.kind === 'stopped') ?? still[0]
      const stops = runBlocker(phaseOf(run)) !== 'none' && main !== undefined ? [main] : []
      return [...stops, ...besides].map(({ occasion }) => occasion)
    }
    case 'ended':
      // A person who cancels, rejects, merges or closes knows of it.
      return needs.length > 0 || (run.conclusion === 'refused' && run.problems.length === 0)
        ? [{ kind: 'done', key: `ended ${run.endedAt}`, of: 'trunk' }]
        : []
  }
}

/** The rest of the run goes on meanwhile. */
const isBesides = ({ kind }: Need): boolean => kind === 'gate' || kind === 'landing'

function occasionOf({ work, paused, ledger, planning }: ActiveRun, need: Need): Occasion {
  switch (need.kind) {
    case 'gate':
    case 'landing': {
      const { task } = need
      const attempts = recordOf(work, task).attempts.length
      return { kind: 'waits', key: `task ${task} ${attempts}`, paths: pathsOf(work, task), of: task }
    }
    case 'money':
      return { kind: 'stopped', key: `money ${ledger.limit}` }
    case 'resume':
      return work.baseSeen.stale
        ? { kind: 'stopped', key: `base ${work.baseSeen.paths.join('\0')}` }
        : { kind: 'stopped', key: `paused ${paused?.since} ${paused?.why}` }
    case 'verification':
      return { kind: 'stopped', key: `verification ${work.verifications}` }
    case 'retry':
      return { kind: 'stopped', key: `stuck ${unfinished(work)}` }
    case 'answers':
      return { kind: 'waits', key: `questions ${planning?.questions.map(({ id }) => id).join(' ')}` }
    case 'approval':
    case 'another-plan':
    case 'result':
      return { kind: 'waits', key: `plan ${work.planId} ${work.approved?.length}`, paths: plannedPaths(work) }
  }
}

const unfinished = (work: Work): string =>
  tasksShownAs(displayStatuses(work), 'failed', 'cancelled')
    .map((id) => `${id} ${recordOf(work, id).attempts.length}`)
    .join(' ')

const plannedPaths = ({ plan }: Work): string[] => plan.tasks.flatMap(({ writes }) => writes)

/** A name that GitHub gives to people, or to a team: bots are called by no mention. */
const LOGIN = /^[a-z\d](?:[a-z\d-]{0,37}[a-z\d])?(?:\/[\w.-]+)?$/i
const MOST_CALLED = 10

/** For a comment that is new anyway, and that people are to read: whom it calls, with a space behind; empty for no one. */
export const calling = (run: LiveRun, owners: CodeOwners = []): string =>
  settingsOf(run).notify === 'all'
    ? mentions(run, ownersOf(owners, isPlanned(run) ? plannedPaths(run.work) : []))
        .map((one) => `${one} `)
        .join('')
    : ''

/** Who asked, who may approve if the settings name them, and the code owners of what waits for a person; each once, without `others`. */
function mentions(run: LiveRun, owners: readonly string[], others: readonly string[] = []): string[] {
  const approvers = run.phase === 'ended' ? [] : settingsOf(run).approvers.users
  const people = [run.askedBy, ...approvers, ...owners].filter((login) => LOGIN.test(login))
  const isSame = (login: string) => (other: string) => other.toLowerCase() === login.toLowerCase()
  return people
    .filter((login, place) => people.findIndex(isSame(login)) === place && !others.some(isSame(login)))
    .slice(0, MOST_CALLED)
    .map((login) => `@${login}`)
}
