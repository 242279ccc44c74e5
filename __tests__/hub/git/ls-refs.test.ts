import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { refsOf } from '../../../src/hub/git/ls-refs.ts'
import { exchange } from '../../../src/hub/git/smart-http.ts'
import { bareRemote, git, tempDir } from '../../support/git.ts'

const line = (text: string) => `${(text.length + 5).toString(16).padStart(4, '0')}${text}\n`
const question = (...words: string[]) => `${line('command=ls-refs')}0001${words.map(line).join('')}0000`

function remoteWithRefs() {
  const remote = bareRemote(join(tempDir(), 'repo.git'))
  const [one, two] = [remote.commit({ a: '1\n' }), remote.commit({ a: '2\n' })]
  remote.point('refs/heads/main', one)
  remote.point('refs/heads/tributary/42/t1', one)
  remote.point('refs/tributary/42/log', one)
  git(remote.dir, ['pack-refs', '--all'])
  remote.point('refs/heads/tributary/42/t1', two)
  remote.point('refs/heads/tributary/42/t10', two)
  remote.point('refs/tributary/42/lo', two)
  remote.point('refs/heads/mainly', two)
  return remote
}

const byGit = (dir: string, asked: string) =>
  exchange({ dir, service: 'git-upload-pack', protocol: 'version=2', log: () => {} }, Readable.from([asked])).text()

it.each([
  [['ref-prefix refs/heads/main']],
  [['peel', 'symrefs', 'ref-prefix refs/heads/']],
  [['ref-prefix refs/tributary/42/log', 'ref-prefix refs/heads/tributary/42/log', 'ref-prefix refs/heads/tributary/']],
  [['ref-prefix refs/heads/nothing']],
])('answers %j with the very bytes of git', async (words) => {
  const { dir } = remoteWithRefs()
  expect(await refsOf(dir, question(...words))).toBe(await byGit(dir, question(...words)))
})

it.each([
  [[]],
  [['ref-prefix HEAD']],
  [['ref-prefix refs/heads/main', 'ref-prefix refs/tags/']],
  [['ref-prefix refs/heads/../../secret']],
])('leaves %j to git', async (words) => {
  expect(await refsOf(remoteWithRefs().dir, question(...words))).toBe(null)
})
