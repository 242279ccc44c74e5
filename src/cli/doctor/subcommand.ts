import { tokenIn } from '../journal.ts'
import { type ChosenRemote, chooseRemote, ghFor, type Remote, remotesOf, urlIn } from '../remote.ts'
import { checkoutAt } from '../repository.ts'
import { Mistake, readArguments, type Subcommand, type Terminal } from '../subcommand.ts'
import { Unreachable } from './api.ts'
import { type DoctorFinding, doctorLines, missingFinding, unknown, warning } from './finding.ts'
import { checkGit } from './git.ts'
import { checkGitHub } from './github.ts'
import { checkCheckout, ownWorkflow } from './workflow.ts'

const options = { remote: { type: 'string' }, json: { type: 'boolean' } } as const

export const doctor: Subcommand = {
  name: 'doctor',
  summary: 'checks whether Tributary can run in this repository',
  help: [
    'tributary doctor [--remote NAME] [--json]',
    '',
    'Checks the files of this checkout and, if GITHUB_TOKEN is set, its repository on GitHub. Writes nothing.',
    '  --remote NAME  the remote on GitHub; default: `origin`, or the only remote on GitHub',
    '  --json         print the findings as one line of JSON',
    'GITHUB_API_URL overrides the address of the API. The exit code is 1 if something keeps a run from working.',
  ],
  run: async (words, terminal) => {
    const { remote, json = false } = readArguments(words, options, 0).values
    const top = await checkoutAt(terminal.cwd)
    const chosen = await chosenRemote(top, remote, terminal)
    const findings = [
      ...(await checkCheckout(top, terminal.command)),
      ...(await checkGit(top, await ownWorkflow(top))),
      ...chosen.notices.map((notice) => warning(notice, 'if that is the wrong one, choose with --remote NAME')),
      ...(await lookAtRemote(top, chosen, terminal)),
    ]
    const { host, owner, repo } = chosen.remote
    if (json) terminal.out(JSON.stringify({ repository: `${host}/${owner}/${repo}`, findings }))
    else for (const line of findings.flatMap(doctorLines)) terminal.out(line)
    return findings.some(({ state }) => state === 'missing') ? 1 : 0
  },
}

async function chosenRemote(top: string, asked: string | undefined, terminal: Terminal): Promise<ChosenRemote> {
  const api = urlIn(terminal, 'GITHUB_API_URL')
  const own = api === null ? null : new URL(api).host
  const chosen = chooseRemote(await remotesOf(top, own), asked)
  if (typeof chosen === 'string') throw new Mistake(chosen, { typing: asked !== undefined })
  return chosen
}

async function lookAtRemote(top: string, { remote }: ChosenRemote, terminal: Terminal): Promise<DoctorFinding[]> {
  const { command } = terminal
  const token = tokenIn(terminal)
  if (token === '')
    return [
      unknown(
        'the repository on GitHub, because there is no token',
        `run it with one: GITHUB_TOKEN="$(${ghFor(remote).token})" ${command} doctor`,
      ),
    ]
  try {
    return await checkGitHub(
      { api: urlIn(terminal, 'GITHUB_API_URL') ?? apiOf(remote), token, remote },
      await ownWorkflow(top),
      command,
    )
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    return [missingFinding(error.message, error.fix)]
  }
}

const apiOf = ({ host }: Remote): string => `https://api.${host}`
