import type { Subcommand } from './subcommand.ts'

export const hub: Subcommand = { name: 'hub', summary: '', help: [], run: async () => 0 }
