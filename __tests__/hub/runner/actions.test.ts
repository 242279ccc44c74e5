import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestHub } from './hub.ts'

const manifest = `
name: Fake
inputs:
  role: { description: what to do, default: command }
  token: { default: '\${{ github.token }}' }
  title: { default: "it's {\${{ github.repository }}} #\${{ github.run_number }}" }
  Long name: { required: true }
outputs: { done: { description: what was done } }
runs: { using: node24, main: index.mjs, post: post.mjs }
`

const main = `
import { appendFileSync } from 'node:fs'
const env = process.env
for (const name of ['ROLE', 'TITLE', 'LONG_NAME']) console.log(name + '=' + env['INPUT_' + name])
console.log('token is the job\\'s: ' + (env.INPUT_TOKEN === 'ghs_token' + env.WANTED))
console.log('runtime: ' + env.ACTIONS_RUNTIME_TOKEN.length + ' ' + env.ACTIONS_RESULTS_URL)
console.log('at ' + env.GITHUB_ACTION + ' ' + env.GITHUB_ACTION_REPOSITORY + ' ' + env.GITHUB_ACTION_REF)
appendFileSync(env.GITHUB_OUTPUT, 'done=all\\n')
appendFileSync(env.GITHUB_STATE, 'kept=for later\\n')
appendFileSync(env.GITHUB_STEP_SUMMARY, '# Summary\\n')
`

let hub: TestHub
beforeEach(() => {
  hub = new TestHub()
  const action = join(hub.folder, 'action')
  mkdirSync(action)
  writeFileSync(join(action, 'action.yml'), manifest)
  writeFileSync(join(action, 'index.mjs'), main)
  writeFileSync(join(action, 'post.mjs'), "console.log('afterwards: ' + process.env.STATE_kept)")
})
afterEach(() => hub.close())

const said = (): string[] => hub.lines.map((line) => line.replace('job | ', ''))

const steps = (text: string): string => `
on: workflow_dispatch
jobs:
  job:
    runs-on: any
    steps:
${text}
`

describe('the address of the action', () => {
  it('may be any repository, as long as the step has one of its roles', async () => {
    hub.workflow(steps('      - { uses: octo/agents/deep@v1, with: { role: work } }'))
    const { run } = await hub.play()
    expect(run.conclusion).toBe('success')
  })

  it('is refused as long as it is the placeholder', async () => {
    hub.workflow(steps('      - { uses: <OWNER>/<REPO>@<REF>, with: { role: work } }'))
    await hub.play()
    expect(said().join()).toContain("The hub does not provide the action '<OWNER>/<REPO>@<REF>'")
  })
})

describe('uses: OWNER/tributary', () => {
  it('runs the local bundle with its inputs, defaults made of expressions, outputs and post', async () => {
    hub.workflow(
      steps(`
      - id: t
        uses: whoever/tributary@v1
        with: { Role: work, long name: spaced }
        env: { WANTED: '\${{ github.job && 2 }}' }
      - run: echo "done \${{ steps.t.outputs.done }}"
`),
    )
    const outcome = await hub.play()
    expect(outcome.conclusions).toEqual({ job: 'success' })
    expect(said()).toEqual(
      expect.arrayContaining([
        'ROLE=work',
        "TITLE=it's {octo/demo} #1",
        'LONG_NAME=spaced',
        "token is the job's: true",
        `runtime: ${'runtime.1.2'.length} ${hub.serverUrl}/`,
        'at t whoever/tributary v1',
        'done all',
        'afterwards: for later',
      ]),
    )
    expect(outcome.steps('job')).toMatchObject({ 'Post Run whoever/tributary@v1': 'success' })
    expect(outcome.jobs[0]?.summary).toBe('# Summary\n')
  })

  it('warns of inputs that the action does not know', async () => {
    hub.workflow(steps('      - { uses: a/tributary@v1, with: { rol: work } }'))
    await hub.play()
    const warning = said().find((line) => line.startsWith('##[warning]Unexpected input(s)'))
    expect(warning).toBe(
      "##[warning]Unexpected input(s) 'rol' for a/tributary@v1, valid inputs are ['role', 'token', 'title', 'Long name']",
    )
  })
})

describe('a local action', () => {
  it('runs from the workspace when it is JavaScript, and is refused with a reason when it is not', async () => {
    hub.workflow(
      steps(`
      - run: |
          mkdir -p act shell
          printf 'runs: { using: node20, main: m.mjs }' > act/action.yml
          echo "console.log('here: ' + process.env.GITHUB_ACTION_PATH.split('/').pop())" > act/m.mjs
          printf 'runs: { using: composite, steps: [] }' > shell/action.yaml
      - uses: ./act
      - { uses: ./shell, continue-on-error: true }
      - { uses: ./nothing, continue-on-error: true }
`),
    )
    expect((await hub.play()).run.conclusion).toBe('success')
    expect(said()).toContain('here: act')
    expect(said()).toContain("##[error]./shell is a 'composite' action; the hub runs JavaScript actions only.")
    expect(said().some((line) => line.includes("Can't find 'action.yml' or 'action.yaml' for ./nothing"))).toBe(true)
  })
})

describe('any other action', () => {
  it('is refused by name, with what the hub provides instead', async () => {
    hub.workflow(steps('      - { name: build, uses: docker/build-push-action@v6 }'))
    const outcome = await hub.play()
    expect(outcome.steps('job')).toMatchObject({ build: 'failure' })
    expect(said()).toContain(
      "##[error]The hub does not provide the action 'docker/build-push-action@v6'. It provides actions/checkout, " +
        'actions/setup-node, Tributary (OWNER/REPO@REF with one of its roles) and JavaScript actions of the checked-out repository (./PATH).',
    )
  })

  it('is refused as a reusable workflow or a container, too', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  called: { uses: ./.github/workflows/other.yml }
  boxed: { runs-on: any, container: node:20, steps: [{ run: 'true' }] }
`)
    const outcome = await hub.play()
    expect(outcome.conclusions).toEqual({ called: 'failure', boxed: 'failure' })
    expect(outcome.log('called')).toContain("The hub runs no reusable workflows: './.github/workflows/other.yml'")
    expect(outcome.log('boxed')).toContain("'container' is not provided")
  })
})

describe('actions/setup-node', () => {
  it('says which Node there is, and warns where another one was asked for', async () => {
    const own = process.version
    hub.workflow(
      steps(`
      - { id: node, uses: actions/setup-node@v4, with: { node-version: ${own.slice(1).split('.')[0]} } }
      - { uses: actions/setup-node@v4, with: { node-version: 4.x } }
      - run: echo "node \${{ steps.node.outputs.node-version }}"
`),
    )
    expect((await hub.play()).run.conclusion).toBe('success')
    expect(said()).toContain(`node ${own}`)
    expect(said().filter((line) => line.startsWith('##[warning]'))).toEqual([
      `##[warning]Node 4.x was asked for, ${own} is what this machine has.`,
    ])
  })
})
