import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { approved, example, failed, history, proposed, queued, requested, started } from '../../render/support/runs.ts'
import { planOf } from '../../support/plan.ts'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { visit, writeJournal } from './browser.ts'

const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** The fields of the form whose button says so, as a browser would send them, without boxes for words. */
function fieldsOf(page: string, button: string): [string, string][] {
  const form = page.split('<form').find((one) => one.split('</form>')[0]?.includes(`>${button}</button>`)) ?? ''
  const inputs = (form.split('</form>')[0] ?? '').match(/<input[^>]*>/g) ?? []
  return inputs
    .filter((input) => /type="hidden"| checked/.test(input))
    .map((input) => [/name="([^"]*)"/.exec(input)?.[1] ?? '', unescaped(/value="([^"]*)"/.exec(input)?.[1] ?? '')])
}

async function hubWith(events: readonly RunEvent[]) {
  const hub = await testHub()
  await hub.as('writer').issues.create({ ...where, title: 'Cents get lost' })
  writeJournal(hub, '1', events)
  const visitor = await visit(hub)
  return { hub, visitor, page: (await visitor.get('/runs/1')).text }
}

const lastComment = async (hub: TestHub) =>
  (await hub.as('reader').issues.listComments({ ...where, issue_number: 1 })).data.at(-1)

describe('a form', () => {
  it('opens an issue and asks for its plan, as the person who may approve it', async () => {
    const hub = await testHub()
    const visitor = await visit(hub)
    const answer = await visitor.post('/issues', [
      ['title', 'Round up'],
      ['body', 'Line one\r\nline two'],
    ])
    expect(answer).toMatchObject({ status: 303, headers: { location: '/runs/1' } })
    const { data } = await hub.as('reader').issues.get({ ...where, issue_number: 1 })
    expect(data).toMatchObject({ title: 'Round up', body: 'Line one\nline two', user: { login: 'admin' } })
    expect(await lastComment(hub)).toMatchObject({ body: '/plan', user: { login: 'admin' } })
    expect(hub.events.map(({ name }) => name)).toEqual(['issues', 'issue_comment'])
    expect((await visitor.get('/runs/1')).text).toContain('<h1>Run 1: Round up</h1>')
  })

  it('approves exactly the plan that is shown, whole or in part', async () => {
    const { hub, visitor, page } = await hubWith(history(requested(1), proposed(planOf('a > c, b'))))
    const fields = fieldsOf(page, 'Approve')
    const [, command = ''] = fields.find(([name]) => name === 'command') ?? []
    expect(command).toMatch(/^\/approve [0-9a-f]{12}$/)
    expect(page).toContain(`posts <code data-shown>${command}</code>`)
    const posted = await visitor.post('/comments', fields)
    expect(await lastComment(hub)).toMatchObject({ body: command })
    const back = await visitor.get(`${posted.headers.location}`)
    expect(back.text).toContain(`Posted on #1: <a href="#issuecomment-`)
    await visitor.post(
      '/comments',
      fields.filter(([name, value]) => name !== 'only' || value !== 'b'),
    )
    expect(await lastComment(hub)).toMatchObject({ body: `${command} --only a,c` })
    const none = await visitor.post(
      '/comments',
      fields.filter(([name]) => name !== 'only'),
    )
    expect(none).toMatchObject({ status: 400 })
    expect(none.text).toContain('No task was chosen')
  })

  it('retries with words, skips, and posts what was typed, each word for word', async () => {
    const failure = { reason: 'acceptance-failed', exitCode: 3, log: 'no' } as const
    const events = history(
      requested(1),
      proposed(example),
      approved(),
      queued('types'),
      started('types'),
      failed('types', failure),
    )
    const { hub, visitor, page } = await hubWith(events)
    expect(page).toContain('<h2>Needs you</h2>')
    await visitor.post('/comments', [...fieldsOf(page, 'Retry types'), ['words', 'in whole cents\r\nplease']])
    expect(await lastComment(hub)).toMatchObject({ body: '/retry types -- in whole cents\nplease' })
    await visitor.post('/comments', fieldsOf(page, 'Skip types'))
    expect(await lastComment(hub)).toMatchObject({ body: '/skip types' })
    await visitor.post('/comments', [...fieldsOf(page, 'Comment'), ['body', '/steer types -- "<b>"']])
    expect(await lastComment(hub)).toMatchObject({ body: '/steer types -- "<b>"' })
    expect((await visitor.post('/comments', fieldsOf(page, 'Comment'))).status).toBe(400)
  })

  it('leads back to pages of the hub only', async () => {
    const { visitor } = await hubWith(history(requested(1), proposed()))
    for (const back of ['//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
      const { headers } = await visitor.post('/comments', [
        ['thread', '1'],
        ['body', 'x'],
        ['back', back],
      ])
      expect(headers.location, back).toMatch(/^\/\?note=/)
    }
  })

  it('takes the result, and says the branch', async () => {
    const taken: string[] = []
    const hub = await testHub({
      takeResult: async (run) => {
        taken.push(run)
        return { branch: 'tributary-1', commit: 'a'.repeat(40) }
      },
    })
    const visitor = await visit(hub)
    const answer = await visitor.post('/runs/1/take', [])
    expect(taken).toEqual(['1'])
    await hub.as('writer').issues.create({ ...where, title: 'x' })
    expect((await visitor.get(`${answer.headers.location}`)).text).toContain(
      'the branch <code>tributary-1</code> now, at <code>aaaaaaaa</code>',
    )
  })
})
