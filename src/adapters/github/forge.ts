import type { Forge } from '../../ports/forge.ts'
import type { Place } from './client.ts'
import { allComments, openSelf } from './comments.ts'
import { openNodes } from './node-ids.ts'
import { openPublishing } from './publish.ts'
import { pullAt } from './pulls.ts'
import { reply } from './reply.ts'
import { fileAt, openDefaultBranch, react, roleOf } from './repository.ts'
import { dispatch, dispatched, orchestratorAlive } from './workflow-runs.ts'

export interface ForgeOptions extends Place {
  /** The name of our workflow file in `.github/workflows`. */
  workflowFile: string
  /** The login that our token writes under; asked of GitHub where it is not given. */
  self?: string
}

export function openForge({ workflowFile, self: login, ...place }: ForgeOptions): Forge {
  const self = openSelf(place.client, login)
  const nodesFor = openNodes(place)
  const defaultBranch = openDefaultBranch(place)
  const workflow = { ...place, workflowFile, defaultBranch }
  return {
    defaultBranch,
    role: (person) => roleOf(place, person),
    react: (comment, content) => react(place, comment, content),
    reply: (thread, key, body, fresh) => reply(place, self, { thread, key, body, fresh }),
    pull: (number) => pullAt(place, number),
    comments: (thread) => allComments(place, thread),
    file: (path, ref) => fileAt(place, path, ref),
    publish: openPublishing(place, self, nodesFor),
    dispatch: (inputs) => dispatch(workflow, inputs),
    dispatched: (run, request) => dispatched(workflow, run, request),
    orchestratorAlive: (workflowRun) => orchestratorAlive(place, workflowRun),
  }
}
