import type { Client } from './client.ts'

/** One repository, and the way to it. */
export interface Place {
  client: Client
  owner: string
  repo: string
}

/** What every REST route of a repository wants to know. */
export const at = ({ owner, repo }: Place): { owner: string; repo: string } => ({ owner, repo })
