/**
 * The rows of docs/refusals.md. A new reason needs a row here (the compiler asks for it), then `npm run refusals`.
 *
 * `when` is all that is written by hand: when it comes, in a sentence. What it says and what to do are rendered from the
 * sample by the code that renders them for people.
 */

import {
  approved,
  done,
  example,
  failed,
  live,
  planningBegun,
  proposed,
  queued,
  requested,
  sha,
  started,
  type TimedEvent,
} from '../__tests__/render/support/runs.ts'
import { planOf } from '../__tests__/support/plan.ts'
import type { Failure, JournalLoss, Problem, TaskFailure } from '../src/core/failure.ts'
import type { EventOf } from '../src/core/run/event.ts'
import type { Refusable } from '../src/core/run/report.ts'
import { slotFailureText } from '../src/core/slots/slot-jobs.ts'
import { baseGoneText } from '../src/jobs/orchestrate/steps.ts'
import { renderCommandFailed } from '../src/render/reply/command-failed.ts'
import { renderCrashes } from '../src/render/reply/crashes.ts'
import { renderDispatchRefused } from '../src/render/reply/dispatch-refused.ts'
import { renderJournalLoss } from '../src/render/reply/journal-loss.ts'
import type { RunPhase } from '../src/render/status/run-phase.ts'

type Sample<Of, Reason> = { when: string } & Omit<Extract<Of, { reason: Reason }>, 'reason'>

const GH013 = 'error: GH013: Repository rule violations found'
const PLAN = 'abcdef0123456789'.repeat(4)

/** Why a command was refused. */
export const FAILURES: { [Reason in Failure['reason']]: Sample<Failure, Reason> } = {
  'not-permitted': {
    when: 'The person has less than the permission that `approvers.permission` asks for.',
    ...{ actor: 'eve', permission: 'read', needed: 'write' },
  },
  'not-an-approver': {
    when: '`approvers.users` is not empty, and the person is not in it.',
    ...{ actor: 'eve', approvers: ['ann', 'ben'] },
  },
  'second-person-needed': {
    when: '`approvers.second_person` is on, and you approve a plan that you asked for, or whose last version you asked for.',
    actor: 'ann',
  },
  'work-newer-than-comment': {
    when: 'The work of a task was verified after `/approve` was typed.',
    ...{ task: 't3', head: 'a'.repeat(40) },
  },
  'work-newer-than-review': {
    when: 'Your review is of an older commit than the verified work.',
    ...{ task: 't3', head: 'a'.repeat(40) },
  },
  'work-moved': {
    when: 'The branch of a task got commits after its work was verified.',
    ...{ task: 't3', branch: 'tributary/42/t3', head: 'a'.repeat(40), tip: 'b'.repeat(40) },
  },
  'branches-moved': {
    when: 'You type `/resume` while branches that others moved are still there.',
    run: '42',
    moved: [{ branch: 'tributary/42/trunk', sha: 'b'.repeat(40), known: 'a'.repeat(40) }],
  },
  'push-refused': {
    when: 'GitHub refuses a push to the journal of the run: a ruleset, a hook, or a token without the permission.',
    ...{ run: '42', words: GH013 },
  },
  'rules-refuse': {
    when: 'At `/plan`: a ruleset would refuse the branches of the run.',
    ...{ branch: 'tributary/42/trunk', rules: [{ type: 'required_signatures', source: 'octo/demo' }] },
  },
  'branch-in-the-way': {
    when: "At `/plan`: a branch `tributary` or `tributary/42` keeps git from creating the run's branches.",
    ...{ run: '42', refs: ['refs/heads/tributary'] },
  },
  'journal-gone': { when: 'The journal of the run was deleted, and its branches are still there.', run: '42' },
  'journal-unreadable': {
    when: 'The journal of the run holds something that Tributary did not write.',
    ...{ run: '42', detail: 'journal commit abcdef holds no state.json' },
  },
  'bots-may-not': { when: 'A bot or an App typed the command.', actor: 'helper' },
  'unknown-command': {
    when: 'The word is not a command, but close to one.',
    word: 'aprove',
    suggestion: 'approve',
  },
  'bad-arguments': {
    when: 'What follows the command is not what it takes.',
    ...{ command: 'skip', detail: '`t9 t8` is too much.', usage: '/skip t3' },
  },
  'words-not-read': {
    when: 'Words follow a command that takes none.',
    ...{ command: 'approve', typed: '/approve', words: 'but leave the docs as they are' },
  },
  'not-plain-text': { when: 'The command is formatted as code or in bold.', typed: '/plan' },
  'app-may-not-approve': {
    when: 'An App wrote a comment in the name of a person, and the command approves something or raises the limit.',
    ...{ actor: 'ann', app: 'some-app' },
  },
  'no-run': { when: 'The command needs a run, and the issue has none.', issue: 42 },
  'run-is-live': { when: 'You type `/plan` while a run is live.', run: '42', phase: 'active' },
  'run-ended': { when: 'The command needs a live run, and this one has ended.', run: '42', conclusion: 'merged' },
  'nothing-to-approve': {
    when: 'You type `/approve` before there is a plan, or after the end.',
    run: '42',
    phase: 'requested',
  },
  'plan-outdated': { when: '`/approve` names a plan that is not the latest.', given: '000000000000', latest: PLAN },
  'plan-stale': {
    when: 'The base branch or the settings changed in something that the plan uses.',
    ...{ paths: ['src/a.ts'], settingsChanged: true },
  },
  'plan-newer-than-comment': { when: 'A bare `/approve` is older than the plan.', planId: PLAN },
  'unknown-task': {
    when: 'The command names no task, or a task that is not in the plan.',
    task: 't9',
    tasks: ['t1', 't2'],
  },
  'wrong-task-state': {
    when: "The command does not apply to the task's current state.",
    ...{ task: 't1', status: 'landed', detail: 'What has landed stays.' },
  },
  'wrong-phase': {
    when: "The command does not apply to the run's current state.",
    ...{ run: '42', phase: 'proposed', detail: 'Its tasks start with `/approve`.' },
  },
  'bad-settings': {
    when: '`/plan` meets settings that cannot be read.',
    problems: ['line 3: `slot` is not a key'],
  },
  'plan-not-ready': {
    when: 'You type `/approve` or `/revise` while the plan is being written.',
    ...{ run: '42', detail: 'It is still being written.' },
  },
  'nothing-asked': { when: 'You type `/answer`, and no question is open.', run: '42' },
  'bad-answer': {
    when: '`/answer` names a question or an option that does not exist.',
    ...{ detail: '`3` is not a question.', questions: ['1: Which format? a JSON, b YAML'] },
  },
  'budget-too-low': {
    when: '`/budget` is less than what is spent and reserved.',
    ...{ usd: 2, spent: 2.345, aside: 1.5, least: 3.85 },
  },
}

/** Why an attempt at a task, or a verification, failed. */
export const TASK_FAILURES: { [Reason in TaskFailure['reason']]: Sample<TaskFailure, Reason> } = {
  'program-failed': { when: 'The program `run` of a task failed.', exitCode: 2, log: '' },
  'acceptance-failed': { when: 'The acceptance failed on the files that were made.', exitCode: 1, log: '' },
  'acceptance-changed-files': {
    when: 'The acceptance changed files.',
    paths: ['coverage.txt'],
  },
  'timed-out': {
    when: 'The attempt, or one of its commands, took longer than `timeout_minutes`.',
    minutes: 30,
    log: '',
  },
  'no-change': { when: 'The task changed nothing.' },
  'outside-paths': { when: 'Files changed that the globs of `writes` do not cover.', paths: ['src/other.ts'] },
  'protected-paths': {
    when: 'Files changed that no task may write: workflows, this action, `protected_paths`.',
    paths: ['.github/workflows/ci.yml'],
  },
  'forbidden-mode': {
    when: 'The change holds a link that leads out of the repository, a change of a submodule, or an odd file mode.',
    paths: ['link'],
  },
  'unusable-name': {
    when: 'A new path cannot be a file on Windows or macOS, or differs from another only in case.',
    detail: 'docs/aux.md: `aux` is a device on Windows',
  },
  'lfs-object': {
    when: 'A new or changed file belongs in Git LFS, which a task cannot upload to.',
    paths: ['art/logo.psd'],
  },
  'not-handed-over': {
    when: 'The work was done; GitHub took neither an artifact nor, for its size, the log of the job.',
    detail: 'Artifact storage quota has been hit.',
  },
  'too-large': {
    when: 'The change is over `limits.files` or `limits.file_kilobytes`, or too large to be searched for secrets.',
    detail: '301 files, and `limits.files` is 300',
  },
  'secret-in-diff': {
    when: 'An added line looks like a key, or holds a value that the job knows as a secret.',
    paths: ['config.ts'],
  },
  'wrong-base': {
    when: 'The commit that was handed over is not based on the one that the task was given.',
    detail: 'it has two parents',
  },
  'tree-not-verified': {
    when: 'The tree that was handed over is not the one on which the acceptance ran.',
    detail: 'another tree was accepted',
  },
  'result-unreadable': {
    when: 'The artifact of the slot is missing, broken or in another form.',
    detail: '`result.json` is not JSON',
  },
  'sandbox-unavailable': {
    when: 'bubblewrap cannot run on the machine of the slot.',
    detail: '`bwrap` is not installed',
  },
  'slot-lost': { when: 'The job that worked on the task ended, several times, without a result.', times: 3 },
  conflict: {
    when: 'The work does not merge, even after it was done again on the merged base.',
    with: ['t1'],
    paths: ['src/a.ts'],
  },
  'agent-stopped': {
    when: 'The agent stopped without a result: out of turns, in a loop, refused by the model, or because it gave up.',
    ...{ why: 'gave-up', detail: 'the file that the task names does not exist' },
  },
  'allowance-spent': { when: 'The attempt used up `budget.task_usd`.', usd: 0.5, detail: '' },
  'model-failed': {
    when: 'The model could not be reached, or would not answer, after every retry.',
    detail: 'overloaded, 6 tries',
  },
  'model-busy': {
    when: 'The model was overloaded, or could not be reached, for ten minutes: the attempt is interrupted, and the task goes on from its work some minutes later.',
    since: '2026-01-02T03:04:05.000Z',
    until: '2026-01-02T03:14:05.000Z',
    detail: 'overloaded: 529 overloaded_error Overloaded',
  },
  'push-refused': {
    when: 'GitHub refuses the branch of the task, by its name or by what is in it.',
    detail: GH013,
  },
  'not-approved': {
    when: 'The plan was changed or its approval lapsed while the task was at work.',
    detail: 'the plan that holds it is not approved',
  },
  'sent-back': {
    when: 'A model reviewed the verified work, by `review` in the settings, and found something that must change.',
    log: '',
  },
  'passes-already': {
    when: 'An agent is about to begin, and its acceptance passes already. No baseline has shown that for this check: it was not taken, not awaited or not finished, or the task was not in the plan yet.',
    log: '',
  },
  'verification-failed': {
    when: "The plan's `verification` failed on trunk.",
    ...{ on: 'a'.repeat(40), exitCode: 1, log: '' },
  },
}

type PlanText = { when: string; plan: string } | { when: string; message: string }

const task = (id: string, more = ''): string =>
  `  - id: ${id}\n    writes: [${id}/**]\n    run: [node, make.mjs]\n    acceptance: [npm, test]\n${more}`
const plan = (...tasks: string[]): string => `title: Example\ntasks:\n${tasks.join('')}`

/** Why a plan was refused. `plan`: a plan by hand that has the problem; else `message`, as a job writes it. Null: in old journals only. */
export const PROBLEMS: Record<Problem['code'], PlanText | null> = {
  'not-yaml': { when: 'The block is not valid YAML, or is too long.', plan: 'title: [Example' },
  'not-a-plan': { when: 'A field is missing, unknown, or has the wrong type.', plan: 'title: Example\ntasks: []' },
  'no-plan': {
    when: 'The issue has no block `tributary`, and there is no model to write a plan.',
    plan: '```tributary\n```',
  },
  'several-plans': {
    when: 'The issue has more than one block `tributary`.',
    plan: '```tributary\ntitle: a\n```\n\n```tributary\ntitle: b\n```',
  },
  'duplicate-id': { when: 'Two tasks have the same id.', plan: plan(task('a'), task('a')) },
  'reserved-id': { when: 'An id is reserved.', plan: plan(task('trunk')) },
  'unknown-need': { when: '`needs` names a task that does not exist.', plan: plan(task('a', '    needs: [types]\n')) },
  cycle: {
    when: 'Tasks need each other.',
    plan: plan(task('a', '    needs: [b]\n'), task('b', '    needs: [a]\n')),
  },
  'protected-path': {
    when: '`writes` could touch what no task may write.',
    plan: plan(task('a').replace('a/**', '.github/**')),
  },
  'bad-path': {
    when: 'A glob leaves the repository, or is not valid.',
    plan: plan(task('a').replace('a/**', "'../x'")),
  },
  'missing-acceptance': {
    when: 'A task has no `acceptance`.',
    plan: plan(task('a').replace('    acceptance: [npm, test]\n', '')),
  },
  'missing-writes': { when: 'A task has no `writes`.', plan: plan(task('a').replace('    writes: [a/**]\n', '')) },
  'command-not-allowed': {
    when: 'The setting `commands` is not empty, and a program is not in it.',
    message: '`make` is not among the programs that plans may call here: `npm`',
  },
  'open-check': {
    when: 'An `acceptance` or `verification` ends in `--`, which means any further words in `commands`.',
    plan: plan(task('a').replace('acceptance: [npm, test]', 'acceptance: [npm, test, --]')),
  },
  'no-such-script': {
    when: 'An `acceptance` or `verification` is `npm run`, `npm test` or the same of pnpm, with a script that package.json lacks and that no task before it may add.',
    message:
      '`npm run lint` names a script that package.json does not have, and no task that is done by then may write package.json. It has `test`.',
  },
  'no-such-path': {
    when: '`critical_files`, or the `reads` of a task, name a file that the base lacks and that no task may create. Globs and what an installation or a build makes are not checked.',
    message: '`src/htp.ts` is not in this repository. Did you mean `src/http.ts`?',
  },
  'too-many-tasks': {
    when: 'The plan has more tasks than `limits.tasks`.',
    plan: plan(...Array.from({ length: 101 }, (_, at) => task(`t${at}`))),
  },
  'too-long': {
    when: 'A text is over its limit, or no comment can hold the plan.',
    plan: plan(task('a')).replace('Example', 'x'.repeat(201)),
  },
  'bad-settings': {
    when: 'The settings cannot be read, name a model without a price, or the base branch has no commit.',
    message: '`limits.tasks` must be at least 1',
  },
  'no-model': {
    when: 'A task has no `run`, or a plan is to be written, and there is no key.',
    message: 'there is no key for a model',
  },
  'model-failed': { when: 'The planner failed several times.', message: 'The planner failed: overloaded' },
  'push-refused': {
    when: 'GitHub refuses the branch trunk before the plan is proposed.',
    message: 'GitHub does not take the branch `tributary/42/trunk`: error: GH013: Repository rule violations found',
  },
  'over-budget': null,
}

/** A run that stands still. */
interface Stop {
  when: string
  events: readonly TimedEvent[]
}

const begun = [requested(), proposed(), approved()]
const paused = (more: Partial<EventOf<'run_paused'>> & { why: string }): TimedEvent => ({ type: 'run_paused', ...more })

const SET_UP = {
  step: 'Run npm ci',
  url: 'https://github.com/octo/demo/actions/runs/7/job/8',
  words: 'Process completed with exit code 1.',
}
const DISABLED = "Cannot trigger a 'workflow_dispatch' on a disabled workflow"

/** What a comment of its own says, since the job that would show it elsewhere has ended. By the reason that it begins with. */
export const SAID: Record<JournalLoss['reason'] | 'orchestrator-lost' | 'dispatch-refused' | 'command-failed', Said> = {
  'journal-refused': {
    when: 'GitHub refuses pushes to the journal of a running run.',
    says: () => renderJournalLoss('42', { reason: 'journal-refused', words: GH013 }).join('\n'),
  },
  'journal-gone': {
    when: 'The journal was deleted while the run was at work.',
    says: () => renderJournalLoss('42', { reason: 'journal-gone', tip: 'a'.repeat(40) }).join('\n'),
  },
  'journal-replaced': {
    when: 'The journal was force-pushed, and does not follow from what the run knew.',
    says: () =>
      renderJournalLoss('42', { reason: 'journal-replaced', before: 'a'.repeat(40), now: 'b'.repeat(40) }).join('\n'),
  },
  'orchestrator-lost': {
    when: 'The job `orchestrate` failed several times in a row.',
    says: () =>
      renderCrashes(
        live(...begun, { type: 'orchestrator_failed', why: 'the disk is full' }, paused({ why: 'it failed 4 times' })),
        4,
        'https://github.com/octo/demo/actions/runs/7',
      ),
  },
  'dispatch-refused': {
    when: 'GitHub does not let a job start the next `orchestrate`.',
    says: () => renderDispatchRefused('42', DISABLED),
  },
  'command-failed': {
    when: 'The job `command` failed before it could answer.',
    says: () => renderCommandFailed('GitHub gave no usable answer', 'https://github.com/octo/demo/actions/runs/7'),
  },
}

interface Said {
  when: string
  says(): string
}

/** What GitHub may refuse while the run goes on. */
export const WITHOUT: Record<Refusable | 'rate-limit', Stop> = {
  'rate-limit': {
    when: 'The repository has used up the requests that GitHub allows in an hour.',
    events: [...begun, { type: 'limit_reached', until: '2026-01-02T03:04:05.000Z' }],
  },
  artifact: refusedThing('artifact', 'The storage for artifacts is full.', 'Artifact storage quota has been hit.'),
  check: refusedThing('check', 'The token may not write checks.', 'Resource not accessible by integration'),
  comment: refusedThing('comment', 'A thread is locked.', 'Unable to create comment because issue is locked.'),
  draft: refusedThing('draft', 'The repository has no draft pull requests.', 'Draft pull requests are not supported'),
  pull: refusedThing('pull', 'A pull request may not be closed, or marked as ready.', 'Resource not accessible'),
  reviewers: refusedThing(
    'reviewers',
    'Someone of `reviewers` cannot be asked for a review.',
    'mona: Reviews may only be requested from collaborators.',
  ),
}

function refusedThing(what: Refusable, when: string, why: string): Stop {
  return { when, events: [...begun, { type: 'platform_refused', what, why }] }
}

type PauseCause = NonNullable<EventOf<'run_paused'>['cause']>

/** Why a run is paused: by the `cause` of its pause, and the pauses that have none. */
export const PAUSES: Record<
  | PauseCause
  | 'person'
  | 'set-up-failed'
  | 'no-job-starts'
  | 'base-gone'
  | 'workflow-run-cancelled'
  | 'orchestrator-crashed',
  Stop
> = {
  budget: {
    when: 'The money that is left is not enough for anything that could start.',
    events: [
      requested(),
      proposed(example, { budget: { usd: 5 } }),
      approved(),
      paused({ why: 'the limit of 5.00 USD is reached', cause: 'budget' }),
    ],
  },
  branches: {
    when: 'Others force-pushed a branch of the run, and its work there would be lost.',
    events: [
      ...begun,
      paused({
        why: 'others moved `tributary/42/trunk`, and work of the run is not in it any more',
        cause: 'branches',
        moved: [{ branch: 'tributary/42/trunk', sha: sha('other'), known: sha('trunk') }],
      }),
    ],
  },
  refused: {
    when: 'GitHub refuses the branch trunk, or workflow files that do not follow the default branch.',
    events: [...begun, paused({ why: GH013, cause: 'refused' })],
  },
  person: { when: 'A person typed `/pause`.', events: [...begun, paused({ why: 'by @ann', by: 'ann' })] },
  'set-up-failed': {
    when: 'Every slot failed in the same step, before Tributary began.',
    events: [
      ...begun,
      { type: 'slots_requested', request: 'r1', count: 1, workflowRun: 7 },
      { type: 'slots_gone', request: 'r1', failure: SET_UP },
      paused({ why: slotFailureText(SET_UP) }),
    ],
  },
  'no-job-starts': {
    when: 'GitHub refuses to start slots, or gives none of them a runner.',
    events: [...begun, paused({ why: slotFailureText({ ...SET_UP, step: null, url: null, words: DISABLED }) })],
  },
  'base-gone': {
    when: 'The base branch was deleted. (A renamed one is followed.)',
    events: [...begun, paused({ why: baseGoneText('main') })],
  },
  'workflow-run-cancelled': {
    when: 'A person cancelled the workflow run of the orchestrator on GitHub.',
    events: [...begun, paused({ why: 'the workflow run was cancelled' })],
  },
  'orchestrator-crashed': {
    when: 'The orchestrator failed several times in a row without progress.',
    events: [...begun, paused({ why: 'the orchestrator failed 4 times in a row' })],
  },
}

/** Phases in which no person has to do anything, and the two that PAUSES shows. */
type GoesOn =
  | 'running'
  | 'verifying'
  | 'planning'
  | 'describing'
  | 'merging'
  | 'replanning'
  | 'expanding'
  | 'model-busy'
  | 'preparing'
  | 'paused'
  | 'out-of-money'

const small = planOf('a, b', { verification: [{ argv: ['npm', 'test'] }] })
const two = [requested(), proposed(small), approved()]
const onTrunk = sha('merge-b')
const failedOnTrunk = { reason: 'verification-failed', on: onTrunk, exitCode: 1, log: '' } as const

/** Where a run waits for a person. */
export const STOPS: Record<Exclude<RunPhase['kind'], GoesOn>, Stop> = {
  'base-moved': {
    when: 'The base branch moved in paths that the plan uses.',
    events: [...begun, { type: 'base_moved', to: sha('moved'), paths: ['src/money.ts'], stale: true }],
  },
  'verification-failed': {
    when: 'All tasks are in trunk, and the verification fails on it.',
    events: [
      ...two,
      ...done('a'),
      ...done('b'),
      { type: 'verification_queued', on: onTrunk, attempt: 1 },
      { type: 'verification_started', on: onTrunk, attempt: 1, slot: 'r1.1' },
      { type: 'verification_failed', on: onTrunk, attempt: 1, failure: failedOnTrunk },
      { type: 'culprit_found', task: 'b' },
    ],
  },
  'waiting-for-person': {
    when: 'With `merge: review`, verified work waits for its review. Or a gate is reached.',
    events: [
      requested(),
      proposed(small, { merge: 'review' }),
      approved(),
      ...done('a').slice(0, 3),
      ...done('b').slice(0, 3),
    ],
  },
  stuck: {
    when: 'A task failed for good, and nothing else can start.',
    events: [
      ...two,
      ...done('a'),
      queued('b'),
      started('b'),
      failed('b', { reason: 'acceptance-failed', exitCode: 1, log: '' }),
    ],
  },
  'waiting-for-approval': {
    when: 'With `mode: soft`, the tasks are done before the plan is approved.',
    events: [
      requested(),
      planningBegun('soft'),
      { ...proposed(small, { mode: 'soft' }), mode: 'soft' } as TimedEvent,
      ...done('a').slice(0, 4),
      ...done('b').slice(0, 4),
    ],
  },
  'part-not-approved': {
    when: 'What `/approve --only` named is done, or the plan grew beyond what was approved.',
    events: [requested(), proposed(small), approved(['a']), ...done('a')],
  },
}
