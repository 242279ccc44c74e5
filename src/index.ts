// All that is loaded stands in a module of its own: a process that runs this file again does not load it again.
const { main } = await import('./main.ts')
await main()

export {}
