import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const packedSchema = z.tuple([
  z.object({
    filename: z.string(),
    entryCount: z.number(),
    unpackedSize: z.number(),
    files: z.array(z.object({ path: z.string() })),
  }),
])

const folder = mkdtempSync(join(tmpdir(), 'tributary-package-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const repository = join(folder, 'repository')
const env = { PATH: process.env.PATH, HOME: join(folder, 'home'), TMPDIR: folder, npm_config_offline: 'true' }
const cli = 'node_modules/tributary/dist/cli.js'
let packed: z.infer<typeof packedSchema>[0]

/** Five seconds on a machine on which Node starts in a tenth of one; a busy one has as much more. */
let patience: number

beforeAll(() => {
  mkdirSync(env.HOME)
  mkdirSync(repository)
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  ;[packed] = packedSchema.parse(JSON.parse(execFileSync('npm', words, { cwd: root, env, encoding: 'utf8' })))
  execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: repository, env })
  const install = ['install', '--no-save', '--no-audit', '--no-fund', join(folder, packed.filename)]
  execFileSync('npm', install, { cwd: repository, env, stdio: 'pipe' })
  const began = performance.now()
  execFileSync(process.execPath, ['-e', '0'])
  patience = Math.ceil(5000 * Math.max(1, (performance.now() - began) / 100))
})

/** What a person sees who types the command in the repository. */
async function type(...words: string[]): Promise<{ code: number; said: string }> {
  const options = { cwd: repository, env, encoding: 'utf8', timeout: patience } as const
  try {
    const { stdout, stderr } = await execute(process.execPath, [cli, ...words], options)
    return { code: 0, said: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() }).parse(error)
    return { code, said: stdout + stderr }
  }
}

describe('the package that npm makes', () => {
  it('has at most 80 files and 6 MB, and the action among them', () => {
    expect(packed.entryCount).toBeLessThanOrEqual(80)
    expect(packed.unpackedSize).toBeLessThanOrEqual(6_000_000)
    const paths = packed.files.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining(['action.yml', 'dist/index.js', 'dist/cli.js', 'examples/tributary.yml']),
    )
    expect(paths.filter((path) => /^(src|__tests__|bench)\//.test(path))).toEqual([])
  })

  it('installs nothing besides itself', () => {
    expect(readdirSync(join(repository, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['tributary'])
  })

  it('says its version', async () => {
    expect(await type('--version')).toEqual({ code: 0, said: expect.stringMatching(/^tributary \d+\.\d+\.\d+\n$/) })
  })

  it('is started by npx from its tarball', async () => {
    const words = ['--yes', `file:${packed.filename}`, '--version']
    const { stdout } = await execute('npx', words, { cwd: folder, env, encoding: 'utf8' })
    expect(stdout).toMatch(/^tributary \d+\.\d+\.\d+/)
  })

  it('writes the workflow, and asks for the address that it cannot know', async () => {
    const asked = await type('init')
    expect(asked.code).toBe(2)
    expect(asked.said).toContain('--uses OWNER/REPO@REF')
    const { code, said } = await type('init', '--settings', '--uses', `octo/tributary@${'0123456789'.repeat(4)}`)
    expect(said).toContain(`node ${cli} doctor`)
    expect(code).toBe(0)
  })

  it('checks settings and plans', async () => {
    const settings = await type('check')
    expect(settings.said).toContain('.github/tributary.yml')
    expect(settings.code).toBe(0)
    writeFileSync(join(repository, 'plan.yml'), 'title: A plan\ntasks: []\n')
    const plan = await type('check', 'plan.yml')
    expect(plan.said).toContain('plan.yml:')
    expect(plan.code).toBe(1)
  })

  it('says what is missing', async () => {
    execFileSync('git', ['remote', 'add', 'origin', 'https://github.com/octo/demo.git'], { cwd: repository, env })
    const { code, said } = await type('doctor')
    expect(said).toContain('ok       .github/workflows/tributary.yml in this folder')
    expect(said).toContain('there is no token')
    expect(code).toBe(0)
  })

  it('starts the demo', async () => {
    const demo = spawn(process.execPath, [cli, 'demo', '--folder', join(folder, 'demo')], { cwd: repository, env })
    const [first] = await once(demo.stdout, 'data', { signal: AbortSignal.timeout(patience) })
    expect(String(first).trim()).not.toBe('')
    demo.kill('SIGINT')
    expect(await once(demo, 'close')).toEqual([130, null])
  })
})
