// @ts-check
// Asks a real repository, and the machine, what no documentation settles; prints a table. It needs a checkout with its history.
//   GITHUB_TOKEN=... GITHUB_REPOSITORY=OWNER/NAME [PROBE_REFUSED_BRANCH=NAME] node scripts/probe.mjs repository
//   node scripts/probe.mjs image
import { probeImage } from './probe/image.mjs'
import { remoteOf } from './probe/remote.mjs'
import { probeRepository } from './probe/repository.mjs'
import { tableOf } from './probe/table.mjs'

const { env } = process
const [what] = process.argv.slice(2)

if (what === 'image') console.log(tableOf(probeImage()))
else if (what === 'repository') await repository()
else fail('What is asked? node scripts/probe.mjs repository, or image')

async function repository() {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: name } = env
  if (!token || !name) return fail('Set GITHUB_TOKEN and GITHUB_REPOSITORY (OWNER/NAME).')
  const api = env.GITHUB_API_URL ?? 'https://api.github.com'
  const graphql = env.GITHUB_GRAPHQL_URL ?? 'https://api.github.com/graphql'
  const remote = remoteOf({
    token,
    repository: name,
    api,
    graphql,
    server: env.GITHUB_SERVER_URL ?? 'https://github.com',
  })
  const id = env.GITHUB_RUN_ID === undefined ? `${Date.now()}` : `${env.GITHUB_RUN_ID}-${env.GITHUB_RUN_ATTEMPT ?? 1}`
  const { rows, clean } = await probeRepository({ remote, id, refused: env.PROBE_REFUSED_BRANCH || null })
  console.log(tableOf(rows))
  if (!clean) process.exitCode = 1
}

/** @param {string} message */
function fail(message) {
  console.error(message)
  process.exitCode = 2
}
