import { createHash } from 'node:crypto'
import type { DispatchInputs, Forge, PullRequest, Said } from '../../../src/ports/forge.ts'
import { addComment, type MemoryGitHub, ownComment, SELF } from './github.ts'
import { publish } from './publish.ts'

const NO_TIME = '2026-01-01T00:00:00Z'

/** A forge without GitHub, for tests of what stands on it. */
export function memoryForge(github: MemoryGitHub): Forge {
  const { given } = github
  const defaultBranch = given.defaultBranch ?? 'main'
  return {
    defaultBranch: async () => defaultBranch,
    branchNow: async (name) => name,
    quota: (of) => github.quotas?.[of] ?? null,
    tokenMinutes: async () => given.tokenMinutes ?? null,
    botComments: async (thread) =>
      github.comments.filter((one) => one.thread === thread && one.author === SELF).map(({ body }) => body),
    role: async (login) => needed(given.roles?.[login], `a role of ${login}`),
    branchRules: async () => given.rules ?? [],
    react: async (comment, content) => react(github, comment, content),
    reply: async (thread, key, body) => reply(github, thread, key, body),
    pull: async (number) => pullAt(github, number),
    issue: async (number) =>
      (given.issues ?? []).includes(number) ? { title: `Issue ${number}`, body: '', isPull: false } : null,
    lookAt: async (pulls) =>
      pulls.map((number) => ({
        ...(pullAt(github, number) ?? { number, head: '', state: 'open', merged: false }),
        reviews: github.reviews.filter(({ pull }) => pull === number).map(({ lines: _, ...one }) => one),
      })),
    lineComments: async ({ id }) => github.reviews.flatMap((one) => (one.id === id ? one.lines : [])),
    askReviewers: async (pull, reviewers) => {
      github.reviewRequests.push({ pull, reviewers: [...reviewers] })
      return github.given.reviewersRefused === undefined
        ? { ok: true }
        : { ok: false, message: github.given.reviewersRefused }
    },
    autoMerge: async ({ number }, method, head) => {
      github.autoMerges.push({ pull: number, method, head })
      return given.autoMerge ?? { ok: true, how: 'enabled' }
    },
    replyInThread: async (pull, _first, key, body) => reply(github, pull, key, body),
    comments: async (thread) =>
      github.comments
        .filter((one) => one.thread === thread)
        .map(({ author, body }) => ({
          author,
          type: author === SELF ? 'Bot' : 'User',
          body,
          createdAt: NO_TIME,
          belongs: ['write', 'maintain', 'admin'].includes(given.roles?.[author] ?? 'none'),
        })),
    file: async (path) => {
      const text = needed(given.files?.[path], `a file ${path}`)
      return text === null ? null : { text, blob: blobOf(text) }
    },
    publish: async (projections, lookFirst) => publish(github, projections, lookFirst),
    dispatch: async (inputs) => ({ workflowRun: dispatch(github, inputs) }),
    dispatched: async (run, request) =>
      github.runs.findLast(({ inputs }) => inputs.run === run && inputs.request === request)?.id ?? null,
    orchestratorAlive: async (workflowRun) =>
      needed(
        github.runs.find(({ id }) => id === workflowRun)?.orchestratorAlive ?? given.orchestrators?.[workflowRun],
        `a workflow run ${workflowRun}`,
      ),
  }
}

function needed<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`${what} was asked for, and none was given`)
  return value
}

function react(github: MemoryGitHub, comment: number, content: string): Said {
  if (github.locked) return LOCKED
  needed(
    github.comments.find(({ id }) => id === comment),
    `a comment ${comment}`,
  )
  const known = github.reactions.some((one) => one.comment === comment && one.content === content)
  if (!known) github.reactions.push({ comment, content })
  return { ok: true }
}

const LOCKED = { ok: false, message: 'Unable to create comment because issue is locked.' } as const

/** It always looks: being wrong about `fresh` is not what these tests are about. */
function reply(github: MemoryGitHub, thread: number, key: string, body: string): Said {
  if (github.locked) return LOCKED
  if (!/^[A-Za-z0-9][A-Za-z0-9_.:@/-]*$/.test(key) || key.includes('--'))
    throw new Error(`not a key for a reply: ${key}`)
  const marker = `<!-- tributary:reply:${key} -->`
  if (ownComment(github, thread, marker) === null) addComment(github, SELF, thread, `${marker}\n${body}`)
  return { ok: true }
}

function pullAt({ pulls }: MemoryGitHub, wanted: number): PullRequest | null {
  const found = pulls.find(({ number }) => number === wanted)
  if (found === undefined) return null
  const { number, node, headBranch, head, state, merged, draft } = found
  return { number, node, headBranch, head, state, merged, draft }
}

function dispatch(github: MemoryGitHub, inputs: DispatchInputs): number {
  const id = github.nextId()
  github.runs.push({ id, inputs, orchestratorAlive: inputs.role === 'orchestrate' })
  return id
}

/** As git names the blob. */
const blobOf = (text: string): string =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex')
