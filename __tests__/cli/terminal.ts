import { join } from 'node:path'
import { runCli } from '../../src/cli/run-cli.ts'

export interface Said {
  code: number
  out: string
  error: string
}

/** What a person sees who types `tributary ...words` in a folder. */
export async function typed(
  cwd: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const [out, error]: [string[], string[]] = [[], []]
  const code = await runCli(words, {
    cwd,
    env,
    home: join(import.meta.dirname, '..', '..'),
    command: 'node ../tributary/dist/cli.js',
    out: (line) => out.push(line),
    error: (line) => error.push(line),
    interruption: () => AbortSignal.abort(),
  })
  return { code, out: out.join('\n'), error: error.join('\n') }
}
