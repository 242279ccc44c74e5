import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Hub, startHub } from './hub.ts'

/** Where `tributary hub` was typed. */
export interface HubTerminal {
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** The folder with Tributary's action.yml and dist. */
  home: string
  out(line: string): void
  error(line: string): void
  interruption(): AbortSignal
}

export const HUB_HELP: readonly string[] = [
  'tributary hub --repo DIR [--port N] [--data DIR] [--name OWNER/NAME] [--secret K=V]... [--variable K=V]... [--json]',
  '',
  'Serves a git repository on this machine as GitHub would: issues, comments, pull requests, checks, git, and its workflows.',
  '  --repo DIR         the checkout; its current branch is copied on the first start, and it is left alone after that',
  '  --port N           the port on 127.0.0.1; the last one, or a free one otherwise',
  '  --data DIR         where the hub keeps everything; a folder of its own for each checkout otherwise',
  '  --name OWNER/NAME  what the repository is called there',
  '  --secret K=V       a secret for workflows; K alone takes it from the environment',
  '  --variable K=V     a variable for workflows',
  '  --json             one line of JSON with addresses and tokens, and nothing else',
]

const OPTIONS = {
  repo: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  name: { type: 'string' },
  secret: { type: 'string', multiple: true },
  variable: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const

/** Runs until it is interrupted. The exit code: 0, or 2 where the arguments were not right. */
export async function runHubCommand(words: readonly string[], terminal: HubTerminal): Promise<number> {
  const hub = await startAsTold(words, terminal)
  if (typeof hub === 'string') {
    terminal.error(`${hub}\n\n${HUB_HELP[0]}`)
    return 2
  }
  try {
    await interrupted(terminal.interruption())
  } finally {
    await hub.close()
  }
  return 0
}

class Unfit extends Error {}

/** A sentence instead of a hub says what to change. */
async function startAsTold(words: readonly string[], terminal: HubTerminal): Promise<Hub | string> {
  try {
    const told = readWords(words, terminal)
    const log = (line: string) => terminal.error(line)
    const { json, ...options } = told
    const hub = await startHub({ ...options, tributaryAction: terminal.home, log })
    for (const line of json ? [jsonLine(hub)] : greeting(hub, told.dataDir)) terminal.out(line)
    return hub
  } catch (error) {
    if (error instanceof Unfit) return error.message
    if (isTaken(error)) return 'That port is taken. Give another one with --port, or none.'
    throw error
  }
}

function readWords(words: readonly string[], { cwd, env }: HubTerminal) {
  const { repo, port, data, name, secret = [], variable = [], json = false } = parsed(words)
  if (repo === undefined) throw new Unfit('Which repository? Give its folder: --repo DIR')
  const folder = resolve(cwd, repo)
  if (!existsSync(join(folder, '.git')) && !existsSync(join(folder, 'HEAD'))) {
    throw new Unfit(`${folder} is no git repository. In it, run: git init && git add . && git commit -m "First"`)
  }
  if (name !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(name)) throw new Unfit(`'${name}' is no OWNER/NAME.`)
  return {
    repo: folder,
    dataDir: data === undefined ? ownFolder(folder, env) : resolve(cwd, data),
    secrets: pairs('--secret', secret, env),
    variables: pairs('--variable', variable, env),
    json,
    ...(port === undefined ? {} : { port: portOf(port) }),
    ...(name === undefined ? {} : { name }),
  }
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, strict: true }).values
  } catch (error) {
    throw new Unfit(error instanceof Error ? error.message : String(error))
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw new Unfit(`'${text}' is no port: a number from 0 to 65535, where 0 takes any that is free.`)
}

function pairs(option: string, given: readonly string[], env: HubTerminal['env']): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const [name = '', ...value] = pair.split('=')
      if (!/^[A-Za-z_]\w*$/.test(name)) throw new Unfit(`'${pair}' does not fit ${option} K=V.`)
      if (value.length > 0) return [name, value.join('=')]
      const known = env[name]
      if (known === undefined) throw new Unfit(`${name} is not in the environment: give ${option} ${name}=VALUE.`)
      return [name, known]
    }),
  )
}

/** Outside the checkout, where nobody commits it and no tool walks into it. */
function ownFolder(checkout: string, env: HubTerminal['env']): string {
  const state = env.XDG_STATE_HOME ?? join(env.HOME ?? homedir(), '.local', 'state')
  const hash = createHash('sha256').update(checkout).digest('hex').slice(0, 12)
  return join(state, 'tributary', 'hub', `${basename(checkout)}-${hash}`)
}

const jsonLine = ({ url, api, graphql, git, owner, repo, tokens }: Hub): string =>
  JSON.stringify({ url, api, graphql, git, owner, repo, tokens })

const greeting = (hub: Hub, dataDir: string): string[] => [
  `${hub.owner}/${hub.repo} is served on ${hub.url}`,
  `  REST     ${hub.api}`,
  `  GraphQL  ${hub.graphql}`,
  `  git      ${hub.git}`,
  ...Object.entries(hub.tokens).map(([login, token]) => `  ${login.padEnd(8)} ${token}`),
  `Everything is in ${dataDir}; started again on it, the hub goes on where it was.`,
  'Open an issue:',
  `  curl -H "Authorization: token ${hub.tokens.writer}" -d '{"title":"Try it"}' ${hub.api}/repos/${hub.owner}/${hub.repo}/issues`,
  'Ctrl-C ends it.',
]

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

const interrupted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
