import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NAMES = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'].filter(
  (name) => name !== undefined,
)

/** A Chromium without a window. */
export interface Browser {
  /** The title that a page gave itself when it was done. */
  titleOf(html: string): string
  /** Writes a picture of the top `height` pixels of a page. */
  picture(html: string, width: number, height: number, file: string): void
}

export function chromiumProgram(): string {
  const path = NAMES.map(pathOf).find((one) => one !== null)
  if (path == null) throw new Error('There is no Chromium: `sudo apt-get install chromium`, or name one in CHROMIUM.')
  return path
}

export function openBrowser(): Browser {
  const program = chromiumProgram()
  return {
    titleOf: (html) => {
      const dom = onPage(html, (page) => run(program, ['--dump-dom', page]))
      const title = /<title>([\s\S]*?)<\/title>/.exec(dom)?.[1] ?? ''
      return title.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
    },
    picture: (html, width, height, file) =>
      onPage(html, (page) => run(program, [`--window-size=${width},${height}`, `--screenshot=${file}`, page])),
  }
}

function pathOf(program: string): string | null {
  try {
    return execFileSync('sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

/** The pages are ours and reach no network, so the sandbox of the browser, which containers forbid, is not needed. */
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--virtual-time-budget=20000']

const run = (program: string, more: readonly string[]): string =>
  execFileSync(program, [...FLAGS, ...more], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 28,
  })

function onPage<Found>(html: string, use: (address: string) => Found): Found {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-screens-'))
  try {
    const file = join(folder, 'page.html')
    writeFileSync(file, html)
    return use(`file://${file}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
