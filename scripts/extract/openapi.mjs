const METHODS = new Set(['get', 'put', 'post', 'patch', 'delete'])

/** Beneath /repos/{owner}/{repo}: what the hub serves. */
const ROUTES = [
  '',
  '/branches',
  '/branches/{branch}',
  '/branches/{branch}/rename',
  '/git/(commits|trees)/.*',
  '/git/(ref|matching-refs|refs)/.*',
  '/git/refs',
  '/compare/{basehead}',
  '/contents/{path}',
  '/commits',
  '/commits/{ref}',
  '/commits/{ref}/check-(runs|suites)',
  '/issues',
  '/issues/{issue_number}',
  '/issues/{issue_number}/(assignees|comments|labels|lock|reactions)',
  '/issues/{issue_number}/labels/{name}',
  '/issues/comments',
  '/issues/comments/{comment_id}',
  '/issues/comments/{comment_id}/reactions',
  '/issues/comments/{comment_id}/reactions/{reaction_id}',
  '/labels',
  '/labels/{name}',
  '/collaborators/{username}',
  '/collaborators/{username}/permission',
  '/pulls',
  '/pulls/{pull_number}',
  '/pulls/{pull_number}/(comments|commits|files|merge|requested_reviewers|reviews|update-branch)',
  '/pulls/{pull_number}/comments/{comment_id}/replies',
  '/pulls/{pull_number}/reviews/{review_id}',
  '/pulls/{pull_number}/reviews/{review_id}/comments',
  '/check-runs',
  '/check-runs/{check_run_id}',
  '/check-runs/{check_run_id}/annotations',
  '/check-suites/{check_suite_id}',
  '/check-suites/{check_suite_id}/check-runs',
  '/actions/workflows',
  '/actions/workflows/{workflow_id}',
  '/actions/workflows/{workflow_id}/(dispatches|runs)',
  '/actions/runs',
  '/actions/runs/{run_id}',
  '/actions/runs/{run_id}/(cancel|force-cancel|jobs|artifacts)',
  '/actions/jobs/{job_id}',
  '/actions/jobs/{job_id}/logs',
  '/actions/artifacts',
  '/actions/artifacts/{artifact_id}',
  '/actions/artifacts/{artifact_id}/{archive_format}',
  '/actions/permissions',
  '/actions/permissions/(access|selected-actions|workflow)',
  '/actions/secrets',
  '/actions/organization-secrets',
  '/rules/branches/{branch}',
  '/rulesets/{ruleset_id}',
]
const ELSEWHERE = ['/user', '/users/{username}', '/rate_limit']

/** Payloads of the events that the hub delivers. */
const EVENTS = [
  'issues-opened',
  'issues-closed',
  'issues-reopened',
  'issues-edited',
  'issues-labeled',
  'issues-assigned',
  'issue-comment-created',
  'issue-comment-edited',
  'issue-comment-deleted',
  'pull-request-opened',
  'pull-request-closed',
  'pull-request-reopened',
  'pull-request-edited',
  'pull-request-synchronize',
  'pull-request-ready-for-review',
  'pull-request-converted-to-draft',
  'pull-request-labeled',
  'pull-request-assigned',
  'pull-request-review-requested',
  'pull-request-auto-merge-enabled',
  'pull-request-review-submitted',
  'pull-request-review-comment-created',
  'push',
]

const PROSE = new Set(['description', 'example', 'examples', 'title', 'externalDocs', 'summary', 'tags', 'default'])

export function extractOpenapi(description) {
  const wanted = new RegExp(`^/repos/{owner}/{repo}(${ROUTES.join('|')})$`.replace(/([{}])/g, '\\$1'))
  const paths = Object.fromEntries(
    Object.entries(description.paths)
      .filter(([path]) => wanted.test(path) || ELSEWHERE.includes(path))
      .map(([path, item]) => [path, operationsOf(item)]),
  )
  const events = Object.fromEntries(EVENTS.map((event) => [event, payloadOf(description, event)]))
  const components = reachable(description, [paths, events])
  return { openapi: description.openapi, info: { version: description.info.version }, paths, events, components }
}

const payloadOf = (description, event) =>
  plain(description['x-webhooks'][event].post.requestBody.content['application/json'].schema)

const operationsOf = (item) =>
  Object.fromEntries(
    Object.entries(item)
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => [
        method,
        plain({
          operationId: operation.operationId,
          parameters: operation.parameters,
          requestBody: jsonOf(operation.requestBody),
          responses: Object.fromEntries(
            Object.entries(operation.responses).map(([status, answer]) => [
              status,
              answer.$ref ? answer : jsonOf(answer),
            ]),
          ),
        }),
      ]),
  )

/** The body's schema, where it is JSON. */
const jsonOf = (body) => body && { required: body.required, schema: body.content?.['application/json']?.schema }

/** Without prose, but a property may well be called `description` or `title`. */
function plain(value, names = false) {
  if (Array.isArray(value)) return value.map((entry) => plain(entry))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, entry]) => entry !== undefined && (names || !(PROSE.has(key) || key.startsWith('x-'))))
      .map(([key, entry]) => [key, plain(entry, key === 'properties' && !names)]),
  )
}

function reachable(description, roots) {
  const components = {}
  const queue = [...roots]
  while (queue.length > 0) {
    for (const [, kind, name] of JSON.stringify(queue.pop()).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)) {
      components[kind] ??= {}
      if (components[kind][name] !== undefined) continue
      const own = description.components[kind][name]
      components[kind][name] = plain(kind === 'responses' ? jsonOf(own) : own)
      queue.push(components[kind][name])
    }
  }
  return components
}
