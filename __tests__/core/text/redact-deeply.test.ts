import { expect, it } from 'vitest'
import { redactDeeply, redactor } from '../../../src/core/text/redact.ts'

const redact = redactor(['ghs_abc"def'])

it('takes secrets out of every field, however deep, and leaves all else as it is', () => {
  const said = {
    title: 'ghs_abc"def',
    tasks: [{ steps: ['say ghs_abc"def twice: ghs_abc"def', '"'], needs: [], usd: 0.1, of: null }],
  }
  expect(redactDeeply(said, redact)).toEqual({
    title: '***',
    tasks: [{ steps: ['say *** twice: ***', '"'], needs: [], usd: 0.1, of: null }],
  })
})
