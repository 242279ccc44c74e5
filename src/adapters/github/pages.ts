import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pages } from '../../ports/pages.ts'
import { openArtifacts } from './artifact.ts'

/** Pages as artifacts without an archive, so that a browser shows them. `folder`: they are written there first. */
export const openPages = (folder: string): Pages => ({
  keep: async (name, page) => {
    await mkdir(folder, { recursive: true })
    const path = join(folder, name)
    await writeFile(path, page)
    const client = await openArtifacts()
    try {
      const { id } = await client.uploadArtifact(name, [path], folder, { skipArchive: true })
      if (id === undefined) throw new Error(`the artifact ${name} got no id`)
      return id
    } catch (error) {
      // It may be there, from an earlier try, or from this one if its answer got lost.
      const found = await client.getArtifact(name).catch(() => null)
      if (found === null) throw error
      return found.artifact.id
    }
  },
})
