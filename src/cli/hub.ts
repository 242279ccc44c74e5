import { resolve } from 'node:path'
import type { Hub } from '../hub/hub.ts'
import { InvalidHubFolder } from '../hub/invalid-folder.ts'
import { gitDirOf } from './repository.ts'
import { interrupted, ownFolder, portOf } from './serving.ts'
import { Mistake, readArguments, type Subcommand, type Terminal } from './subcommand.ts'

const options = {
  repo: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  name: { type: 'string' },
  secret: { type: 'string', multiple: true },
  variable: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const

export const hub: Subcommand = {
  name: 'hub',
  summary: 'serves a repository on this machine as GitHub would',
  help: [
    'tributary hub --repo DIR [--port N] [--data DIR] [--name OWNER/NAME] [--secret K=V]... [--variable K=V]... [--json]',
    '',
    'Serves a git repository on this machine as GitHub would: issues, comments, pull requests, checks, git and workflows.',
    '  --repo DIR         your checkout; the first start copies its current branch, and nothing is written to it',
    '  --port N           the port on 127.0.0.1; default: the one used last, or a free one',
    "  --data DIR         the folder for the hub's data; default: one outside the checkout, for each checkout",
    '  --name OWNER/NAME  the name of the repository on the hub',
    '  --secret K=V       a secret for workflows; K alone takes the value from your environment',
    '  --variable K=V     a variable for workflows',
    '  --json             print one line of JSON with addresses and tokens, and nothing else',
  ],
  run: serve,
}

/** Runs until it is interrupted. */
async function serve(words: readonly string[], terminal: Terminal): Promise<number> {
  const { json, ...asked } = await readWords(words, terminal)
  const log = (line: string) => terminal.error(line)
  // Loaded here: the other subcommands start faster without it.
  const { startHub } = await import('../hub/hub.ts')
  const hub = await startHub({ ...asked, tributaryAction: terminal.home, log }).catch((error: unknown) => {
    if (error instanceof InvalidHubFolder) throw new Mistake(error.message, { typing: false })
    throw error
  })
  try {
    for (const line of json ? [jsonLine(hub)] : greeting(hub, asked.dataDir)) terminal.out(line)
    await interrupted(terminal.interruption())
  } finally {
    await hub.close()
  }
  return 0
}

async function readWords(words: readonly string[], { cwd, env }: Terminal) {
  const { repo, port, data, name, secret = [], variable = [], json = false } = readArguments(words, options, 0).values
  if (repo === undefined) throw new Mistake('which repository? Name its folder: --repo DIR')
  if (name !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(name))
    throw new Mistake(`'${name}' is not of the form OWNER/NAME`)
  const folder = resolve(cwd, repo)
  const given = {
    repo: folder,
    dataDir: data === undefined ? ownFolder('hub', folder, { env }) : resolve(cwd, data),
    secrets: pairs('--secret', secret, env),
    variables: pairs('--variable', variable, env),
    json,
    ...(port === undefined ? {} : { port: portOf(port) }),
    ...(name === undefined ? {} : { name }),
  }
  await gitDirOf(folder, { trusted: true })
  return given
}

function pairs(option: string, given: readonly string[], env: Terminal['env']): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const [name = '', ...value] = pair.split('=')
      if (!/^[A-Za-z_]\w*$/.test(name)) throw new Mistake(`'${pair}' is not of the form ${option} K=V`)
      if (value.length > 0) return [name, value.join('=')]
      const known = env[name]
      if (known === undefined)
        throw new Mistake(`${name} is not in your environment; set it, or write ${option} ${name}=VALUE`)
      return [name, known]
    }),
  )
}

const jsonLine = ({ url, api, graphql, git, owner, repo, tokens }: Hub): string =>
  JSON.stringify({ url, api, graphql, git, owner, repo, tokens })

const greeting = (hub: Hub, dataDir: string): string[] => [
  `${hub.owner}/${hub.repo} is served on ${hub.url}`,
  `  REST     ${hub.api}`,
  `  GraphQL  ${hub.graphql}`,
  `  git      ${hub.git}`,
  `  pages    ${hub.link()}`,
  ...Object.entries(hub.tokens).map(([login, token]) => `  ${login.padEnd(8)} ${token}`),
  `Everything is in ${dataDir}; start the hub again, and it continues from there.`,
  'Open an issue:',
  `  curl -H "Authorization: token ${hub.tokens.writer}" -d '{"title":"Try it"}' ${hub.api}/repos/${hub.owner}/${hub.repo}/issues`,
  'Press Ctrl-C to stop.',
]
