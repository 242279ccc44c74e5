import type { LoggedRequest } from '../../../src/model-double/log.ts'
import { type ParsedRequest, parsedRequest } from '../../../src/model-double/request.ts'
import type { ModelServer } from '../../../src/model-double/server.ts'
import { asksFor, taskOf } from './agents.ts'

/** What a request is about: a task's id, or a stage of the planner. */
export function topicOf(request: ParsedRequest): string {
  const task = taskOf(request)
  if (task !== null) return task
  if (asksFor('tasks')(request)) return 'design'
  if (asksFor('accepted')(request)) return 'critique'
  if (asksFor('briefs')(request)) return 'review'
  return asksFor('contradictions')(request) ? 'synthesis' : 'explore'
}

/** Whether it is for the sake of the run with these words in its issue. */
export const isAbout = ({ system, firstText }: ParsedRequest, words: string): boolean =>
  `${system}\n${firstText}`.includes(words)

/** A rule's condition: this stage or task of that run. */
export const of =
  (words: string, topic: string) =>
  (request: ParsedRequest): boolean =>
    isAbout(request, words) && topicOf(request) === topic

/** Every request of one run, told by words of its issue, under what it is about, oldest first. */
export function requestsOf({ requests }: ModelServer, words: string): Record<string, LoggedRequest[]> {
  const found: Record<string, LoggedRequest[]> = {}
  for (const seen of requests) {
    const request = seen.body === null ? null : parsedRequest(seen.body)
    if (request === null || !isAbout(request, words)) continue
    const topic = topicOf(request)
    found[topic] = [...(found[topic] ?? []), seen]
  }
  return found
}
