import type { Remote } from './remote.ts'

/** Commands of GitHub's `gh` for a repository; it asks github.com unless another host is named. */
export function ghFor({ host, owner, repo }: Remote) {
  const isDefault = host === 'github.com'
  const onHost = isDefault ? '' : ` --hostname ${host}`
  return {
    token: `gh auth token${onHost}`,
    allowPulls: `gh api${onHost} -X PUT repos/${owner}/${repo}/actions/permissions/workflow -F can_approve_pull_request_reviews=true`,
    setSecret: (name: string) => `gh secret set ${name} --repo ${isDefault ? '' : `${host}/`}${owner}/${repo}`,
  }
}
