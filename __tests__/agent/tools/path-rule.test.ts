import { describe, expect, it } from 'vitest'
import { whyNotPath, whyNotWritable } from '../../../src/agent/tools/tool-access.ts'

const everything = { writes: ['**'], protectedGlobs: ['secrets/**', 'Deploy.yml'] }

/** Each of them against a task that may write everything: only the rule itself stands in the way. */
const attacks: Record<string, readonly string[]> = {
  'out of the repository': ['../x', 'a/../../b', 'a/..', '..', './x', 'a/./b', '/etc/passwd', '/proc/self/environ'],
  'of a drive': ['C:/Windows/x', 'c:x'],
  'of no name': ['', '/', 'a//b', 'a/', ' '],
  'git itself': ['.git', '.git/config', '.git/hooks/pre-commit', 'src/.git/x', 'vendor/lib/.git'],
  'git in capitals': ['.GIT/hooks/x', '.Git/config', 'src/.gIt/x'],
  'git as Windows reads it': [
    'git~1',
    'GIT~1/config',
    'a/git~2/x',
    '.git /config',
    '.git./config',
    '.git . ./x',
    '.git::$INDEX_ALLOCATION/config',
    '.git:stream',
    '.git\\config',
    'a\\.git\\config',
  ],
  'git as macOS reads it': [
    '.g\u200cit/config',
    '.git\u200d/config',
    '\ufeff.git/config',
    '.g\u{e0069}it/x',
    '.ｇｉｔ/x',
    '.g\u00adit',
  ],
  'what decides over workflows and submodules': [
    '.gitmodules',
    'lib/.gitmodules',
    '.GitModules',
    '.github/workflows/x.yml',
    '.github/workflows/deep/x.yml',
    '.GITHUB/Workflows/x.yml',
    '.github/actions/a/action.yml',
    '.github/tributary.yml',
    '.Github/Tributary.yml',
  ],
  'what the settings protect': ['secrets/a.txt', 'secrets/b/c', 'Secrets/a.txt', 'Deploy.yml', 'deploy.yml'],
  'odd characters': [
    'a\0b',
    'a\nb',
    'a\u001b[2Jb',
    'a\\b',
    '..\\x',
    'a\u202eb',
    'a\u2028b',
    'src/\ud800.ts',
    'a\u200bb',
    'src/x.ts\u{fe0f}',
  ],
  'ends that Windows drops': ['src/a.ts.', 'src/a.ts ', 'src./a.ts', 'src /a.ts', '...'],
  'endless ones': [`src/${'a'.repeat(1000)}`],
}

describe.each(Object.entries(attacks))('%s', (_name, paths) => {
  it.each(paths.map((path) => [JSON.stringify(path), path]))('is never written: %s', (_shown, path) => {
    expect(whyNotWritable(path, everything)).not.toBeNull()
  })
})

it.each(Object.keys(attacks).filter((name) => name.startsWith('git')))('takes every name for %s', (name) => {
  for (const path of attacks[name] ?? []) expect(whyNotPath(path)).toBe('`.git` is out of bounds')
})

it.each(['.git/config', '.GIT/x', '../x', '/etc/passwd', '/proc/self/environ', 'a\0b', '.g\u200cit/config', 'git~1/x'])(
  'does not let %j be read either',
  (path) => {
    expect(whyNotPath(path)).not.toBeNull()
  },
)

it.each([
  'src/a.ts',
  'app/[id]/(group)/+page.ts',
  '.gitignore',
  '.gitattributes',
  'src/.gitkeep',
  'git/config',
  'a.git/x',
  '.github/dependabot.yml',
  'src/..hidden/x',
  'docs/über.md',
  'a b/c d.txt',
  'src/x:y.ts',
  'digit~1',
])('lets %j be written where the task may write everything', (path) => {
  expect(whyNotWritable(path, everything)).toBeNull()
})

it('lets nothing be written beside the paths of the task, and says which they are', () => {
  const at = { writes: ['src/**', 'docs/{a,b}.md'], protectedGlobs: [] }
  expect(whyNotWritable('src/deep/a.ts', at)).toBeNull()
  expect(whyNotWritable('docs/b.md', at)).toBeNull()
  expect(whyNotWritable('test/a.ts', at)).toBe(
    "`test/a.ts` is none of this task's paths. This task may change `src/**` and `docs/{a,b}.md`",
  )
})

it('keeps what is always protected where the caller names no protected globs, and the task names the file itself', () => {
  const at = { writes: ['.gitmodules', '.github/workflows/ci.yml'], protectedGlobs: [] }
  expect(whyNotWritable('.gitmodules', at)).toContain('is protected')
  expect(whyNotWritable('.github/workflows/ci.yml', at)).toContain('is protected')
})

it('says so where a task may change nothing', () => {
  expect(whyNotWritable('a.ts', { writes: [], protectedGlobs: [] })).toContain('This task may change no file')
})
