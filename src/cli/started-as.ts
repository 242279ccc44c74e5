import { readFileSync, realpathSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { z } from 'zod'

/**
 * How the person started this command, to be typed again. The bare name behind `npx` is never the answer:
 * on npm it belongs to a stranger.
 */
export function startedAs(script: string, cwd: string): string {
  const file = real(script)
  const spec = npxSpec(file)
  if (spec !== null) return `npx ${shellQuoted(spec)}`
  const near = relative(real(cwd), file)
  return `node ${shellQuoted(isAbsolute(near) || near.length > file.length ? file : near)}`
}

const cacheSchema = z.looseObject({ _npx: z.looseObject({ packages: z.tuple([z.string()]) }) })

/** npx stores the requested package next to the package in its cache. */
function npxSpec(file: string): string | null {
  const cache = /^(.*[\\/]_npx[\\/][0-9a-f]+)[\\/]node_modules[\\/]/.exec(file)?.[1]
  if (cache === undefined) return null
  try {
    const [spec] = cacheSchema.parse(JSON.parse(readFileSync(`${cache}/package.json`, 'utf8')))._npx.packages
    return /[/:]/.test(spec) ? spec : null
  } catch {
    return null
  }
}

/** As a shell reads it as one word. */
export const shellQuoted = (path: string): string =>
  /[^\w@%+=:,./#~-]/.test(path) ? `'${path.replaceAll("'", "'\\''")}'` : path

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
