import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/core/command/decide.ts'
import type { CommandFacts } from '../../../src/core/command/decision.ts'
import type { Command } from '../../../src/core/command/grammar.ts'
import { replayOn } from '../../../src/core/run/evolve.ts'
import type { ActiveRun, LiveRun, RunState } from '../../../src/core/run/state.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { agentPlan, agentTask, followed, idOf, planning, proposal } from '../../support/planning.ts'
import { asks, proposed, running, shaOf, someone } from '../../support/run.ts'

const say = (state: RunState, command: Command, about: Partial<CommandFacts> = {}) =>
  decide(state, asks(command, about))
const codeOf = (decided: ReturnType<typeof decide>) => (decided.ok ? decided.value.answer.code : decided.error.reason)
const typesOf = (decided: ReturnType<typeof decide>) => (decided.ok ? decided.value.events.map(({ type }) => type) : [])
const detailOf = (decided: ReturnType<typeof decide>) =>
  !decided.ok && 'detail' in decided.error ? decided.error.detail : ''

const approve = (planId: string | null = null): Command => ({ name: 'approve', planId, task: null, only: null })
const revise: Command = { name: 'revise', words: 'split t3 in two' }
const reject: Command = { name: 'reject', why: 'no' }
const off: Command = { name: 'plan-off' }
const answer = (words: string): Command => ({ name: 'answer', words })

const plan = agentPlan('a > b, c')
const head = { ...plan, tasks: [] }
const later = agentPlan('a > b, c', { title: 'Another plan' })

const written = (mode: 'strict' | 'soft' | 'off' = 'strict'): LiveRun => followed(planning(mode), proposal(plan))
/** In `soft` and `off`, with the head of the plan and its first task there. */
const open = (mode: 'soft' | 'off'): ActiveRun =>
  followed(
    planning(mode),
    { type: 'plan_begun', plan: head, planId: 'a'.repeat(64), trunk: shaOf('trunk') },
    { type: 'task_planned', planned: agentTask('a'), notes: [] },
  )
const questions = [
  { id: 'format', question: 'Which format?', options: ['JSON', 'YAML'], default: 'JSON' },
  { id: 'name', question: 'Which name?', options: [], default: 'tributary' },
]
const asking = (): LiveRun => followed(planning(), { type: 'questions_asked', questions })

describe('/approve while the plan is being written', () => {
  it.each([
    ['nothing but its base is known', planning(), 'It is still being written.'],
    ['questions are open', asking(), 'It waits for answers to its questions: `/answer` gives them.'],
    ['tasks come one by one', open('soft'), 'It is still being written.'],
    [
      'another version was asked for',
      followed(written(), { type: 'revision_requested', words: 'smaller' }),
      'Another version was asked for and is being written.',
    ],
  ])('is not ready: %s', (_, state, detail) => {
    const decided = say(state, approve())
    expect([codeOf(decided), detailOf(decided)]).toEqual(['plan-not-ready', detail])
    expect(codeOf(say(state, approve(idOf(plan))))).toBe('plan-not-ready')
  })

  it('says that there is nothing to approve where not even the planning has begun', () => {
    expect(codeOf(say(asRequested(), approve()))).toBe('nothing-to-approve')
  })
})

/** As `/plan` left it: nobody has looked at the issue yet. */
const asRequested = (): LiveRun => ({ ...planning(), planning: null }) as LiveRun

describe('/approve of a run that is at work already', () => {
  it('lets land in soft mode what started before it', () => {
    const state = written('soft')
    const decided = say(state, approve(idOf(plan)))
    expect(decided).toMatchObject({ ok: true, value: { answer: { code: 'approved', running: true } } })
    if (!decided.ok) throw new Error('refused')
    expect(replayOn(state, decided.value.events)).toMatchObject({ phase: 'active', work: { approved: null } })
    expect(codeOf(say(written('soft'), approve()))).toBe('approved')
  })

  it('changes nothing where no approval is waited for', () => {
    expect([codeOf(say(written('off'), approve())), typesOf(say(written('off'), approve()))]).toEqual([
      'already-done',
      [],
    ])
  })

  it('approves the part that goes beyond what was approved', () => {
    const grown = agentPlan('a > b, c, d')
    const state = followed<ActiveRun>(
      written(),
      { type: 'plan_approved', planId: idOf(plan), only: null },
      { type: 'plan_amended', cause: 'expand', of: 'c', plan: grown, planId: idOf(grown), within: false, notes: [] },
    )
    expect(state.work.approved).toEqual(['a', 'b', 'c'])
    expect(codeOf(say(state, approve(idOf(plan))))).toBe('plan-outdated')
    const decided = say(state, approve(idOf(grown)))
    if (!decided.ok) throw new Error('refused')
    expect(replayOn(state, decided.value.events)).toMatchObject({ work: { approved: null } })
  })
})

describe('/revise', () => {
  it.each([
    ['while it is planned', planning()],
    ['while questions are open', asking()],
    ['when it is proposed', written()],
    ['in soft mode before anybody approved', written('soft')],
    ['in soft mode while tasks come', open('soft')],
  ])('asks for another version %s', (_, state) => {
    const decided = say(state, revise)
    expect(decided).toMatchObject({
      ok: true,
      value: { answer: { code: 'revising' }, events: [{ type: 'revision_requested', words: 'split t3 in two' }] },
    })
  })

  it('says which questions are open still', () => {
    expect(say(asking(), revise)).toMatchObject({ value: { answer: { open: ['format', 'name'] } } })
  })

  it('makes the approval of the version before count no longer', () => {
    const state = written()
    const decided = say(state, revise)
    if (!decided.ok) throw new Error('refused')
    const revised = followed(replayOn(state, decided.value.events) as LiveRun, proposal(later))
    expect(codeOf(say(revised, approve(idOf(plan)), { key: 'comment:8' }))).toBe('plan-outdated')
    expect(codeOf(say(revised, approve(idOf(later)), { key: 'comment:8' }))).toBe('approved')
  })

  it('comes too late once the plan has passed, and names what can be said instead', () => {
    const approved = followed(written(), { type: 'plan_approved', planId: idOf(plan), only: ['c'] })
    for (const state of [approved, written('off'), open('off')]) {
      const decided = say(state, revise)
      expect(codeOf(decided)).toBe('wrong-phase')
      for (const word of ['/steer', '/retry', '/cancel']) expect(detailOf(decided)).toContain(word)
    }
  })

  it('of a plan by hand is an edit of the issue', () => {
    const decided = say(proposed('a'), revise)
    expect([codeOf(decided), detailOf(decided)]).toEqual([
      'wrong-phase',
      'Its plan was written by hand: edit it in the issue, then `/reject` and `/plan`.',
    ])
    expect(codeOf(say(asRequested(), revise))).toBe('plan-not-ready')
  })
})

describe('/answer', () => {
  it('takes letters, words and defaults, with the name of whoever gave them', () => {
    const decided = say(asking(), answer('1b 2: river'), { person: someone('dora', 'write') })
    expect(decided).toMatchObject({
      ok: true,
      value: {
        answer: { code: 'answered' },
        events: [
          {
            type: 'questions_answered',
            answers: [
              { question: 'format', chosen: 'b', words: 'YAML', by: 'dora' },
              { question: 'name', chosen: null, words: 'river', by: 'dora' },
            ],
          },
        ],
      },
    })
  })

  it('is refused where nothing is asked', () => {
    for (const state of [planning(), written(), proposed('a'), running('a')])
      expect(codeOf(say(state, answer('1a')))).toBe('nothing-asked')
    const answered = say(asking(), answer('1a'))
    if (!answered.ok) throw new Error('refused')
    const state = replayOn(asking(), answered.value.events)
    expect(codeOf(say(state, answer('1b'), { key: 'comment:8' }))).toBe('nothing-asked')
  })

  it('that fits no question names the questions and their letters', () => {
    const decided = say(asking(), answer('1z'))
    expect(codeOf(decided)).toBe('bad-answer')
    expect(!decided.ok && decided.error).toMatchObject({
      questions: ['1. Which format? · 1a: JSON · 1b: YAML · default: JSON', '2. Which name? · default: tributary'],
    })
  })

  it('changes nothing about questions that were answered before', () => {
    const first = followed(asking(), {
      type: 'questions_answered',
      answers: [{ question: 'format', chosen: 'a', words: 'JSON', by: 'ann' }],
    })
    expect(say(first, answer('1b 2: river'))).toMatchObject({
      value: { events: [{ answers: [{ question: 'name', words: 'river' }] }] },
    })
  })
})

describe('/reject', () => {
  it.each([
    ['while it is planned', planning(), false],
    ['while questions are open', asking(), false],
    ['in soft mode while tasks come', open('soft'), true],
    ['in soft mode before anybody approved', written('soft'), true],
  ])('ends a run %s', (_, state, begun) => {
    const decided = say(state, reject)
    expect(decided).toMatchObject({ ok: true, value: { answer: { code: 'rejected', begun } } })
    if (!decided.ok) throw new Error('refused')
    expect(replayOn(state, decided.value.events)).toMatchObject({ phase: 'ended', conclusion: 'rejected' })
  })

  it('comes too late once the plan has passed', () => {
    const approved = followed(written('soft'), { type: 'plan_approved', planId: idOf(plan), only: null })
    for (const state of [approved, open('off')]) expect(codeOf(say(state, reject))).toBe('wrong-phase')
  })
})

describe('/plan off', () => {
  it('starts a plan that waits for its approval', () => {
    const state = written()
    const decided = say(state, off)
    expect(decided).toMatchObject({ ok: true, value: { answer: { code: 'gate-off', started: true, to: null } } })
    if (!decided.ok) throw new Error('refused')
    expect(replayOn(state, decided.value.events)).toMatchObject({
      phase: 'active',
      work: { mode: 'off', approved: null },
    })
  })

  it('starts a plan by hand too', () => {
    expect(typesOf(say(proposed('a'), off))).toEqual(['gate_switched_off'])
  })

  it('while the plan is written lets its tasks start as they come', () => {
    const state = planning()
    const decided = say(state, off)
    expect(decided).toMatchObject({ value: { answer: { started: false } } })
    if (!decided.ok) throw new Error('refused')
    const begun = followed(replayOn(state, decided.value.events) as LiveRun, {
      type: 'plan_begun',
      plan: head,
      planId: 'a'.repeat(64),
      trunk: shaOf('trunk'),
    })
    expect(begun).toMatchObject({ phase: 'active', work: { mode: 'off', approved: null } })
  })

  it('is refused where the base moved in a path of the plan, as an approval is', () => {
    const moved = { to: shaOf('new'), paths: ['a/x'], settingsChanged: false }
    expect(codeOf(say(written(), off, { drift: moved }))).toBe('plan-stale')
    const elsewhere = say(written(), off, { drift: { ...moved, paths: [] } })
    expect([codeOf(elsewhere), typesOf(elsewhere)]).toEqual(['gate-off', ['gate_switched_off', 'base_moved']])
  })

  it('starts nothing by the way that somebody asked to have changed', () => {
    expect(codeOf(say(followed(written(), { type: 'revision_requested', words: 'smaller' }), off))).toBe(
      'plan-not-ready',
    )
  })

  it('changes nothing the second time', () => {
    for (const state of [written('off'), open('off'), planning('off')])
      expect([codeOf(say(state, off)), typesOf(say(state, off))]).toEqual(['already-done', []])
  })

  it('waits until it is known what is planned', () => {
    expect(codeOf(say(asRequested(), off))).toBe('plan-not-ready')
  })
})

describe('who may', () => {
  const settings = settingsSchema.parse({ approvers: { users: ['alice'], second_person: true } })
  const writer = { settings, person: someone('writer', 'write') }

  it('open a gate or raise the limit of money: those who may approve', () => {
    for (const command of [off, { name: 'budget', usd: 50 } as const]) {
      expect(codeOf(say(written(), command, writer))).toBe('not-an-approver')
      expect(codeOf(say(written(), command, { settings, person: someone('alice') }))).not.toBe('not-an-approver')
      expect(codeOf(say(written(), command, { person: someone('reader', 'read') }))).toBe('not-permitted')
    }
  })

  it('shape the plan by words: everybody who may command, and nobody else', () => {
    for (const [state, command] of [
      [written(), revise],
      [asking(), answer('1a')],
    ] as const) {
      expect(say(state, command, writer).ok).toBe(true)
      expect(codeOf(say(state, command, { person: someone('outsider', 'none') }))).toBe('not-permitted')
      expect(codeOf(say(state, command, { person: someone('app[bot]', 'admin', 'Bot') }))).toBe('bots-may-not')
    }
  })
})

describe('/plan status', () => {
  it('is for everybody, at any time', () => {
    for (const state of [planning(), written(), open('soft'), running('a')])
      expect(codeOf(say(state, { name: 'plan-status' }, { person: someone('outsider', 'none') }))).toBe('plan-status')
  })
})
