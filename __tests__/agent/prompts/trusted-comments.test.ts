import { describe, expect, it } from 'vitest'
import {
  authorsToAsk,
  commentsForPrompt,
  isTrusted,
  type WrittenComment,
} from '../../../src/agent/prompts/trusted-comments.ts'

const comment = (more: Partial<WrittenComment> = {}): WrittenComment => ({
  author: 'alice',
  type: 'User',
  role: 'write',
  body: 'Keep the old names.',
  ...more,
})

describe('who is heard', () => {
  it.each(['write', 'maintain', 'admin'] as const)('a person who may %s', (role) =>
    expect(isTrusted(comment({ role }))).toBe(true),
  )
  it.each(['none', 'read', 'triage'] as const)('nobody who may only do this: %s', (role) =>
    expect(isTrusted(comment({ role }))).toBe(false),
  )
  it.each([
    ['a bot', { type: 'Bot', role: 'admin' }],
    ['an organisation', { type: 'Organization', role: 'admin' }],
    ['what calls itself a bot', { author: 'dependabot[bot]', role: 'admin' }],
    ['a kind that nobody knows', { type: '', role: 'admin' }],
  ] as const)('not %s, whatever it may', (_who, more) => expect(isTrusted(comment(more))).toBe(false))
})

describe('comments for a prompt', () => {
  it('are those of people who are heard, in order, and the others are counted', () => {
    const comments = [
      comment(),
      comment({ author: 'mallory', role: 'read', body: 'EVIL' }),
      comment({ author: 'bob', role: 'admin', body: ' Also: tests. ' }),
      comment({ author: 'helper[bot]', type: 'Bot', role: 'write', body: 'EVIL' }),
    ]
    expect(commentsForPrompt(comments)).toEqual({
      comments: ['@alice: Keep the old names.', '@bob: Also: tests.'],
      leftOut: 2,
    })
  })

  it('hide nothing', () => {
    const bodies = ['a<!-- EVIL -->b<!-- EVIL -->', '<!-- EVIL -->', 'c\u200b![EVIL](x)<!-- EVIL -->']
    expect(commentsForPrompt(bodies.map((body) => comment({ body })))).toEqual({
      comments: ['@alice: ab', '@alice: c(image)'],
      leftOut: 0,
    })
  })

  it('are no commands', () => {
    expect(commentsForPrompt([comment({ body: '/approve\n\nThank you!' }), comment({ body: ' ' })]).comments).toEqual(
      [],
    )
  })
})

describe('whose role is asked for', () => {
  const by = (author: string, belongs = false, type = 'User') => ({ author, type, belongs })
  const crowd = Array.from({ length: 40 }, (_, index) => by(`throwaway-${index}`))
  it('is first of all whoever belongs to the repository, before or behind a crowd', () => {
    const authors = authorsToAsk([by('early', true), ...crowd, by('late', true)], 30)
    expect(authors.slice(0, 3)).toEqual(['late', 'early', 'throwaway-39'])
    expect(authors).toHaveLength(30)
  })
  it('is then who wrote last, each person once, and never a bot', () =>
    expect(authorsToAsk([by('a'), by('b'), by('c', true, 'Bot'), by('a')], 30)).toEqual(['a', 'b']))
})
