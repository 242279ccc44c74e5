import type { HubEvent } from '../../host.ts'
import { type Json, textAt } from './json.ts'
import type { Workflow } from './workflow.ts'

/** What GitHub calls a run whose workflow has no `run-name`. */
export function defaultTitle(event: HubEvent, payload: Json, workflow: Workflow): string {
  const subject = textAt(payload, 'head_commit', 'message').split('\n')[0] ?? ''
  const titles: Readonly<Record<string, string>> = {
    push: subject,
    issues: textAt(payload, 'issue', 'title'),
    issue_comment: textAt(payload, 'issue', 'title'),
  }
  const pull = event.name.startsWith('pull_request') ? textAt(payload, 'pull_request', 'title') : ''
  return titles[event.name] || pull || workflow.name
}
