import type { PlannerInput } from '../../../agent/planner/planner-input.ts'
import { readInstructions } from '../../../agent/prompts/instructions.ts'
import { nonceOf } from '../../../agent/prompts/quote.ts'
import { authorsToAsk, commentsForPrompt } from '../../../agent/prompts/trusted-comments.ts'
import type { Planning } from '../../../core/plan/planning.ts'
import type { Role } from '../../../ports/forge.ts'
import { readKnownBase } from '../session/known-base.ts'
import type { Session } from '../session/session.ts'

const MOST_AUTHORS = 30
/** Seconds for which a role is cached. It decides whose comments a planner reads, and nothing else. */
const ROLE_SECONDS = 600

/** The input of every stage: the issue, the comments, and the repository's instructions. */
export async function plannerInput(session: Session, planning: Planning): Promise<PlannerInput> {
  const { issue, words, options, run } = session.state
  const sources = session.repo.sources(planning.base)
  const [comments, instructions, known] = await Promise.all([
    commentsOf(session),
    readInstructions(sources),
    readKnownBase(sources),
  ])
  return {
    issue,
    comments,
    words,
    options,
    settings: planning.settings,
    base: planning.base,
    nonce: nonceOf(run, `${planning.base} ${session.state.askedAt} ${session.state.seen[0] ?? ''}`),
    known,
    instructions,
  }
}

/** Bounds of the comments that go into the journal, and from there to every worker. */
const MOST_KEPT = 10
const LONGEST_KEPT = 2000

/** The newest comments, for the event of a plan; no field if there are none. */
export const keptComments = (comments: readonly string[]): { comments?: string[] } =>
  comments.length === 0 ? {} : { comments: comments.slice(-MOST_KEPT).map((one) => one.slice(0, LONGEST_KEPT)) }

/** What people with write access have said on the issue, oldest first, without commands. */
export async function commentsOf(session: Session): Promise<string[]> {
  const { deps, state } = session
  const all = (await deps.forge.comments(state.issue.number)).filter(({ type }) => type === 'User')
  const authors = authorsToAsk(all, MOST_AUTHORS)
  const roles = new Map(
    await Promise.all(authors.map(async (author) => [author, await roleOf(session, author)] as const)),
  )
  return commentsForPrompt(
    all.map(({ author, type, body }) => ({ author, type, body, role: roles.get(author) ?? 'none' })),
  ).comments
}

/** Stages that follow each other ask for the same people: their roles are looked up once. */
async function roleOf({ deps, stageRunner }: Session, author: string): Promise<Role> {
  const now = deps.clock.now().getTime()
  const known = stageRunner.roles.get(author)
  if (known !== undefined && now < known.until) return known.role
  const role = await deps.forge.role(author)
  stageRunner.roles.set(author, { role, until: now + ROLE_SECONDS * 1000 })
  return role
}
