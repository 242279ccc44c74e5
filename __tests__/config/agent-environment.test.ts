import { expect, it } from 'vitest'
import { agentEnvironment } from '../../src/config/secrets.ts'

const TOKEN = 'ghs_0123456789'
const all = {
  AGENT_KEY: 'key-of-the-agent',
  EMPTY: '',
  DEPLOY: TOKEN,
  REMOTE: `https://x-access-token:${TOKEN}@github.com/o/r.git`,
  HEADER: `basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`,
  OTHER: 'not asked for',
}
const asked = ['AGENT_KEY', 'EMPTY', 'DEPLOY', 'REMOTE', 'HEADER', 'NOT_SET']

it('gives the variables that are asked for and set, and none that holds a token of the job, whatever its name', () => {
  expect(agentEnvironment(all, [TOKEN, ''])(asked)).toEqual({ AGENT_KEY: 'key-of-the-agent' })
})
