import type { DefaultArtifactClient } from '@actions/artifact'
import type { Handover } from '../../ports/slots.ts'

/** Long enough for an orchestrator that waits for a person over a weekend; the work itself is safe in git by then. */
const RETENTION_DAYS = 7
/** A bundle is packed already. */
const COMPRESSION = 1

export function openHandover(): Handover {
  return {
    upload: async (name, files, rootFolder) => {
      // 1.7 MB that only a slot with a result needs.
      const { DefaultArtifactClient } = await import('@actions/artifact')
      const client = new DefaultArtifactClient()
      try {
        const options = { retentionDays: RETENTION_DAYS, compressionLevel: COMPRESSION }
        await client.uploadArtifact(name, [...files], rootFolder, options)
      } catch (error) {
        if (!isThere(error) || !(await isComplete(client, name))) throw error
      }
    },
  }
}

/** An artifact is never overwritten: this name was taken by an earlier try of ours, whose answer we did not see. */
const isThere = (error: unknown): boolean => error instanceof Error && /\(409\)|already exists/i.test(error.message)

/** That try may have died between its announcement and its end; then the artifact is not listed. */
const isComplete = (client: DefaultArtifactClient, name: string): Promise<boolean> =>
  client.getArtifact(name).then(
    () => true,
    () => false,
  )
