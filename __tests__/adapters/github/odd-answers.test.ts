import { expect, it } from 'vitest'
import { openForge } from '../../../src/adapters/github/forge.ts'
import { aCheck, aComment, aPull } from '../../contract/forge.contract.ts'
import { json, misbehaving, type Say } from './server.ts'

const sha = 'a'.repeat(40)
const repository = json(200, { data: { repository: { id: 'R_1' } } })
const made = (id: number) => ({ checkRun: { id: `CR_${id}`, url: `https://github.com/o/r/runs/${id}` } })
const error = (alias: string, message: string, type?: string) => ({ path: [alias], message, type })

async function forgeOn(script: readonly Say[]) {
  const { client, asked, clock } = await misbehaving(script)
  return { forge: openForge({ client, owner: 'o', repo: 'r', workflowFile: 'w.yml', self: 'me' }), asked, clock }
}

it('asks for the rest alone where a token may not ask whose it is', async () => {
  const { client } = await misbehaving([
    json(200, { data: null, errors: [error('viewer', 'Resource not accessible by integration', 'FORBIDDEN')] }),
    json(200, { data: { repository: { id: 'R_1', defaultBranchRef: { name: 'main' } } } }),
  ])
  const forge = openForge({ client, owner: 'o', repo: 'r', workflowFile: 'w.yml' })
  expect(await forge.defaultBranch()).toBe('main')
})

it('says at once what a limit kept from being done, and that alone', async () => {
  const limited = error('m1', 'was submitted too quickly', 'UNPROCESSABLE')
  const { forge, clock } = await forgeOn([
    repository,
    json(200, { data: { m0: made(1), m1: null }, errors: [limited] }),
  ])
  const answers = await forge.publish([aCheck(sha), aCheck(sha, { name: 'second', label: 'second' })], false)
  expect(answers).toMatchObject([
    { located: { number: 1 } },
    { name: 'second', ok: false, reason: 'limited', limit: { of: 'content', until: new Date('2026-01-01T00:01:00Z') } },
  ])
  expect(clock.waits).toEqual([])
})

it('carries on without a reaction while a limit of content refuses it for longer than a command waits', async () => {
  const message = 'You have exceeded a secondary rate limit and have been temporarily blocked from content creation.'
  const { forge } = await forgeOn([json(403, { message }, { 'retry-after': '3600' })])
  expect(await forge.react(1, 'eyes')).toMatchObject({ ok: false, message: expect.stringContaining('rate limit') })
})

it('knows what an earlier request of several has done when a limit refuses the next one', async () => {
  const all = Array.from({ length: 21 }, (_, index) => aCheck(sha, { name: `c${index}`, label: `c${index}` }))
  const first = Object.fromEntries(all.slice(0, 20).map((_, index) => [`m${index}`, made(index + 1)]))
  const blocked = 'You have exceeded a secondary rate limit and have been temporarily blocked from content creation.'
  const { forge } = await forgeOn([
    repository,
    json(200, { data: first }),
    json(403, { message: blocked }, { 'retry-after': '3600' }),
  ])
  const answers = await forge.publish(all, false)
  expect(answers.filter(({ ok }) => ok)).toHaveLength(20)
  expect(answers[20]).toMatchObject({
    name: 'c20',
    reason: 'limited',
    limit: { until: new Date('2026-01-01T01:00:00Z') },
  })
})

it('looks where one of several came to an unknown end', async () => {
  const lost = error('m0', 'Something went wrong while executing your query.')
  const found = { total_count: 1, check_runs: [{ id: 7, node_id: 'CR_7', external_id: '1/t1/1' }] }
  const { forge, asked } = await forgeOn([
    repository,
    json(200, { data: { m0: null, m1: made(8) }, errors: [lost] }),
    json(200, found),
  ])
  const answers = await forge.publish([aCheck(sha), aCheck(sha, { name: 'second' })], false)
  expect(answers).toMatchObject([{ located: { number: 7, node: 'CR_7' } }, { located: { number: 8 } }])
  expect(asked[2]?.url).toContain('check_name=Tributary')
})

it('does not take another check of the same name for its own', async () => {
  const stranger = { id: 7, node_id: 'CR_7', external_id: 'something else' }
  const { forge } = await forgeOn([
    json(200, { total_count: 1, check_runs: [stranger] }),
    repository,
    json(200, { data: { m0: made(9) } }),
  ])
  expect(await forge.publish([aCheck(sha)], true)).toMatchObject([{ located: { number: 9 } }])
})

it('is told where a long edit was answered with a yes and not kept', async () => {
  const located = { number: 5, node: 'IC_5' }
  const yes = json(200, {
    data: { m0: { issueComment: { id: 'IC_5', url: 'https://github.com/o/r/issues/1#issuecomment-5' } } },
  })
  const { forge } = await forgeOn([repository, yes, json(200, { body: 'the old text' })])
  const [answer] = await forge.publish([aComment(1, { located, body: 'x'.repeat(61_000) })], false)
  expect(answer).toMatchObject({ ok: false, reason: 'refused', message: expect.stringContaining('not kept') })
})

it('passes on a refusal that it does not know, in the words of GitHub', async () => {
  const { forge } = await forgeOn([
    repository,
    json(200, { data: { m0: null }, errors: [error('m0', 'Base branch was modified', 'UNPROCESSABLE')] }),
  ])
  expect(await forge.publish([aPull()], false)).toEqual([
    { ok: false, name: 'pull:t1', reason: 'refused', message: 'Base branch was modified' },
  ])
})

it('throws where GitHub does not understand the question: that is a bug of ours', async () => {
  const { forge } = await forgeOn([
    repository,
    json(200, { errors: [{ message: "Field 'x' doesn't exist on type 'Y'" }] }),
  ])
  await expect(forge.publish([aCheck(sha)], false)).rejects.toThrow("Field 'x' doesn't exist")
})

it('reads the number of a check off whatever address GitHub gives it', async () => {
  const at = (url: string) => json(200, { data: { m0: { checkRun: { id: 'CR_1', url } } } })
  const { forge } = await forgeOn([
    repository,
    at('https://github.com/o/r/actions/runs/11/job/45000000001'),
    at('https://github.com/o/r/runs/45000000002?check_suite_focus=true'),
  ])
  const numbers = []
  for (const name of ['one', 'two']) {
    const [answer] = await forge.publish([aCheck(sha, { name })], false)
    numbers.push(answer?.ok === true ? answer.located.number : null)
  }
  expect(numbers).toEqual([45_000_000_001, 45_000_000_002])
})
