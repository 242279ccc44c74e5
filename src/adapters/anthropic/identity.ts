import type { Federation } from './credentials.ts'

/** GitHub or the API's token endpoint gave no token; `statusCode` is null where nobody answered. */
export class IdentityError extends Error {
  readonly statusCode: number | null
  constructor(message: string, statusCode: number | null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'IdentityError'
    this.statusCode = statusCode
  }
}

/** GitHub's word on which job this is, for a few minutes. */
export async function githubIdentity({
  identity,
  audience,
}: Pick<Federation, 'identity' | 'audience'>): Promise<string> {
  if (identity === null) throw new IdentityError('the job has no `permissions: id-token: write`', 401)
  const address = new URL(identity.requestUrl)
  address.searchParams.set('audience', audience)
  const response = await answerOf(address, identity.requestToken)
  if (!response.ok) throw new IdentityError(`GitHub gave no identity token: ${response.status}`, response.status)
  const body: unknown = await response.json().catch(() => null)
  if (typeof body === 'object' && body !== null && 'value' in body && typeof body.value === 'string') return body.value
  throw new IdentityError('GitHub answered without an identity token', 502)
}

async function answerOf(address: URL, token: string): Promise<Response> {
  try {
    // The token is for this one address: it does not follow anybody elsewhere.
    return await fetch(address, { headers: { authorization: `Bearer ${token}` }, redirect: 'error' })
  } catch (cause) {
    throw new IdentityError('GitHub could not be asked for an identity token', null, { cause })
  }
}
