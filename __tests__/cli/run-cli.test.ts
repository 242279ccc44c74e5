import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { typed } from './terminal.ts'

const WORDS = ['init', 'doctor', 'check', 'simulate', 'log', 'hub', 'demo']
const here = tmpdir()

describe('tributary', () => {
  it('lists its words, and takes none for a mistake', async () => {
    const [asked, bare] = [await typed(here, ['--help']), await typed(here, [])]
    for (const word of WORDS) expect(asked.out).toContain(`\n  ${word} `)
    expect([asked.code, bare.code]).toEqual([0, 2])
    expect(bare.out).toBe(asked.out)
  })

  it.each(WORDS)('%s has help of its own that begins with how it is typed', async (word) => {
    const { code, out } = await typed(here, [word, '--help'])
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toMatch(new RegExp(`^tributary ${word}\\b`))
    expect(out.split('\n').length).toBeGreaterThan(2)
  })

  it('says what was probably meant, and does nothing', async () => {
    expect(await typed(here, ['docter'])).toEqual({
      code: 2,
      out: '',
      error: "tributary: there is no 'docter'. Did you mean 'doctor'?",
    })
  })

  it('lists what there is where nothing is near', async () => {
    const { code, error } = await typed(here, ['deploy'])
    expect(code).toBe(2)
    expect(error).toBe(
      "tributary: there is no 'deploy'. There are up, run, init, doctor, check, simulate, log, hub, demo.",
    )
  })

  it.each([
    [['init', '--forse']],
    [['init', 'here']],
    [['log']],
    [['log', 'forty-two']],
    [['log', '42', '--repo', '.', '--remote', 'https://example.com/a/b']],
    [['demo', '--slow']],
    [['demo', '--seconds', 'many']],
    [['doctor', 'now']],
    [['simulate']],
    [['simulate', 'plan.yml', '--slots', '0']],
    [['hub']],
  ])('takes %j for a mistake and shows how to use it', async (words) => {
    const { code, out, error } = await typed(here, words)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(error).toContain(`tributary ${words[0]}`)
  })
})
