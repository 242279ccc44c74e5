import type { FileChange } from '../git/changes.ts'
import type { HubCommit } from '../git/commits.ts'
import type { World } from '../world.ts'
import { nodeId } from './node-id.ts'

const VERIFICATION = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

export const gitCommitShape = (world: World, commit: HubCommit) => ({
  sha: commit.sha,
  node_id: nodeId('C', commit.sha),
  url: `${world.urls.repo}/git/commits/${commit.sha}`,
  html_url: `${world.urls.html}/commit/${commit.sha}`,
  author: commit.author,
  committer: commit.committer,
  tree: { sha: commit.tree, url: `${world.urls.repo}/git/trees/${commit.tree}` },
  message: commit.message,
  parents: parentsOf(world, commit, 'git/commits'),
  verification: VERIFICATION,
})

export const commitShape = (world: World, commit: HubCommit) => ({
  sha: commit.sha,
  node_id: nodeId('C', commit.sha),
  url: `${world.urls.repo}/commits/${commit.sha}`,
  html_url: `${world.urls.html}/commit/${commit.sha}`,
  comments_url: `${world.urls.repo}/commits/${commit.sha}/comments`,
  commit: {
    url: `${world.urls.repo}/git/commits/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${world.urls.repo}/git/trees/${commit.tree}` },
    comment_count: 0,
    verification: VERIFICATION,
  },
  author: null,
  committer: null,
  parents: parentsOf(world, commit, 'commits'),
})

const parentsOf = (world: World, commit: HubCommit, path: string) =>
  commit.parents.map((sha) => ({
    sha,
    url: `${world.urls.repo}/${path}/${sha}`,
    html_url: `${world.urls.html}/commit/${sha}`,
  }))

export const fileShape = (world: World, change: FileChange, sha: string) => ({
  sha: change.sha,
  filename: change.path,
  status: change.status,
  additions: change.additions,
  deletions: change.deletions,
  changes: change.additions + change.deletions,
  blob_url: `${world.urls.html}/blob/${sha}/${change.path}`,
  raw_url: `${world.urls.html}/raw/${sha}/${change.path}`,
  contents_url: `${world.urls.repo}/contents/${change.path}?ref=${sha}`,
  ...(change.patch === '' ? {} : { patch: change.patch }),
})
