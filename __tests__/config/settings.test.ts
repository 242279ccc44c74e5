import { describe, expect, it } from 'vitest'
import { inLine, judgeSettings, readSettings } from '../../src/config/settings.ts'
import { protectedAmong } from '../../src/core/landing/audit.ts'
import { protectedGlobs, touchedProtected } from '../../src/core/plan/protected-paths.ts'
import { agentCommandsOf, defaultSettings, settingsSchema } from '../../src/core/settings.ts'
import { computeSeconds } from '../support/processor.ts'

const lines = (...text: string[]) => text.join('\n')
const problems = (text: string) => {
  const settings = readSettings(text)
  return settings.ok ? [] : settings.error
}

describe('the settings', () => {
  it.each([
    ['no file', null],
    ['an empty file', ''],
    ['blank lines', '\n\n'],
    ['comments alone', '# slots:\n#   start: 2\n'],
    ['a key whose value is a comment', 'slots:\n  # start: 2\nmerge:\n'],
  ])('are the defaults where there is %s', (_, text) =>
    expect(readSettings(text)).toEqual({ ok: true, value: defaultSettings }),
  )

  it('keep the defaults of what they do not say', () =>
    expect(readSettings('slots: { start: 2 }\r\nmerge: review\r\nprotected_paths: [infra/**]\r\n')).toEqual({
      ok: true,
      value: {
        ...defaultSettings,
        slots: { ...defaultSettings.slots, start: 2 },
        merge: 'review',
        protected_paths: ['infra/**'],
      },
    }))

  it('name another author of commits, with an address', () => {
    expect(readSettings('commits: { author: "Mona Öct <m+x@example.com>", sign_off: true }')).toMatchObject({
      value: { commits: { author: 'Mona Öct <m+x@example.com>', sign_off: true } },
    })
    for (const author of ['Mona', 'Mona <>', '<m@example.com>', 'Mona <m@example.com> x', 'Mo\\nna <m@example.com>'])
      expect(problems(`commits: { author: "${author}" }`).join(), author).toContain('a name and an address')
  })

  it('may be written out in full', () =>
    expect(
      readSettings(
        lines(
          'slots: { start: 1, cap: 2, idle_seconds: 5, life_minutes: 10 }',
          'limits: { tasks: 5, files: 6, file_kilobytes: 7.5, task_minutes: 0.5 }',
          'approvers:',
          '  permission: admin',
          '  users: [octo-cat, hubot_1]',
          '  second_person: true',
          'review: all',
          'review_model: claude-sonnet-5-5',
          'worker_pull_requests: false',
          'commands: [npm, ./scripts/check.sh]',
          "sandbox: 'off'",
        ),
      ),
    ).toMatchObject({
      ok: true,
      value: {
        slots: { start: 1, cap: 2 },
        limits: { file_kilobytes: 7.5, task_minutes: 0.5 },
        approvers: { permission: 'admin', users: ['octo-cat', 'hubot_1'], second_person: true },
        review: 'all',
        review_model: 'claude-sonnet-5-5',
        worker_pull_requests: false,
        sandbox: 'off',
      },
    }))

  it('keep what another agent obeys from every task, while one works', () => {
    const own = [
      'AGENTS.md',
      'a/b/CLAUDE.md',
      'GEMINI.md',
      '.claude/settings.json',
      'a/.claude/hooks/x.sh',
      '.mcp.json',
    ]
    const more = [
      '.codex/config.toml',
      '.gemini/settings.json',
      'opencode.jsonc',
      '.opencode/agent/x.md',
      '.aider.conf.yml',
    ]
    const paths = [...own, ...more, '.env', 'src/agents.ts', 'docs/claude.html']
    const touched = (text: string) => {
      const settings = readSettings(text)
      return settings.ok ? protectedAmong(paths, settings.value) : settings.error
    }
    expect(touched('worker: { command: [codex] }')).toEqual(paths.slice(0, -2))
    expect(touched('protected_paths: [docs/**]\nworker: { command: [codex] }')).toEqual([
      ...paths.slice(0, -2),
      paths.at(-1),
    ])
    expect(touched('worker: { network: true }')).toEqual([])
  })

  it('let a task with another agent write whole folders, and name no file that the agent obeys', () => {
    const settings = readSettings('worker: { command: [codex] }')
    const of = (glob: string) => (settings.ok ? touchedProtected(glob, protectedGlobs(settings.value)) : settings.error)
    expect(['src/**', 'docs/*.md', 'docs/AGENTS.md', '.claude/**'].map(of)).toEqual([
      null,
      null,
      '**/AGENTS.md',
      '**/.claude/**',
    ])
  })

  it('let agents run any command only where a sandbox runs', () => {
    const commandsOf = (text: string) => {
      const settings = readSettings(text)
      return settings.ok ? agentCommandsOf(settings.value) : settings.error
    }
    expect(commandsOf('')).toBe('sandboxed')
    expect(commandsOf('merge: review')).toBe('sandboxed')
    expect(commandsOf('agent_commands: listed')).toBe('listed')
    expect(commandsOf('sandbox: off')).toBe('listed')
    // A run of an earlier version: its approval was for the commands of the plan.
    expect(agentCommandsOf(settingsSchema.parse({}))).toBe('listed')
  })

  it('let commands reach no host, or those that are named', () => {
    const hosts = (text: string) => {
      const settings = readSettings(text)
      return settings.ok ? settings.value.network.allow : settings.error.length
    }
    expect(hosts('')).toEqual([])
    expect(hosts('network: { allow: [registry.npmjs.org, pypi.org] }')).toEqual(['registry.npmjs.org', 'pypi.org'])
    for (const host of [
      '"*"',
      '"*.npmjs.org"',
      'localhost',
      '10.0.0.1',
      'https://npmjs.org',
      'npmjs.org:8080',
      'npmjs',
    ])
      expect(hosts(`network: { allow: [${host}] }`)).toBe(1)
  })

  it('prepare slots by lists of words', () => {
    expect(readSettings('setup: [[npm, ci]]')).toMatchObject({ ok: true, value: { setup: [['npm', 'ci']] } })
    for (const text of ['setup: [npm ci]', 'setup: npm ci', 'setup: [[]]']) expect(readSettings(text).ok).toBe(false)
  })

  it('of a run of an earlier version let commands reach no host', () =>
    expect(settingsSchema.parse({}).network).toEqual({ allow: [] }))

  it('take `off` without quotes for the word that it is', () =>
    expect(readSettings('sandbox: off')).toMatchObject({ ok: true, value: { sandbox: 'off' } }))
})

describe('settings that are refused', () => {
  it.each([
    ['slots:\n  strat: 2', 'Line 2: `strat` is not a known key here. Did you mean `start`?'],
    ['merge: auto\n\napprover: {}', 'Line 3: `approver` is not a known key here. Did you mean `approvers`?'],
    [
      'approvers:\n  teams: [core]',
      'Line 2: `teams` is not a known key here. The keys are `permission`, `users` and `second_person`.',
    ],
    [
      'colour:',
      'Line 1: `colour` is not a known key here. The keys are `slots`, `limits`, `approvers`, `mode`, `explore_model`, `plan_model`, `worker_model`, `review`, `review_model`, `effort`, `budget`, `prices`, `worker`, `plan`, `commits`, `merge`, `label`, `notify`, `reviewers`, `auto_merge`, `worker_pull_requests`, `keep_branches`, `protected_paths`, `known_secrets`, `commands`, `agent_commands`, `setup`, `network`, `baseline` and `sandbox`.',
    ],
    ['slots: 4', 'Line 1: `slots` must be keys with values, not `4`.'],
    ['slots: { start: "4" }', 'Line 1: `slots.start` must be a number, not the text `4`.'],
    ['limits:\n  tasks: 1.5', 'Line 2: `limits.tasks` must be a whole number, not `1.5`.'],
    ['limits:\n  tasks: 501', 'Line 2: `limits.tasks` must be 500 at most.'],
    ['limits:\n  files: 0', 'Line 2: `limits.files` must be at least 1.'],
    ['limits:\n  task_minutes: 0', 'Line 2: `limits.task_minutes` must be more than 0.'],
    ['merge: maybe', 'Line 1: `merge` must be `auto` or `review`, not the text `maybe`.'],
    ['sandbox: false', 'Line 1: `sandbox` must be `bubblewrap` or `off`, not `false`.'],
    [
      'worker_pull_requests: yes',
      'Line 1: `worker_pull_requests` must be `true`, `false` or `review-only`, not the text `yes`.',
    ],
    [
      'protected_paths: infra/**',
      'Line 1: `protected_paths` must be a list, not the text `infra/**`: write `[infra/**]`.',
    ],
    ['protected_paths:\n  - infra/**\n  -', 'Line 3: `protected_paths[1]` must be text, not nothing.'],
    ['commands: [7]', 'Line 1: `commands[0]` must be text, not `7`: write it in quotes, `"7"`.'],
    ['- slots', 'The text must be keys with values, not a list.'],
    ['slots', 'The text must be keys with values, not the text `slots`.'],
  ])('%j: %s', (text, problem) => expect(problems(text)).toEqual([expect.stringContaining(problem)]))

  it('are refused with every problem, in the order of the lines', () =>
    expect(problems('merge: maybe\nslots:\n  strat: 2\n  cap: many').map((problem) => problem.slice(0, 6))).toEqual([
      'Line 1',
      'Line 3',
      'Line 4',
    ]))
})

describe('settings that would never match anything', () => {
  it.each([
    [
      'protected_paths:\n  - a/**\n  - /b',
      'Line 3: `protected_paths` `/b`: it must start at the root of the repository, without a `/`.',
    ],
    ['protected_paths: [infra/]', 'Line 1: `protected_paths` `infra/`: for a folder and all in it, write `infra/**`.'],
    [
      'protected_paths: ["keys/[a-z].pem"]',
      'Line 1: `protected_paths` `keys/[a-z].pem`: sets and groups are not supported; use `?` or `*` instead.',
    ],
    [
      'approvers:\n  users:\n    - "@octocat"',
      'Line 3: `approvers.users` `@octocat`: write the login alone, without `@`.',
    ],
    [
      'commands:\n  - npm\n  - npm test',
      'Line 3: `commands` `npm test`: name the program alone, without its arguments.',
    ],
  ])('%j: %s', (text, problem) => expect(problems(text)).toEqual([problem]))
})

describe('settings that contradict each other', () => {
  it.each([
    ['slots:\n  start: 9', 'Line 2: `slots.start` 9 is over `slots.cap` 8: lower the first or raise the second.'],
    [
      'slots:\n  start: 3\n  cap: 2',
      'Line 2: `slots.start` 3 is over `slots.cap` 2: lower the first or raise the second.',
    ],
    [
      'slots:\n  life_minutes: 1\n  idle_seconds: 61',
      'Line 3: `slots.idle_seconds` 61 is longer than `slots.life_minutes` 1',
    ],
    ['budget:\n  task_usd: 11', 'Line 2: `budget.task_usd` 11 is over `budget.usd` 10'],
    ['budget: { usd: 1, task_usd: 1.5 }', 'Line 1: `budget.task_usd` 1.5 is over `budget.usd` 1'],
    [
      'sandbox: off\nagent_commands: sandboxed',
      'Line 2: `agent_commands: sandboxed` needs a sandbox, and `sandbox: off` removes it',
    ],
    ['protected_paths:\n  - a\n  - "**"', 'Line 3: `protected_paths` `**` protects every file'],
  ])('%j: %s', (text, problem) => expect(problems(text)).toEqual([expect.stringContaining(problem)]))

  it('are told all at once, in the order of the lines', () =>
    expect(
      problems('budget: { usd: 1, task_usd: 2 }\ncommands: [a b]\nslots: { start: 9 }').map((it) => it.slice(0, 6)),
    ).toEqual(['Line 1', 'Line 2', 'Line 3']))

  it('are no default and a limit that is written out: the default gives way', () =>
    expect(readSettings('slots: { cap: 2 }\nbudget: { usd: 1, task_usd: }')).toMatchObject({
      ok: true,
      value: { slots: { start: 2, cap: 2 }, budget: { usd: 1, task_usd: 1 } },
    }))
})

describe('settings that are warned of', () => {
  it('are allowed hosts where no sandbox holds commands to them', () =>
    expect(warnings('sandbox: off\nnetwork:\n  allow: [pypi.org]')).toEqual([
      expect.stringContaining('Line 1: `sandbox: off` runs'),
      'Line 3: `network.allow` has no effect under `sandbox: off`: commands of tasks reach every host.',
    ]))

  const warnings = (text: string) => {
    const judged = judgeSettings(text)
    return judged.ok ? judged.value.warnings.map(inLine) : judged.error.map(inLine)
  }

  it.each([
    ['merge: auto\nsandbox: off', 'Line 2: `sandbox: off` runs the commands of tasks without isolation'],
    ['merge: auto\ncommands: [npm]', 'Line 2: `commands` does not limit agents'],
    ['plan_model: gpt', 'Line 1: `plan_model` `gpt` has no price'],
    ['explore_model: gpt', 'Line 1: `explore_model` `gpt` has no price'],
    ['worker_model:\n  strong: gpt', 'Line 2: `worker_model.strong` `gpt` has no price'],
    ['worker: { env: [KEY] }', 'Line 1: `worker.env` changes nothing without `worker.command`.'],
    ['worker: { network: true }', 'Line 1: `worker.network` changes nothing without `worker.command`.'],
    ['worker: { command: [claude, -p] }', 'Line 1: `worker.command` does not contain `{prompt_file}`'],
    [
      "worker:\n  command: [claude, '{prompt_file}']\n  env: [KEY, GITHUB_TOKEN]",
      'Line 3: `worker.env` `GITHUB_TOKEN` is never passed on',
    ],
    ['approvers: { users: [Mona, mona], second_person: true }', 'Line 1: `approvers.users` names one person'],
  ])('%j: %s', (text, warning) => {
    expect(warnings(text)).toEqual([expect.stringContaining(warning)])
    expect(readSettings(text).ok).toBe(true)
  })

  it.each([
    '',
    'plan_model: gpt\nprices: { gpt: { input: 1, output: 1, cache_read: 1, cache_write: 1 } }',
    "worker: { command: [x, '{prompt_file}'] }\nworker_model: { cheap: gpt }",
    'approvers: { users: [mona, ada], second_person: true }',
    'commands: [npm]\nagent_commands: listed',
    'commands: [npm]\nagent_commands: sandboxed',
    "commands: [npm]\nworker: { command: [x, '{prompt_file}'] }",
  ])('are not %j', (text) => expect(warnings(text)).toEqual([]))
})

describe('a command that is written as one line', () => {
  it.each([
    ['worker: { command: claude -p }', 'write `[claude, -p]`.'],
    ['worker: { command: [claude -p, x] }', 'each word is an item of its own: write `[claude, -p]`.'],
    [`worker: { command: 'node "a b.js" ''{prompt_file}''' }`, 'write `[node, "a b.js", "{prompt_file}"]`.'],
    ['worker: { command: "a && b" }', 'write `[sh, -c, "a && b"]`.'],
  ])('%j: %s', (text, problem) => expect(problems(text)).toEqual([expect.stringContaining(problem)]))
})

describe('YAML that is refused', () => {
  it.each([
    ['merge: auto\nmerge: auto', 'Line 2: The key `merge` is given in lines 1 and 2: keep one of them.'],
    ['slots:\n  cap: 1\n  start: 1\n  cap: 2', 'Line 4: The key `cap` is given in lines 2 and 4: keep one of them.'],
    ['slots: { cap: 1, cap: 2 }', 'Line 1: The key `cap` is given twice: keep one of them.'],
    ['slots:\n\tstart: 1', 'Line 2: A tab indents this line, and YAML allows only spaces.'],
    [
      'slots:\n    cap: 1\n   start: 1',
      'Line 3: The indentation of this line does not match: lines of one list, or keys of one object, begin in the same column',
    ],
    ['mode: "strict\nmerge: auto', 'Line 1: `"` is not closed: add the `"`.'],
    ["mode: 'strict\nmerge: auto", "Line 1: `'` is not closed: add the `'`."],
    ['commands: [npm,\nmerge: auto', 'Line 1: `[` is not closed: add the `]`.'],
    ['slots: { cap: 1\nmerge: auto', 'Line 1: `{` is not closed: add the `}`.'],
    [
      'merge: auto\nreview',
      'Line 2: `review` is neither a key with a value, such as `key: value`, nor an item of a list',
    ],
    [
      'mode\nmerge: auto',
      'Line 1: `mode` is neither a key with a value, such as `key: value`, nor part of the value above.',
    ],
    ['mode: a: b', 'Line 1: A key follows a value on the same line: quote a value that contains `: `'],
    ['users: @mona', 'Line 1: A value that begins with `@` needs quotes.'],
    ['commands: - npm', 'Line 1: A list begins on the line below its key, or is written as `[a, b]`.'],
    ['mode: "a" b', 'Line 1: `b` is not expected here: check quotes, brackets and indentation'],
    ['mode: "\\q"', 'Line 1: `\\q` is not an escape in double quotes: double the backslash, or use single quotes.'],
    ['commands: [a,#c\n]', 'Line 1: A space is missing before the `#` of a comment.'],
    ['merge: !!binary YXV0bw==', 'Line 1: `!!binary` is a tag, and tags are not supported here'],
    ['merge: !auto x', 'Line 1: `!auto` is a tag, and tags are not supported here'],
    ['1: 2', 'Line 1: `1` is not a known key here. The keys are'],
    ['? [a]\n: b', 'Line 1: A key must be text: quote a value that begins with `{` or `[`'],
    ['mode: soft\nmerge: *nobody', 'Line 2: `*nobody` repeats what `&nobody` names, and there is no such name above'],
    ['commands: &all [*all]', 'Line 1: An anchor cannot contain itself.'],
    ['merge: auto\n---\nmerge: review', 'Line 2: `---` begins a second document, and only one is read: remove it.'],
    ['__proto__: { merge: review }', 'Line 1: `__proto__` is not a known key here. The keys are'],
    ['constructor: 1', 'Line 1: `constructor` is not a known key here. The keys are'],
  ])('%j: %s', (text, problem) => expect(problems(text)).toEqual([expect.stringContaining(problem)]))

  it('does not fill the memory', () => {
    const bomb = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? '[x]' : `[${Array.from({ length: 10 }, () => `*l${level - 1}`).join(', ')}]`
      return `l${level}: &l${level} ${inner}`
    })
    const seconds = computeSeconds(() => {
      expect(problems(bomb.join('\n'))).toEqual([expect.stringContaining('would expand to too much text')])
    })
    expect(seconds).toBeLessThan(5)
  })

  it('tells fifty problems at most', () =>
    expect(problems(Array.from({ length: 200 }, (_, index) => `key${index}: 1`).join('\n'))).toHaveLength(50))
})

describe("the action's input `settings`", () => {
  it('replaces keys of the file, also keys within keys, and leaves the others', () => {
    const file = 'slots: { start: 2, idle_seconds: 90 }\nmerge: review\ncommands: [npm]\n'
    const read = readSettings(file, '{"slots":{"idle_seconds":20},"commands":["node"],"baseline":"off"}')
    expect(read).toMatchObject({
      ok: true,
      value: { slots: { start: 2, idle_seconds: 20 }, merge: 'review', commands: ['node'], baseline: 'off' },
    })
  })

  it('counts without a file, and is nothing if it is empty', () => {
    expect(readSettings(null, 'merge: review')).toMatchObject({ ok: true, value: { merge: 'review' } })
    expect(readSettings('merge: review', ' \n')).toEqual(readSettings('merge: review'))
  })

  it('keeps the files of another agent from tasks, as the file would', () => {
    const read = readSettings(null, '{"worker":{"command":["sh","{prompt_file}"]}}')
    expect(read.ok && read.value.protected_paths).toContain('**/CLAUDE.md')
  })

  it('is named by what is wrong with it, and the file by its line', () => {
    expect(readSettings(null, 'merg: review')).toEqual({
      ok: false,
      error: ['The input `settings` of the action: `merg` is not a known key here. Did you mean `merge`?'],
    })
    expect(readSettings(null, 'a: [')).toMatchObject({
      ok: false,
      error: [expect.stringContaining('The input `settings`')],
    })
    expect(readSettings('slots: { cap: 2 }', 'slots: { start: 3 }')).toMatchObject({ ok: false })
    expect(readSettings('merg: review', 'merge: review')).toMatchObject({
      ok: false,
      error: [expect.stringMatching(/^Line 1/)],
    })
  })
})
