// A separate module, so that a process that runs this file again does not load everything again.
const { main, fail } = await import('./main.ts')
await main().catch(fail)

export {}
