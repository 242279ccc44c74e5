import { type ObjectContent, type ObjectInfo, objectReader } from './object-reader.ts'
import type { GitPlace } from './place.ts'

/** In the order asked for; null for those that are not there. */
export const infoOf = (place: GitPlace, names: readonly string[]): Promise<(ObjectInfo | null)[]> =>
  Promise.all(names.map((name) => objectReader(place).info(name)))

/** In the order asked for; null for those that are not there. Throws where all of them are more than `maxBytes`, and reads none. */
export async function contentOf(
  place: GitPlace,
  names: readonly string[],
  maxBytes: number,
): Promise<(ObjectContent | null)[]> {
  const bytes = (await infoOf(place, names)).reduce((sum, info) => sum + (info?.bytes ?? 0), 0)
  if (bytes > maxBytes) throw new Error(`git cat-file has ${bytes} bytes to say, more than ${maxBytes}`)
  return Promise.all(names.map((name) => objectReader(place).content(name)))
}
