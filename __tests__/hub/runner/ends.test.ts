import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trackingId } from '../../../src/hub/runner/job/folders.ts'
import { trackingVariable } from '../../../src/hub/runner/process/leftovers.ts'
import { needsLinux } from '../../support/linux.ts'
import { TestHub } from './hub.ts'

let hub: TestHub
beforeEach(() => {
  hub = new TestHub({ grace: { interruptMs: 30, terminateMs: 30 } })
})
afterEach(() => hub.close())

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !existsSync('/proc/self') || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** What was killed takes a moment to die. */
const dead = async (pid: number) => {
  while (alive(pid)) await new Promise((done) => setImmediate(done))
}

const pidIn = (file: string): number => Number(readFileSync(join(hub.folder, file), 'utf8'))

describe('a run that is cancelled', () => {
  it('interrupts its jobs and still runs what asks for always() or cancelled()', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  work:
    runs-on: any
    steps:
      - { name: wait, run: 'echo waiting; sleep 60' }
      - { name: next, run: 'true' }
      - { name: tidy, if: always(), run: 'echo tidied' }
      - { name: told, if: cancelled(), run: 'echo "job is \${{ job.status }}"' }
  after: { needs: work, runs-on: any, steps: [{ run: 'true' }] }
  report: { needs: work, if: always(), runs-on: any, steps: [{ run: 'echo "work was \${{ needs.work.result }}"' }] }
`)
    const id = await hub.dispatch()
    await hub.said('waiting')
    expect(hub.runner.cancel(id)).toBe(true)
    await hub.runner.idle()
    const outcome = hub.outcome(id)
    expect(outcome.run.conclusion).toBe('cancelled')
    expect(outcome.conclusions).toEqual({ work: 'cancelled', after: 'skipped', report: 'success' })
    expect(outcome.steps('work')).toMatchObject({
      wait: 'cancelled',
      next: 'skipped',
      tidy: 'success',
      told: 'success',
    })
    expect(outcome.log('work')).toContain('job is cancelled')
    expect(outcome.log('report')).toContain('work was cancelled')
    expect(hub.runner.cancel(id)).toBe(false)
  })

  it('asks the entry process with SIGINT, then SIGTERM, before it kills the whole group', async () => {
    await hub.close()
    hub = new TestHub({ grace: { interruptMs: 400, terminateMs: 400 } })
    hub.commit({
      'stubborn.mjs': `import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
const child = spawn('sleep', ['60'])
writeFileSync('${hub.folder}/child', String(child.pid))
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => console.log('heard ' + name))
console.log('ready')
setInterval(() => undefined, 1000)`,
    })
    hub.workflow(`
on: workflow_dispatch
jobs:
  work: { runs-on: any, steps: [{ run: 'git -C ${hub.gitDir} show main:stubborn.mjs > a.mjs; exec node a.mjs' }] }
`)
    const id = await hub.dispatch()
    await hub.said('ready')
    hub.runner.cancel(id)
    await hub.runner.idle()
    expect(hub.lines.filter((line) => line.includes('heard'))).toEqual(['work | heard SIGINT', 'work | heard SIGTERM'])
    expect(alive(pidIn('child'))).toBe(false)
    expect(hub.outcome(id).conclusions).toEqual({ work: 'cancelled' })
  })

  it('leaves alone a running job whose own condition is always()', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  keep: { if: always(), runs-on: any, steps: [{ run: 'echo in; until test -e ${hub.folder}/go; do sleep 0.01; done' }] }
  stop: { runs-on: any, steps: [{ run: 'echo here; sleep 60' }] }
`)
    const id = await hub.dispatch()
    await Promise.all([hub.said('in'), hub.said('here')])
    hub.runner.cancel(id)
    await hub.when(() => hub.job(id, 'stop').status === 'completed')
    writeFileSync(join(hub.folder, 'go'), '')
    await hub.runner.idle()
    expect(hub.outcome(id).conclusions).toEqual({ keep: 'success', stop: 'cancelled' })
  })
})

describe('a job that is killed', () => {
  it('fails at once, with its whole process group, and its siblings go on', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  work:
    strategy: { fail-fast: false, matrix: { n: [1, 2] } }
    runs-on: any
    steps:
      - run: |
          echo up \${{ matrix.n }}
          if test \${{ matrix.n }} = 2; then until test -e ${hub.folder}/go; do sleep 0.01; done; exit 0; fi
          sleep 60 & echo $! > ${hub.folder}/child; echo hanging
          wait
      - { if: always(), name: never, run: echo never }
  recover: { needs: work, if: failure(), runs-on: any, steps: [{ run: 'true' }] }
`)
    const id = await hub.dispatch()
    await Promise.all([hub.said('hanging'), hub.said('up 2')])
    const victim = hub.job(id, 'work (1)').id
    expect(hub.runner.kill(victim)).toBe(true)
    await hub.when(() => hub.job(id, 'work (1)').status === 'completed')
    expect(hub.job(id, 'work (2)').status).toBe('in_progress')
    writeFileSync(join(hub.folder, 'go'), '')
    await hub.runner.idle()
    const outcome = hub.outcome(id)
    expect(outcome.conclusions).toEqual({ 'work (1)': 'failure', 'work (2)': 'success', recover: 'success' })
    expect(outcome.log('work (1)')).not.toContain('Run echo never')
    expect(hub.revoked).toContain(`ghs_token${victim}`)
    expect(alive(pidIn('child'))).toBe(false)
    expect(hub.runner.kill(victim)).toBe(false)
  })
})

describe('a time limit', () => {
  it('fails a step that passes it and goes on with what asks for failure()', async () => {
    hub.workflow(`
on: { workflow_dispatch: { inputs: { minutes: { type: number, default: 0.0005 } } } }
jobs:
  work:
    runs-on: any
    steps:
      - { name: slow, run: sleep 60, timeout-minutes: '\${{ inputs.minutes }}' }
      - { name: sorry, if: failure(), run: 'true' }
`)
    const outcome = await hub.play()
    expect(outcome.steps('work')).toMatchObject({ slow: 'failure', sorry: 'success' })
    expect(outcome.log('work')).toContain("The action 'slow' has timed out after 0.0005 minutes.")
    expect(outcome.run.conclusion).toBe('failure')
  })

  it('cancels a job that passes it, as GitHub does', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  work:
    runs-on: any
    timeout-minutes: \${{ fromJSON('0.002') }}
    steps: [{ name: slow, run: sleep 60 }, { name: tidy, if: always(), run: 'true' }]
  next: { needs: work, if: always(), runs-on: any, steps: [{ run: 'true' }] }
`)
    const outcome = await hub.play()
    expect(outcome.conclusions).toEqual({ work: 'cancelled', next: 'success' })
    expect(outcome.steps('work')).toMatchObject({ slow: 'cancelled', tidy: 'success' })
    expect(outcome.log('work')).toContain('The job has exceeded the maximum execution time')
  })
})

describe('what a job leaves behind', () => {
  it('is killed when the job ends, also if it left its process group', needsLinux, async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  work:
    runs-on: any
    steps:
      - run: |
          sleep 60 & echo $! > ${hub.folder}/near
          setsid sleep 60 & echo $! > ${hub.folder}/far
`)
    const outcome = await hub.play()
    expect(outcome.conclusions).toEqual({ work: 'success' })
    for (const file of ['near', 'far']) await dead(pidIn(file))
    expect(existsSync(join(hub.host.dataDir, 'jobs', String(outcome.jobs[0]?.id)))).toBe(false)
  })
})

describe('a hub that is started again', () => {
  it('kills what a crashed one left running', needsLinux, async () => {
    hub.workflow('on: workflow_dispatch\njobs:\n  work: { runs-on: any, steps: [{ run: "true" }] }\n')
    const { jobs } = await hub.play()
    const [job] = jobs
    if (job === undefined) throw new Error('no job')
    hub.records.jobs.set(job.id, { ...job, status: 'in_progress', conclusion: null })
    hub.records.runs.set(job.run_id, { ...hub.outcome(job.run_id).run, status: 'in_progress', conclusion: null })
    const env = { PATH: process.env.PATH, [trackingVariable]: trackingId(hub.host, job.id) }
    const orphan = spawn('sleep', ['60'], { detached: true, stdio: 'ignore', env })
    await once(orphan, 'spawn')
    hub.restarted()
    const [, signal] = await once(orphan, 'exit')
    expect(signal).toBe('SIGKILL')
    expect(hub.outcome(job.run_id).conclusions).toEqual({ work: 'failure' })
  })

  it('calls jobs failed that the earlier one left, and starts what follows them with what had ended before', async () => {
    hub.workflow(`
on: { workflow_dispatch: { inputs: { colour: { default: red } } } }
jobs:
  first:
    runs-on: any
    outputs: { found: '\${{ steps.find.outputs.found }}' }
    steps: [{ id: find, run: 'echo found=gold >> "$GITHUB_OUTPUT"' }]
  work:
    needs: first
    runs-on: any
    steps: [{ name: hang, run: 'echo up; sleep 60' }, { name: rest, run: 'true' }]
  next: { needs: work, runs-on: any, steps: [{ run: 'true' }] }
  report:
    needs: [first, work]
    if: always() && needs.work.result == 'failure'
    runs-on: any
    steps: [{ run: 'echo "\${{ inputs.colour }} \${{ needs.first.outputs.found }}"' }]
`)
    const id = await hub.dispatch()
    await hub.said('up')
    await hub.runner.close()
    expect(hub.outcome(id).run.status).toBe('in_progress')
    expect(hub.job(id, 'work').status).toBe('in_progress')
    await hub.restarted().idle()
    const outcome = hub.outcome(id)
    expect(outcome.run).toMatchObject({ status: 'completed', conclusion: 'failure' })
    expect(outcome.conclusions).toEqual({ first: 'success', work: 'failure', next: 'skipped', report: 'success' })
    expect(outcome.steps('work')).toMatchObject({ hang: 'failure', rest: 'skipped' })
    expect(outcome.log('report')).toContain('red gold')
    await hub.runner.close()
    expect(readdirSync(join(hub.host.dataDir, 'jobs')).filter((name) => /^\d+$/.test(name))).toEqual([])
  })
})

describe('a run that waited when its hub stopped', () => {
  it('begins once the hub is there again', async () => {
    hub.workflow(`
on: workflow_dispatch
concurrency: one
jobs:
  work: { runs-on: any, steps: [{ run: '[ -e ${hub.folder}/again ] || { echo up; sleep 60; }' }] }
`)
    const first = await hub.dispatch()
    await hub.said('up')
    const second = await hub.dispatch()
    await hub.runner.close()
    writeFileSync(join(hub.folder, 'again'), '')
    await hub.restarted().idle()
    expect(hub.outcome(first).conclusions).toEqual({ work: 'failure' })
    expect(hub.outcome(second).conclusions).toEqual({ work: 'success' })
  })
})

describe('a slow runner', () => {
  it('holds a job back as long as the host asks, and is cancelled without waiting it out', async () => {
    hub.workflow(`
on: workflow_dispatch
jobs:
  late: { runs-on: any, steps: [{ run: 'true' }] }
  soon: { runs-on: any, steps: [{ run: 'true' }] }
`)
    hub.delays.set('late', 600_000)
    const id = await hub.dispatch()
    await hub.when(() => hub.records.jobs.size === 2 && hub.job(id, 'soon').status === 'completed')
    expect(hub.job(id, 'late').status).toBe('queued')
    hub.runner.cancel(id)
    await hub.runner.idle()
    expect(hub.outcome(id).conclusions).toEqual({ late: 'cancelled', soon: 'success' })
  })
})
