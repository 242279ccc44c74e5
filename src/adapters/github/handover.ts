import type { DefaultArtifactClient } from '@actions/artifact'
import type { Handover } from '../../ports/slots.ts'

/** Long enough for an orchestrator that waits for a person over a weekend; the work itself is safe in git by then. */
const RETENTION_DAYS = 7
/** A bundle is packed already. */
const COMPRESSION = 1

/** Names to try; the reader takes any of them for the same result. */
const NAMES = [(name: string) => name, (name: string) => `${name}.2`, (name: string) => `${name}.3`]

export function openHandover(): Handover {
  return {
    upload: async (name, files, rootFolder) => {
      // 1.7 MB that only a slot with a result needs.
      const { DefaultArtifactClient } = await import('@actions/artifact')
      const client = new DefaultArtifactClient()
      const options = { retentionDays: RETENTION_DAYS, compressionLevel: COMPRESSION }
      let trouble: unknown
      for (const named of NAMES) {
        try {
          await client.uploadArtifact(named(name), [...files], rootFolder, options)
          return
        } catch (error) {
          trouble = error
          // It may be there all the same: an earlier try of ours, or this one, whose answer we did not see.
          if (await isComplete(client, named(name))) return
          if (!isTaken(error)) throw error
        }
      }
      throw trouble
    },
  }
}

/** Announced by a try that died before its end: nothing can be written under that name, and nothing is listed under it. */
const isTaken = (error: unknown): boolean => error instanceof Error && /\(409\)|already exists/i.test(error.message)

const isComplete = (client: DefaultArtifactClient, name: string): Promise<boolean> =>
  client.getArtifact(name).then(
    () => true,
    () => false,
  )
