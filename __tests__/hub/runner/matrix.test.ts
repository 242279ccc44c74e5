import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/hub/runner/workflow/json.ts'
import { expandMatrix, suffix } from '../../../src/hub/runner/workflow/matrix.ts'

describe('a matrix', () => {
  it('multiplies its vectors in their order', () => {
    expect(expandMatrix({ os: ['a', 'b'], node: [1, 2] }).map(suffix)).toEqual([
      ' (a, 1)',
      ' (a, 2)',
      ' (b, 1)',
      ' (b, 2)',
    ])
  })

  it('drops what exclude covers in part', () => {
    expect(expandMatrix({ os: ['a', 'b'], node: [1, 2], exclude: [{ os: 'a', node: 1 }, { node: 2 }] })).toEqual([
      { os: 'b', node: 1 },
    ])
  })

  it('adds to the combinations that include matches, and makes new ones of the rest', () => {
    const fruit: Json = {
      fruit: ['apple', 'pear'],
      animal: ['cat', 'dog'],
      include: [
        { color: 'green' },
        { color: 'pink', animal: 'cat' },
        { fruit: 'apple', shape: 'circle' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
    }
    expect(expandMatrix(fruit)).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ])
  })

  it('may consist of include alone, and shows nested values in the name', () => {
    expect(expandMatrix({ include: [{ a: 1, b: { c: 'x', d: [true] } }] }).map(suffix)).toEqual([' (1, x, true)'])
  })

  it.each([
    [{}, 'Matrix must define at least one vector'],
    [{ a: [] }, "Matrix vector 'a' does not contain any values"],
    [{ a: 'b' }, "Matrix vector 'a' must be a list"],
  ])('refuses %j', (matrix, message) => {
    expect(() => expandMatrix(matrix)).toThrow(message)
  })
})
