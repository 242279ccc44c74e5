import { describe, expect, it } from 'vitest'
import { type Failure, problemSchema, type TaskFailure } from '../../../src/core/failure.ts'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { explainProblem, hint } from '../../../src/render/plan/problems.ts'
import { explain } from '../../../src/render/reply/explain-failure.ts'
import { explainTaskFailure, failureLine, failureTitle } from '../../../src/render/status/task-failure.ts'
import { sha } from '../support/runs.ts'

const PLAN = 'abcdef0123456789'.repeat(4)

/** One failure of each kind; the compiler checks that none is missing. */
const FAILURES: {
  [Reason in Failure['reason']]: [Extract<Failure, { reason: Reason }>, happened: string, next: string]
} = {
  'not-permitted': [
    { reason: 'not-permitted', actor: 'eve', permission: 'read', needed: 'write' },
    'eve has `read` permission here, and this command needs `write`.',
    'A person with `write` permission can type the same command. `/help` says who may do what.',
  ],
  'not-an-approver': [
    { reason: 'not-an-approver', actor: 'eve', approvers: ['ann', 'ben'] },
    'eve is not an approver in this repository.',
    'Ann and ben can type the same command.',
  ],
  'second-person-needed': [
    { reason: 'second-person-needed', actor: 'ann' },
    'ann asked for this plan or its latest version. In this repository, a second person approves it.',
    'Another person with the permission can type the same command.',
  ],
  'push-refused': [
    { reason: 'push-refused', run: '42', words: 'error: GH013: Repository rule violations found' },
    "GitHub does not let run `42` write, so the command changed nothing. GitHub's words:",
    '```text\nerror: GH013: Repository rule violations found\n```\n\nFix the cause, then type the command again.',
  ],
  'rules-refuse': [
    {
      reason: 'rules-refuse',
      branch: 'tributary/42/trunk',
      rules: [{ type: 'required_signatures', source: 'octo/demo' }],
    },
    'Rules of this repository would refuse the branches of a run, such as `tributary/42/trunk`. No model was called.',
    '- `required_signatures` of octo/demo: commits must be signed, and a job has no key to sign with\n\nIn the ruleset, exclude the branches `tributary/**` (Settings > Rules > Rulesets), or, if Tributary works with the token of an App, let that App bypass it. Then type `/plan` again.',
  ],
  'branch-in-the-way': [
    { reason: 'branch-in-the-way', run: '42', refs: ['refs/heads/tributary/42'] },
    'The branch `tributary/42` stands in the way: git cannot hold it and `tributary/42/trunk` at the same time.',
    'Rename it on the Branches page of the repository, or with these commands; then type `/plan` again:\n\n```sh\ngit fetch origin refs/heads/tributary/42\ngit push origin FETCH_HEAD:refs/heads/tributary-42-old :refs/heads/tributary/42\n```',
  ],
  'journal-gone': [
    { reason: 'journal-gone', run: '42' },
    'The journal of run `42`, the ref `refs/tributary/42/log`, was deleted; branches of the run are still there. Without it the run cannot go on.',
    'A comment of the run, if it was at work, says how to bring the journal back. To begin again, delete the branches `tributary/42/*` and type `/plan`.',
  ],
  'journal-unreadable': [
    { reason: 'journal-unreadable', run: '42', detail: 'journal commit abc holds no state.json' },
    'The journal of run `42` holds something that Tributary did not write: journal commit abc holds no state.json',
    '`git fetch origin refs/tributary/42/log`, then `git log FETCH_HEAD`, shows who wrote it. Push the last good commit to that ref with `git push --force`, then type the command again.',
  ],
  'bots-may-not': [
    { reason: 'bots-may-not', actor: 'helper[bot]' },
    'helper\\[bot\\] is not a person. Only people can type commands.',
    'A person can type the same command.',
  ],
  'unknown-command': [
    { reason: 'unknown-command', word: 'aprove', suggestion: 'approve' },
    'There is no command `/aprove`.',
    'Did you mean `/approve`? Type it, or `/help` to see the commands.',
  ],
  'work-newer-than-comment': [
    { reason: 'work-newer-than-comment', task: 't3', head: sha('3') },
    `The work of \`t3\` at \`${sha('3').slice(0, 8)}\` is newer than the comment, so the comment cannot refer to it.`,
    'Look at it, then type `/approve t3` again.',
  ],
  'work-newer-than-review': [
    { reason: 'work-newer-than-review', task: 't3', head: sha('3') },
    `The review is of an earlier commit; the work of \`t3\` is at \`${sha('3').slice(0, 8)}\` now.`,
    'Look at the new commits, then review again.',
  ],
  'work-moved': [
    { reason: 'work-moved', task: 't3', branch: 'tributary/42/t3', head: sha('3'), tip: sha('4') },
    `\`tributary/42/t3\` is at \`${sha('4').slice(0, 8)}\` now; \`t3\` was verified at \`${sha('3').slice(0, 8)}\`. What came after that is not verified, and does not land.`,
    `Rename or delete the branch, or put it back: \`git push --force origin ${sha('3')}:refs/heads/tributary/42/t3\`. Then type \`/approve t3\` for what was verified, or \`/retry t3 -- note\` to have it worked on again.`,
  ],
  'branches-moved': [
    {
      reason: 'branches-moved',
      run: '42',
      moved: [
        { branch: 'tributary/42/trunk', sha: sha('4'), known: sha('3') },
        { branch: 'tributary/42/t3', sha: sha('4'), known: null },
      ],
    },
    'Others moved `tributary/42/trunk`, `tributary/42/t3`, and have not moved them back; run `42` would pause again.',
    `Put \`tributary/42/trunk\` back with \`git push --force origin ${sha('3')}:refs/heads/tributary/42/trunk\`; then type \`/resume\`.\nRename or delete \`tributary/42/t3\`; then type \`/resume\`.`,
  ],
  'bad-arguments': [
    { reason: 'bad-arguments', command: 'skip', detail: '`t9 t8` is too much.', usage: '/skip t3' },
    '`t9 t8` is too much.',
    'Type it like this: `/skip t3`',
  ],
  'words-not-read': [
    { reason: 'words-not-read', command: 'approve', typed: '/approve 3fa9b2114c0d', words: 'but not\n`t3`' },
    '`/approve 3fa9b2114c0d` takes no words, but `` but not `t3` `` follows it. Nothing was done.',
    'If you want it without the words, type `/approve 3fa9b2114c0d` alone in a new comment. To change something first, type `/revise -- what to change` for another version of the plan, `/approve --only t1,t2` to start a part, or `/retry t3 -- note` to send work back.',
  ],
  'not-plain-text': [
    { reason: 'not-plain-text', typed: '/plan' },
    'A command in code or in emphasis is not read as one. Nothing was done.',
    'Did you mean `/plan`? Type it as plain text, in a new comment.',
  ],
  'app-may-not-approve': [
    { reason: 'app-may-not-approve', actor: 'ann', app: 'some-app' },
    'The App `some-app` wrote this on behalf of ann. What an App writes approves nothing.',
    'Type the same command in a comment of your own on GitHub.',
  ],
  'no-run': [{ reason: 'no-run', issue: 42 }, 'Issue #42 has no run.', 'Type `/plan` on the issue to begin one.'],
  'run-is-live': [
    { reason: 'run-is-live', run: '42', phase: 'active' },
    'Run `42` is at work. An issue can have only one run at a time.',
    'Type `/status` to see it, or `/cancel` to end it and `/plan` for a new one.',
  ],
  'run-ended': [
    { reason: 'run-ended', run: '42-2', conclusion: 'merged' },
    'Run `42-2` has ended: `merged`.',
    'Type `/plan` on issue #42 for a new run.',
  ],
  'nothing-to-approve': [
    { reason: 'nothing-to-approve', run: '42', phase: 'requested' },
    'Run `42` is being planned.',
    'Type `/approve` when the plan is there, or `/status` to see how far it is.',
  ],
  'plan-outdated': [
    { reason: 'plan-outdated', given: '000000000000', latest: PLAN },
    '`000000000000` is not the current plan.',
    'Read the latest plan, then type `/approve abcdef012345`.',
  ],
  'plan-stale': [
    { reason: 'plan-stale', paths: ['src/a.ts', 'src/b.ts'], settingsChanged: true },
    'The plan is out of date: the base branch moved in paths that the plan uses (`src/a.ts` and `src/b.ts`), and `.github/tributary.yml` changed.',
    'Nothing was started. Type `/reject`, then `/plan` for a plan on the new base.',
  ],
  'plan-newer-than-comment': [
    { reason: 'plan-newer-than-comment', planId: PLAN },
    'The plan is newer than the comment, so the comment cannot refer to it.',
    'Read it, then type `/approve abcdef012345`.',
  ],
  'unknown-task': [
    { reason: 'unknown-task', task: 't9', tasks: ['t1', 't2'] },
    'There is no task `t9` in this plan.',
    'Its tasks are `t1` and `t2`. Type the command again with one of them.',
  ],
  'wrong-task-state': [
    { reason: 'wrong-task-state', task: 't1', status: 'landed', detail: 'What has landed stays.' },
    'Task `t1` is `landed`. What has landed stays.',
    'Type `/status` to see where the tasks stand.',
  ],
  'wrong-phase': [
    { reason: 'wrong-phase', run: '42', phase: 'proposed', detail: 'Its tasks start with `/approve`.' },
    'Run `42` waits for an approval of its plan. Its tasks start with `/approve`.',
    'Type `/status` to see where the run stands.',
  ],
  'plan-not-ready': [
    { reason: 'plan-not-ready', run: '42', detail: 'It is still being written.' },
    'The plan of run `42` is not ready. It is still being written.',
    'Type `/plan status` to see how far it is.',
  ],
  'nothing-asked': [
    { reason: 'nothing-asked', run: '42' },
    'Run `42` is not waiting for an answer.',
    'Type `/revise -- what to change` to change its plan, or `/plan status` to see where it stands.',
  ],
  'bad-answer': [
    { reason: 'bad-answer', detail: '`3` is not a question.', questions: ['1: Which format? a JSON, b *YAML*'] },
    '`3` is not a question.',
    'The open questions, each with what you can type:\n\n- 1: Which format? a JSON, b \\*YAML\\*',
  ],
  'budget-too-low': [
    { reason: 'budget-too-low', usd: 2, spent: 2.345, aside: 1.5, least: 3.85 },
    '2.00 USD is too little: the run has spent 2.35 USD already, and what is at work may still spend 1.50 USD.',
    'The lowest limit that you can set now is `/budget 3.85usd`; once what is at work is done, it may be less.',
  ],
  'bad-settings': [
    { reason: 'bad-settings', problems: ['line 3: `slot` is not a key'] },
    '`.github/tributary.yml` on the default branch cannot be used.',
    'Correct it there, then type the same command again.\n\n- line 3: `slot` is not a key',
  ],
}

describe('a refusal', () => {
  it.each(Object.entries(FAILURES))(
    '%s says what happened and what to type next',
    (reason, [failure, happened, next]) => {
      expect(explain(failure)).toEqual([happened, '', next, '', `<sub>\`${reason}\`</sub>`])
    },
  )

  it('asks for a task where none was named, and names as many as can be read', () => {
    const tasks = Array.from({ length: 14 }, (_, index) => `t${index}`)
    expect(explain({ reason: 'unknown-task', task: '', tasks })[0]).toBe('This command needs the id of a task.')
    expect(explain({ reason: 'unknown-task', task: '', tasks })[2]).toContain('`t11` and 2 more.')
  })

  it('without a suggestion names none', () => {
    expect(explain({ reason: 'unknown-command', word: 'x', suggestion: null })[2]).toBe(
      'Type `/help` to see the commands.',
    )
  })

  it('calls nobody, and always fits', () => {
    const long = '@alice <img src=x> | '.repeat(5000)
    const failures: Failure[] = [
      { reason: 'bots-may-not', actor: '@alice' },
      { reason: 'unknown-command', word: long, suggestion: null },
      { reason: 'bad-arguments', command: 'x', detail: long, usage: '/x' },
      { reason: 'unknown-task', task: long, tasks: Array(500).fill(long) },
      { reason: 'plan-stale', paths: Array(500).fill(long), settingsChanged: false },
      { reason: 'bad-settings', problems: Array(500).fill(long) },
      { reason: 'not-an-approver', actor: 'x', approvers: Array(500).fill('somebody') },
    ]
    for (const failure of failures) {
      const text = explain(failure).join('\n')
      expect(byteLength(text)).toBeLessThan(LIMITS.comment)
      expect(text.replace(/`[^`]*`/g, '')).not.toMatch(/@\w|<img/)
    }
  })
})

const TASK_FAILURES: { [Reason in TaskFailure['reason']]: [Extract<TaskFailure, { reason: Reason }>, line: string] } = {
  'program-failed': [{ reason: 'program-failed', exitCode: 2, log: '' }, 'its command ended with exit code 2'],
  'acceptance-failed': [{ reason: 'acceptance-failed', exitCode: 1, log: '' }, 'its acceptance ended with exit code 1'],
  'acceptance-changed-files': [
    { reason: 'acceptance-changed-files', paths: ['a', 'b'] },
    'its acceptance changed files: `a` and `b`',
  ],
  'timed-out': [{ reason: 'timed-out', minutes: 1, log: '' }, 'it was stopped after 1 minute'],
  'no-change': [{ reason: 'no-change' }, 'it changed no files, so there is nothing to land'],
  'outside-paths': [{ reason: 'outside-paths', paths: ['x'] }, 'it wrote outside its paths: `x`'],
  'protected-paths': [{ reason: 'protected-paths', paths: ['x'] }, 'it wrote to protected paths: `x`'],
  'forbidden-mode': [
    { reason: 'forbidden-mode', paths: ['x'] },
    'it touched a submodule, or made a symbolic link out of the repository or a forbidden file mode: `x`',
  ],
  'unusable-name': [
    { reason: 'unusable-name', detail: '`aux.c` is the name of a device on Windows' },
    'it made a name that not every system can hold: `aux.c` is the name of a device on Windows',
  ],
  'lfs-object': [{ reason: 'lfs-object', paths: ['x'] }, 'it wrote files that Git LFS has to hold: `x`'],
  'too-large': [{ reason: 'too-large', detail: '301 files' }, 'its change is too large: 301 files'],
  'secret-in-diff': [{ reason: 'secret-in-diff', paths: ['x'] }, 'its change holds what looks like a secret: `x`'],
  'wrong-base': [
    { reason: 'wrong-base', detail: 'two parents' },
    'it was not built on the commit that it was given: two parents',
  ],
  'tree-not-verified': [
    { reason: 'tree-not-verified', detail: 'another tree' },
    'what it handed over is not what was accepted: another tree',
  ],
  'result-unreadable': [{ reason: 'result-unreadable', detail: 'not JSON' }, 'its result could not be read: not JSON'],
  'sandbox-unavailable': [{ reason: 'sandbox-unavailable', detail: 'no bwrap' }, 'the sandbox cannot run: no bwrap'],
  'slot-lost': [{ reason: 'slot-lost', times: 3 }, 'the slot that worked on it was lost 3 times'],
  'not-handed-over': [
    { reason: 'not-handed-over', detail: 'Artifact storage quota has been hit.' },
    "its work was done, and GitHub took it neither as an artifact nor in the job's log: Artifact storage quota has been hit",
  ],
  conflict: [{ reason: 'conflict', with: ['t1', 't2'], paths: ['x'] }, 'it is in conflict with `t1` and `t2` in `x`'],
  'agent-stopped': [
    { reason: 'agent-stopped', why: 'gave-up', detail: 'no such file, ask @bob' },
    'its agent gave up: no such file, ask @&#8203;bob',
  ],
  'allowance-spent': [
    { reason: 'allowance-spent', usd: 0.5, detail: '' },
    'it spent the 0.50 USD that the attempt was given',
  ],
  'model-failed': [
    { reason: 'model-failed', detail: 'overloaded, 8 tries' },
    'the model could not be used: overloaded, 8 tries',
  ],
  'model-busy': [
    {
      reason: 'model-busy',
      since: '2026-01-02T03:04:05.000Z',
      until: '2026-01-02T03:14:05.000Z',
      detail: 'overloaded: 529',
    },
    'the model gave no answer, so it was interrupted; what it had done is kept: overloaded: 529',
  ],
  'push-refused': [
    { reason: 'push-refused', detail: 'error: GH013: no' },
    'GitHub does not take its branch: error: GH013: no',
  ],
  'not-approved': [{ reason: 'not-approved', detail: 'plan abc' }, 'it is not approved: plan abc'],
  'sent-back': [
    { reason: 'sent-back', log: '- a case is left out' },
    'its acceptance passed, and a model that reviewed it sent it back',
  ],
  'passes-already': [
    { reason: 'passes-already', log: '' },
    'its acceptance passes before any work, so it proves nothing. Its agent waits until you look, and nothing was spent',
  ],
  'verification-failed': [
    { reason: 'verification-failed', on: sha('x'), exitCode: 1, log: '' },
    `the verification of \`${sha('x').slice(0, 8)}\` ended with exit code 1`,
  ],
}

describe('a failure of a task', () => {
  it.each(Object.entries(TASK_FAILURES))('%s is said in one line, then advised about', (reason, [failure, line]) => {
    expect(failureLine(failure)).toBe(line)
    const lines = explainTaskFailure(failure, 't3')
    expect(lines[0]).toBe(`${line.charAt(0).toUpperCase()}${line.slice(1)}.`)
    expect(lines.length).toBeGreaterThanOrEqual(5)
    expect(lines.at(-1)).toBe(`<sub>\`${reason}\`</sub>`)
    expect(lines.at(-3)).toBe('Type `/retry t3 -- note` to try again, or `/skip t3` to go on without it.')
    expect(explainTaskFailure(failure).join('\n')).not.toContain('t3')
  })

  it('names the commands that bring a sandbox to the machine of the slot, if there are any, and `sandbox: off`', () => {
    const off = 'To run commands without isolation instead, write `sandbox: off` into `.github/tributary.yml`.'
    const fix = ['sudo apt-get install -y bubblewrap', 'sudo sysctl -w user.max_user_namespaces=15000']
    const explained = (more: object) =>
      explainTaskFailure({ reason: 'sandbox-unavailable', detail: 'no bwrap', ...more }).slice(2, -2)
    expect(explained({ fix })).toEqual([
      'Nothing was run.',
      'This fixes it, in a step of the `work` job before its last one:',
      '',
      ...['```sh', ...fix, '```'],
      '',
      off,
    ])
    for (const more of [{}, { fix: [] }]) expect(explained(more)).toEqual(['Nothing was run.', '', off])
  })

  it('has a title without Markdown and without the details, whatever these hold', () => {
    const [path, on] = ['docs: a.md', sha('x')]
    expect(failureTitle({ reason: 'outside-paths', paths: [path] })).toBe('it wrote outside its paths')
    expect(failureTitle({ reason: 'push-refused', detail: 'error: GH013: no' })).toBe('GitHub does not take its branch')
    expect(failureTitle({ reason: 'conflict', with: ['t1'], paths: [path] })).toBe(
      `it is in conflict with t1 in ${path}`,
    )
    expect(failureTitle({ reason: 'verification-failed', on, exitCode: 1, log: '' })).toBe(
      `the verification of ${on.slice(0, 8)} ended with exit code 1`,
    )
  })

  it('names only the first of many paths', () => {
    const paths = Array.from({ length: 9 }, (_, index) => `p${index}`)
    expect(failureLine({ reason: 'outside-paths', paths })).toBe(
      'it wrote outside its paths: `p0`, `p1`, `p2`, `p3`, `p4`, `p5` and 3 more',
    )
  })
})

describe('a problem of a plan', () => {
  it('is one line with its place and its code', () => {
    expect(explainProblem({ code: 'cycle', task: 't1', field: 'needs', message: '`t1` > `t2` > `t1`' })).toBe(
      '`t1` · `needs`: `t1` &gt; `t2` &gt; `t1` <sub>`cycle`</sub>',
    )
    expect(explainProblem({ code: 'not-yaml', task: null, field: null, message: 'line 2:\nnope' })).toBe(
      'line 2: nope <sub>`not-yaml`</sub>',
    )
  })

  it.each(problemSchema.shape.code.options)('%s has a hint', (code) => {
    expect(hint({ code, task: null, field: null, message: '' })).toMatch(/^[A-Z].{10,}\.$/)
  })
})
