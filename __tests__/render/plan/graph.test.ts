import { describe, expect, it } from 'vitest'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { graph, mermaidLabel } from '../../../src/render/plan/graph.ts'
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

  it('is not drawn with 100 edges or more, and says why', () => {
    const chain = (length: number) => planOf(Array.from({ length }, (_, index) => `t${index}`).join(' > '))
    expect(graph(chain(100))[0]).toBe('```mermaid')
    expect(graph(chain(101))).toEqual([
      'The graph is not drawn: it has 100 edges, and more than 99 cannot be read. The table says what needs what.',
    ])
  })

  it('gives up titles, then itself, before it is too long for Mermaid', () => {
    const many = (tasks: number, title: string) =>
      planOf(Array.from({ length: tasks }, (_, index) => `t${index}`).join(', '), {
        tasks: Object.fromEntries(Array.from({ length: tasks }, (_, index) => [`t${index}`, { title }])),
      })
    const bare = graph(many(400, '"'.repeat(120)))
    expect(bare[2]).toBe('  n1["t0"]')
    expect(byteLength(bare.join('\n'))).toBeLessThan(LIMITS.mermaid)
    expect(graph(many(4000, 'x'))).toEqual([
      'The graph is not drawn: with 4000 tasks it would be too long. The table says what needs what.',
    ])
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
