import { describe, expect, it } from 'vitest'
import { parseCommand } from '../../../src/core/command/parse.ts'
import { readAnswers } from '../../../src/core/command/question-answers.ts'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { renderAnswer } from '../../../src/render/reply/replies.ts'
import { renderPlanning, renderQuestions } from '../../../src/render/status/planning-comment.ts'
import { taskNamed } from '../../support/plan.ts'
import { allNodes, nodeTypes, parse, randomMarkdown } from '../support/markdown.ts'
import {
  approved,
  byAgents,
  done,
  example,
  explored,
  live,
  planningBegun,
  projected,
  proposed,
  requested,
  settings,
  stage,
  startedByAgent,
  type TimedEvent,
} from '../support/runs.ts'

const questions = [
  { id: 'format', question: 'Which format?', options: ['JSON', 'YAML'], default: 'YAML' },
  { id: 'name', question: 'What is it called?', options: [], default: 'cents' },
]
const begun: TimedEvent[] = [requested(), planningBegun()]
const looked: TimedEvent[] = [...begun, ...stage('explore#1', 'explore', 0.02), explored('src/money', 'tests')]
const asked: TimedEvent[] = [...looked, { type: 'questions_asked', questions }]
const answered: TimedEvent[] = [
  ...asked,
  {
    type: 'questions_answered',
    by: 'dora',
    answers: [
      { question: 'format', chosen: 'a', words: 'JSON', by: 'dora' },
      { question: 'name', chosen: null, words: 'whole_cents', by: 'dora' },
    ],
  },
]
const planned = (id: string): TimedEvent => ({
  type: 'task_planned',
  planned: taskNamed(id, { title: `Do *${id}*`, needs: id === 'b' ? ['a'] : [] }),
  notes: [],
})
const designing: TimedEvent[] = [
  ...answered,
  { type: 'money_reserved', stage: 'design#1', role: 'plan', usd: 3 },
  planned('a'),
  planned('b'),
]
const drafted: TimedEvent[] = [...designing, { type: 'plan_drafted', plan: byAgents(example), notes: [], problems: [] }]
const status = (...events: TimedEvent[]) =>
  renderAnswer({ code: 'plan-status', run: '42' }, live(...events), settings())

describe('the comment of the planner', () => {
  const titleOf = (events: readonly TimedEvent[]) => renderPlanning(live(...events)).split('\n')[1]

  it('says what is being done', () => {
    expect(titleOf(begun)).toBe('## Planning: exploring')
    expect(titleOf(asked)).toBe('## Planning: waiting for answers')
    expect(titleOf(answered)).toBe('## Planning: designing')
    expect(titleOf(drafted)).toBe('## Planning: critique')
    expect(titleOf([...drafted, { type: 'plan_judged', accepted: true, problems: [] }])).toBe(
      '## Planning: nearly done',
    )
    expect(titleOf([...drafted, { type: 'plan_judged', accepted: false, problems: ['no test'] }])).toBe(
      '## Planning: designing',
    )
    expect(titleOf([...drafted, proposed(byAgents(example))])).toBe('## Planned')
    expect(titleOf([...begun, { type: 'plan_rejected', by: 'bob', why: 'too dear' }])).toBe('## Rejected')
  })

  it('tells how far it is, the tasks so far, and the money', () => {
    const text = renderPlanning(live(...designing))
    const lines = text.split('\n')
    expect(lines[0]).toBe('<!-- tributary:planning:42 -->')
    expect(lines).toContain('The planner writes the plan: 2 tasks so far.')
    for (const line of [
      '- Exploring: done: src/money and tests',
      '- Questions: 2 questions, all answered',
      '- Design: **at work**: 2 tasks so far',
      '- Critique: to come',
      '- `a` Do \\*a\\*',
      '- `b` Do \\*b\\*, needs `a`',
      '| explore, `claude-opus-5-5` | 10 s, 1 attempt, 3 calls | 1,000 fresh, 20,000 cached, 3,000 written, 400 output | 0.020 USD |',
      '- Mode `strict`: no task, no agent and no write before an approval',
      '- Limit of money: 10.00 USD',
    ])
      expect(lines).toContain(line)
  })

  it('names what failed, and what people asked for', () => {
    const lines = renderPlanning(
      live(
        ...looked,
        { type: 'money_reserved', stage: 'design#1', role: 'plan', usd: 3 },
        { type: 'stage_failed', stage: 'design#1', why: 'overloaded, ask @alice' },
        { type: 'revision_requested', by: 'dora', words: 'less, please' },
      ),
    ).split('\n')
    expect(lines).toContain('- `design#1` failed: overloaded, ask @&#8203;alice')
    expect(lines).toContain('- Asked for by dora: less, please')
    expect(lines).toContain(
      '| plan, unknown | 1 s, 1 attempt, 0 calls | 0 fresh, 0 cached, 0 written, 0 output | 3.00 USD (partly unknown) |',
    )
  })

  it.each<[string, TimedEvent[]]>([
    ['done: it found nothing to change', [{ type: 'plan_judged', accepted: true, problems: [] }]],
    ['done: 1 problem; too wide', [{ type: 'plan_judged', accepted: false, problems: ['too wide'] }]],
    [
      'done: 1 problem; too wide; the plan was written again since, and not judged again',
      [
        { type: 'plan_judged', accepted: false, problems: ['too wide'] },
        { type: 'money_reserved', stage: 'design#2', role: 'plan', usd: 3 },
        { type: 'plan_drafted', plan: byAgents(example), notes: [], problems: [] },
      ],
    ],
    [
      'not done, since no critic could be had: overloaded',
      [{ type: 'plan_judged', accepted: true, problems: [], unjudged: 'overloaded' }],
    ],
  ])('says of the critique: %s', (said, events) =>
    expect(renderPlanning(live(...drafted, ...events)).split('\n')).toContain(`- Critique: ${said}`),
  )

  it('stays as it is once the plan is there, whatever the run does', () => {
    const there: TimedEvent[] = [...drafted, proposed(byAgents(example)), projected(['pull:trunk', 50])]
    const before = renderPlanning(live(...there))
    expect(renderPlanning(live(...there, approved(), ...done('types'), startedByAgent('parse')))).toBe(before)
  })

  it('fits and says nothing but text, whatever a model wrote', () => {
    const long = randomMarkdown(7, 400)
    const events: TimedEvent[] = [
      ...begun,
      explored(long, long),
      { type: 'questions_asked', questions: [{ id: 'q', question: long, options: [long], default: long }] },
      { type: 'questions_answered', answers: [{ question: 'q', chosen: 'a', words: long, by: 'dora' }] },
      ...Array.from(
        { length: 500 },
        (_, index): TimedEvent => ({
          type: 'task_planned',
          planned: taskNamed(`t${index}`, { title: long.slice(0, 120) }),
          notes: [],
        }),
      ),
      ...Array.from({ length: 100 }, (): TimedEvent => ({ type: 'revision_requested', by: 'dora', words: long })),
    ]
    const text = renderPlanning(live(...events))
    expect(byteLength(text)).toBeLessThan(LIMITS.comment)
    for (const kind of ['link', 'image', 'footnoteReference']) expect(nodeTypes(text)).not.toContain(kind)
    const html = allNodes(parse(text)).flatMap((node) => (node.type === 'html' ? [node.value] : []))
    expect(html.filter((tag) => !/^(<!-- tributary:planning:42 -->|<\/?(code|span)>)$/.test(tag))).toEqual([])
    expect(text.replace(/`[^`]*`/g, '')).not.toMatch(/@(alice)\b/)
  })
})

describe('the questions', () => {
  const text = renderQuestions(live(...asked))

  it('have numbers, letters, defaults, and the line to type', () => {
    expect(text.split('\n')).toEqual([
      '<!-- tributary:questions:42 -->',
      '## 2 questions before the plan',
      '',
      '@alice The plan depends on the answers, so the planner waits for them.',
      '',
      '**1.** Which format?',
      '',
      '- `1a` JSON',
      '- `1b` YAML **(default)**',
      '',
      '**2.** What is it called?',
      '',
      '- Default: cents',
      '',
      'Type this in a new comment to take every default. Another letter takes another option, words of your own come after a colon, such as `1: words`; a question that is not named takes its default.',
      '',
      '```text',
      '/answer 1b',
      '```',
    ])
  })

  it('offer a line that takes every default, as it is read', () => {
    const [line] = allNodes(parse(text)).flatMap((node) => (node.type === 'code' ? [node.value] : []))
    const command = parseCommand(line ?? '')
    if (command?.ok !== true || command.command.name !== 'answer') throw new Error('no answer')
    expect(readAnswers(command.command.words, questions, 'dora')).toMatchObject({
      value: [
        { question: 'format', words: 'YAML' },
        { question: 'name', words: 'cents' },
      ],
    })
    const wordy = [{ id: 'x', question: 'Why?', options: [], default: 'because' }]
    expect(renderQuestions(live(...looked, { type: 'questions_asked', questions: wordy }))).toContain(
      '\n/answer defaults\n',
    )
  })

  it('show the answers, and who gave them', () => {
    const lines = renderQuestions(live(...answered)).split('\n')
    expect(lines).toContain('## Questions before the plan')
    expect(lines).toContain('- Answer of dora: `1a` JSON')
    expect(lines).toContain('- Answer of dora: whole\\_cents')
    expect(lines.join('\n')).not.toContain('/answer')
  })

  it('fit, however many and long they are', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      id: `q${index}`,
      question: '|'.repeat(5_000),
      options: Array(10).fill('@'.repeat(5_000)),
      default: 'x',
    }))
    const text = renderQuestions(live(...looked, { type: 'questions_asked', questions: many }))
    expect(byteLength(text)).toBeLessThan(LIMITS.comment)
    expect(text).toContain('more questions would not fit')
    expect(text).toContain('/answer defaults')
  })
})

describe('/plan status', () => {
  it('names the stage, the questions that are open with the line to type, and the money', () => {
    const text = status(...asked)
    expect(text).toMatch(/^Run `42`\.\n\n\*\*Planning: waiting for answers\.\*\* 2 questions/)
    expect(text).toContain('**1.** Which format?\n\n- `1a` JSON')
    expect(text).toContain('- `/answer 1b` answers with the defaults')
    expect(text).toContain('Money: 0.020 USD spent, 9.98 USD left of 10.00 USD.')
  })

  it('names the tasks so far, and what was set aside', () => {
    const text = status(...designing)
    expect(text).toContain('- `b` Do \\*b\\*, needs `a`')
    expect(text).toContain('Money: 0.020 USD spent, 3.00 USD reserved for what is at work, 6.98 USD left of 10.00 USD.')
  })

  it('of a plan by hand is how the run stands', () => {
    expect(status(requested(), proposed())).toContain('**Waiting for approval.** The plan has 9 tasks.')
  })
})
