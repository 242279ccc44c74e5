import { type ParsedRequest, parsedRequest } from '../../../src/hub/model/request.ts'
import type { ModelServer } from '../../../src/hub/model/server.ts'

/** What the model was asked, oldest first: only what was understood, each conversation once for each of its turns. */
export const promptsOf = ({ requests }: ModelServer, isWanted: (request: ParsedRequest) => boolean): ParsedRequest[] =>
  requests.flatMap(({ body }) => (body === null ? [] : [parsedRequest(body)])).filter(isWanted)
