import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SETTINGS_PATH } from '../../src/core/settings.ts'
import { git, tempDir } from '../support/git.ts'
import { blocksOf } from '../support/readme.ts'
import { typed } from './terminal.ts'

const PLAN = [
  'title: Log as JSON',
  'tasks:',
  '  - id: logger',
  '    writes: [src/logger/**]',
  '    run: [node, tools/make.mjs]',
  '    acceptance: [npm, test]',
  '  - id: server',
  '    needs: [logger]',
  '    writes: [src/server/**]',
  '    run: [node, tools/make.mjs]',
  '    acceptance: [npm, test]',
].join('\n')

const DOCUMENTED = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'plan-by-hand.md'), 'utf8')

function folderWith(files: Record<string, string>): string {
  const folder = tempDir()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

function checkoutWith(files: Record<string, string>): string {
  const folder = folderWith(files)
  git(folder, ['init', '--quiet'])
  git(folder, ['add', '--all'])
  return folder
}

const HERE = { 'src/logger/log.js': '', 'src/server/serve.js': '', 'tools/make.mjs': '' }

interface Found {
  kind: string
  line: number | null
  task: string | null
  field: string | null
  code: string | null
  message: string
  fix: string | null
}

/** What is found in a plan in a repository that has all that it names. */
async function found(plan: string, settings?: string, name = 'plan.yml') {
  const files = { ...HERE, [name]: plan, ...(settings === undefined ? {} : { [SETTINGS_PATH]: settings }) }
  const { code, out } = await typed(checkoutWith(files), ['check', name, '--json'])
  const all = out.split('\n').flatMap((line): Found[] => (line === '' ? [] : [JSON.parse(line)]))
  return {
    code,
    all,
    problems: all.filter(({ kind }) => kind === 'problem'),
    notes: all.filter(({ kind }) => kind === 'note'),
  }
}

describe('tributary check, on a plan that /plan would take', () => {
  it('says so, and by which settings', async () => {
    const folder = checkoutWith({ ...HERE, 'plan.yml': PLAN })
    expect(await typed(folder, ['check', 'plan.yml'])).toEqual({
      code: 0,
      out: `Checked plan.yml with the default settings (there is no ${SETTINGS_PATH}). No problems.`,
      error: '',
    })
  })

  it('notes what is fixed without asking: the order of tasks that write the same path, and gates that do nothing', async () => {
    const { code, notes } = await found(
      `${PLAN.replace('needs: [logger]', 'needs: []').replace('src/server', 'src/logger')}\n  - { id: look, kind: gate, run: [x] }`,
    )
    expect(code).toBe(0)
    expect(notes.map(({ message }) => message)).toEqual([
      '`look` is a gate: it runs nothing, so its `run`, `writes`, `acceptance` and `commands` are left out.',
      '`server` waits for `logger`: both write `src/logger/**`.',
    ])
  })

  it('refuses files that a plan builds on and the repository lacks, and notes its other paths, with what was probably meant', async () => {
    const plan = [
      'title: Log as JSON',
      'critical_files: [src/server/serv.js]',
      'tasks:',
      '  - id: logger',
      '    writes: [src/loger/**]',
      '    reads: [src/server/serve.ts, src/new/**]',
      '    run: [node, tools/maek.mjs]',
      '    acceptance: [npm, test]',
    ].join('\n')
    const { code, problems, notes } = await found(plan)
    expect(code).toBe(1)
    expect(problems.map(({ line, field, message }) => [line, field, message])).toEqual([
      [2, 'critical_files', '`src/server/serv.js` is not in this repository. Did you mean `src/server/serve.js`?'],
      [6, 'reads', '`src/server/serve.ts` is not in this repository. Did you mean `src/server/serve.js`?'],
    ])
    expect(notes.map(({ line, field, message }) => [line, field, message])).toEqual([
      [
        5,
        'writes',
        '`src/loger/**` matches no file yet: the task makes what it writes there. Did you mean `src/logger/**`?',
      ],
      [6, 'reads', '`src/new/**` matches no file of this repository.'],
      [7, 'run', '`tools/maek.mjs` is not in this repository. Did you mean `tools/make.mjs`?'],
    ])
  })

  it('does not miss what an earlier task makes', async () => {
    const plan = PLAN.replace('src/logger/**]', 'src/new/**]').replace(
      'writes: [src/server/**]\n    run: [node, tools/make.mjs]',
      'writes: [src/server/**]\n    reads: [src/new/**]\n    run: [node, src/new/tool.mjs]',
    )
    const { notes } = await found(plan)
    expect(notes.map(({ task, field }) => `${task} ${field}`)).toEqual(['logger writes'])
  })

  it('says that paths were not looked at where there is no repository', async () => {
    const { code, out } = await typed(folderWith({ 'plan.yml': PLAN }), ['check', 'plan.yml'])
    expect(out).toContain('plan.yml: note: Its paths were not checked')
    expect(code).toBe(0)
  })

  it('says which tasks take a key, and whether they may cost more than the run has', async () => {
    const { code, notes } = await found(PLAN.replaceAll(/ {4}run: .*\n/g, ''), 'budget: { usd: 0.01 }')
    expect(code).toBe(0)
    expect(notes[0]?.message).toContain(
      'No task has `run`: agents work on them, which needs the secret `ANTHROPIC_API_KEY`.',
    )
    expect(notes[1]?.message).toMatch(/^The tasks are predicted to cost .* USD, and the run may spend 0\.01 USD/)
  })
})

/** The fix of a problem is an order. */
const SAYS_WHAT_TO_DO =
  /\b(?:Compare|Correct|Give|Leave|Make|Name|Put|Remove|Say|Take|Write|add|keep|leave|make|quote|remove|split|write) /

describe('tributary check, on a plan that /plan would refuse', () => {
  it.each([
    ['a circle', PLAN.replace('- id: logger', '- id: logger\n    needs: [server]'), 4, 'logger', 'needs', 'cycle'],
    ['a need that is not there', PLAN.replace('[logger]', '[loger]'), 8, 'server', 'needs', 'unknown-need'],
    [
      'an id that is there twice',
      PLAN.replace('- id: server', '- id: logger').replace('[logger]', '[]'),
      7,
      'logger',
      'id',
      'duplicate-id',
    ],
    ['an id that means something else', PLAN.replace('- id: server', '- id: trunk'), 7, 'trunk', 'id', 'reserved-id'],
    ['a path out of the repository', PLAN.replace('src/server/**', '../x'), 9, 'server', 'writes', 'bad-path'],
    [
      'a protected path',
      PLAN.replace('src/server/**', '.github/workflows/x.yml'),
      9,
      'server',
      'writes',
      'protected-path',
    ],
    ['no acceptance', PLAN.replace(/ {4}acceptance: .*$/, ''), 7, 'server', 'acceptance', 'missing-acceptance'],
    ['no writes', PLAN.replace(/ {4}writes: \[src\/server.*\n/, ''), 7, 'server', 'writes', 'missing-writes'],
    ['a field that is not known', PLAN.replace('needs:', 'need:'), 8, 'server', 'need', 'not-a-plan'],
    [
      'a command as one line',
      PLAN.replace('run: [node, tools/make.mjs]', 'run: node x.mjs'),
      5,
      'logger',
      'run',
      'not-a-plan',
    ],
    [
      'one word for a whole line',
      PLAN.replace('run: [node, tools/make.mjs]', 'run: [node x.mjs]'),
      5,
      'logger',
      'run',
      'not-a-plan',
    ],
    ['a title that is too long', PLAN.replace('Log as JSON', 'x'.repeat(201)), 1, null, 'title', 'too-long'],
    ['a key that is there twice', `${PLAN}\ntitle: again`, 12, null, null, 'not-yaml'],
    ['a bracket that is open', PLAN.replace('[logger]', '[logger'), 8, null, null, 'not-yaml'],
    ['nothing', '', null, null, null, 'no-plan'],
  ])('%s: with line, task, field and fix', async (_, plan, line, task, field, problem) => {
    const { code, problems } = await found(plan)
    expect(problems[0]).toMatchObject({ line, task, field, code: problem })
    expect(problems[0]?.fix ?? problems[0]?.message).toMatch(SAYS_WHAT_TO_DO)
    expect(code).toBe(1)
  })

  it('whose acceptance is no script of the package.json of this checkout', async () => {
    const plan = PLAN.replaceAll('acceptance: [npm, test]', 'acceptance: [npm, run, lint]')
    for (const [scripts, codes] of [
      ['{"lint":"x"}', []],
      ['{"test":"x"}', ['logger no-such-script', 'server no-such-script']],
    ] as const) {
      const files = { ...HERE, 'plan.yml': plan, 'package.json': `{"scripts":${scripts}}` }
      const { code, out } = await typed(checkoutWith(files), ['check', 'plan.yml', '--json'])
      const all = out.split('\n').flatMap((line): Found[] => (line === '' ? [] : [JSON.parse(line)]))
      const problems = all.filter(({ kind }) => kind === 'problem')
      expect(problems.map(({ task, code: of }) => `${task} ${of}`)).toEqual(codes)
      expect(code).toBe(codes.length === 0 ? 0 : 1)
    }
  })

  it('says a fix once: where the sentence holds it, no hint follows', async () => {
    const circle = PLAN.replace('- id: logger', '- id: logger\n    needs: [server]')
    const line = PLAN.replace('run: [node, tools/make.mjs]', 'run: node x.mjs')
    for (const [plan, fix] of [
      [circle, 'Remove one of these needs.'],
      [line, 'write `[node, x.mjs]`'],
      [`${PLAN}\ntitle: again`, 'keep one of them'],
    ] as const) {
      const { code, out } = await typed(folderWith({ 'plan.yml': plan }), ['check', 'plan.yml'])
      expect(out.split(fix)).toHaveLength(2)
      expect(out).not.toContain('->')
      expect(code).toBe(1)
    }
  })

  it('names both lines of an id for each time that it is there again', async () => {
    const again = '  - { id: logger, writes: [a], run: [x], acceptance: [x] }'
    const { problems } = await found(`${PLAN}\n${again}\n${again}`)
    expect(problems.filter(({ code }) => code === 'duplicate-id').map(({ line }) => line)).toEqual([12, 13])
  })

  it('counts the lines of the file where the plan is a block of an issue', async () => {
    const issue = `# An issue\n\nWords.\n\n\`\`\`tributary\n${PLAN.replace('[logger]', '[loger]')}\n\`\`\`\n`
    const { problems } = await found(issue, undefined, 'issue.md')
    expect(problems).toMatchObject([{ line: 13, task: 'server', code: 'unknown-need' }])
    const twice = `Words.\n\n\`\`\`tributary\n${PLAN}\ntitle: again\n\`\`\`\n`
    expect((await found(twice, undefined, 'issue.md')).problems).toMatchObject([
      { line: 15, message: 'The key `title` is given in lines 4 and 15: keep one of them.' },
    ])
  })

  it("what the page about plans shows, of the page's own plan with that typing mistake", async () => {
    const plan = blocksOf(DOCUMENTED, 'tributary').join().replace('needs: [logger, look]', 'needs: [loger, look]')
    const { out } = await typed(folderWith({ 'plan.yml': plan }), ['check', 'plan.yml'])
    expect(blocksOf(DOCUMENTED, 'text')).toContain(`${out.split('\n').slice(0, 2).join('\n')}\n`)
  })

  it('an issue without a plan, or with two', async () => {
    const block = `\`\`\`tributary\n${PLAN}\n\`\`\`\n`
    expect((await found('Words.', undefined, 'issue.md')).problems).toMatchObject([{ code: 'no-plan' }])
    expect((await found(block + block, undefined, 'issue.md')).problems).toMatchObject([{ code: 'several-plans' }])
  })

  it('a plan that the settings do not allow', async () => {
    const { problems } = await found(PLAN, 'commands: [npm]\nlimits: { tasks: 1 }\nprotected_paths: [src/server/**]\n')
    expect(problems.map(({ line, code }) => [line, code])).toEqual([
      [2, 'too-many-tasks'],
      [5, 'command-not-allowed'],
      [9, 'protected-path'],
      [10, 'command-not-allowed'],
    ])
  })

  it('a plan for agents on a model without a price', async () => {
    const { problems } = await found(PLAN.replaceAll(/ {4}run: .*\n/g, ''), 'worker_model: { default: gpt }')
    expect(problems).toMatchObject([{ code: 'no-model', message: expect.stringContaining('`gpt` has no price') }])
  })

  it('a plan that no issue can hold, and one that no comment can show', async () => {
    const tasks = (count: number, words: number) =>
      Array.from(
        { length: count },
        (_, n) => `  - { id: t${n}, writes: [a${n}], run: [x], acceptance: [x${', "0123456789"'.repeat(words)}] }`,
      ).join('\n')
    expect((await found(`title: x\ntasks:\n${tasks(90, 60)}`)).problems).toMatchObject([
      { code: 'too-long', message: expect.stringContaining('an issue can have 65536') },
    ])
    const wide = Array.from({ length: 60 }, (_, n) => `  - { id: t${n}, writes: [a${n}], run: *long, acceptance: [x] }`)
    const shared = `  - { id: first, writes: [b], run: &long [x, ${'"0123456789", '.repeat(200)}x], acceptance: [x] }`
    expect((await found(['title: x', 'tasks:', shared, ...wide].join('\n'))).problems).toMatchObject([
      { code: 'too-long', message: 'The plan does not fit into a comment: make it two issues.' },
    ])
  })
})

describe('tributary check, on settings', () => {
  const of = async (settings: string | null, ...words: string[]) =>
    typed(checkoutWith(settings === null ? {} : { [SETTINGS_PATH]: settings }), ['check', ...words])

  it('has nothing against none, or against good ones', async () => {
    expect(await of(null)).toMatchObject({
      code: 0,
      out: `Checked the default settings (there is no ${SETTINGS_PATH}). No problems.`,
    })
    expect(await of('merge: review')).toMatchObject({ code: 0, out: `Checked ${SETTINGS_PATH}. No problems.` })
  })

  it('tells every problem with its line, and ends with 1', async () => {
    const { code, out } = await of('slots:\n  start: 9\nworker: { command: [claude -p] }\n')
    expect(out.split('\n')).toEqual([
      `${SETTINGS_PATH}:2: \`slots.start\` 9 is over \`slots.cap\` 8: lower the first or raise the second. (bad-settings)`,
      `${SETTINGS_PATH}:3: \`worker.command\` \`claude -p\`: each word is an item of its own: write \`[claude, -p]\`. (bad-settings)`,
      '',
      `Checked ${SETTINGS_PATH}. 2 problems.`,
    ])
    expect(code).toBe(1)
  })

  it('warns without refusing', async () => {
    const { code, out } = await of('sandbox: off\n')
    expect(out).toContain(`${SETTINGS_PATH}:1: note: \`sandbox: off\` runs the commands of tasks without isolation`)
    expect(out).toContain('No problems, 1 note.')
    expect(code).toBe(0)
  })

  it('takes another file by name, and those of the repository from any folder in it', async () => {
    const top = checkoutWith({ [SETTINGS_PATH]: 'merge: maybe', 'other.yml': 'mode: soft', 'deep/er/plan.yml': PLAN })
    expect(await typed(top, ['check', '--settings', 'other.yml'])).toMatchObject({
      code: 0,
      out: 'Checked other.yml. No problems.',
    })
    expect(await typed(join(top, 'deep', 'er'), ['check', 'plan.yml'])).toMatchObject({
      code: 1,
      out: expect.stringContaining(`${SETTINGS_PATH}:1: \`merge\` must be \`auto\` or \`review\``),
    })
  })
})

describe('tributary simulate', () => {
  it.each([
    ['a circle', PLAN.replace('- id: logger', '- id: logger\n    needs: [server]'), 'cycle'],
    ['a need that is not there', PLAN.replace('[logger]', '[loger]'), 'unknown-need'],
    ['an id that is there twice', PLAN.replace('- id: server', '- id: logger'), 'duplicate-id'],
    ['a path out of the repository', PLAN.replace('src/server/**', '../x'), 'bad-path'],
  ])('forecasts nothing of a plan with %s, and reports it as check does', async (_, plan, code) => {
    const folder = folderWith({ 'plan.yml': plan })
    const simulated = await typed(folder, ['simulate', 'plan.yml'])
    const checked = await typed(folder, ['check', 'plan.yml'])
    expect(simulated).toMatchObject({ code: 1, out: '', error: expect.stringContaining(`(${code})`) })
    expect(checked.out).toContain(simulated.error)
  })

  it('counts with the order that a plan gets where two tasks write the same path', async () => {
    const plan = PLAN.replace('needs: [logger]', 'needs: []').replace('src/server', 'src/logger')
    const { out } = await typed(folderWith({ 'plan.yml': plan }), ['simulate', 'plan.yml'])
    expect(out).toContain('Critical path: logger > server')
  })
})
