import { describe, expect, it } from 'vitest'
import { changeOf } from '../../../src/hub/pages/changes.ts'
import { type Part, partHash } from '../../../src/hub/pages/layout.ts'
import { html, piece } from '../../../src/render/page/html.ts'

const row = (id: string, words: string) => piece(id, html`<tr id="${id}"><td>${words}</td></tr>`)
const table = (words: Record<string, string>, end = ''): Part => ({
  id: 'tasks',
  html: html`<h2>Tasks</h2><table>${Object.entries(words).map(([id, state]) => row(id, state))}</table>${end}`,
})
const known = (part: Part) => `${part.id}:${partHash(part)}`

describe('what a browser is told of a part', () => {
  const before = table({ a: 'queued', b: 'queued' })

  it('is all of it, if the browser has another one or none', () => {
    const whole = { id: 'tasks', hash: partHash(before), html: before.html.text }
    expect(changeOf('')(before)).toEqual(whole)
    expect(changeOf(known(table({ a: 'older' })))(before)).toEqual(whole)
  })

  it('is nothing, if it has this one', () => {
    const change = changeOf(known(before))
    expect([change(before), change(before)]).toEqual([null, null])
  })

  it('is the pieces that differ, if nothing else does', () => {
    const change = changeOf(known(before))
    change(before)
    const after = table({ a: 'queued', b: '<landed>' })
    const pieces = { b: '<tr id="b"><td>&lt;landed&gt;</td></tr>' }
    expect(change(after)).toEqual({ id: 'tasks', hash: partHash(after), pieces })
    expect(change(before)).toEqual({ id: 'tasks', hash: partHash(before), pieces: { b: row('b', 'queued').text } })
  })

  it('is all of it, if a piece came, went or moved, or what stands around them is another', () => {
    const changed = (after: Part) => {
      const change = changeOf(known(before))
      change(before)
      return change(after)
    }
    const ways = [
      table({ a: 'queued' }),
      table({ a: 'queued', b: 'queued', c: 'queued' }),
      table({ b: 'queued', a: 'queued' }),
      table({ a: 'queued', b: 'queued' }, 'at its end'),
    ]
    for (const after of ways) expect(changed(after)).toHaveProperty('html', after.html.text)
  })
})
