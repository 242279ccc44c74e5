import type { z } from 'zod'
import { unreachableHost } from '../explain-error.ts'
import type { Remote } from '../remote.ts'
import { Mistake } from '../subcommand.ts'

export interface GitHubAccess {
  api: string
  token: string
  remote: Remote
}

export type ApiAnswer<Value> = { ok: true; value: Value } | { ok: false; status: number }

/** GitHub's API cannot be reached, or refuses the repository itself, on which all other checks depend. */
export class Unreachable extends Error {
  override name = 'Unreachable'
  readonly fix: string

  constructor(message: string, { fix, cause }: { fix: string; cause?: unknown }) {
    super(message, { cause })
    this.fix = fix
  }
}

export const NEEDS_ADMIN = "use a token that may read the repository's administration, or check yourself"

/** Requests a path below the repository. */
export function askGitHub<Schema extends z.ZodType>(
  access: GitHubAccess,
  path: string,
  schema: Schema,
): Promise<ApiAnswer<z.infer<Schema>>> {
  const { owner, repo } = access.remote
  return askOf(access, `${owner}/${repo}${path}`, schema)
}

/** The same for any repository: `OWNER/REPO` and the path below it. */
export async function askOf<Schema extends z.ZodType>(
  { api, token }: GitHubAccess,
  path: string,
  schema: Schema,
): Promise<ApiAnswer<z.infer<Schema>>> {
  const response = await reach(`${api}/repos/${path}`, token)
  if (response.headers.has('x-github-enterprise-version'))
    throw new Mistake(
      `${new URL(api).host} is a GitHub Enterprise Server, which cannot run Tributary: @actions/artifact does not support it`,
    )
  if (!response.ok) return { ok: false, status: response.status }
  return { ok: true, value: schema.parse(await response.json()) }
}

async function reach(url: string, token: string): Promise<Response> {
  try {
    return await fetch(url, {
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'x-github-api-version': '2022-11-28',
      },
      signal: AbortSignal.timeout(20_000),
    })
  } catch (error) {
    throw new Unreachable(unreachableHost(new URL(url).host, reasonOf(error)), {
      fix: 'check your network and proxy, then try again',
      cause: error,
    })
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return error.name === 'TimeoutError' ? 'no answer within 20 s' : error.message
}
