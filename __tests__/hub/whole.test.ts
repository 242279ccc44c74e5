import { expect, it } from 'vitest'
import { createRunner } from '../../src/hub/runner/runner.ts'
import { testHub, where } from './support/hub.ts'
import { createCheckout, git, remoteGit } from './support/repository.ts'

const WORKFLOW = `name: Answer
on:
  issue_comment: { types: [created] }
permissions: {}
jobs:
  answer:
    if: startsWith(github.event.comment.body, '/')
    runs-on: ubuntu-latest
    permissions: { issues: write, contents: read }
    env:
      TOKEN: \${{ github.token }}
    steps:
      - name: Say it
        run: |
          curl -sf -H "Authorization: Bearer $TOKEN" -d '{"body":"/heard"}' "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/1/comments"
      - name: Try to push
        run: |
          git init -q . && git commit -q --allow-empty -m x
          if git push -q "http://x:$TOKEN@\${GITHUB_SERVER_URL#http://}/$GITHUB_REPOSITORY.git" HEAD:refs/heads/stolen; then exit 1; fi
          echo "was refused" >> "$GITHUB_STEP_SUMMARY"
        env:
          GIT_AUTHOR_NAME: a
          GIT_AUTHOR_EMAIL: a@example.com
          GIT_COMMITTER_NAME: a
          GIT_COMMITTER_EMAIL: a@example.com
`

it('runs the workflow for a person’s command, and not for the answer that it makes', async () => {
  const repo = createCheckout({ '.github/workflows/answer.yml': WORKFLOW })
  const hub = await testHub({ repo, createRunner: (host, options) => createRunner(host, options) })
  await hub.as('outsider').issues.create({ ...where, title: 'Ask' })
  await hub.as('outsider').issues.createComment({ ...where, issue_number: 1, body: '/hello' })
  await hub.hub('idle')
  const reader = hub.as('reader')
  const comments = (await reader.issues.listComments({ ...where, issue_number: 1 })).data
  expect(comments.map(({ user, body }) => [user?.login, body])).toEqual([
    ['outsider', '/hello'],
    ['github-actions[bot]', '/heard'],
  ])
  const runs = (await reader.actions.listWorkflowRunsForRepo(where)).data.workflow_runs
  expect(runs).toMatchObject([
    { event: 'issue_comment', status: 'completed', conclusion: 'success', path: '.github/workflows/answer.yml' },
  ])
  const { jobs } = (await reader.actions.listJobsForWorkflowRun({ ...where, run_id: runs[0]?.id ?? 0 })).data
  expect(jobs).toMatchObject([{ name: 'answer', conclusion: 'success', workflow_name: 'Answer' }])
  const log = await reader.actions.downloadJobLogsForWorkflowRun({ ...where, job_id: jobs[0]?.id ?? 0 })
  expect(String(log.data)).toContain('403')
  expect(await remoteGit(repo, 'ls-remote', hub.git, 'refs/heads/*')).not.toContain('stolen')
  expect(git(repo, 'status', '--porcelain')).toBe('')
})
