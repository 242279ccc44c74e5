import { describe, expect, it } from 'vitest'
import { parseTranscript, type TranscriptBlock, type TranscriptLine } from '../../../src/core/slots/transcript.ts'
import { transcriptHtml } from '../../../src/render/page/transcript.ts'

const at = '2026-11-21T10:00:00.000Z'
const usage = { fresh: 100, cached: 20, written: 3, output: 4 }
const agent = (turn: number, ...blocks: TranscriptBlock[]): TranscriptLine => ({
  kind: 'turn',
  role: 'assistant',
  at,
  turn,
  blocks,
  stop: 'calls',
  usage,
  unsure: false,
  seconds: 4.2,
})
const told = (turn: number, ...blocks: TranscriptBlock[]): TranscriptLine => ({
  kind: 'turn',
  role: 'user',
  at,
  turn,
  blocks,
})
const says = (text: string): TranscriptBlock => ({ kind: 'text', text })
const calls = (id: string, name: string, input: unknown): TranscriptBlock => ({ kind: 'call', id, name, input })
const gets = (id: string, text: string, failed = false): TranscriptBlock => ({ kind: 'result', id, text, failed })
const shown = (...lines: TranscriptLine[]): string => transcriptHtml(lines).text
const ran = { exitCode: 1, seconds: 0.3, timedOut: false }

describe('the transcript of an attempt', () => {
  it('shows what the agent says, and each call folded with its input and its output', () => {
    const text = shown(
      agent(1, says('I look first.'), calls('c1', 'bash', { command: 'npm test', seconds: null })),
      told(2, gets('c1', 'all passed')),
    )
    expect(text).toContain('<h3>Turn 1 <span class="lead">10:00:00 · 4.2 s · 127 tokens</span></h3>')
    expect(text).toContain('<p class="words">I look first.</p>')
    expect(text).toMatch(
      /<details class="call"><summary><code>bash<\/code> npm test <span class="call-done">✓ done<\/span><\/summary>\s*<pre tabindex="0">command: npm test\nseconds: null<\/pre><pre tabindex="0">all passed<\/pre><\/details>/,
    )
    expect(text.match(/<li /g)).toHaveLength(1)
  })

  it('says of a call that it runs, or that it failed', () => {
    const text = shown(
      agent(1, calls('c1', 'view', { path: 'a.ts' }), calls('c2', 'run', { argv: ['npm', 'test'] })),
      told(2, gets('c1', 'There is no a.ts', true)),
    )
    expect(text).toContain('<code>view</code> a.ts <span class="call-failed">✕ failed</span>')
    expect(text).toContain('<code>run</code> npm test <span class="call-runs">▶ runs</span>')
  })

  it('keeps the lines of code in an input', () => {
    const input = { path: 'a.ts', edits: [{ old: 'a\nb', new: 'c' }] }
    expect(shown(agent(1, calls('c1', 'edit', input)))).toContain('edits:\nold:\na\nb\nnew: c</pre>')
  })

  it('shows what ran before and after the work, and what the agent was told', () => {
    const text = shown(
      { kind: 'baseline', argv: ['npm', 'test'], ...ran, log: 'nothing there' },
      told(1, says('# Your task: a\nDo it.')),
      {
        kind: 'check',
        at,
        failure: { reason: 'acceptance-failed', exitCode: 3, log: '' },
        log: 'red',
        putBack: ['x.ts'],
      },
      { kind: 'agent', ...ran, log: '' },
      { kind: 'cut', detail: 'more than 8 characters' },
    )
    expect(text).toContain('Before the work: <code>npm test</code> <span class="lead">exit code 1 after 0.3 s</span>')
    expect(text).toContain('Told <span class="lead"># Your task: a</span>')
    expect(text).toMatch(
      /Acceptance at 10:00:00 <span class="lead">[^<]*exit code 3[^<]*<\/span><\/summary><p>Restored: x.ts<\/p>/,
    )
    expect(text).toContain('The transcript ends here: more than 8 characters.')
  })

  it('holds no text that a browser would run', () => {
    const evil = '<img src=x onerror=alert(1)>"\'\u202e'
    const text = shown(
      agent(1, says(evil), calls('c1', evil, { [evil]: [evil, { [evil]: evil }] })),
      told(2, gets('c1', evil), says(evil)),
      { kind: 'baseline', argv: [evil], ...ran, log: evil },
      { kind: 'check', at, failure: null, log: evil, putBack: [evil] },
    )
    expect(text).not.toMatch(/<img|\u202e/)
    expect(text.match(/&lt;img src=x onerror=alert\(1\)&gt;/g)?.length).toBeGreaterThan(10)
  })

  it('stays a few hundred kilobytes: long outputs lose their middle, and the oldest steps go', () => {
    const long = Array.from({ length: 1000 }, (_, index) =>
      agent(index, says(`step ${index}\n${'x\n'.repeat(9000)}end`)),
    )
    const text = shown(...long)
    expect(Buffer.byteLength(text)).toBeLessThan(300_000)
    expect(text).toMatch(/<p class="lead">9\d\d earlier steps left out\.<\/p>/)
    expect(text).toContain('step 999')
    expect(text).not.toContain('step 9\n')
  })
})

it('a transcript is read line by line, and what cannot be read is counted', () => {
  const line = JSON.stringify(agent(1, says('Hello')))
  const { lines, unread } = parseTranscript(
    `${line}\nno JSON\n{"kind":"turn","role":"assistant"}\n{"kind":"else"}\n${line}\n`,
  )
  expect(lines).toEqual([agent(1, says('Hello')), agent(1, says('Hello'))])
  expect(unread).toBe(3)
})
