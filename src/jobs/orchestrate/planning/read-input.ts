import type { PlannerInput } from '../../../agent/planner/planner-input.ts'
import { nonceOf } from '../../../agent/prompts/quote.ts'
import { authorsToAsk, commentsForPrompt } from '../../../agent/prompts/trusted-comments.ts'
import type { Planning } from '../../../core/plan/planning.ts'
import type { Role } from '../../../ports/forge.ts'
import type { Session } from '../session/session.ts'

/** Files with a repository's instructions to agents. Read from the base branch only. */
const INSTRUCTIONS = ['AGENTS.md', 'CLAUDE.md'] as const
const MOST_AUTHORS = 30
/** Seconds for which a role is cached. It decides whose comments a planner reads, and nothing else. */
const ROLE_SECONDS = 600

/** The input of every stage: the issue, the comments, and the repository's instructions. */
export async function plannerInput(session: Session, planning: Planning): Promise<PlannerInput> {
  const { issue, words, options, run } = session.state
  const [comments, instructions] = await Promise.all([commentsOf(session), instructionsAt(session, planning.base)])
  return {
    issue,
    comments,
    words,
    options,
    settings: planning.settings,
    base: planning.base,
    nonce: nonceOf(run, `${planning.base} ${session.state.askedAt} ${session.state.seen[0] ?? ''}`),
    instructions,
  }
}

async function commentsOf(session: Session): Promise<string[]> {
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

async function instructionsAt({ repo }: Session, base: string) {
  const files = await Promise.all(INSTRUCTIONS.map(async (path) => ({ path, text: await repo.readFile(base, path) })))
  return files.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]))
}
