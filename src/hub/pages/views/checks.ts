import { count, duration, moment, secondsBetween } from '../../../render/markdown/format.ts'
import { html } from '../../../render/page/html.ts'
import { plain } from '../../../render/page/plain.ts'
import { findCheck, orNotFound } from '../../mutations/find.ts'
import { jobLogEnd } from '../../runner/job/job-log.ts'
import { type PageContext, repoPath } from '../context.ts'
import type { View } from '../layout.ts'
import { commentHtml } from '../markdown/render.ts'
import { rawLog } from '../raw.ts'
import { block, readableLog } from './task.ts'

/** The page of a check run. */
export function checkView({ world }: PageContext, id: number): View {
  const check = findCheck(world, id)
  const { title, summary, text, annotations } = check.output
  const links = {
    server: world.urls.server,
    page: `${world.urls.html}/runs/${id}`,
    issues: `${repoPath(world)}/issues`,
  }
  const markdown = (name: string, body: string | null) =>
    body !== null && html`<div class="markdown">${commentHtml(body, name, links)}</div>`
  return {
    title: check.name,
    trail: [['Check', `${repoPath(world)}/runs/${id}`]],
    now: stateOf(check),
    parts: [
      {
        id: 'head',
        html: html`<h1>${check.name}</h1><p><span class="now-title">${stateOf(check)}</span>${title !== null && html`: ${plain(title)}`}</p><p class="lead">On <a href="${repoPath(world)}/commit/${check.headSha}"><code>${check.headSha.slice(0, 8)}</code></a></p>`,
      },
      { id: 'summary', html: html`${markdown('summary', summary)}${markdown('text', text)}` },
      {
        id: 'annotations',
        html: html`${annotations.length > 0 && html`<h2>Lines</h2><ul>${annotations.map((one) => html`<li><code>${one.path}:${one.start_line}</code> ${one.message}</li>`)}</ul>`}`,
      },
    ],
  }
}

/** GitHub's words for how it stands, as words. */
const stateOf = ({ status, conclusion }: { status: string; conclusion: string | null }): string =>
  (conclusion ?? status).replaceAll('_', ' ')

/** Of what has ended. */
const took = ({ started_at, completed_at }: { started_at: string | null; completed_at: string | null }): string =>
  started_at === null || completed_at === null ? '' : `, ${duration(secondsBetween(started_at, completed_at))}`

/** The workflow runs, the newest first. */
export function workflowRunsView({ world }: PageContext): View {
  const runs = world.store.doc.runs.toReversed()
  return {
    title: 'Workflow runs',
    trail: [['Workflow runs', `${repoPath(world)}/actions`]],
    now: '',
    parts: [
      { id: 'head', html: html`<h1>Workflow runs</h1>` },
      {
        id: 'list',
        html:
          runs.length === 0
            ? html`<p>There is none.</p>`
            : html`<ul class="runs">${runs.map((run) => html`<li><a href="${repoPath(world)}/actions/runs/${run.id}">${run.display_title}</a> <span class="lead">${stateOf(run)} · ${moment(run.created_at)}</span></li>`)}</ul>`,
      },
    ],
  }
}

/** A workflow run with its jobs and what they wrote into their summaries. */
export function workflowRunView({ world }: PageContext, id: number): View {
  const run = orNotFound(world.store.doc.runs.find((known) => known.id === id))
  const jobs = world.store.doc.jobs.filter(({ run_id }) => run_id === id)
  const artifacts = world.store.doc.artifacts.filter(({ run, finalized }) => run === id && finalized)
  const path = `${repoPath(world)}/actions/runs/${id}`
  const links = {
    server: world.urls.server,
    page: `${world.urls.html}/actions/runs/${id}`,
    issues: `${repoPath(world)}/issues`,
  }
  return {
    title: run.display_title,
    trail: [
      ['Workflow runs', `${repoPath(world)}/actions`],
      [`${id}`, path],
    ],
    now: stateOf(run),
    parts: [
      {
        id: 'head',
        html: html`<h1>${run.display_title}</h1><p><span class="now-title">${stateOf(run)}</span> <span class="lead">${run.event} by ${run.actor} · <code>${run.path}</code> on <code>${run.head_branch}</code></span></p>`,
      },
      {
        id: 'jobs',
        html: html`<h2>Jobs</h2><ul class="runs">${jobs.map((job) => html`<li><a href="${path}/job/${job.id}">${job.name}</a> <span class="lead">${stateOf(job)}${took(job)}</span>${job.summary.trim() !== '' && html`<details id="summary-${job.id}"><summary>Summary of ${job.name}</summary><div class="markdown">${commentHtml(job.summary, `job-${job.id}`, links)}</div></details>`}</li>`)}</ul>`,
      },
      {
        id: 'artifacts',
        html: html`${artifacts.length > 0 && html`<h2>Artifacts</h2><ul>${artifacts.map((one) => html`<li><a href="${path}/artifacts/${one.id}">${one.name}</a> <span class="lead">${count(one.size, 'byte')}</span></li>`)}</ul>`}`,
      },
    ],
  }
}

/** The end of a long log is where things went wrong. In bytes. */
const MOST_LOG = 200_000

/** A job with its steps and its log. */
export function jobView({ world }: PageContext, id: number): View {
  const job = orNotFound(world.store.doc.jobs.find((known) => known.id === id))
  const run = `${repoPath(world)}/actions/runs/${job.run_id}`
  const { text: log, isCut } = jobLogEnd(world.dataDir, id, MOST_LOG) ?? { text: '', isCut: false }
  return {
    title: job.name,
    trail: [
      ['Workflow runs', `${repoPath(world)}/actions`],
      [`${job.run_id}`, run],
      [job.name, `${run}/job/${id}`],
    ],
    now: stateOf(job),
    grows: job.status === 'in_progress',
    parts: [
      {
        id: 'head',
        html: html`<h1>${job.name}</h1><p><span class="now-title">${stateOf(job)}</span>${took(job)}</p>`,
      },
      {
        id: 'steps',
        html: html`<h2>Steps</h2><ol>${job.steps.map((step) => html`<li>${step.name} <span class="lead">${stateOf(step)}${took(step)}</span></li>`)}</ol>`,
      },
      {
        id: 'log',
        html: html`${isCut && html`<p class="lead">The end of a long log: <a href="${rawLog(id)}">the whole log</a></p>`}${block('log-text', 'Log', readableLog(log))}`,
      },
    ],
  }
}
