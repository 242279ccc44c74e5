import { describe, expect, it } from 'vitest'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { graph, mermaidLabel, type NodeStyle } from '../../../src/render/plan/graph.ts'
import { gate, planOf } from '../../support/plan.ts'
import { cases } from '../../support/random.ts'
import { randomMarkdown } from '../support/markdown.ts'

describe('a graph', () => {
  it('has a node per task, gates as diamonds, and an edge per need', () => {
    const plan = planOf('end > g > c, b > c', {
      tasks: { g: { ...gate, title: 'Look at it' }, c: { title: 'a "c" #1' } },
    })
    expect(graph(plan, (id) => (id === 'end' ? 'landed' : 'later'))).toEqual([
      '```mermaid',
      'flowchart LR',
      '  n1["end<br/>Task end"]',
      '  n2{"g<br/>Look at it"}',
      '  n3["b<br/>Task b"]',
      '  n4["c<br/>a #34;c#34; #35;1"]',
      '  n1 --> n2',
      '  n2 --> n4',
      '  n3 --> n4',
      '  classDef landed fill:#d1f0d9,stroke:#1a7f37,color:#0b3d1a',
      '  class n1 landed',
      '  classDef later fill:#ffffff,stroke:#6e7781,color:#1f2328',
      '  class n2,n3,n4 later',
      '```',
    ])
  })

  it('of more than 20 tasks shows ids in groups: those with the same way to a root, in the same part of the plan', () => {
    const chains = Array.from(
      { length: 3 },
      (_, part) => `r${part} > a${part} > z${part}, r${part} > b${part} > z${part}`,
    )
    const alone = Array.from({ length: 10 }, (_, index) => `x${index}`)
    const plan = planOf([...chains, ...alone, 'z0 > g'].join(', '), { tasks: { g: gate } })
    const styles: Record<string, NodeStyle> = { r0: 'landed', a0: 'atwork', b0: 'failed' }
    const lines = graph(plan, (id) => styles[id] ?? 'later')
    expect(lines).toContain('  n2["▶ a0<br/>✗ b0"]')
    expect(lines.join('\n')).toContain('["x0<br/>x1<br/>x2<br/>x3<br/>x4<br/>x5<br/>x6<br/>x7<br/>and 2 more"]')
    expect(lines.filter((line) => line.includes('-->'))).toHaveLength(7)
    expect(lines).toContain('  class n2 failed')
    expect(lines.filter((line) => /^ {2}n\d+\{/.test(line))).toHaveLength(1)
  })

  it('is not drawn with 100 edges or more, and says why', () => {
    const chain = (length: number) => planOf(Array.from({ length }, (_, index) => `t${index}`).join(' > '))
    expect(graph(chain(100))[0]).toBe('```mermaid')
    expect(graph(chain(101))).toEqual([
      'The graph has 100 edges, and more than 99 cannot be read, so it is not drawn. The list of tasks says what needs what.',
    ])
  })

  it('stays within the limit of Mermaid, however many tasks there are', () => {
    const many = (tasks: number, title: string) =>
      planOf(Array.from({ length: tasks }, (_, index) => `t${index}`).join(', '), {
        tasks: Object.fromEntries(Array.from({ length: tasks }, (_, index) => [`t${index}`, { title }])),
      })
    expect(graph(many(20, '"'.repeat(120)))[2]).toContain('n1["t0<br/>#34;')
    expect(byteLength(graph(many(4000, 'x')).join('\n'))).toBeLessThan(LIMITS.mermaid)
  })
})

describe('a label', () => {
  it('makes no formula', () => expect(mermaidLabel('$$x$$')).toBe('#36;#8203;#36;x#36;#8203;#36;'))

  it('holds nothing that Mermaid or Markdown could take for its own, whatever comes in', () => {
    for (let seed = 1; seed <= cases(1000); seed += 1) {
      const text = mermaidLabel(randomMarkdown(seed))
      expect(text, `seed ${seed}`).toMatch(/^(?:[\p{L}\p{N}\p{M} .,()/+=?!'^-]|#\d+;)*$/u)
    }
  })
})
