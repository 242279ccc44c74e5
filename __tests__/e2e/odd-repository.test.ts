import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCAL_ACTION, workflowFor } from '../../src/cli/example-files.ts'
import { calm } from './support/calm.ts'
import { git, makeRepository } from './support/repository.ts'
import { planned } from './support/steps.ts'
import { startWorld, type World } from './support/world.ts'

/** The shipped workflow, with a step before ours that makes what git does not ignore. */
const WORKFLOW = workflowFor(LOCAL_ACTION).replace(
  /( +)- uses: actions\/checkout@.*\n(?:\1 {2}.*\n)*/,
  (checkout, indent: string) => `${checkout}${indent}- run: mkdir .venv && echo tool > .venv/tool\n`,
)

/** CRLF in a file that its attributes say is stored with LF; a link; a name that is not UTF-8. */
function oddRepository(checkout: string): string {
  const folder = makeRepository(checkout, {
    '.github/tributary.yml': calm(),
    '.github/workflows/tributary.yml': WORKFLOW,
    'old.bat': 'echo 1\r\necho 2\r\n',
  })
  writeFileSync(join(folder, '.gitattributes'), '*.bat text eol=crlf\n')
  symlinkSync('common.txt', join(folder, 'link'))
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]), 'bytes\n')
  git(folder, 'add', '.gitattributes', 'link', 'caf*')
  git(folder, 'commit', '--quiet', '--message', 'Odd')
  return folder
}

const own = mkdtempSync(join(tmpdir(), 'tributary-odd-'))
let world: World
beforeAll(async () => {
  world = await startWorld({ checkout: oddRepository(own) })
})
afterAll(async () => {
  await world.close()
  rmSync(own, { recursive: true, force: true })
})

describe('a repository as repositories are', () => {
  it('is worked on as it is: a task changes what it changes, and nothing else', async () => {
    expect(WORKFLOW).toContain('.venv/tool')
    const made = (id: string, ...lines: string[]) => ({
      run: ['sh', '-ec', [`mkdir -p ${id}`, `echo done > ${id}/done.txt`, ...lines].join('\n')],
      acceptance: ['test', '-e', '.venv/tool'],
    })
    const { run, pull, id } = await planned(world, 'a > c, b', {
      a: made('a', 'ln -s ../common.txt a/link'),
      // Git would wait for ever for someone to write into it.
      b: made('b', 'mkfifo b/.gitattributes b/pipe'),
      c: made('c', 'touch old.bat', 'test "$(cat link a/link)" = "$(cat common.txt common.txt)"'),
    })
    await world.say(pull, `/approve ${id}`)
    expect((await world.ended(run)).conclusion).toBe('success')
    expect(world.git('diff', '--name-status', 'main', `tributary/${run}/trunk`).split('\n')).toEqual(
      ['a/done.txt', 'a/link', 'b/done.txt', 'c/done.txt'].map((path) => `A\t${path}`),
    )
    expect(world.git('ls-tree', '--name-only', `tributary/${run}/trunk`)).toContain(String.raw`"caf\351"`)
  })
})
