import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { hubGitEnvironment } from './run.ts'

export interface GitObject {
  sha: string
  type: string
}

export interface ObjectNames {
  /** The object that a name resolves to, or null. */
  resolve(name: string): Promise<GitObject | null>
  close(): void
}

/**
 * Resolves names with one long-lived `git cat-file`: a run asks for hundreds of them. The action's own reader
 * (adapters/git/object-reader.ts) also reads contents, ends itself when idle and fails with the adapter's errors. The hub
 * may not import adapters, and this small variant is shorter than an abstraction that would serve both.
 */
export function openObjectNames(dir: string): ObjectNames {
  const waiting: ((line: string | null) => void)[] = []
  let child: ChildProcess | null = null
  const start = () => {
    const started = spawn('git', ['cat-file', '--batch-check'], { cwd: dir, env: hubGitEnvironment() })
    createInterface({ input: started.stdout }).on('line', (line) => waiting.shift()?.(line))
    started.stdin.on('error', () => {})
    started.on('error', () => {})
    started.on('close', () => {
      if (child === started) child = null
      for (const answer of waiting.splice(0)) answer(null)
    })
    return started
  }
  return {
    async resolve(name) {
      if (/[\n\0]/.test(name)) return null
      child ??= start()
      const line = await new Promise<string | null>((answer) => {
        waiting.push(answer)
        child?.stdin?.write(`${name}\n`)
      })
      const [, sha, type] = /^([0-9a-f]{40}) ([a-z]+) \d+$/.exec(line ?? '') ?? []
      return sha === undefined || type === undefined ? null : { sha, type }
    },
    close: () => child?.stdin?.end(),
  }
}
