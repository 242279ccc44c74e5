import { z } from 'zod'
import type { BranchRule } from './branch-rules.ts'
import { type Sha, shaSchema, taskIdSchema } from './ids.ts'

/** Why an attempt at a task, or a verification, failed. Kept in the journal, shown in checks. */
export const taskFailureSchema = z.discriminatedUnion('reason', [
  z.strictObject({ reason: z.literal('program-failed'), exitCode: z.int(), log: z.string() }),
  z.strictObject({ reason: z.literal('acceptance-failed'), exitCode: z.int(), log: z.string() }),
  z.strictObject({ reason: z.literal('acceptance-changed-files'), paths: z.array(z.string()) }),
  z.strictObject({ reason: z.literal('timed-out'), minutes: z.number(), log: z.string() }),
  z.strictObject({ reason: z.literal('no-change') }),
  z.strictObject({ reason: z.literal('outside-paths'), paths: z.array(z.string()) }),
  z.strictObject({ reason: z.literal('protected-paths'), paths: z.array(z.string()) }),
  z.strictObject({ reason: z.literal('forbidden-mode'), paths: z.array(z.string()) }),
  z.strictObject({ reason: z.literal('unusable-name'), detail: z.string() }),
  z.strictObject({ reason: z.literal('lfs-object'), paths: z.array(z.string()) }),
  z.strictObject({ reason: z.literal('too-large'), detail: z.string() }),
  z.strictObject({ reason: z.literal('secret-in-diff'), paths: z.array(z.string()) }),
  z.strictObject({ reason: z.literal('wrong-base'), detail: z.string() }),
  z.strictObject({ reason: z.literal('tree-not-verified'), detail: z.string() }),
  z.strictObject({ reason: z.literal('result-unreadable'), detail: z.string() }),
  z.strictObject({ reason: z.literal('sandbox-unavailable'), detail: z.string(), fix: z.array(z.string()).optional() }),
  /** `detail`: the last error of the last slot's job. */
  z.strictObject({ reason: z.literal('slot-lost'), times: z.int(), detail: z.string().optional() }),
  /** The work was done, and the platform took it in no way. `detail`: its words. */
  z.strictObject({ reason: z.literal('not-handed-over'), detail: z.string() }),
  z.strictObject({ reason: z.literal('conflict'), with: z.array(taskIdSchema), paths: z.array(z.string()) }),
  /** The agent came to no end: too many turns, the same call again and again, a refusal, or its own word that it cannot. */
  z.strictObject({
    reason: z.literal('agent-stopped'),
    why: z.enum(['turns', 'loop', 'gave-up', 'refused', 'truncated']),
    detail: z.string(),
    /** What the acceptance said when the work was last handed in, and refused. */
    log: z.string().optional(),
  }),
  z.strictObject({
    reason: z.literal('allowance-spent'),
    usd: z.number(),
    detail: z.string(),
    log: z.string().optional(),
  }),
  /** The model could not be reached or would not answer, after every retry. */
  z.strictObject({
    reason: z.literal('model-failed'),
    detail: z.string(),
    /** It was busy for too long: the work so far is kept for the next attempt. */
    busy: z.literal(true).optional(),
  }),
  /**
   * The model's service was at its limit, or could not be reached, for longer than a slot waits: the task is parked, and goes on.
   * `since`: when that began; `until`: when the slot stopped waiting.
   */
  z.strictObject({
    reason: z.literal('model-busy'),
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    detail: z.string(),
  }),
  /** GitHub does not take the branch. `detail`: its words. */
  z.strictObject({ reason: z.literal('push-refused'), detail: z.string() }),
  z.strictObject({ reason: z.literal('not-approved'), detail: z.string() }),
  /** A model reviewed the verified work, and `log` are its findings. */
  z.strictObject({ reason: z.literal('sent-back'), log: z.string() }),
  /** Its acceptance passes before any work, and those who approved the plan could not see that. `log`: the acceptance's output. */
  z.strictObject({ reason: z.literal('passes-already'), log: z.string() }),
  z.strictObject({ reason: z.literal('verification-failed'), on: shaSchema, exitCode: z.int(), log: z.string() }),
])
export type TaskFailure = z.infer<typeof taskFailureSchema>

/** The output that belongs to a failure; empty if there is none. */
export const failureLog = (failure: TaskFailure): string => ('log' in failure ? (failure.log ?? '') : '')

/** Why, and the detail or the end of the output, of at most `most` characters. */
export function failureWords(failure: TaskFailure, most: number): string {
  const said = (('detail' in failure ? failure.detail : failureLog(failure)) ?? '').trim().slice(-most)
  const code = 'exitCode' in failure ? ` with exit code ${failure.exitCode}` : ''
  return `${failure.reason}${code}${said === '' ? '' : `: ${said}`}`
}

/** A failure with what was written into it changed: by who redacts, or shortens. */
export const withTexts = (failure: TaskFailure, change: (text: string) => string): TaskFailure => {
  const log = 'log' in failure && failure.log !== undefined ? { log: change(failure.log) } : {}
  const detail = 'detail' in failure && failure.detail !== undefined ? { detail: change(failure.detail) } : {}
  return { ...failure, ...log, ...detail }
}

/** A problem of a plan: the task and the field are named, so that the person finds the line. */
export const problemSchema = z.strictObject({
  code: z.enum([
    'not-yaml',
    'not-a-plan',
    'no-plan',
    'several-plans',
    'duplicate-id',
    'reserved-id',
    'unknown-need',
    'cycle',
    'protected-path',
    'bad-path',
    'missing-acceptance',
    'missing-writes',
    'command-not-allowed',
    'open-check',
    'no-such-script',
    'no-such-path',
    'too-many-tasks',
    'too-long',
    'bad-settings',
    'no-model',
    'model-failed',
    'push-refused',
    // Stands in old journals only.
    'over-budget',
  ]),
  task: z.string().nullable(),
  field: z.string().nullable(),
  message: z.string(),
})
export type Problem = z.infer<typeof problemSchema>

/** A problem of a plan as a whole. */
export const problem = (code: Problem['code'], message: string): Problem => ({ code, task: null, field: null, message })

/** Why a run cannot be recorded, or be read, any more. Nothing in git says so, so it is said on its thread. */
export type JournalLoss =
  | { reason: 'journal-refused'; words: string }
  /** `tip`: the last commit that was seen of it; null if none was. */
  | { reason: 'journal-gone'; tip: Sha | null }
  | { reason: 'journal-replaced'; before: Sha; now: Sha }

/** Why a command was refused. `explain()` says what happened and what to type next. */
export type Failure =
  | { reason: 'not-permitted'; actor: string; permission: string; needed: string }
  | { reason: 'not-an-approver'; actor: string; approvers: readonly string[] }
  | { reason: 'second-person-needed'; actor: string }
  | { reason: 'bots-may-not'; actor: string }
  | { reason: 'unknown-command'; word: string; suggestion: string | null }
  | { reason: 'bad-arguments'; command: string; detail: string; usage: string }
  /** Words follow a command that takes none; `typed`: the command without them. */
  | { reason: 'words-not-read'; command: string; typed: string; words: string }
  /** The command stands in code or emphasis; `typed`: the command inside. */
  | { reason: 'not-plain-text'; typed: string }
  /** An App wrote the comment in the person's name. */
  | { reason: 'app-may-not-approve'; actor: string; app: string }
  | { reason: 'no-run'; issue: number }
  | { reason: 'run-is-live'; run: string; phase: string }
  | { reason: 'run-ended'; run: string; conclusion: string }
  | { reason: 'nothing-to-approve'; run: string; phase: string }
  | { reason: 'plan-outdated'; given: string; latest: string }
  | { reason: 'plan-stale'; paths: readonly string[]; settingsChanged: boolean }
  | { reason: 'plan-newer-than-comment'; planId: string }
  | { reason: 'unknown-task'; task: string; tasks: readonly string[] }
  | { reason: 'wrong-task-state'; task: string; status: string; detail: string }
  /** The comment is older than the verified work. */
  | { reason: 'work-newer-than-comment'; task: string; head: string }
  /** The review was made on another commit than the verified one. */
  | { reason: 'work-newer-than-review'; task: string; head: string }
  /** Its branch is not at the verified head any more. */
  | { reason: 'work-moved'; task: string; branch: string; head: string; tip: string }
  | { reason: 'branches-moved'; run: string; moved: readonly { branch: string; sha: string; known: string | null }[] }
  | { reason: 'wrong-phase'; run: string; phase: string; detail: string }
  /** GitHub does not let the run write: `words` are its own. */
  | { reason: 'push-refused'; run: string; words: string }
  /** Rules that would refuse the run's branches; known before any work. */
  | { reason: 'rules-refuse'; branch: string; rules: readonly BranchRule[] }
  | { reason: 'branch-in-the-way'; run: string; refs: readonly string[] }
  | { reason: 'journal-gone'; run: string }
  | { reason: 'journal-unreadable'; run: string; detail: string }
  | { reason: 'bad-settings'; problems: readonly string[] }
  | { reason: 'plan-not-ready'; run: string; detail: string }
  | { reason: 'nothing-asked'; run: string }
  | { reason: 'bad-answer'; detail: string; questions: readonly string[] }
  /** `aside`: what is at work may still spend that; `least`: the least limit that can be set now. */
  | { reason: 'budget-too-low'; usd: number; spent: number; aside: number; least: number }
