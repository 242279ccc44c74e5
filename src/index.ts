// A module of its own: a process that runs this file a second time does not load it again.
const { main, fail } = await import('./main.ts')
await main().catch(fail)

export {}
