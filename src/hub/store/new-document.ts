import { randomBytes } from 'node:crypto'
import { LOGINS, type Login } from '../access/people.ts'
import { randomToken } from '../access/token.ts'
import type { Document, RepositorySettings } from './document.ts'

export const DEFAULT_SETTINGS: RepositorySettings = {
  allowActionsToCreatePulls: true,
  draftPulls: true,
  refuseCustomRefs: false,
  private: false,
  defaultWorkflowPermissions: 'read',
  allowedActions: 'all',
  allowedPatterns: [],
  shaPinningRequired: false,
  archived: false,
  allowAutoMerge: false,
  requiredApprovals: 0,
  branchRules: [],
  bypass: 'never',
  workflowRule: 'commits',
}

export interface NewDocument {
  owner: string
  repo: string
  defaultBranch: string
  settings: Partial<RepositorySettings>
  now: string
}

export const createDocument = ({ owner, repo, defaultBranch, settings, now }: NewDocument): Document => ({
  version: 1,
  owner,
  repo,
  defaultBranch,
  secret: randomBytes(32).toString('hex'),
  port: null,
  createdAt: now,
  lastId: 1000,
  lastNumber: 0,
  tokens: peopleTokens(),
  jobTokens: [],
  settings: { ...DEFAULT_SETTINGS, ...settings },
  issues: [],
  comments: [],
  reactions: [],
  labels: [],
  reviews: [],
  checks: [],
  suites: [],
  artifacts: [],
  workflows: [],
  runs: [],
  jobs: [],
})

function peopleTokens(): Record<Login, string> {
  const [admin, writer, reader, outsider] = LOGINS.map(() => randomToken('ghp'))
  return { admin: admin ?? '', writer: writer ?? '', reader: reader ?? '', outsider: outsider ?? '' }
}
