import type { World } from '../world.ts'
import { nodeId } from './node-id.ts'
import { userShape } from './user.ts'

/** Link name to URL path, if the two differ. */
const LINKS: Readonly<Record<string, string>> = {
  archive: '{archive_format}{/ref}',
  assignees: 'assignees{/user}',
  blobs: 'git/blobs{/sha}',
  branches: 'branches{/branch}',
  collaborators: 'collaborators{/collaborator}',
  comments: 'comments{/number}',
  commits: 'commits{/sha}',
  compare: 'compare/{base}...{head}',
  contents: 'contents/{+path}',
  contributors: 'contributors',
  deployments: 'deployments',
  downloads: 'downloads',
  events: 'events',
  forks: 'forks',
  git_commits: 'git/commits{/sha}',
  git_refs: 'git/refs{/sha}',
  git_tags: 'git/tags{/sha}',
  hooks: 'hooks',
  issue_comment: 'issues/comments{/number}',
  issue_events: 'issues/events{/number}',
  issues: 'issues{/number}',
  keys: 'keys{/key_id}',
  labels: 'labels{/name}',
  languages: 'languages',
  merges: 'merges',
  milestones: 'milestones{/number}',
  notifications: 'notifications{?since,all,participating}',
  pulls: 'pulls{/number}',
  releases: 'releases{/id}',
  stargazers: 'stargazers',
  statuses: 'statuses/{sha}',
  subscribers: 'subscribers',
  subscription: 'subscription',
  tags: 'tags',
  teams: 'teams',
  trees: 'git/trees{/sha}',
}

export const REPOSITORY_ID = 1000

/** A repository as embedded in runs and events. */
export function minimalRepository(world: World) {
  const { doc } = world.store
  return {
    id: REPOSITORY_ID,
    node_id: nodeId('R', REPOSITORY_ID),
    name: doc.repo,
    full_name: `${doc.owner}/${doc.repo}`,
    private: doc.settings.private,
    owner: userShape(world, doc.owner),
    html_url: world.urls.html,
    description: null,
    fork: false,
    url: world.urls.repo,
    ...Object.fromEntries(Object.entries(LINKS).map(([name, rest]) => [`${name}_url`, `${world.urls.repo}/${rest}`])),
  }
}

export function repositoryShape(world: World) {
  const { doc } = world.store
  const open = doc.issues.filter((issue) => issue.state === 'open').length
  return {
    ...minimalRepository(world),
    ...counts(open),
    git_url: world.urls.git,
    clone_url: `${world.urls.server}/${doc.owner}/${doc.repo}.git`,
    ssh_url: world.urls.git,
    svn_url: world.urls.html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: doc.defaultBranch,
    visibility: doc.settings.private ? 'private' : 'public',
    archived: false,
    disabled: false,
    allow_forking: true,
    is_template: false,
    topics: [],
    created_at: doc.createdAt,
    updated_at: doc.createdAt,
    pushed_at: doc.createdAt,
  }
}

const counts = (open: number) => ({
  size: 0,
  forks: 0,
  forks_count: 0,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
  open_issues: open,
  open_issues_count: open,
  has_issues: true,
  has_projects: false,
  has_downloads: false,
  has_wiki: false,
  has_pages: false,
  has_discussions: false,
})

/** `GET /repos/{owner}/{repo}`, with the caller's permissions. */
export const fullRepository = (world: World, permissions: Record<string, boolean>) => ({
  ...repositoryShape(world),
  network_count: 0,
  subscribers_count: 0,
  permissions,
  allow_squash_merge: true,
  allow_merge_commit: true,
  allow_rebase_merge: false,
  allow_auto_merge: false,
  delete_branch_on_merge: false,
})
