import { topOf } from '../git.ts'
import { type Remote, remoteOf } from '../remote.ts'
import { readArguments, type Subcommand } from '../subcommand.ts'
import { Mistake, type Terminal } from '../terminal.ts'
import { lookAtCheckout } from './checkout.ts'
import { type Finding, shown, unknown } from './finding.ts'
import { lookAtGitHub } from './github.ts'

export const doctor: Subcommand = {
  name: 'doctor',
  summary: 'says what is missing for Tributary in this repository',
  help: [
    'tributary doctor',
    '',
    'Looks at the files of this checkout and, where GITHUB_TOKEN is set, at its repository on GitHub. Writes nothing.',
    'GITHUB_API_URL names another API than that of the remote `origin`. Ends with 1 if something is missing.',
  ],
  run: async (words, terminal) => {
    readArguments(words, {}, 0)
    const top = await topOf(terminal.cwd)
    if (top === null) throw new Mistake('this folder is in no git repository')
    const findings = [...(await lookAtCheckout(top)), ...(await lookAtRemote(top, terminal))]
    for (const line of findings.flatMap(shown)) terminal.out(line)
    return findings.some(({ state }) => state === 'missing') ? 1 : 0
  },
}

async function lookAtRemote(top: string, { env }: Terminal): Promise<Finding[]> {
  const remote = await remoteOf(top)
  if (remote === null)
    return [unknown('the repository on GitHub: there is no remote `origin`', 'git remote add origin ...')]
  const token = env.GITHUB_TOKEN ?? env.GH_TOKEN ?? ''
  if (token === '')
    return [unknown('the repository on GitHub: there is no token', 'set GITHUB_TOKEN and start it again')]
  return lookAtGitHub({ api: env.GITHUB_API_URL ?? apiOf(remote), token, remote })
}

const apiOf = ({ host }: Remote): string =>
  host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`
