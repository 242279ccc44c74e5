import * as core from '@actions/core'

try {
  // A module of its own: a process that runs this file a second time does not load it again.
  const { main } = await import('./main.ts')
  await main()
} catch (error) {
  core.setFailed(error instanceof Error ? error : String(error))
}
