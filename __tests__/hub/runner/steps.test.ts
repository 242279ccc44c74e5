import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestHub } from './hub.ts'

let hub: TestHub
beforeEach(() => {
  hub = new TestHub()
})
afterEach(() => hub.close())

const job = (steps: string, head = ''): string => `
on: workflow_dispatch
${head}
jobs:
  job:
    runs-on: any
    env: { JOB: from job, WHICH: job }
    steps:
${steps}
`

/** What the steps printed, without the runner's own lines. */
const said = (): string[] => hub.lines.map((line) => line.replace('job | ', ''))

describe('a step', () => {
  it('sees the environment of workflow, job, earlier steps and its own, the nearest first', async () => {
    hub.workflow(
      job(
        `
      - run: |
          echo "WHICH=file" >> "$GITHUB_ENV"
          printf 'LONG<<END\\none\\ntwo\\nEND\\n' >> "$GITHUB_ENV"
          mkdir bin; printf '#!/bin/sh\\necho my tool' > bin/tool; chmod +x bin/tool; echo "$PWD/bin" >> "$GITHUB_PATH"
      - run: 'echo "$FLOW,$JOB,$WHICH,\${{ env.WHICH }}"; echo "$LONG" | tr "\\n" +; tool'
      - { env: { WHICH: step }, run: 'echo "$WHICH,\${{ env.WHICH }}"' }
`,
        'env: { FLOW: from workflow, WHICH: workflow }',
      ),
    )
    expect((await hub.play()).run.conclusion).toBe('success')
    expect(said()).toEqual(expect.arrayContaining(['from workflow,from job,file,file', 'one+two+my tool', 'step,step']))
  })

  it('lives in a clean environment with the variables of GitHub', async () => {
    process.env.HUB_ONLY = 'leaked'
    hub.workflow(
      job(`
      - run: env | sort
      - run: 'test "$(cat "$GITHUB_EVENT_PATH" | tr -d " \\n")" = "{\\"inputs\\":{}}" && pwd'
`),
    )
    const { run, jobs } = await hub.play()
    delete process.env.HUB_ONLY
    const sha = hub.outcome(run.id).run.head_sha
    expect(run.conclusion).toBe('success')
    expect(said()).toEqual(
      expect.arrayContaining([
        'CI=true',
        'GITHUB_ACTIONS=true',
        'GITHUB_ACTOR=ada',
        'GITHUB_EVENT_NAME=workflow_dispatch',
        'GITHUB_JOB=job',
        'GITHUB_REF=refs/heads/main',
        'GITHUB_REF_NAME=main',
        'GITHUB_REPOSITORY=octo/demo',
        `GITHUB_RUN_ID=${run.id}`,
        'GITHUB_RUN_NUMBER=1',
        `GITHUB_SHA=${sha}`,
        'GITHUB_WORKFLOW_REF=octo/demo/.github/workflows/ci.yml@refs/heads/main',
        'RUNNER_ENVIRONMENT=self-hosted',
        `HOME=${hub.host.dataDir}/home`,
        `${hub.host.dataDir}/jobs/${jobs[0]?.id}/_work/demo/demo`,
      ]),
    )
    expect(said().filter((line) => /^(HUB_ONLY|GITHUB_TOKEN|ACTIONS_RUNTIME_TOKEN)=/.test(line))).toEqual([])
  })

  it('keeps secrets, the token and what is masked out of the log and of outputs', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  job:
    runs-on: any
    outputs: { leak: '\${{ steps.s.outputs.leak }}', fine: '\${{ steps.s.outputs.fine }}' }
    steps:
      - { id: s, env: { KEY: '\${{ secrets.API_KEY }}' }, run: 'echo "leak=x-$KEY" >> $GITHUB_OUTPUT; echo "fine=y" >> $GITHUB_OUTPUT' }
      - env: { KEY: '\${{ secrets.API_KEY }}', TOKEN: '\${{ github.token }}' }
        run: |
          echo "key $KEY token $TOKEN base64 $(printf %s "$KEY" | base64)"
          echo "::add-mask::hidden"
          echo "it is hidden"
          echo "summary $KEY" >> "$GITHUB_STEP_SUMMARY"
  next:
    needs: job
    runs-on: any
    steps: [{ run: 'echo "leak=\${{ needs.job.outputs.leak }} fine=\${{ needs.job.outputs.fine }}"' }]
`)
    const outcome = await hub.play()
    const log = outcome.log('job')
    expect(log).toContain('key *** token *** base64 ***')
    expect(log).toContain('it is ***')
    for (const secret of ['sk-very-secret', 'ghs_token', 'c2stdmVye']) expect(log).not.toContain(secret)
    expect(outcome.jobs[0]?.summary).toBe('summary ***\n')
    expect(outcome.log('next')).toContain('leak= fine=y')
  })

  it('obeys workflow commands and takes text between stop-commands for text', async () => {
    hub.workflow(
      job(`
      - run: |
          echo "::error file=a.ts,line=3::broken%0Ahere"
          echo "::warning::careful"
          echo "::group::inside"
          echo "::set-output name=old::1"
          echo "::stop-commands::halt"
          echo "::warning::just text"
          echo "::halt::"
          echo "::notice title=x::note: well"
`),
    )
    const lines = await hub.play().then(said)
    expect(lines).toEqual(
      expect.arrayContaining([
        '##[error]broken',
        'here',
        '##[warning]careful',
        '##[group]inside',
        '::warning::just text',
        '##[notice]note: well',
      ]),
    )
    expect(lines).not.toContain('::set-output name=old::1')
    expect(lines).not.toContain('::halt::')
  })

  it('has an outcome and a conclusion, and its failure can be forgiven', async () => {
    hub.workflow(
      job(`
      - { id: shaky, continue-on-error: true, run: 'echo "got=this" >> $GITHUB_OUTPUT; exit 1' }
      - run: 'echo "\${{ steps.shaky.outcome }}/\${{ steps.shaky.conclusion }}/\${{ steps.shaky.outputs.got }}"'
      - { name: off, if: false, run: 'true' }
      - { name: broken, run: exit 4 }
      - { name: missed, run: 'true' }
      - { name: told, if: "failure() && steps.shaky.outcome == 'failure'", run: 'true' }
`),
    )
    const outcome = await hub.play()
    expect(said()).toContain('failure/success/this')
    expect(outcome.steps('job')).toEqual({
      'Set up job': 'success',
      'Run echo "got=this" >> $GITHUB_OUTPUT; exit 1': 'success',
      'Run echo "failure/success/this"': 'success',
      off: 'skipped',
      broken: 'failure',
      missed: 'skipped',
      told: 'success',
      'Complete job': 'success',
    })
    expect(outcome.jobs[0]).toMatchObject({ conclusion: 'failure', runner_name: 'tributary-hub' })
    expect(outcome.jobs[0]?.steps.every((step) => step.started_at !== null && step.completed_at !== null)).toBe(true)
  })

  it('runs in the shell and the folder that the step, its job or the workflow names', async () => {
    hub.workflow(
      job(
        `
      - { run: mkdir sub, working-directory: . }
      - run: false | true; echo "lenient in $(basename "$PWD")"
      - { shell: bash, continue-on-error: true, run: 'false | true; echo strict' }
      - { shell: node, run: 'console.log("node " + require("node:path").basename(process.cwd()))' }
      - { shell: 'sh -eu {0}', run: 'echo "own $0" | sed "s/ .*//"' }
      - { shell: fish, continue-on-error: true, run: echo }
`,
        'defaults: { run: { working-directory: sub } }',
      ),
    )
    const lines = await hub.play().then(said)
    expect(lines).toEqual(expect.arrayContaining(['lenient in sub', 'node sub', 'own']))
    expect(lines).not.toContain('strict')
    expect(lines.some((line) => line.startsWith("##[error]Invalid shell option 'fish'"))).toBe(true)
  })

  it('fails on a broken output file, naming the line', async () => {
    hub.workflow(job(`      - run: printf 'a<<END\\nnever closed\\n' >> "$GITHUB_OUTPUT"`))
    const outcome = await hub.play()
    expect(outcome.run.conclusion).toBe('failure')
    expect(said()).toContain("##[error]Invalid value. Matching delimiter not found 'END'")
  })

  it('cannot smuggle NODE_OPTIONS to later steps', async () => {
    hub.workflow(job(`      - run: echo "NODE_OPTIONS=--require=x" >> "$GITHUB_ENV"`))
    expect((await hub.play()).run.conclusion).toBe('failure')
  })

  it('reads the contexts of a run in its expressions', async () => {
    hub.workflow(
      job(`
      - run: 'echo "\${{ vars.COLOUR }} \${{ runner.environment }} \${{ github.event.issue.number }} \${{ format(''{0}-{1}'', github.run_number, job.status) }}"'
      - { if: "contains(github.event.issue.labels.*.name, 'bug')", run: echo it is a bug }
      - { if: hashFiles('x') != '', run: 'true' }
`).replace('on: workflow_dispatch', 'on: issues'),
    )
    const issue = { number: 7, title: 'A bug', labels: [{ name: 'bug' }] }
    const [id = 0] = await hub.deliver({ name: 'issues', payload: { action: 'opened', issue } })
    await hub.runner.idle()
    expect(said()).toEqual(expect.arrayContaining(['green self-hosted 7 1-success', 'it is a bug']))
    expect(said()).toContain('##[error]hashFiles() is not provided by the hub')
    expect(hub.outcome(id).run).toMatchObject({ display_title: 'A bug', event: 'issues', conclusion: 'failure' })
  })
})
