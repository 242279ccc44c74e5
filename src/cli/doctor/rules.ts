import { z } from 'zod'
import { trunkBranch } from '../../core/ref.ts'
import { type Access, ask } from './ask.ts'
import { type Finding, missing, unknown, warning, well } from './finding.ts'

const rulesSchema = z.array(z.looseObject({ type: z.string(), ruleset_source: z.string().optional() }))

/** What each rule would do to the branches of a run, which only the job `orchestrate` pushes, without a pull request of its own. */
const REFUSES = new Map([
  ['creation', 'they cannot be created'],
  ['update', 'pushes to them are refused'],
  ['required_linear_history', 'merges are refused'],
  ['required_signatures', 'commits must be signed'],
  ['pull_request', 'changes must come by pull request'],
  ['required_status_checks', 'checks must pass before a push'],
  ['required_deployments', 'deployments must pass before a push'],
  ['merge_queue', 'changes must come by the merge queue'],
  ['workflows', 'workflows must pass before a push'],
  ['code_scanning', 'a scan must pass before a push'],
  ['branch_name_pattern', 'their names must fit a pattern'],
  ['commit_message_pattern', 'messages must fit a pattern'],
  ['commit_author_email_pattern', 'authors must fit a pattern'],
  ['committer_email_pattern', 'committers must fit a pattern'],
])
const HINDERS = new Map([
  ['deletion', 'the branches of a finished run cannot be cleared away'],
  ['non_fast_forward', 'a task that starts again cannot replace its branch'],
  ['file_path_restriction', 'tasks that write those paths are refused'],
  ['file_extension_restriction', 'tasks that write those files are refused'],
  ['max_file_size', 'tasks that write larger files are refused'],
  ['max_file_path_length', 'tasks that write longer paths are refused'],
])

/** Rulesets on a branch that does not exist yet can be asked for by its name. */
export async function lookAtRules(access: Access): Promise<Finding[]> {
  const branch = trunkBranch('1')
  const answer = await ask(access, `/rules/branches/${encodeURIComponent(branch)}`, rulesSchema)
  if (!answer.ok)
    return [unknown(`whether a ruleset covers tributary/** (${answer.status})`, 'look at Settings > Rules')]
  const found = answer.value.flatMap(({ type, ruleset_source: source = 'this repository' }): Finding[] => {
    const todo = `Settings > Rules > Rulesets of ${source}: exclude tributary/**`
    const refused = REFUSES.get(type)
    if (refused !== undefined) return [missing(`the rule '${type}' covers ${branch}: ${refused}`, todo)]
    const hindered = HINDERS.get(type)
    return hindered === undefined ? [] : [warning(`the rule '${type}' covers ${branch}: ${hindered}`, todo)]
  })
  return found.length > 0 ? found : [well('no ruleset stands in the way of tributary/**')]
}
