import { describe, expect, it } from 'vitest'
import { readEnvironment } from '../../src/config/inputs.ts'

const runner = {
  GITHUB_REPOSITORY: 'somebody/repository',
  GITHUB_RUN_ID: '7',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
  GITHUB_WORKSPACE: '/work',
  GITHUB_WORKFLOW_REF: 'somebody/repository/.github/workflows/tributary.yml@refs/heads/main',
  RUNNER_TEMP: '/temp',
}

describe('the environment of a job', () => {
  it('may say how long a model may be silent', () => {
    const { TRIBUTARY_SILENCE_SECONDS } = readEnvironment({ ...runner, TRIBUTARY_SILENCE_SECONDS: '20' })
    expect(TRIBUTARY_SILENCE_SECONDS).toBe(20)
  })
  it('leaves that as it is where it says nothing, also where a variable is not there', () => {
    expect(readEnvironment(runner).TRIBUTARY_SILENCE_SECONDS).toBeUndefined()
    expect(readEnvironment({ ...runner, TRIBUTARY_SILENCE_SECONDS: '' }).TRIBUTARY_SILENCE_SECONDS).toBeUndefined()
  })
  it('is refused by name where it says no number of seconds', () => {
    for (const said of ['soon', '0', '-3'])
      expect(() => readEnvironment({ ...runner, TRIBUTARY_SILENCE_SECONDS: said })).toThrow('TRIBUTARY_SILENCE_SECONDS')
  })
})
