import { describe, expect, it } from 'vitest'
import type { Measurements } from '../../../src/core/money/measurements.ts'
import type { Plan } from '../../../src/core/plan/plan.ts'
import { planIdOf, shortPlanId } from '../../../src/core/plan/plan-id.ts'
import { forecastOf } from '../../../src/core/prediction/forecast.ts'
import type { AgentCommands } from '../../../src/core/settings.ts'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { planCanBeShown, renderPlanComment } from '../../../src/render/plan/plan-comment.ts'
import { renderProposed } from '../../../src/render/reply/replies.ts'
import { planOf, taskNamed } from '../../support/plan.ts'
import { cases } from '../../support/random.ts'
import { allNodes, parse, randomMarkdown } from '../support/markdown.ts'
import {
  approved,
  byAgents,
  example,
  explored,
  landed,
  planned,
  planningBegun,
  proposed,
  queued,
  requested,
  settings,
  sha,
  stage,
  startedByAgent,
  type TimedEvent,
  verifiedByAgent,
} from '../support/runs.ts'

const plan = {
  ...byAgents(example),
  approach: 'Start with the type.',
  assumptions: ['Nobody stores floats.'],
  non_goals: ['Currencies'],
  critical_files: ['src/money.ts'],
  questions: [{ id: 'q', question: 'Round how?', options: ['half up', 'half even'], default: 'half up' }],
  tasks: byAgents(example).tasks.map((task) =>
    task.id === 'rules'
      ? {
          ...task,
          goal: 'Rounds half up.',
          steps: ['Read the law'],
          risk: 'The law changes.',
          model_tier: 'strong' as const,
        }
      : task,
  ),
}
const planning: TimedEvent[] = [
  requested(),
  planningBegun(),
  ...stage('explore#1', 'explore', 0.02),
  explored('src'),
  { type: 'questions_asked', questions: plan.questions },
  {
    type: 'questions_answered',
    by: 'dora',
    answers: [{ question: 'q', chosen: 'b', words: 'half even', by: 'dora' }],
  },
  ...stage('design#1', 'plan', 0.3),
]
const run = planned(...planning, proposed(plan))

function withForecast(of: Plan, measured: Measurements): TimedEvent {
  const event = proposed(of)
  if (event.type !== 'plan_proposed') throw new Error('no plan')
  return { ...event, forecast: forecastOf(of, settings(), measured, 0.32) }
}
const comment = renderPlanComment(run)
const linesOf = (...events: TimedEvent[]) => renderPlanComment(planned(...events)).split('\n')

describe('a plan whose parts gain little beside each other', () => {
  const chained = (graph: string) => linesOf(...planning, proposed(byAgents(planOf(graph))))
  it('says why it is not one task all the same', () =>
    expect(chained('a > b > c > d > e')).toContain(
      '- 48 min 30 s with 4 slots, 48 min 30 s with 8: 0.9 times as fast as one task at a time. This includes starting slots, reading and landing, which the two times above leave out. It stays in parts, since one agent for all of it would need about 104 turns, and an attempt has 60.',
    ))
  it('says that one would do where it would', () =>
    expect(chained('a > b').join('\n')).toContain(' One task would do as well.'))
})
/** The line to copy, which stands alone. */
const last = (lines: readonly string[]) => lines.find((line) => /^\/approve [0-9a-f]{12}$/.test(line)) ?? ''
const approveLine = (plan: Parameters<typeof byAgents>[0]) =>
  `/approve ${shortPlanId(planIdOf({ plan, base: sha('base'), settingsBlob: '', settings: run.work.settings }))}`

/** Mentions and references that GitHub would find; text in code is left out. */
function references(nodes: ReturnType<typeof allNodes>): string[] {
  let isCode = false
  return nodes.flatMap((node) => {
    if (node.type === 'html') isCode = node.value === '<code>' || (isCode && node.value !== '</code>')
    return node.type === 'text' && !isCode ? (node.value.match(/@[a-z]+|#\d+/g) ?? []) : []
  })
}

describe('the plan comment of a plan by a model', () => {
  it('shows everything that the plan says', () => {
    for (const line of [
      '**Approach**',
      '> Start with the type.',
      '**Critical files**',
      '- `src/money.ts`',
      '**Risks**',
      '- rules: The law changes.',
      '**Assumptions**',
      '- Nobody stores floats.',
      '**Not part of it**',
      '- Currencies',
      '**1.** Round how?',
      '- Answer of dora: `1b` half even',
      '- Goal: Rounds half up.',
      '- Step 1: Read the law',
      '(trunk)  verification  npm test',
    ])
      expect(comment.split('\n')).toContain(line)
  })

  it('says whether an approval allows any command in the sandbox, or the listed ones', () => {
    const withCommands = { ...plan, tasks: plan.tasks.map((task) => ({ ...task, commands: [['npm', 'test', '--']] })) }
    const commentOf = (agent_commands: AgentCommands) =>
      renderPlanComment(planned(...planning, proposed(withCommands, { agent_commands })))
    expect(commentOf('sandboxed')).toContain('**they run any command they choose**, in the sandbox only')
    const listed = commentOf('listed')
    expect(listed).toContain('they run the commands of this plan, and no others (`agent_commands: listed`)')
    expect(listed).toMatch(/^\S+ +agent +npm test -- {2}\(and any words behind it\)$/m)
  })

  it('names the model and the size of each task', () => {
    expect(comment).toContain(
      '**`types` A type for amounts** (small)\n\n- Writes: `src/money.ts`\n- Worker: an agent, `claude-sonnet-5-5`\n- Acceptance: `npm test`',
    )
    expect(comment).toMatch(/\*\*`rules` .*\*\* \(large\)\n\n.*\n.*\n- Worker: an agent, `claude-opus-5-5`/)
    expect(comment).toContain(
      'agents on `claude-haiku-5-5`, `claude-sonnet-5-5`, `claude-opus-5-5`, 60 turns and 2.00 USD',
    )
  })

  it('names what it has cost, what the work will cost either way, the limit, and how the numbers were estimated', () => {
    expect(comment).toContain('- The plan itself has cost 0.32 USD')
    expect(comment).toMatch(/^- \*\*About \d+\.\d\d USD\*\* for the work; the limit is 10\.00 USD$/m)
    expect(comment).toContain(
      '- A model reviews risky results, of which nothing is known before: at most 0.50 USD each, beside the work',
    )
    expect(comment).toContain('Assumes 8, 20 and 40 turns of an agent')
    const poor = renderPlanComment(
      planned(requested(), planningBegun('strict', { budget: { usd: 0.5 } }), proposed(plan, { budget: { usd: 0.5 } })),
    )
    expect(poor).toContain('the limit is 0.50 USD, **which is likely not enough: the run then pauses and asks you**')
  })

  it('says that the numbers are a guess as long as no task has finished', () =>
    expect(comment).toContain(
      'No finished tasks of these sizes and models to go by: a guess. The times assume 3 minutes',
    ))

  it('predicts from finished tasks, with their spread, and says for which tasks it has to guess', () => {
    const minutes = { low: 1, likely: 2, high: 4 }
    const kind = { size: 'small', worker: 'agent', model: 'claude-sonnet-5-5', tasks: 34 } as const
    const kinds = [{ ...kind, minutes, usd: { low: 0.1, likely: 0.2, high: 0.3 } }]
    const measured = { runs: 5, tasks: 40, kinds, plannerUsd: { low: 0.05, likely: 0.1, high: 0.2 } }
    const small = { ...plan, tasks: plan.tasks.map((task) => ({ ...task, size: 'small' as const })) }
    const textOf = (from: Plan) => renderPlanComment(planned(...planning, withForecast(from, measured)))
    const all = textOf({ ...small, tasks: small.tasks.map((task) => ({ ...task, model_tier: 'default' as const })) })
    expect(all).toMatch(/^- \*\*About \S+ min.* \(.+ to .+\)\*\* with 4 slots; .+ one task at a time/m)
    expect(all).toContain('- **About 1.60 USD (0.80 USD to 2.40 USD)** for the work; the limit is 10.00 USD')
    expect(all).toContain(
      '- Predicted cost of the whole run, planner and reviews included: 2.02 USD (1.17 USD to 2.92 USD)',
    )
    expect(all).toContain('From 40 finished tasks of 5 runs here: the median and, in brackets,')
    expect(all).not.toContain('a guess')
    const some = textOf(small)
    expect(some).toContain('That holds for 7 of the 8 tasks; the others are a guess. The times assume')
  })

  it('says so where another program works on the tasks', () => {
    const command = ['codex', 'exec', '{prompt_file}']
    const text = renderPlanComment(
      planned(requested(), planningBegun(), proposed(plan, { worker: { command, network: true } })),
    )
    expect(text).toContain('- Workers: `codex exec "{prompt_file}"`, **with the network**')
    expect(text).toContain('- **The program `codex exec "{prompt_file}"` has the network.**')
    expect(text).toContain('- **Money unknown**, since another program works on the tasks; the limit is 10.00 USD')
  })

  it('has the line that approves it alone, and offers another version', () => {
    expect(last(comment.split('\n'))).toBe(approveLine(plan))
    expect(comment).toContain('Or type `/revise -- what to change` for another version, ')
  })

  it('says the same while the run goes on: who approved it, and nothing to approve', () => {
    const begun = [...planning, proposed(plan), approved()]
    const later = planned(...begun, queued('types'), startedByAgent('types'), verifiedByAgent('types'), landed('types'))
    expect(renderPlanComment(later)).toBe(renderPlanComment(planned(...begun)))
    expect(renderPlanComment(later)).toContain('**Approved by bob.** The status comment shows its progress.')
    expect(last(renderPlanComment(later).split('\n'))).toBe('')
  })

  it('says nothing but text, whatever a model wrote', () => {
    for (let seed = 0; seed < cases(12); seed += 1) {
      const words = randomMarkdown(seed, 60)
      const wild = planOf('a > b', {
        title: words.trim().slice(0, 100) || 'x',
        summary: words,
        context: words,
        approach: words,
        assumptions: [words],
        non_goals: [words],
        critical_files: [words],
        questions: [{ id: 'q', question: words, options: [words, words], default: words }],
        tasks: {
          a: { title: words.slice(0, 100) || 'x', goal: words, steps: [words], risk: words, expected_outcome: words },
        },
      })
      const text = renderPlanComment(
        planned(
          ...planning,
          proposed(byAgents(planOf('a > b'))),
          { type: 'revision_requested', by: 'dora', words },
          proposed(byAgents(wild), {}, [words]),
        ),
      )
      const nodes = allNodes(parse(text))
      expect(
        nodes.filter(({ type }) => /^(link|image|linkReference|definition|footnoteReference)$/.test(type)),
      ).toEqual([])
      const tags = nodes.flatMap((node) => (node.type === 'html' ? [node.value] : []))
      expect(
        tags.filter(
          (tag) =>
            !/^(<!-- tributary:plan:42 -->|<\/?(code|span|details|summary)>|<details><summary>.*<\/summary>)$/.test(
              tag,
            ),
        ),
      ).toEqual([])
      expect(references(nodes)).toEqual(['#42'])
      expect(last(text.split('\n'))).toMatch(/^\/approve [0-9a-f]{12}$/)
    }
  })

  it('always fits', () => {
    const long = '|@$'.repeat(5_000)
    const tasks = Array.from({ length: 60 }, (_, index) =>
      taskNamed(`t${index}`, { goal: long, steps: [long, long], risk: long, interface: long }),
    )
    const huge = byAgents({ ...plan, approach: long, summary: long, assumptions: Array(50).fill(long), tasks })
    const both = planned(
      ...planning,
      proposed(plan),
      { type: 'revision_requested', by: 'dora', words: long },
      proposed(huge, {}, [long]),
    )
    expect(byteLength(renderPlanComment(both))).toBeLessThanOrEqual(LIMITS.comment)
    expect(planCanBeShown(both)).toBe(true)
  })
})

describe('another version', () => {
  const next = {
    ...plan,
    title: 'Cents everywhere',
    tasks: plan.tasks
      .filter(({ id }) => id !== 'docs')
      .map((task) =>
        task.id === 'cli' ? { ...task, needs: ['print'], size: 'large' as const, goal: 'Shows *cents*.' } : task,
      )
      .concat(taskNamed('notes', { title: 'Release notes', run: [], needs: ['cli'] })),
  }
  const asked: TimedEvent[] = [
    ...planning,
    proposed(plan),
    { type: 'revision_requested', by: 'dora', words: 'no docs' },
  ]
  const lines = linesOf(...asked, proposed(next))

  it('shows folded what is different, and what was asked for', () => {
    expect(lines).toContain(
      'For issue #42, requested by alice. Version 2. **No task or agent starts, and no code changes, until you approve it.**',
    )
    const id = approveLine(plan).replace('/approve ', '')
    const at = lines.indexOf(`<details><summary>What is different from version 1 (plan <code>${id}</code>)</summary>`)
    expect(lines.slice(at + 1, at + 10)).toEqual([
      '',
      '- Title changed from “Money in cents instead of floats” to “Cents everywhere”',
      '- Added: `notes` Release notes, needs `cli`',
      '- Left out: `docs` Say how amounts are written',
      '- `cli` goal: from nothing to “Shows \\*cents\\*.”',
      '- `cli` needs: from `parse`, `print` to `print`',
      '- `cli` size: from “small” to “large”',
      '',
      '</details>',
    ])
    expect(lines).toContain('- dora: no docs')
  })

  it('is approved by a line of its own', () => {
    expect(last(lines)).toBe(approveLine(next))
    expect(last(lines)).not.toBe(approveLine(plan))
  })

  it('shows long texts from where they begin to differ', () => {
    const long = 'The same words. '.repeat(40)
    const text = renderPlanComment(
      planned(
        ...planning,
        proposed({ ...plan, approach: `${long}Left.` }),
        { type: 'revision_requested', by: 'dora', words: 'x' },
        proposed({ ...plan, approach: `${long}Right.` }),
      ),
    )
    expect(text).toMatch(/- Approach changed from “… .*Left\.” to “… .*Right\.”/)
  })

  it('while it is written takes the line that approves the old one away', () => {
    const waiting = linesOf(...asked)
    expect(waiting.join('\n')).toContain('**Another version is being written.** You can no longer approve this one.')
    expect(waiting.join('\n')).not.toMatch(/\/approve [0-9a-f]{12}/)
    expect(renderProposed(planned(...asked), 50)).not.toContain('/approve')
  })
})

describe('a mode', () => {
  const begun = (mode: 'soft' | 'off'): TimedEvent[] => [
    requested(),
    planningBegun(mode),
    { type: 'plan_begun', plan: { ...plan, tasks: [] }, planId: 'a'.repeat(64), trunk: sha('trunk') },
    ...plan.tasks.slice(0, 2).map((task): TimedEvent => ({ type: 'task_planned', planned: task, notes: [] })),
  ]

  it('in which tasks start as they come shows those that came, and nothing to approve', () => {
    for (const mode of ['soft', 'off'] as const) {
      const lines = linesOf(...begun(mode))
      expect(lines.join('\n')).toContain('**Still being written: 2 tasks so far.** You cannot approve it yet.')
      expect(lines.join('\n')).toContain('`parse` Read amounts without floats')
      expect(lines.join('\n')).not.toMatch(/\/approve [0-9a-f]{12}/)
      expect(lines.join('\n')).not.toContain('How the numbers were estimated')
    }
    expect(renderProposed(planned(...begun('soft')), 50)).toMatch(
      /The plan is being written on #50.*<sub>`plan-begun`<\/sub>/s,
    )
  })

  it('soft says what an approval is for', () => {
    const events: TimedEvent[] = [...begun('soft'), { ...proposed(plan), mode: 'soft' } as TimedEvent]
    const lines = linesOf(...events)
    expect(lines).toContain(
      'For issue #42, requested by alice. **Slots work on it already; nothing lands before you approve it.**',
    )
    expect(last(lines)).toBe(approveLine(plan))
    expect(renderProposed(planned(...events), 50)).toContain('nothing lands before you approve it, there or here:')
  })

  it('off needs no approval, and offers none', () => {
    const events: TimedEvent[] = [...begun('off'), { ...proposed(plan), mode: 'off' } as TimedEvent]
    const text = linesOf(...events).join('\n')
    expect(text).toContain('It runs without an approval; the final pull request is the gate.')
    expect(text).toContain('<summary>Commands that it may run (')
    expect(text).not.toMatch(/\/approve [0-9a-f]{12}/)
    expect(renderProposed(planned(...events), 50)).not.toContain('/approve')
  })
})

describe('a plan that grew', () => {
  const first = byAgents(planOf('a > p, b', { tasks: { p: { kind: 'plan' } } }))
  const grown = byAgents(planOf('a > p > x, b', { tasks: { p: { kind: 'plan' } } }))
  const amended = (within: boolean): TimedEvent[] => [
    ...planning,
    proposed(first),
    approved(),
    {
      type: 'plan_amended',
      cause: 'expand',
      of: 'p',
      plan: grown,
      planId: sha('grown').padEnd(64, '0'),
      within,
      notes: [],
    },
  ]

  it('within what was approved asks for nothing', () => {
    const lines = linesOf(...amended(true))
    expect(lines).toContain('- `p` was turned into `x`; within the paths and commands that were approved')
    expect(lines.join('\n')).not.toMatch(/\/approve [0-9a-f]{12}/)
  })

  it('beyond it asks for an approval of its own', () => {
    const lines = linesOf(...amended(false))
    expect(lines).toContain(
      '- `p` was turned into `x`; **beyond what was approved: nothing of it starts before an approval**',
    )
    expect(last(lines)).toBe(`/approve ${sha('grown').slice(0, 12)}`)
    expect(linesOf(...amended(false), approved())).toContain(
      '- `p` was turned into `x`; beyond what was approved at first, and approved since',
    )
  })
})
