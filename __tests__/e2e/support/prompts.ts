import { type ParsedRequest, parsedRequest } from '../../../src/model-double/request.ts'
import type { ModelServer } from '../../../src/model-double/server.ts'

/** What the model was asked, oldest first: only what was understood, each conversation once for each of its turns. */
export const promptsOf = ({ requests }: ModelServer, isWanted: (request: ParsedRequest) => boolean): ParsedRequest[] =>
  requests.flatMap(({ body }) => (body === null ? [] : [parsedRequest(body)])).filter(isWanted)
