/** A rule of a ruleset on GitHub that holds for a branch and that our token cannot bypass. */
export interface BranchRule {
  type: string
  /** The repository or organisation that has the ruleset. */
  source: string
  /** Of a rule about names: what the name must match, or must not. */
  name?: { operator: string; pattern: string; negate: boolean }
}

/** What each rule would do to the branches of a run, which only the job `orchestrate` pushes, without a pull request of its own. */
const REFUSES: ReadonlyMap<string, string> = new Map([
  ['creation', 'they cannot be created'],
  ['update', 'pushes to them are refused'],
  ['required_linear_history', 'merges are refused'],
  ['required_signatures', 'commits must be signed, and a job has no key to sign with'],
  ['pull_request', 'changes must come by pull request'],
  ['required_status_checks', 'checks must pass before a push'],
  ['required_deployments', 'deployments must pass before a push'],
  ['merge_queue', 'changes must come by the merge queue'],
  ['workflows', 'workflows must pass before a push'],
  ['code_scanning', 'a scan must pass before a push'],
  ['branch_name_pattern', 'their names do not fit its pattern'],
])

/** Rules that refuse some pushes, by what is in them. */
const HINDERS: ReadonlyMap<string, string> = new Map([
  ['deletion', 'the branches of a finished run cannot be cleared away'],
  ['non_fast_forward', 'a task that starts again cannot replace its branch'],
  ['commit_message_pattern', 'messages must fit a pattern'],
  ['commit_author_email_pattern', 'authors must fit a pattern'],
  ['committer_email_pattern', 'committers must fit a pattern'],
  ['file_path_restriction', 'tasks that write those paths are refused'],
  ['file_extension_restriction', 'tasks that write those files are refused'],
  ['max_file_size', 'tasks that write larger files are refused'],
  ['max_file_path_length', 'tasks that write longer paths are refused'],
])

/** What the rule does to this branch; null: nothing. `refuses`: no run can work under it. */
export function ruleEffect(rule: BranchRule, branch: string): { refuses: boolean; effect: string } | null {
  if (rule.name !== undefined && fits(rule.name, branch)) return null
  const refused = REFUSES.get(rule.type)
  if (refused !== undefined) return { refuses: true, effect: refused }
  const hindered = HINDERS.get(rule.type)
  return hindered === undefined ? null : { refuses: false, effect: hindered }
}

export const refusingRules = (rules: readonly BranchRule[], branch: string): BranchRule[] =>
  rules.filter((rule) => ruleEffect(rule, branch)?.refuses === true)

/** Rules under which a run works, but not for all that it may want to push. */
export const hinderingRules = (rules: readonly BranchRule[], branch: string): BranchRule[] =>
  rules.filter((rule) => ruleEffect(rule, branch)?.refuses === false)

/** A pattern that cannot be tried here counts as one that fits: the push will tell. */
function fits({ operator, pattern, negate }: NonNullable<BranchRule['name']>, branch: string): boolean {
  switch (operator) {
    case 'starts_with':
      return branch.startsWith(pattern) !== negate
    case 'ends_with':
      return branch.endsWith(pattern) !== negate
    case 'contains':
      return branch.includes(pattern) !== negate
    default:
      return true
  }
}
