import { describe, expect, it } from 'vitest'
import type { Forge, Located, Projection, Published, Role } from '../../src/ports/forge.ts'

/** A GitHub to look at from the other side. */
export interface Stage {
  forge: Forge
  /** The same hand in another process: it remembers nothing. */
  another(): Forge
  /** An issue that is there, and a number that nothing has. */
  issue: number
  nowhere: number
  /** A commit on the default branch, which is an ancestor of branch `ahead`; `tributary/1/t1` is ahead of `ahead`. */
  sha: string
  comment(thread: number, body: string): Promise<number>
  comments(thread: number): Promise<{ ours: boolean; body: string }[]>
  reactions(comment: number): Promise<string[]>
  checks(
    sha: string,
  ): Promise<
    { label: string; externalId: string; status: string; conclusion: string | null; title: string; text: string }[]
  >
  pulls(): Promise<
    { number: number; head: string; base: string; title: string; body: string; draft: boolean; state: string }[]
  >
  branches(): Promise<string[]>
}

export const AHEAD = 'tributary/1/trunk'
export const TASK = 'tributary/1/t1'
export const ROLES: Readonly<Record<string, Role>> = { admin: 'admin', writer: 'write', reader: 'read' }
export const FILE = { path: '.github/tributary.yml', text: 'slots: { start: 2 } # ünïcode\n' }

type Of<Kind extends Projection['kind']> = Extract<Projection, { kind: Kind }>

export const aCheck = (sha: string, change: Partial<Of<'check'>> = {}): Of<'check'> => ({
  kind: 'check',
  name: 'check:t1@sha',
  located: null,
  sha,
  label: 'Tributary 1/t1',
  externalId: '1/t1/1',
  title: 'At work',
  state: { status: 'in_progress', startedAt: '2026-01-01T00:00:00Z' },
  summary: 'waits',
  text: '',
  ...change,
})

export const aComment = (thread: number, change: Partial<Of<'comment'>> = {}): Of<'comment'> => ({
  kind: 'comment',
  name: 'comment:plan',
  located: null,
  thread,
  marker: '<!-- tributary:plan:1 -->',
  body: 'The plan',
  ...change,
})

export const aPull = (change: Partial<Of<'pull'>> = {}): Of<'pull'> => ({
  kind: 'pull',
  name: 'pull:t1',
  located: null,
  head: TASK,
  base: AHEAD,
  title: 'Task 1',
  body: 'Work on it',
  draft: true,
  ...change,
})

export function locatedOf(published: Published | undefined): Located {
  if (published?.ok !== true) throw new Error(`not shown: ${JSON.stringify(published)}`)
  return published.located
}

/** What every forge does, be it GitHub or a fake for tests. */
export function forgeContract(name: string, build: () => Promise<Stage>): void {
  describe(`${name}: people and files`, () => {
    it('knows the default branch and what people may do', async () => {
      const { forge } = await build()
      expect(await forge.defaultBranch()).toBe('main')
      for (const [login, role] of Object.entries(ROLES)) expect([login, await forge.role(login)]).toEqual([login, role])
    })

    it('reads a file with its blob, and says where there is none', async () => {
      const { forge } = await build()
      const file = await forge.file(FILE.path)
      expect(file?.text).toBe(FILE.text)
      expect(file?.blob).toMatch(/^[0-9a-f]{40}$/)
      expect(await forge.file('nowhere.yml')).toBeNull()
    })

    it('shows a reaction once, however often it is given', async () => {
      const { forge, comment, issue, reactions } = await build()
      const id = await comment(issue, '/plan')
      await forge.react(id, 'eyes')
      await forge.react(id, 'eyes')
      await forge.react(id, 'rocket')
      expect(await reactions(id)).toEqual(['eyes', 'rocket'])
    })
  })

  describe(`${name}: replies`, () => {
    it('are written once per key, also by another process', async () => {
      const { forge, another, comments, issue } = await build()
      await forge.reply(issue, '7', 'Yes.', true)
      await forge.reply(issue, '7', 'Yes.', false)
      await another().reply(issue, '7', 'Yes.', false)
      await another().reply(issue, '8', 'No.', false)
      expect(await comments(issue)).toEqual([
        { ours: true, body: '<!-- tributary:reply:7 -->\nYes.' },
        { ours: true, body: '<!-- tributary:reply:8 -->\nNo.' },
      ])
    })

    it('are not held back by somebody who typed the marker', async () => {
      const { forge, comment, comments, issue } = await build()
      await comment(issue, '<!-- tributary:reply:7 -->\nI was here first')
      await forge.reply(issue, '7', 'Yes.', false)
      expect((await comments(issue)).map(({ ours }) => ours)).toEqual([false, true])
    })

    it('refuse a key that could end the comment it stands in', async () => {
      const { forge, issue } = await build()
      await expect(forge.reply(issue, '7 --> <b>', 'x', true)).rejects.toThrow('not a key')
    })
  })

  describe(`${name}: checks`, () => {
    it('are made, then changed where they are', async () => {
      const { forge, sha, checks } = await build()
      const [made] = await forge.publish([aCheck(sha)], false)
      const located = locatedOf(made)
      const startedAt = '2026-01-01T00:00:00Z'
      await forge.publish(
        [aCheck(sha, { located, title: 'Running', state: { status: 'in_progress', startedAt } })],
        false,
      )
      expect(await checks(sha)).toMatchObject([{ status: 'in_progress', title: 'Running', conclusion: null }])
      const state = {
        status: 'completed',
        conclusion: 'failure',
        startedAt,
        completedAt: '2026-01-01T00:01:00Z',
      } as const
      const [changed] = await forge.publish([aCheck(sha, { located, title: 'Failed', state, text: 'log' })], false)
      expect(changed).toEqual({ ok: true, name: 'check:t1@sha', located })
      expect(await checks(sha)).toEqual([
        {
          label: 'Tributary 1/t1',
          externalId: '1/t1/1',
          status: 'completed',
          conclusion: 'failure',
          title: 'Failed',
          text: 'log',
        },
      ])
    })

    it('that another process has made are found and changed', async () => {
      const { forge, another, sha, checks } = await build()
      const [made] = await forge.publish([aCheck(sha)], false)
      const [found] = await another().publish([aCheck(sha, { title: 'Again' })], true)
      expect(found).toEqual(made)
      expect(await checks(sha)).toMatchObject([{ title: 'Again' }])
    })

    it('of another attempt on the same commit are checks of their own', async () => {
      const { forge, another, sha, checks } = await build()
      await forge.publish([aCheck(sha)], false)
      await another().publish([aCheck(sha, { externalId: '1/t1/2' })], true)
      expect((await checks(sha)).map(({ externalId }) => externalId)).toEqual(['1/t1/1', '1/t1/2'])
    })

    it('that are gone say so', async () => {
      const { forge, sha } = await build()
      const located = { number: 999_999, node: 'CR_gone' }
      const [answer] = await forge.publish([aCheck(sha, { located })], false)
      expect(answer).toMatchObject({ ok: false, name: 'check:t1@sha', reason: 'gone' })
    })
  })

  describe(`${name}: comments`, () => {
    it('carry their marker, and are edited where they are', async () => {
      const { forge, issue, comments } = await build()
      const located = locatedOf((await forge.publish([aComment(issue)], false))[0])
      const [edited] = await forge.publish([aComment(issue, { located, body: 'The plan, again' })], false)
      expect(edited).toEqual({ ok: true, name: 'comment:plan', located })
      expect(await comments(issue)).toEqual([{ ours: true, body: '<!-- tributary:plan:1 -->\nThe plan, again' }])
    })

    it('of another process are found by marker and author', async () => {
      const { forge, another, issue, comment, comments } = await build()
      await comment(issue, '<!-- tributary:plan:1 -->\nNot the plan')
      const [made] = await forge.publish([aComment(issue)], true)
      const [found] = await another().publish([aComment(issue, { body: 'Newer' })], true)
      expect(found).toEqual(made)
      expect((await comments(issue)).map(({ body }) => body.split('\n')[1])).toEqual(['Not the plan', 'Newer'])
    })

    it('that were deleted come back as new ones, once', async () => {
      const { forge, issue, comments } = await build()
      const located = { number: 999_999, node: 'IC_gone' }
      const again = locatedOf((await forge.publish([aComment(issue, { located })], false))[0])
      await forge.publish([aComment(issue, { located: again, body: 'Newer' })], false)
      expect((await comments(issue)).map(({ body }) => body.split('\n')[1])).toEqual(['Newer'])
    })

    it('whose thread is gone say so', async () => {
      const { forge, nowhere } = await build()
      const located = { number: 999_999, node: 'IC_gone' }
      const answers = await forge.publish([aComment(nowhere), aComment(nowhere, { located })], false)
      expect(answers).toMatchObject([
        { ok: false, reason: 'gone' },
        { ok: false, reason: 'gone' },
      ])
    })

    it('that are long arrive whole, also when edited; longer ones are a bug', async () => {
      const { forge, issue, comments } = await build()
      const located = locatedOf((await forge.publish([aComment(issue)], false))[0])
      const body = 'x'.repeat(64_000)
      expect(await forge.publish([aComment(issue, { located, body })], false)).toMatchObject([{ ok: true }])
      expect((await comments(issue))[0]?.body).toHaveLength(64_000 + '<!-- tributary:plan:1 -->\n'.length)
      await expect(forge.publish([aComment(issue, { body: 'x'.repeat(65_001) })], false)).rejects.toThrow('characters')
    })
  })

  describe(`${name}: pull requests`, () => {
    it('are opened as drafts, changed, made ready and closed', async () => {
      const { forge, pulls } = await build()
      const located = locatedOf((await forge.publish([aPull()], false))[0])
      expect(await forge.pull(located.number)).toEqual({
        ...located,
        headBranch: TASK,
        head: expect.stringMatching(/^[0-9a-f]{40}$/),
        state: 'open',
        merged: false,
        draft: true,
      })
      await forge.publish([aPull({ located, body: 'More' }), { kind: 'ready-pull', name: 'ready:t1', located }], false)
      expect(await pulls()).toEqual([
        { number: located.number, head: TASK, base: AHEAD, title: 'Task 1', body: 'More', draft: false, state: 'open' },
      ])
      const close = { kind: 'close-pull', name: 'close:t1', located } as const
      const ready = { kind: 'ready-pull', name: 'ready:t1', located } as const
      expect(await forge.publish([close], false)).toEqual([{ ok: true, name: 'close:t1', located }])
      expect(await forge.publish([close, ready], false)).toMatchObject([{ ok: true }, { ok: true }])
      expect(await forge.pull(located.number)).toMatchObject({ state: 'closed', merged: false, draft: false })
    })

    it('that are there already are taken up, whoever asks', async () => {
      const { forge, another, pulls } = await build()
      const [made] = await forge.publish([aPull()], false)
      expect(await another().publish([aPull({ title: 'Newer' })], true)).toEqual([made])
      expect(await pulls()).toMatchObject([{ title: 'Newer' }])
      // Nobody looked, but GitHub allows one pull request for two branches.
      expect(await another().publish([aPull()], false)).toEqual([made])
      expect(await pulls()).toHaveLength(1)
    })

    it('without a change between the branches are refused', async () => {
      const { forge } = await build()
      const [answer] = await forge.publish([aPull({ head: AHEAD, base: TASK })], false)
      expect(answer).toMatchObject({ ok: false, name: 'pull:t1', reason: 'nothing-to-compare' })
    })

    it('that do not exist are null', async () => {
      const { forge, nowhere, issue } = await build()
      expect([await forge.pull(nowhere), await forge.pull(issue)]).toEqual([null, null])
    })
  })

  describe(`${name}: several things at once`, () => {
    it('answers each in order, and one refusal harms no other', async () => {
      const { forge, issue, sha, nowhere } = await build()
      const answers = await forge.publish(
        [aComment(nowhere), aPull({ head: AHEAD, base: TASK }), aCheck(sha), aComment(issue), aPull()],
        false,
      )
      expect(answers.map((answer) => (answer.ok ? 'ok' : answer.reason))).toEqual([
        'gone',
        'nothing-to-compare',
        'ok',
        'ok',
        'ok',
      ])
    })

    it('has nothing to do for nothing', async () => {
      const { forge } = await build()
      expect(await forge.publish([], true)).toEqual([])
    })
  })

  describe(`${name}: workflow runs`, () => {
    it('starts a workflow run, which is found again by its request', async () => {
      const { forge, another } = await build()
      const inputs = { role: 'work', run: '1', request: 'r2', slots: '["r2.1"]' } as const
      const { workflowRun } = await forge.dispatch(inputs)
      expect(await another().dispatched('1', 'r2')).toBe(workflowRun)
      expect(await forge.dispatched('1', 'r3')).toBeNull()
      expect(await forge.dispatched('11', 'r2')).toBeNull()
    })
  })
}
