import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJournal } from '../../src/adapters/git/journal/journal.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay } from '../../src/core/run/evolve.ts'
import { SETTINGS_PATH } from '../../src/core/settings.ts'
import { bareRemote, tempDir } from '../support/git.ts'
import { planOf } from '../support/plan.ts'
import { AT, proposedBy, shaOf } from '../support/run.ts'
import { typed } from './terminal.ts'

const task = (id: string, size: string, needs: string[] = []) =>
  `- { id: ${id}, title: Task ${id}, needs: [${needs}], writes: ['${id}/**'], run: ['true'], acceptance: ['true'], size: ${size} }`

const PLAN = ['title: A plan', 'tasks:', task('a', 'large'), task('b', 'small'), task('c', 'medium', ['b'])].join('\n')

function fileWith(text: string): string {
  const folder = tempDir()
  writeFileSync(join(folder, 'plan.yml'), text)
  return folder
}

const rowsOf = (out: string) => out.split('\n').map((line) => JSON.parse(line))

describe('tributary simulate', () => {
  it('predicts time, bound and idle time of a plan by the number of slots', async () => {
    const { code, out } = await typed(fileWith(PLAN), ['simulate', 'plan.yml', '--slots', '1,2', '--json'])
    expect(code).toBe(0)
    const unpaid = { predictedUsd: 0, spentUsd: null, estimatedTasks: 3 }
    const plan = { workMinutes: 31, criticalPath: ['a'], criticalPathMinutes: 20, ...unpaid }
    expect(rowsOf(out)).toEqual([
      { slots: 1, makespanMinutes: 31, boundMinutes: 31, idleMinutes: 0, ...plan },
      { slots: 2, makespanMinutes: 20, boundMinutes: 20, idleMinutes: 9, ...plan },
    ])
  })

  it('reads a plan with its fence, and says in columns what it found', async () => {
    const { out } = await typed(fileWith(`Some words.\n\n\`\`\`tributary\n${PLAN}\n\`\`\`\n`), ['simulate', 'plan.yml'])
    expect(out).toContain('A plan: 3 tasks, 31 min of work, at most 2 at once')
    expect(out).toContain('Critical path: a (20 min)')
    expect(out).toMatch(/^ +4 +20 min +20 min +1\.6 +49 min +39 % +none$/m)
  })

  it('prices agents by the settings of this folder, and says which of them is not right', async () => {
    const folder = fileWith(PLAN.replaceAll(", run: ['true']", ''))
    const usd = async () => {
      const { out } = await typed(folder, ['simulate', 'plan.yml', '--slots', '2', '--json'])
      return rowsOf(out)[0].predictedUsd
    }
    const byDefault = await usd()
    mkdirSync(join(folder, '.github'))
    const settings = join(folder, SETTINGS_PATH)
    writeFileSync(settings, 'worker_model: { default: claude-opus-5-5 }\n')
    expect(byDefault).toBeGreaterThan(0)
    expect(await usd()).toBeGreaterThan(byDefault)
    writeFileSync(settings, 'modles: {}\n')
    const { code, error } = await typed(folder, ['simulate', 'plan.yml'])
    expect(code).not.toBe(0)
    expect(error).toContain('modles')
  })

  it('says what is wrong with a plan, a file, or a number of slots', async () => {
    const folder = fileWith(PLAN.replace('title', 'tilte'))
    expect(await typed(folder, ['simulate', 'plan.yml'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('tilte'),
    })
    expect((await typed(folder, ['simulate', 'other.yml'])).error).toContain('there is no file other.yml')
    expect((await typed(folder, ['simulate', 'plan.yml', '--slots', '0'])).error).toContain(
      "'0' is not a number of slots",
    )
  })

  it('takes for the tasks of a past run the time that they took', async () => {
    const remote = bareRemote()
    const journal = await openJournal({
      gitDir: join(tempDir(), 'repo.git'),
      remoteUrl: remote.url,
      token: '',
      clock: systemClock,
    })
    const events = [...approved(), ...worked('a', 6), ...worked('b', 2)]
    await journal.append('42', null, events, replay(events), [])
    const { out } = await typed(tempDir(), ['simulate', '42', '--remote', remote.url, '--slots', '1,2', '--json'])
    expect(rowsOf(out)).toMatchObject([{ makespanMinutes: 8 }, { makespanMinutes: 6, idleMinutes: 4 }])
  })

  it('says for how many tasks of a past run it has nothing but their size', async () => {
    const remote = bareRemote()
    const folder = tempDir()
    const journal = await openJournal({
      gitDir: join(folder, 'r.git'),
      remoteUrl: remote.url,
      token: '',
      clock: systemClock,
    })
    const events = [...approved(), ...worked('a', 6)]
    await journal.append('42', null, events, replay(events), [])
    const { out } = await typed(folder, ['simulate', '42', '--remote', remote.url])
    expect(out).toContain('1 task that no slot worked on counts as 3 minutes for a small task')
  })
})

function approved(): RunEvent[] {
  const events = proposedBy(planOf('a, b'))
  const state = replay(events)
  if (state.phase !== 'proposed') throw new Error('not proposed')
  return [...events, { type: 'plan_approved', at: AT, by: 'admin', planId: state.work.planId, only: null }]
}

function worked(task: string, minutes: number): RunEvent[] {
  const at = (after: number) => new Date(Date.parse(AT) + after * 60_000).toISOString()
  const report = { workSeconds: 1, acceptanceSeconds: 1, acceptanceLog: '', summary: '', sandbox: 'off' }
  const by = 'tributary'
  return [
    { type: 'task_queued', at: AT, by, task, attempt: 1, base: shaOf('base') },
    { type: 'task_started', at: at(1), by, task, attempt: 1, slot: 'r1.1' },
    {
      type: 'task_verified',
      at: at(1 + minutes),
      by,
      task,
      attempt: 1,
      head: shaOf(task),
      tree: shaOf(`${task} tree`),
      report,
    },
  ]
}
