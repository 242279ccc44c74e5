import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestHub } from './hub.ts'

let hub: TestHub
beforeEach(() => {
  hub = new TestHub()
})
afterEach(() => hub.close())

describe('jobs of a run', () => {
  it('hands the outputs of a job to those that need it', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  first:
    runs-on: any
    outputs: { word: '\${{ steps.say.outputs.word }}' }
    steps:
      - { id: say, run: 'echo "word=hello" >> "$GITHUB_OUTPUT"' }
  second:
    needs: first
    runs-on: any
    steps:
      - run: echo "got \${{ needs.first.outputs.word }} after \${{ needs.first.result }}"
`)
    const outcome = await hub.play()
    expect(outcome.run).toMatchObject({ status: 'completed', conclusion: 'success', event: 'workflow_dispatch' })
    expect(outcome.log('second')).toContain('got hello after success')
  })

  it('makes one job for each value of a matrix that an output gives', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  slots:
    runs-on: any
    outputs: { list: '\${{ steps.s.outputs.list }}' }
    steps: [{ id: s, run: 'echo "list=[1, 2, 3]" >> "$GITHUB_OUTPUT"' }]
  work:
    needs: slots
    if: needs.slots.outputs.list != '[]'
    strategy: { fail-fast: false, matrix: { slot: '\${{ fromJSON(needs.slots.outputs.list) }}' } }
    runs-on: any
    steps: [{ run: 'echo "slot \${{ matrix.slot }} of \${{ strategy.job-total }}"' }]
`)
    const outcome = await hub.play()
    expect(Object.keys(outcome.conclusions)).toEqual(['slots', 'work (1)', 'work (2)', 'work (3)'])
    expect(outcome.log('work (2)')).toContain('slot 2 of 3')
  })

  it('fails the job, as GitHub does, where a matrix has no value', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  work:
    strategy: { matrix: { slot: "\${{ fromJSON('[]') }}" } }
    runs-on: any
    steps: [{ run: 'true' }]
`)
    const outcome = await hub.play()
    expect(outcome.conclusions).toEqual({ work: 'failure' })
    expect(outcome.log('work')).toContain("Matrix vector 'slot' does not contain any values")
    expect(outcome.run.conclusion).toBe('failure')
  })

  it('skips what needs a failed job, but not what asks for always() or failure()', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  broken: { runs-on: any, steps: [{ run: exit 3 }] }
  after: { needs: broken, runs-on: any, steps: [{ run: 'true' }] }
  farther: { needs: after, runs-on: any, steps: [{ run: 'true' }] }
  always: { needs: after, if: always(), runs-on: any, steps: [{ run: 'echo "\${{ needs.after.result }}"' }] }
  recover: { needs: [broken], if: failure(), runs-on: any, steps: [{ run: 'true' }] }
`)
    const outcome = await hub.play()
    expect(outcome.conclusions).toEqual({
      broken: 'failure',
      after: 'skipped',
      farther: 'skipped',
      always: 'success',
      recover: 'success',
    })
    expect(outcome.log('broken')).toContain('Process completed with exit code 3.')
    expect(outcome.log('always')).toContain('skipped')
    expect(outcome.run.conclusion).toBe('failure')
  })

  it('skips a job behind a skipped one even where the job between them ran', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  a: { if: false, runs-on: any, steps: [{ run: 'true' }] }
  b: { needs: a, if: '!cancelled()', runs-on: any, steps: [{ run: 'true' }] }
  c: { needs: b, runs-on: any, steps: [{ run: 'true' }] }
`)
    const outcome = await hub.play()
    expect(outcome.conclusions).toEqual({ a: 'skipped', b: 'success', c: 'skipped' })
    expect(outcome.run.conclusion).toBe('success')
  })

  it('calls a run skipped in which no job ran', async () => {
    hub.workflow('on: workflow_dispatch\njobs:\n  a: { if: false, runs-on: any, steps: [{ run: "true" }] }\n')
    expect((await hub.play()).run.conclusion).toBe('skipped')
  })

  it('cancels the rest of a matrix when one fails, and leaves it alone with fail-fast off', async () => {
    const text = (failFast: boolean): string => `
on: workflow_dispatch
jobs:
  work:
    strategy: { fail-fast: ${failFast}, max-parallel: 1, matrix: { n: [1, 2] } }
    runs-on: any
    steps: [{ run: 'test \${{ matrix.n }} != 1' }]
`
    hub.workflow(text(true), 'fast.yml').workflow(text(false), 'slow.yml')
    const [fast, slow] = [await hub.dispatch({}, 'fast.yml'), await hub.dispatch({}, 'slow.yml')]
    await hub.runner.idle()
    expect(hub.outcome(fast).conclusions).toEqual({ 'work (1)': 'failure', 'work (2)': 'cancelled' })
    expect(hub.outcome(slow).conclusions).toEqual({ 'work (1)': 'failure', 'work (2)': 'success' })
  })

  it('forgives a job with continue-on-error', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  shaky: { runs-on: any, continue-on-error: true, steps: [{ run: 'false' }] }
  next: { needs: shaky, runs-on: any, steps: [{ run: 'true' }] }
`)
    const outcome = await hub.play()
    expect(outcome.conclusions).toEqual({ shaky: 'failure', next: 'success' })
    expect(outcome.run.conclusion).toBe('success')
  })

  it('names jobs and runs by their expressions', async () => {
    hub.workflow(`
run-name: Release \${{ inputs.tag }} by \${{ github.actor }}
on: { workflow_dispatch: { inputs: { tag: { type: string, default: v1 } } } }
jobs:
  a:
    name: 'build \${{ matrix.os }}'
    strategy: { matrix: { os: [linux] } }
    runs-on: [self-hosted, '\${{ matrix.os }}']
    steps: [{ run: 'true' }]
  b:
    name: plain
    strategy: { matrix: { os: [linux], node: [20] } }
    runs-on: any
    steps: [{ run: 'true' }]
`)
    const outcome = await hub.play()
    expect(outcome.run.display_title).toBe('Release v1 by ada')
    expect(Object.keys(outcome.conclusions)).toEqual(['build linux', 'plain (linux, 20)'])
    expect(outcome.jobs[0]?.labels).toEqual(['self-hosted', 'linux'])
  })

  it('gives every job a token with the permissions declared for it, and takes it back', async () => {
    hub.workflow(`
on: workflow_dispatch
permissions: { contents: write, issues: write }
jobs:
  command: { runs-on: any, steps: [{ run: 'true' }] }
  work: { runs-on: any, permissions: { contents: read, actions: read }, steps: [{ run: 'true' }] }
  none: { runs-on: any, permissions: {}, steps: [{ run: 'true' }] }
  all: { runs-on: any, permissions: read-all, steps: [{ run: 'true' }] }
`)
    const { jobs } = await hub.play()
    const granted = (name: string): unknown =>
      hub.issued.find(({ id }) => id === jobs.find((job) => job.name === name)?.id)?.permissions
    expect(granted('command')).toEqual({ contents: 'write', issues: 'write', metadata: 'read' })
    expect(granted('work')).toEqual({ contents: 'read', actions: 'read', metadata: 'read' })
    expect(granted('none')).toEqual({ metadata: 'read' })
    expect(granted('all')).toMatchObject({ contents: 'read', checks: 'read', 'pull-requests': 'read' })
    expect(hub.revoked.toSorted()).toEqual(hub.issued.map(({ token }) => token).toSorted())
  })

  it('lets a token do no more than read where no permissions are declared', async () => {
    hub.workflow('on: workflow_dispatch\njobs:\n  a: { runs-on: any, steps: [{ run: "true" }] }\n')
    await hub.play()
    expect(hub.issued[0]?.permissions).toEqual({ contents: 'read', packages: 'read', metadata: 'read' })
  })
})
