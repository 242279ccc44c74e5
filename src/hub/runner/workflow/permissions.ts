import type { Permissions } from '../../host.ts'
import { isMap, type Tree } from './tree.ts'

const scopes = [
  'actions',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'repository-projects',
  'security-events',
  'statuses',
]

/** Permissions of a token if the workflow sets none: GitHub's restricted default. */
const restricted: Permissions = { contents: 'read', packages: 'read' }

/** A job's `permissions` replace the workflow's, key by key nothing is inherited. */
export function permissionsOf(workflow: Tree | undefined, job: Tree | undefined): Permissions {
  const declared = job ?? workflow
  return { ...(declared === undefined ? restricted : levels(declared)), metadata: 'read' }
}

function levels(declared: Tree): Permissions {
  if (declared === 'read-all') return all('read')
  if (declared === 'write-all') return all('write')
  return isMap(declared) ? Object.fromEntries([...declared].map(([scope, level]) => [scope, levelOf(level)])) : {}
}

const all = (level: 'read' | 'write'): Permissions => Object.fromEntries(scopes.map((scope) => [scope, level]))

const levelOf = (level: Tree): 'read' | 'write' | 'none' => (level === 'write' || level === 'read' ? level : 'none')
