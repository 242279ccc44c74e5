#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { explainError } from './cli/explain-error.ts'
import { isDebugged, runCli } from './cli/run.ts'

const OLDEST_NODE = 20

/** Without this, Node would print the line of the bundle that threw: thousands of characters. */
process.on('uncaughtException', (error) => {
  const { lines, code } = explainError(error, 'tributary', isDebugged(process.env))
  for (const line of lines) console.error(line)
  process.exit(code)
})

/** A reader that has enough, such as `head`, closes the pipe. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(`tributary needs Node ${OLDEST_NODE} or later; this is Node ${process.versions.node}.`)
  process.exit(1)
}

process.exitCode = await runCli(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  home: fileURLToPath(new URL('..', import.meta.url)),
  out: (line) => console.log(line),
  error: (line) => console.error(line),
  interruption: () => {
    const controller = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort(signal))
    return controller.signal
  },
})
