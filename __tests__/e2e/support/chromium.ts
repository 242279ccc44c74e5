import { execFileSync } from 'node:child_process'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

function pathOf(name: string): string | null {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

const found = NAMES.map(pathOf).find((path) => path !== null) ?? null
const required = process.env.CI === 'true' || process.env.TRIBUTARY_BROWSER === 'required'
const missing = 'there is no Chromium here (sudo apt-get install chromium)'

/** For tests in a browser: `it('...', needsChromium, ...)`. Without one they are skipped, and counted; if it is required they fail. */
export const needsChromium = found !== null || required ? {} : { skip: true, meta: { skippedFor: missing } }

export function chromiumPath(): string {
  if (found === null) throw new Error(`${missing}; it is required: CI or TRIBUTARY_BROWSER says so`)
  return found
}
