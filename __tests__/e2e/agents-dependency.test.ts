import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { needsSandbox } from '../support/sandbox.ts'
import { certified, openRegistry, type Registry } from '../support/small-registry.ts'
import { bash, create, finish, inTurns, planned, startAgentWorld, usual, whenTask } from './support/agents.ts'
import { calm } from './support/calm.ts'
import { ADDRESS, needsOwnNetwork, openNetwork } from './support/own-network.ts'
import { calls, talksOf, toolsSaid } from './support/talk.ts'
import { eventsOf } from './support/world.ts'

const REGISTRY = 'npm.acme.example'
/** It has the same address as the registry, and is answered by it. */
const OTHER = 'files.acme.example'

const CHECK = ['sh', 'tools/installed.sh']
const SHOP = { name: 'shop', version: '1.0.0', dependencies: { padder: '^1.0.0' } }
const filesWith = (certificate: string, { locked }: Registry) => ({
  'package.json': `${JSON.stringify(SHOP, null, 2)}\n`,
  'package-lock.json': JSON.stringify({
    ...{ name: 'shop', version: '1.0.0', lockfileVersion: 3 },
    packages: { '': SHOP, 'node_modules/padder': locked('padder', REGISTRY) },
  }),
  '.gitignore': 'node_modules\n',
  // As of a company with a registry of its own.
  '.npmrc': `registry=https://${REGISTRY}/\ncafile=tools/acme.pem\naudit=false\nfund=false\nupdate-notifier=false\n`,
  'tools/acme.pem': certificate,
  'tools/installed.sh': 'npm ci && node lib/stretch.cjs\n',
  '.github/tributary.yml': calm(`network: { allow: [${REGISTRY}] }`, 'setup: [[npm, ci]]'),
})

describe('a dependency that an agent adds', { ...needsSandbox, ...needsOwnNetwork }, () => {
  const adds = inTurns(
    calls(bash('npm install stretcher')),
    calls(bash(`curl -sSk --max-time 20 https://${OTHER}/reached`)),
    calls(create('lib/stretch.cjs', "console.log('it is', require('padder'), require('stretcher'))\n")),
    finish('Added stretcher.'),
  )
  let network: Awaited<ReturnType<typeof openNetwork>>
  let registry: Registry
  let stage: Awaited<ReturnType<typeof startAgentWorld>>
  let events: RunEvent[]
  let comment: string
  let page: string
  beforeAll(async () => {
    const identity = certified(REGISTRY)
    registry = await openRegistry(['padder', 'stretcher'], identity)
    network = await openNetwork([REGISTRY, OTHER])
    const writes = ['package.json', 'package-lock.json', 'lib/**']
    const plan = planned('stretch', { stretch: { writes, acceptance: CHECK } }, { verification: [{ argv: CHECK }] })
    stage = await startAgentWorld([whenTask('stretch', adds), ...usual(plan)], {
      files: filesWith(identity.cert, registry),
      hub: { startProcess: network.startProcess },
    })
    const { world, model } = stage
    await network.offer(ADDRESS, 443, registry.port)
    for (const { port } of [new URL(world.hub.url), new URL(model.url)])
      await network.offer('127.0.0.1', Number(port), Number(port))
    const issue = await world.openIssue('Please stretch it.')
    const { pull, planId } = await world.plan(issue)
    comment = (await world.comments(pull)).map(({ body }) => body).join('\n')
    await world.say(pull, `/approve ${planId.slice(0, 12)}`)
    await world.ended(`${issue}`)
    events = await world.events(`${issue}`)
    const { data } = await world.admin.rest.checks.listForRef({ ...world.at, ref: 'tributary/1/stretch' })
    page = JSON.stringify(data.check_runs.map(({ output }) => output))
  })
  afterAll(async () => {
    await stage?.close()
    await network?.close()
    registry?.close()
  })

  it('is named by host to the one who approves', () => {
    expect(comment).toContain(`**Commands reach \`${REGISTRY}\`** (\`network.allow\`), and no other host.`)
  })
  it('is installed by npm, by HTTPS through the proxy, and loaded by the acceptance', () => {
    const [talk = []] = talksOf(stage.model, 'stretch')
    expect(toolsSaid(talk, 0)[0]?.text).toMatch(/^exit code 0, [\s\S]*\nadded 1 package/)
    const [{ report } = expect.fail()] = eventsOf(events, 'task_verified')
    expect(report).toMatchObject({ sandbox: expect.stringMatching(/^bubblewrap /) })
    expect(report.acceptanceLog).toMatch(/added 2 packages[\s\S]*\nit is padded padded\n/)
  })
  it('lands with the manifest and the lock file, and is installed again to verify the trunk', () => {
    const { world } = stage
    const trunk = 'refs/heads/tributary/1/trunk'
    expect(world.git('diff', '--name-only', 'main', trunk).split('\n')).toEqual([
      'lib/stretch.cjs',
      'package-lock.json',
      'package.json',
    ])
    const file = (path: string): unknown => JSON.parse(world.git('show', `${trunk}:${path}`))
    expect(file('package.json')).toMatchObject({ dependencies: { padder: '^1.0.0', stretcher: '^1.0.0' } })
    expect(file('package-lock.json')).toMatchObject({
      packages: { 'node_modules/stretcher': registry.locked('stretcher', REGISTRY) },
    })
    expect(eventsOf(events, 'verification_passed')).toHaveLength(1)
  })
  it('is downloaded for itself alone: the rest comes from what the set-up has in its cache', () => {
    const times = (path: string) => registry.paths.filter((one) => one === path).length
    // By a set-up for each of the two lock files.
    expect(times('/padder/-/padder-1.0.0.tgz')).toBe(2)
    // By the agent, by the acceptance, and by the second set-up, from which the verification has it.
    expect(times('/stretcher/-/stretcher-1.0.0.tgz')).toBe(3)
  })
  it('comes from no other host: that is refused, told to the agent, and counted in the check', async () => {
    const [talk = []] = talksOf(stage.model, 'stretch')
    const [refused] = toolsSaid(talk, 1)
    expect(refused?.text).toContain('CONNECT tunnel failed, response 403')
    expect(refused?.text).toContain(`- "${OTHER}", 1 request: \`network.allow\` in the settings does not name it`)
    const refusedHosts = [{ host: OTHER, why: 'not-listed', requests: 1 }]
    expect(eventsOf(events, 'task_verified')[0]?.report).toMatchObject({ refusedHosts })
    expect(page).toContain(`1 request refused, to \`${OTHER}\``)
    expect(registry.paths).not.toContain('/reached')
    // Only the list stood in the way: without the sandbox it is reached.
    expect(await network.run('curl', '-sSk', `https://${OTHER}/reached`)).toBe('{}')
    expect(registry.paths).toContain('/reached')
  })
  it('asks the model for nothing that a model could not have said', () => {
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
