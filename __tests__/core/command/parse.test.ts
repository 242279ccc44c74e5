import { describe, expect, it } from 'vitest'
import { commandLine } from '../../../src/config/command-line.ts'
import type { Command } from '../../../src/core/command/grammar.ts'
import { COMMANDS, parseCommand } from '../../../src/core/command/parse.ts'

const ID = '3fa9b2114c0d'
const FULL = ID.repeat(5).slice(0, 60).concat('abcd')

const command = (text: string): Command => {
  const parsed = parseCommand(text)
  if (parsed === null || !parsed.ok) throw new Error(`not a command: ${JSON.stringify(parsed)}`)
  return parsed.command
}

const failure = (text: string) => {
  const parsed = parseCommand(text)
  return parsed === null || parsed.ok ? null : parsed.failure
}

const detail = (text: string) => {
  const found = failure(text)
  return found?.reason === 'bad-arguments' ? found.detail : null
}

const plan = { name: 'plan', mode: null, budget: null, maxTasks: null, base: null, paths: [], words: '' }

describe('a command', () => {
  it.each<[string, object]>([
    ['/plan', plan],
    ['/Plan', plan],
    ['/plan --base release/2.x -- fast', { ...plan, base: 'release/2.x', words: 'fast' }],
    ['/plan --base=main', { ...plan, base: 'main' }],
    ['/plan --base=v1.lock-step/tributary/x', { ...plan, base: 'v1.lock-step/tributary/x' }],
    ['/plan --max-tasks 1', { ...plan, maxTasks: 1 }],
    ['/plan --max-tasks 500', { ...plan, maxTasks: 500 }],
    ['/PLAN --MODE Soft', { ...plan, mode: 'soft' }],
    ['/plan --mode=off', { ...plan, mode: 'off' }],
    ['/plan -mode strict', { ...plan, mode: 'strict' }],
    [
      '/plan --mode soft --budget 5usd --max-tasks 12 --paths src/** --paths "docs/{a,b}.md" -- keep it small',
      {
        name: 'plan',
        mode: 'soft',
        budget: 5,
        maxTasks: 12,
        base: null,
        paths: ['src/**', 'docs/{a,b}.md'],
        words: 'keep it small',
      },
    ],
    ['/plan -- status', { ...plan, words: 'status' }],
    ['/plan -- use --mode soft', { ...plan, words: 'use --mode soft' }],
    ['/plan --', plan],
    ['/plan status', { name: 'plan-status' }],
    ['/plan Off', { name: 'plan-off' }],
    ['/approve', { name: 'approve', planId: null, task: null, only: null }],
    [`/approve ${ID}`, { name: 'approve', planId: ID, task: null, only: null }],
    [`/approve ${FULL.toUpperCase()}`, { name: 'approve', planId: FULL, task: null, only: null }],
    [`/approve \`${ID}\``, { name: 'approve', planId: ID, task: null, only: null }],
    ['/approve t5', { name: 'approve', planId: null, task: 't5', only: null }],
    ['/approve T5', { name: 'approve', planId: null, task: 't5', only: null }],
    ['/approve abc', { name: 'approve', planId: null, task: 'abc', only: null }],
    ['/approve deadbeefcafe', { name: 'approve', planId: 'deadbeefcafe', task: null, only: null }],
    ['/approve --only t1,t2', { name: 'approve', planId: null, task: null, only: ['t1', 't2'] }],
    ['/approve --only t1, t2 ,t3', { name: 'approve', planId: null, task: null, only: ['t1', 't2', 't3'] }],
    ['/approve --only "t1, t2"', { name: 'approve', planId: null, task: null, only: ['t1', 't2'] }],
    ['/approve --only=t1,t1,', { name: 'approve', planId: null, task: null, only: ['t1'] }],
    [`/approve ${ID} --only t1`, { name: 'approve', planId: ID, task: null, only: ['t1'] }],
    [`/approve --only t1 ${ID}`, { name: 'approve', planId: ID, task: null, only: ['t1'] }],
    ['/reject', { name: 'reject', why: '' }],
    ['/reject -- too large', { name: 'reject', why: 'too large' }],
    ['/revise -- split t3\n\nin two -- or three', { name: 'revise', words: 'split t3\n\nin two -- or three' }],
    ['/answer 1b 2: only JSON', { name: 'answer', words: '1b 2: only JSON' }],
    ['/answer 1: a -- b', { name: 'answer', words: '1: a -- b' }],
    ['/answer 1b\n2: only JSON\n   as `x`', { name: 'answer', words: '1b\n2: only JSON\n   as `x`' }],
    ['/answer\n1b', { name: 'answer', words: '1b' }],
    ['/answer 1b\n\n-- \nJane', { name: 'answer', words: '1b' }],
    ['/plan --mode soft\n- one\n- two', { ...plan, mode: 'soft', words: '- one\n- two' }],
    ['/plan status\n', { name: 'plan-status' }],
    ['/reject\ntoo large', { name: 'reject', why: 'too large' }],
    ['/revise\nsplit t3\n\n> in two', { name: 'revise', words: 'split t3\n\n> in two' }],
    ['/revise\n-- split t3', { name: 'revise', words: 'split t3' }],
    ['/retry t3\n    code --mode soft', { name: 'retry', task: 't3', note: '    code --mode soft' }],
    ['/steer t3\nno new packages', { name: 'steer', task: 't3', words: 'no new packages' }],
    ['/cancel\nwrong issue', { name: 'cancel', task: null, why: 'wrong issue' }],
    ['/retry t3', { name: 'retry', task: 't3', note: '' }],
    ['/retry read-config -- it’s “late”', { name: 'retry', task: 'read-config', note: 'it’s “late”' }],
    ['/skip t3', { name: 'skip', task: 't3' }],
    ['/steer t3 -- no new packages', { name: 'steer', task: 't3', words: 'no new packages' }],
    ['/cancel', { name: 'cancel', task: null, why: '' }],
    ['/cancel t3', { name: 'cancel', task: 't3', why: '' }],
    ['/cancel -- wrong issue', { name: 'cancel', task: null, why: 'wrong issue' }],
    ['/pause', { name: 'pause' }],
    ['/resume', { name: 'resume' }],
    ['/status', { name: 'status' }],
    ['/budget 8usd', { name: 'budget', usd: 8 }],
    ['/budget $8.50', { name: 'budget', usd: 8.5 }],
    ['/budget 8 USD', { name: 'budget', usd: 8 }],
    ['/budget 8', { name: 'budget', usd: 8 }],
    ['/help', { name: 'help' }],
    ['/help approve', { name: 'help' }],
  ])('%j is understood', (text, understood) => expect(command(text)).toEqual(understood))

  it.each(Object.entries(COMMANDS))(
    '%s is understood as its own example, also out of a comment',
    (name, { example }) => {
      expect(command(commandLine(`${example}\n`) ?? '').name).toBe(name)
    },
  )

  it.each(Object.entries(COMMANDS))(
    '%s has a line of help and a usage that begins with it',
    (name, { usage, help }) => {
      expect(usage.startsWith(`/${name.replace('-', ' ')}`)).toBe(true)
      expect(help).toMatch(/^[A-Z].+\.$/)
    },
  )
})

describe('words that are not ours', () => {
  it.each([
    '/lgtm',
    '/retest',
    '/hold',
    '/hello',
    '/assign @me',
    '/label bug',
    '/review',
    '/rebase',
    '/merge',
    '/close',
    '/deploy',
    '/start',
    '/stop',
    '/rerun',
    '/reset',
    '/improve',
    '/remove',
    '/shrug',
    '/test all',
    '/usr',
    '/etc',
    '/constructor',
    '/__proto__',
    '/tostring',
    `/${'a'.repeat(60_000)}`,
    'plan',
    '',
  ])('%j are left alone', (text) => expect(parseCommand(text)).toBeNull())
})

describe('a near miss', () => {
  it.each([
    ['/aprove', 'approve'],
    ['/Approved', 'approve'],
    ['/aproove', 'approve'],
    ['/apporve 3fa9b2114c0d', 'approve'],
    ['/plna', 'plan'],
    ['/plan!', 'plan'],
    ['/plans', 'plan'],
    ['/plan-status', 'plan status'],
    ['/plan-of', 'plan off'],
    ['/retyr t3', 'retry'],
    ['/cancle', 'cancel'],
    ['/stauts', 'status'],
    ['/hepl', 'help'],
    ['/skp t1', 'skip'],
  ])('%s gets the suggestion %s', (text, suggestion) => {
    const word = text.slice(1).split(' ')[0]?.toLowerCase()
    expect(failure(text)).toEqual({ reason: 'unknown-command', word, suggestion })
  })
})

describe('words after a command that takes none', () => {
  it.each([
    ['/approve\nbut not t3', 'approve', '/approve', 'but not t3'],
    [`/approve ${ID}\n\nThank you!`, 'approve', `/approve ${ID}`, 'Thank you!'],
    ['/approve --only t1\n> really?', 'approve', '/approve --only t1', '> really?'],
    ['/approve\n---\nJane', 'approve', '/approve', '---\nJane'],
    ['/approve\n--\nnot t3', 'approve', '/approve', '--\nnot t3'],
    ['/approve -- only t1', 'approve', '/approve', 'only t1'],
    ['/plan status\nand then?', 'plan-status', '/plan status', 'and then?'],
    ['/plan off\nfor now', 'plan-off', '/plan off', 'for now'],
    ['/skip t3\nit is done', 'skip', '/skip t3', 'it is done'],
    ['/pause\nuntil Monday', 'pause', '/pause', 'until Monday'],
    ['/resume\nat noon', 'resume', '/resume', 'at noon'],
    ['/budget 8usd\na week', 'budget', '/budget 8usd', 'a week'],
    ['/status\nplease', 'status', '/status', 'please'],
  ])('are not passed over: %j', (text, name, typed, words) =>
    expect(failure(text)).toEqual({ reason: 'words-not-read', command: name, typed, words }),
  )

  it('are not what a mail program adds', () => {
    const mail = 'On Mon, 3 Nov 2026 at 10:12, Jane\n<jane@example.org> wrote:\n\n> Approve this?\n>\n> Bye\n'
    for (const tail of ['-- \nJane', mail, 'Jane ***@***.***> schrieb:\n> x'])
      expect(command(`/approve\n\n${tail}`).name, tail).toBe('approve')
    expect(failure(`/approve\n\nnot t3\n\n${mail}`)).toMatchObject({ words: 'not t3' })
    const broken = 'Am 3. Nov. 2026 um 10:12 schrieb Jane jane@example.org\nim Auftrag:\n> x'
    expect(command(`/approve\n\n${broken}`).name).toBe('approve')
    for (const own of [
      '--\nJane',
      '-- Jane',
      '> x\nbut not t3',
      'not t3',
      'jane@example.org says\n> x',
      'see: jane@example.org',
    ])
      expect(failure(`/approve\n\n${own}`), own).toMatchObject({ reason: 'words-not-read' })
    expect(failure('/approve\nAs @jane said:\n> not t3')).toMatchObject({ reason: 'words-not-read' })
  })
})

describe('arguments that do not fit', () => {
  it.each([
    ['/plan add retries', '`add retries` stands before ` -- `. Words for the planner come after ` -- `.'],
    ['/plan statsu', '`statsu` stands before ` -- `. Did you mean `/plan status`?'],
    ['/plan status now', '`now` is too much.'],
    ['/plan off --mode soft', '`--mode` is not an option here.'],
    ['/plan --mode', '`--mode` has no value.'],
    ['/plan --mode=', '`--mode` has no value.'],
    ['/plan --mode --budget 5usd', '`--mode` has no value.'],
    ['/plan --mode fast', '`fast` is not a mode: `strict`, `soft` or `off`.'],
    ['/plan --mode soft --mode off', '`--mode` is there twice.'],
    ['/plan --mdoe soft', '`--mdoe` is not an option here. Did you mean `--mode`?'],
    ['/plan --budget 5eur', '`5eur` is not an amount: write US dollars, such as `8usd`.'],
    ['/plan --budget 0usd', '`0usd` is not an amount: write US dollars, such as `8usd`.'],
    ['/plan --budget 1e9', '`1e9` is not an amount: write US dollars, such as `8usd`.'],
    ['/plan --max-tasks 0', '`0` is not a number of tasks: 1 to 500.'],
    ['/plan --max-tasks 1.5', '`1.5` is not a number of tasks: 1 to 500.'],
    ['/plan --max-tasks 501', '`501` is not a number of tasks: 1 to 500.'],
    ['/plan --paths ../x', '`--paths` `../x`: it cannot contain `..`.'],
    ...[
      '../main',
      'a..b',
      'a//b',
      'main@{1}',
      'x.lock',
      'x.lock/y',
      'main/',
      'main.',
      '.git',
      '-x=y',
      'a;b',
      'tributary/42/trunk',
      'x'.repeat(201),
    ].map((name) => [
      `/plan --base=${name}`,
      `\`${name.length > 60 ? `${name.slice(0, 59)}…` : name}\` cannot be the base of a plan.`,
    ]),
    ['/approve t1 t2', '`t2` is too much.'],
    ['/approve t1 --only t2', '`--only` starts a part of a plan; one task alone needs no `--only`.'],
    ['/approve 3fa9b21', "`3fa9b21` is not a plan's id, which has 12 to 64 digits."],
    [`/approve ${FULL}0`, `\`${`${FULL}0`.slice(0, 59)}…\` is not a plan's id, which has 12 to 64 digits.`],
    ['/approve t_1', "`t_1` is not a task's id."],
    ['/approve --only', '`--only` has no value.'],
    ['/approve --only ,', '`--only` names no task.'],
    ['/approve --only t1,t_2', "`t_2` is not a task's id."],
    ['/approve --olny t1', '`--olny` is not an option here. Did you mean `--only`?'],
    ['/revise', 'The words after ` -- ` are missing.'],
    ['/revise use fewer tasks', '`use fewer tasks` is too much.'],
    ['/answer', 'The answers are missing.'],
    ['/retry', 'The task is missing.'],
    ['/retry t3 please', '`please` is too much.'],
    ['/skip', 'The task is missing.'],
    ['/skip ../../x', "`../../x` is not a task's id."],
    ['/steer t3', 'The words after ` -- ` are missing.'],
    ['/steer -- words', 'The task is missing.'],
    ['/cancel t3 t4', '`t4` is too much.'],
    ['/pause now', '`now` is too much.'],
    ['/budget', 'The amount is missing: write US dollars, such as `8usd`.'],
    ['/budget lots', '`lots` is not an amount: write US dollars, such as `8usd`.'],
  ])('%j: %s', (text, said) => expect(detail(text)).toBe(said))

  it('come back with the command and its usage', () =>
    expect(failure('/skip')).toEqual({
      reason: 'bad-arguments',
      command: 'skip',
      detail: 'The task is missing.',
      usage: '/skip t3',
    }))

  it('cannot break out of the quotes around them', () =>
    expect(detail('/skip x`@octocat\u202e')).toBe("`x @octocat` is not a task's id."))
})
