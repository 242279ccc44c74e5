import type { Login } from '../access/people.ts'
import type { JobRecord, Permissions, UnfinishedRun, WorkflowRunRecord } from '../host.ts'

/** The hub's state as one JSON document. Field names are GitHub's own; what git holds is not stored. */
export interface Document {
  version: 1
  owner: string
  repo: string
  defaultBranch: string
  /** The names that branches have had, with those that they have now. */
  renamedBranches?: Record<string, string>
  /** `OWNER/NAME` as it was before the repository was renamed. */
  formerNames?: string[]
  /** Signs runtime tokens and download links. */
  secret: string
  port: number | null
  createdAt: string
  lastId: number
  lastNumber: number
  tokens: Record<Login, string>
  jobTokens: JobToken[]
  settings: RepositorySettings
  issues: IssueRecord[]
  comments: CommentRecord[]
  reactions: ReactionRecord[]
  labels: LabelRecord[]
  reviews: ReviewRecord[]
  reviewComments?: ReviewCommentRecord[]
  checks: CheckRecord[]
  suites: SuiteRecord[]
  artifacts: ArtifactRecord[]
  workflows: WorkflowRecord[]
  runs: WorkflowRunRecord[]
  jobs: JobRecord[]
  unfinished?: UnfinishedRun[]
}

export interface JobToken {
  token: string
  job: number
  run: number
  permissions: Permissions
  revoked: boolean
}

export interface RepositorySettings {
  /** The repository setting "Allow GitHub Actions to create and approve pull requests". */
  allowActionsToCreatePulls: boolean
  /** False if the plan has no draft pull requests (private repositories on the Free plan). */
  draftPulls: boolean
  /** True for a remote that takes refs under refs/heads and refs/tags only. */
  refuseCustomRefs: boolean
  /** "Allow auto-merge". */
  allowAutoMerge: boolean
  /** What the base branches' rules want before a merge: approvals of people with write access. */
  requiredApprovals: number
  /** Nothing can be written into an archived repository, by anyone; everything can be read. */
  archived: boolean
  /** In a private repository reading requires a permission too. */
  private: boolean
  defaultWorkflowPermissions: 'read' | 'write'
  /** Which actions may run; `selected` means those that `allowedPatterns` names, and GitHub's own. */
  allowedActions: 'all' | 'local_only' | 'selected'
  allowedPatterns: string[]
  shaPinningRequired: boolean
  /** Types of the rules that a ruleset puts on the branches of runs. The first six are enforced, the others only reported. */
  branchRules: (typeof BRANCH_RULES)[number][]
  /** Whether a job's token may bypass that ruleset, as that of an App may. */
  bypass: 'never' | 'always'
  /** How GitHub tells that a push changes workflow files: reports disagree. */
  workflowRule: 'commits' | 'trees'
}

export const BRANCH_RULES = [
  'creation',
  'update',
  'deletion',
  'non_fast_forward',
  'required_signatures',
  'required_linear_history',
  'pull_request',
  'required_status_checks',
] as const

export interface IssueRecord {
  id: number
  number: number
  title: string
  body: string | null
  author: string
  state: 'open' | 'closed'
  stateReason: 'completed' | 'reopened' | 'not_planned' | 'duplicate' | null
  labels: string[]
  assignees?: string[]
  createdAt: string
  updatedAt: string
  closedAt: string | null
  closedBy: string | null
  locked?: boolean
  /** It is in another repository now, where no token of this one can follow. */
  transferred?: boolean
  pull: PullRecord | null
}

export interface PullRecord {
  id: number
  head: string
  base: string
  headSha: string
  baseSha: string
  draft: boolean
  mergedAt: string | null
  mergedBy: string | null
  mergeCommit: string | null
  requestedReviewers?: string[]
  /** `jobToken`: a job has switched it on. */
  autoMerge?: { by: string; at: string; method: MergeMethod; jobToken?: string } | null
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export interface CommentRecord {
  id: number
  issue: number
  author: string
  body: string
  createdAt: string
  updatedAt: string
  minimized: string | null
}

export interface ReactionRecord {
  id: number
  subject: { kind: 'comment' | 'issue'; id: number }
  author: string
  content: string
  createdAt: string
}

export interface LabelRecord {
  id: number
  name: string
  color: string
  description: string | null
}

export interface ReviewRecord {
  id: number
  issue: number
  author: string
  body: string
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'
  commit: string
  submittedAt: string
}

/** A comment on a line of the diff. A thread is its first comment and the replies to it. */
export interface ReviewCommentRecord {
  id: number
  issue: number
  review: number
  /** The first comment of the thread; null: it is the first. */
  replyTo: number | null
  author: string
  body: string
  path: string
  line: number
  startLine: number | null
  side: 'LEFT' | 'RIGHT'
  commit: string
  hunk: string
  createdAt: string
  /** Who resolved the thread that begins here. */
  resolvedBy: string | null
}

export interface Annotation {
  path: string
  start_line: number
  end_line: number
  start_column: number | null
  end_column: number | null
  annotation_level: string
  title: string | null
  message: string
  raw_details: string | null
}

export interface CheckRecord {
  id: number
  suite: number
  headSha: string
  name: string
  externalId: string
  detailsUrl: string | null
  status: string
  conclusion: string | null
  startedAt: string | null
  completedAt: string | null
  output: { title: string | null; summary: string | null; text: string | null; annotations: Annotation[] }
}

export interface SuiteRecord {
  id: number
  headSha: string
  createdAt: string
}

export interface ArtifactRecord {
  id: number
  run: number
  job: number
  name: string
  mimeType: string
  version: number
  size: number
  digest: string | null
  createdAt: string
  expiresAt: string
  finalized: boolean
}

export interface WorkflowRecord {
  id: number
  path: string
  createdAt: string
}
