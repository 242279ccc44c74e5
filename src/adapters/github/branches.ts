import { z } from 'zod'
import { branchRef } from '../../core/ref.ts'
import type { NodesFor } from './nodes.ts'
import { UnknownOutcome } from './outcome.ts'
import { at, type Place } from './place.ts'

const TRIES = 3
const NOTHING = '0'.repeat(40)

/** Deletes what is there in one request, whatever the number; a branch that is gone already is fine. */
export async function deleteBranches(place: Place, nodesFor: NodesFor, branches: readonly string[]): Promise<void> {
  const refs = branches.map(branchRef)
  let trouble: unknown
  for (let tries = 1; tries <= TRIES; tries += 1) {
    // All go or none: one that somebody else deletes meanwhile keeps the others, so look again.
    const there = await thereOf(place, refs)
    if (there.length === 0) return
    trouble = await remove(place, nodesFor, there)
    if (trouble === null) return
  }
  throw new Error(`branches could not be deleted: ${branches.join(', ')}`, { cause: trouble })
}

/** Null when it went well. */
async function remove({ client }: Place, nodesFor: NodesFor, refs: readonly string[]): Promise<unknown> {
  const { repository } = await nodesFor([])
  const refUpdates = refs.map((name) => ({ name, afterOid: NOTHING, force: true }))
  try {
    const text = 'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }'
    const { errors } = await client.graph('mutation', text, { input: { repositoryId: repository, refUpdates } })
    return errors[0] === undefined ? null : new Error(errors[0].message)
  } catch (error) {
    if (error instanceof UnknownOutcome) return error
    throw error
  }
}

/** Branches of a run lie in one folder, so one question is enough for all of them. */
async function thereOf(place: Place, refs: readonly string[]): Promise<string[]> {
  const folders = new Set(refs.map((ref) => ref.slice('refs/'.length, ref.lastIndexOf('/') + 1)))
  const found: string[] = []
  for (const folder of folders) {
    const { data } = await place.client.octokit.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
      ...at(place),
      ref: folder,
    })
    found.push(...refsSchema.parse(data).map(({ ref }) => ref))
  }
  return found.filter((ref) => refs.includes(ref))
}

const refsSchema = z.array(z.object({ ref: z.string() }))
