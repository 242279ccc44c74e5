import { describe, expect, it } from 'vitest'
import { approverOf } from '../../../src/core/command/auto-merge.ts'
import type { PullReview } from '../../../src/core/command/decide-pull-review.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { AT, running, shaOf, someone } from '../../support/run.ts'

const HEAD = shaOf('head')
const review = (verdict: PullReview['verdict'], login = 'writer', commit = HEAD) => ({
  ...{ id: 1, pull: 5, verdict, body: '', commit, submittedAt: AT },
  by: someone(login, login === 'passer' ? 'read' : 'write'),
})
const approver = (reviews: ReturnType<typeof review>[], approvers: object = {}) =>
  approverOf(running('a'), HEAD, reviews, settingsSchema.parse({ approvers }))?.login ?? null

describe('the person who has approved the last head of the final pull request', () => {
  it.each([
    ['is the last one of those that may', [review('approved', 'ann'), review('approved', 'ben')], 'ben'],
    ['stays so after a mere comment', [review('approved'), review('commented')], 'writer'],
    [
      'stays so whatever one says who may not approve',
      [review('approved'), review('changes_requested', 'passer')],
      'writer',
    ],
    ['is so after changes of mind', [review('changes_requested', 'Ann'), review('approved', 'ann')], 'ann'],
    [
      'may have approved an earlier head before',
      [review('approved', 'ann', shaOf('old')), review('approved', 'ann')],
      'ann',
    ],
    [
      'is the one who approved this head, not an earlier one',
      [review('approved', 'ben'), review('approved', 'ann', shaOf('old'))],
      'ben',
    ],
  ])('%s', (_what, reviews, login) => {
    expect(approver(reviews)).toBe(login)
  })

  it.each([
    ['nothing was said', []],
    ['there are only comments', [review('commented')]],
    ['only an earlier head was approved', [review('approved', 'ann', shaOf('old'))]],
    ['one of them requests changes', [review('approved', 'ann'), review('changes_requested', 'ben')]],
    ['the same person then requests changes', [review('approved', 'ann'), review('changes_requested', 'Ann')]],
    ['they may not approve', [review('approved', 'passer')]],
  ])('is nobody if %s', (_what, reviews) => {
    expect(approver(reviews)).toBeNull()
  })

  it('is a second person, if the settings ask for one', () => {
    expect(approver([review('approved', 'asker')])).toBe('asker')
    expect(approver([review('approved', 'asker')], { second_person: true })).toBeNull()
  })
})
