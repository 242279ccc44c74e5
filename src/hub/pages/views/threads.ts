import { issueOf, parseBranch } from '../../../core/ids.ts'
import { html } from '../../../render/page/html.ts'
import { findIssue, findPull } from '../../mutations/find.ts'
import { isPull } from '../../representations/pull.ts'
import type { CheckRecord, IssueRecord } from '../../store/document.ts'
import type { World } from '../../world.ts'
import { commentForm } from '../actions/forms.ts'
import { type PageContext, repoPath, runPath, taskPath, threadPath } from '../context.ts'
import type { View } from '../layout.ts'
import { diffHtml } from './diff.ts'
import { mergeForm } from './merge.ts'
import { issueList } from './runs.ts'
import { threadHtml } from './thread.ts'

/** The page of an issue. */
export async function issueView(context: PageContext, number: number): Promise<View> {
  const { world, journals } = context
  const issue = findIssue(world, number)
  const runs = (await journals.list()).filter(({ run }) => issueOf(run) === number)
  return {
    title: `#${number} ${issue.title}`,
    trail: [[`Issue #${number}`, threadPath(world, number)]],
    now: issue.state,
    parts: [
      {
        id: 'head',
        html: html`<h1>${issue.title} <span class="lead">#${number}</span></h1><p class="lead">${issue.state}${runs.map(({ run }) => html` · <a href="${runPath(run)}">Run ${run}</a>`)}</p>`,
      },
      ...thread(context, issue),
    ],
  }
}

/** The page of a pull request, with its checks and its diff. */
export async function pullView(context: PageContext, number: number): Promise<View> {
  const { world } = context
  const { pull, ...issue } = findPull(world, number)
  const branch = parseBranch(pull.head)
  const href =
    branch === null ? null : branch.task === 'trunk' ? runPath(branch.run) : taskPath(branch.run, branch.task)
  const state = pull.mergedAt !== null ? 'merged' : pull.draft && issue.state === 'open' ? 'draft' : issue.state
  const from = (await world.git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha
  const checks = world.store.doc.checks.filter(({ headSha }) => headSha === pull.headSha)
  return {
    title: `#${number} ${issue.title}`,
    trail: [[`Pull request #${number}`, threadPath(world, number)]],
    now: state,
    parts: [
      {
        id: 'head',
        html: html`<h1>${issue.title} <span class="lead">#${number}</span></h1><p class="lead">${state} · <code>${pull.head}</code> into <code>${pull.base}</code>${href !== null && html` · <a href="${href}">${branch?.task === 'trunk' ? 'its run' : 'its task'}</a>`}</p>`,
      },
      { id: 'merge', html: await mergeForm(context, { ...issue, pull }, threadPath(world, number)) },
      { id: 'checks', html: checkList(world, checks) },
      ...thread(context, { ...issue, pull }),
      { id: 'diff', html: html`<h2>Diff</h2>${await diffHtml(world, from, pull.headSha)}` },
    ],
  }
}

const thread = ({ world, csrf }: PageContext, { number }: IssueRecord) => [
  { id: 'thread', html: html`<h2>Thread</h2>${threadHtml(world, [number])}` },
  { id: 'say', html: commentForm({ csrf, thread: number, back: threadPath(world, number) }, 'Comment') },
]

/** All pull requests, or all issues. */
export function listView({ world }: PageContext, kind: 'issues' | 'pulls'): View {
  const all = world.store.doc.issues.filter((issue) => isPull(issue) === (kind === 'pulls')).toReversed()
  const name = kind === 'pulls' ? 'Pull requests' : 'Issues'
  return {
    title: name,
    trail: [[name, `${repoPath(world)}/${kind}`]],
    now: '',
    parts: [
      { id: 'head', html: html`<h1>${name}</h1>` },
      {
        id: 'list',
        html:
          all.length === 0
            ? html`<p>There is none.</p>`
            : issueList('All', all, ({ number }) => threadPath(world, number)),
      },
    ],
  }
}

export const checkList = (world: World, checks: readonly CheckRecord[]) =>
  checks.length === 0
    ? html``
    : html`<h2>Checks</h2><ul class="runs">${checks.map((check) => html`<li><a href="${repoPath(world)}/runs/${check.id}">${check.name}</a> <span class="lead">${check.conclusion ?? check.status}${check.output.title !== null && html`: ${check.output.title}`}</span></li>`)}</ul>`
