import { expect, it } from 'vitest'
import { AHEAD, FILE, forgeContract, ROLES, type Stage, TASK } from '../../contract/forge.contract.ts'
import { memoryForge } from './forge.ts'
import { commentBy, memoryGitHub, SELF } from './github.ts'

async function memoryStage(): Promise<Stage> {
  const files = { [FILE.path]: FILE.text, 'nowhere.yml': null }
  const github = memoryGitHub({ roles: ROLES, issues: [1], files, branches: [AHEAD, TASK] })
  return {
    forge: memoryForge(github),
    another: () => memoryForge(github),
    issue: 1,
    nowhere: 777,
    sha: 'a'.repeat(40),
    comment: async (thread, body) => commentBy(github, 'writer', thread, body),
    comments: async (thread) =>
      github.comments
        .filter((one) => one.thread === thread)
        .map(({ author, body }) => ({ ours: author === SELF, body })),
    reactions: async (comment) =>
      github.reactions.filter((one) => one.comment === comment).map(({ content }) => content),
    checks: async (sha) =>
      github.checks
        .filter((one) => one.sha === sha)
        .map(({ label, externalId, state, title, text }) => {
          const conclusion = state.status === 'completed' ? state.conclusion : null
          return { label, externalId, status: state.status, conclusion, title, text }
        }),
    pulls: async () =>
      github.pulls.map(({ number, headBranch, base, title, body, draft, state }) => {
        return { number, head: headBranch ?? '', base, title, body, draft, state }
      }),
    branches: async () => ['main', ...github.branches],
  }
}

forgeContract('memory', memoryStage)

it('throws on what was not given', async () => {
  const forge = memoryForge(memoryGitHub({ roles: { ada: 'write' } }))
  expect(await forge.role('ada')).toBe('write')
  await expect(forge.role('bob')).rejects.toThrow('a role of bob was asked for')
  await expect(forge.file('x')).rejects.toThrow('a file x was asked for')
  await expect(forge.react(3, 'eyes')).rejects.toThrow('a comment 3 was asked for')
  await expect(forge.reply(9, 'k', 'x', true)).rejects.toThrow('no issue or pull request 9')
  await expect(forge.orchestratorAlive(5)).rejects.toThrow('a workflow run 5')
})
