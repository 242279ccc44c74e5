import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { z } from 'zod'
import type { World } from './world.ts'

const MOST = 512 * 2 ** 20
const documentSchema = z.looseObject({
  jobTokens: z.array(z.looseObject({ token: z.string(), job: z.int(), revoked: z.boolean() })),
  jobs: z.array(z.looseObject({ id: z.int(), name: z.string(), status: z.string() })),
})
export type HubDocument = z.infer<typeof documentSchema>

/** What the hub has on disk: with every job's token, which no answer of it tells. */
export const documentOf = (world: World): HubDocument =>
  documentSchema.parse(JSON.parse(readFileSync(join(world.folder, 'hub', 'hub.json'), 'utf8')))

/** Everything that a run leaves behind, by place: logs, artifacts, all objects of git, comments, checks, pull requests. */
export function everywhere(world: World): Map<string, string> {
  const found = new Map<string, string>()
  const logs = join(world.folder, 'hub', 'logs')
  for (const name of readdirSync(logs)) found.set(`log ${name}`, readFileSync(join(logs, name), 'utf8'))
  for (const [name, text] of artifactsOf(world)) found.set(name, text)
  // Own secrets of the hub aside, its document is what people see: comments, reviews, checks, pull requests, titles of runs.
  const { jobTokens: _, tokens: __, secret: ___, ...seen } = documentOf(world)
  found.set('what people see', JSON.stringify(seen))
  found.set('git', objectsOf(world))
  return found
}

/** An artifact is an archive, or one file as it is. */
const filesOf = (artifact: Buffer): Record<string, Uint8Array> =>
  artifact.subarray(0, 2).toString() === 'PK' ? unzipSync(artifact) : { file: artifact }

/** Commits of artifacts are brought into the hub's repository, so that a later look at its objects sees them too. */
function artifactsOf(world: World): [string, string][] {
  const folder = join(world.folder, 'hub', 'artifacts')
  const scratch = mkdtempSync(join(world.folder, 'unzipped-'))
  return readdirSync(folder).flatMap((zip) =>
    Object.entries(filesOf(readFileSync(join(folder, zip)))).map(([name, bytes]): [string, string] => {
      const file = join(scratch, `${zip}-${name}`)
      writeFileSync(file, bytes)
      if (name.endsWith('.bundle')) world.git('bundle', 'unbundle', file)
      return [`artifact ${zip}: ${name}`, Buffer.from(bytes).toString('latin1')]
    }),
  )
}

const objectsOf = (world: World): string =>
  execFileSync('git', ['-C', world.gitDir, 'cat-file', '--batch', '--batch-all-objects'], {
    encoding: 'latin1',
    maxBuffer: MOST,
  })

/** Places in which one of the values stands, as it is or in base64. */
export const placesWith = (found: ReadonlyMap<string, string>, values: readonly string[]): string[] =>
  [...found].flatMap(([place, text]) =>
    values.some((value) => text.includes(value) || text.includes(Buffer.from(value).toString('base64').slice(0, -4)))
      ? [place]
      : [],
  )
