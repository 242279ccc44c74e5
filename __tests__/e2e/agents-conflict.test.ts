import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import type { Say } from '../../src/model-double/script.ts'
import { create, finish, planned, startAgentWorld, usual, whenTask } from './support/agents.ts'
import { expectFinished, threadOf } from './support/picture.ts'
import { calls, talksOf } from './support/talk.ts'
import { agreement, eventsOf } from './support/world.ts'

/** Says whether something is there, and of which kind: `node tools/kind.mjs file place`. */
const KIND = `
import { statSync } from 'node:fs'
const [kind, ...paths] = process.argv.slice(2)
const is = (path) => { try { return kind === 'file' ? statSync(path).isFile() : statSync(path).isDirectory() } catch { return false } }
if (!paths.some(is)) { console.error('no ' + kind + ': ' + paths.join(', ')); process.exit(1) }
`
const accepted = {
  file: ['node', 'tools/kind.mjs', 'file', 'place'],
  folder: ['node', 'tools/kind.mjs', 'file', 'place/part', 'parts/part'],
}

/** No path is in both lists, but `place` cannot be a file and a folder, which a plan cannot tell of `*`. */
const plan = planned(
  'file, folder',
  {
    file: { goal: 'Describe the place in one file.', writes: ['*'], acceptance: accepted.file },
    folder: { goal: 'Keep the parts apart.', writes: ['place/part', 'parts/part'], acceptance: accepted.folder },
  },
  { verification: [{ argv: accepted.file }, { argv: accepted.folder }] },
)

const asFile: Say = ({ turns }) => (turns === 0 ? calls(create('place', 'A file.\n')) : finish('The place is a file.'))
const asFolder: Say = ({ turns, firstText }) => {
  const settles = firstText.includes('# A conflict to settle')
  if (turns > 0) return finish(settles ? 'The parts are beside the place.' : 'The parts are in the place.')
  return calls(create(settles ? 'parts/part' : 'place/part', 'A part.\n'))
}

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let events: RunEvent[]
beforeAll(async () => {
  stage = await startAgentWorld([whenTask('file', asFile), whenTask('folder', asFolder), ...usual(plan)], {
    files: { 'tools/kind.mjs': KIND },
  })
  const { world } = stage
  const issue = await world.openIssue('Please describe the place and its parts.')
  await world.say(issue, '/plan --mode off')
  await world.when(`${issue}`, 'half done', (_, { tasks }) => tasks.folder?.state.status === 'landed')
  await world.ended(`${issue}`)
  events = await world.events(`${issue}`)
})
afterAll(() => stage.close())

const at = (type: RunEvent['type'], attempt?: number): number =>
  events.findIndex(
    (event) =>
      event.type === type &&
      (attempt === undefined ||
        ('task' in event && 'attempt' in event && event.attempt === attempt && event.task === 'folder')),
  )

describe('two tasks whose work cannot be merged', () => {
  it('are found when the later one comes to trunk, though each was accepted and no path is written by both', () => {
    expect(eventsOf(events, 'task_conflicted')).toMatchObject([
      { task: 'folder', with: ['file'], final: false, paths: [expect.stringContaining('place')] },
    ])
    expect(at('task_verified', 1)).toBeGreaterThan(-1)
    expect(at('task_verified', 1)).toBeLessThan(at('task_conflicted'))
    expect(at('task_conflicted')).toBeLessThan(at('task_verified', 2))
  })
  it('become one by an agent that is told both intents and both acceptances', () => {
    const talks = talksOf(stage.model, 'folder')
    expect(talks).toHaveLength(2)
    const told = talks[1]?.[0]?.firstText ?? ''
    expect(told).toContain('# A conflict to settle')
    expect(told).toContain('Keep the parts apart.')
    expect(told).toContain('## In conflict with file — Task file')
    expect(told).toContain('Its goal: Describe the place in one file.')
    expect(told).toContain('The place is a file.')
    expect(told).toContain(`\`${JSON.stringify(accepted.folder)}\` (of folder) must end with exit code 0`)
    expect(told).toContain(`\`${JSON.stringify(accepted.file)}\` (of file) must end with exit code 0`)
    expect(told).toContain('What attempt 1 had changed')
    expect(told).toContain('place/part')
  })
  it('is paid for as the settling of a conflict, after every acceptance passed', () => {
    const settled = eventsOf(events, 'task_verified').find(({ task, attempt }) => task === 'folder' && attempt === 2)
    expect(settled?.report.resolved).toEqual(['file'])
    expect(settled?.report.spending).toMatchObject([{ role: 'resolve' }])
    expect(settled?.report.acceptanceLog).toContain(`$ ${accepted.file.join(' ')}`)
    expect(settled?.report.acceptanceLog).toContain(`$ ${accepted.folder.join(' ')}`)
  })
  it('is reviewed by another model before it lands', () => {
    const settled = { task: 'folder', attempt: 2 }
    expect(eventsOf(events, 'task_reviewed')).toMatchObject([{ ...settled, verdict: 'accepted' }])
    expect(at('task_verified', 2)).toBeLessThan(at('task_reviewed'))
    expect(at('task_reviewed')).toBeLessThan(at('task_landed', 2))
  })
  it('leaves the work of both in trunk', async () => {
    const { world } = stage
    const trunk = 'refs/heads/tributary/1/trunk'
    expect(world.git('diff', '--name-only', 'main', trunk).split('\n')).toEqual(['parts/part', 'place'])
    expect(world.git('show', `${trunk}:place`)).toBe('A file.')
    const both = await agreement(world, '1')
    expect(both.trunkInGit).toBe(both.trunkInJournal)
  })
  it('is told whoever merges: the final pull request says that a model settled it', async () => {
    const { world } = stage
    await world.idle()
    await expectFinished(world, '1', {
      title: 'Done',
      checks: { file: 'success', folder: 'success' },
      pulls: { merged: ['file', 'folder'], closed: [] },
    })
    const state = await world.state('1')
    if (state === null || state.phase === 'empty') throw new Error('there is no run')
    const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number: threadOf(state) })
    expect(data.body).toContain('### Conflicts resolved by a model')
    expect(data.body).toContain('a model resolved its conflict with `file`; its acceptance was run by the machine.')
  })
  it('asked the model for nothing that a model could not have said', () => {
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
