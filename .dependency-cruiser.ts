import type { IConfiguration } from 'dependency-cruiser'

interface Room {
  rooms: string[]
  modules: string[]
}

/** What each room may import besides itself: other rooms, and packages or modules of Node (`node:*` is any of them). */
const rooms: Record<string, Room> = {
  config: { rooms: ['core'], modules: ['zod', 'yaml', 'mdast-util-from-markdown'] },
  core: { rooms: [], modules: ['zod', 'node:crypto'] },
  render: { rooms: ['core'], modules: ['node:crypto'] },
  ports: { rooms: ['core'], modules: [] },
  agent: { rooms: ['core', 'ports'], modules: ['zod', 'jsonriver'] },
  jobs: { rooms: ['core', 'render', 'agent', 'ports'], modules: [] },
  loopback: { rooms: [], modules: ['node:*'] },
  'model-double': { rooms: ['core', 'loopback'], modules: ['node:*', 'ajv', 'ajv-formats', 'zod'] },
  hub: {
    rooms: ['core', 'loopback'],
    modules: [
      'node:*',
      'hono',
      '@hono/node-server',
      '@actions/workflow-parser',
      '@actions/expressions',
      'graphql',
      'yaml',
      'zod',
      'fflate',
    ],
  },
}

/** Each adapter speaks to one vendor. It may use Node, the vendor's own SDK, and what `system` knows of the machine. */
const adapters: Record<string, string[]> = {
  github: ['@actions/core', '@actions/github', '@actions/artifact', '@octokit/rest', 'fflate', 'zod'],
  git: ['simple-git'],
  anthropic: ['@anthropic-ai/sdk'],
  sandbox: [],
  files: [],
  system: [],
}

/**
 * The order inside a room: a folder imports itself and those before it, and those side by side in one entry do not import
 * each other. Files that lie in the room's own folder, beside the folders, are named like folders.
 */
const inside: Record<string, (string | string[])[]> = {
  core: ['', 'text', 'plan', 'money', 'run', 'landing', 'prediction', 'schedule', 'slots', 'command'],
  render: ['markdown', '', 'plan', 'status', ['check', 'pull', 'reply', 'timeline'], 'page'],
  agent: [['visible-text', 'tools'], 'loop', 'prompts', ['planner', 'worker'], 'reviewer'],
  jobs: ['', 'reviews', ['command', 'work', 'orchestrate']],
  'jobs/orchestrate': ['session', ['planning', 'slots', 'merges', 'projections'], ''],
}

/**
 * What one folder of a room may import besides. The pages of the hub show runs as people see them on GitHub, so they render what
 * the journal holds; the rest of the hub plays GitHub, which knows nothing of Tributary's texts.
 */
const folderRooms: Record<string, Room> = {
  'hub/pages': { rooms: ['render'], modules: ['micromark', 'micromark-extension-gfm'] },
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')

function modulePattern(name: string): string | null {
  if (name === 'node:*') return null
  if (name.startsWith('node:')) return `^(node:)?${escaped(name.slice('node:'.length))}$`
  return `(^|/)node_modules/(@types/)?${escaped(name)}/`
}

/** Everything that is neither in an allowed room nor an allowed module. */
function others(paths: string[], modules: string[]) {
  const patterns = [
    ...paths.map((path) => `^src/${path}/`),
    ...modules.map(modulePattern).filter((one) => one !== null),
  ]
  return modules.includes('node:*')
    ? { pathNot: patterns, dependencyTypesNot: ['core' as const] }
    : { pathNot: patterns }
}

const inRoom = (room: string): string[] => Object.keys(folderRooms).filter((folder) => folder.startsWith(`${room}/`))

const roomRules = Object.entries(rooms).flatMap(([room, may]) => [
  {
    name: `${room}-imports`,
    severity: 'error' as const,
    from: { path: `^src/${room}/`, pathNot: inRoom(room).map((folder) => `^src/${folder}/`) },
    to: others([room, ...may.rooms], may.modules),
  },
  ...inRoom(room).map((folder) => ({
    name: `${folder}-imports`,
    severity: 'error' as const,
    from: { path: `^src/${folder}/` },
    to: others(
      [room, ...may.rooms, ...(folderRooms[folder]?.rooms ?? [])],
      [...may.modules, ...(folderRooms[folder]?.modules ?? [])],
    ),
  })),
])

const adapterRules = Object.entries(adapters).map(([vendor, packages]) => ({
  name: `adapter-${vendor}-imports`,
  severity: 'error' as const,
  from: { path: `^src/adapters/${vendor}/` },
  to: others([`adapters/${vendor}`, 'adapters/system', 'core', 'render', 'ports'], ['node:*', ...packages]),
}))

/** The files of a folder of a room, or, for '', those beside its folders. */
const filesOf = (room: string, folder: string): string => `^src/${room}/${folder === '' ? '[^/]+$' : `${folder}/`}`

const orderRules = Object.entries(inside).flatMap(([room, order]) => {
  const layers = order.map((layer) => [layer].flat())
  return layers.flatMap((layer, index) =>
    layer.flatMap((folder) => {
      const closed = [...layer.filter((other) => other !== folder), ...layers.slice(index + 1).flat()]
      if (closed.length === 0) return []
      return [
        {
          name: `${room}-order`,
          severity: 'error' as const,
          from: { path: filesOf(room, folder) },
          to: { path: closed.map((other) => filesOf(room, other)) },
        },
      ]
    }),
  )
})

const ordered = Object.entries(inside).map(([room, order]) => ({
  name: 'known-folder',
  comment: 'A folder that stands in no order would be free to import any other of its room.',
  severity: 'error' as const,
  from: { path: `^src/${room}/[^/]+/`, pathNot: order.flat().map((folder) => filesOf(room, folder)) },
  to: {},
}))

export const rules: IConfiguration = {
  forbidden: [
    ...roomRules,
    ...adapterRules,
    ...orderRules,
    ...ordered,
    {
      name: 'known-room',
      comment: 'A folder that no rule speaks of would be free to import anything.',
      severity: 'error',
      from: {
        path: '^src/[^/]+/',
        pathNot: [
          `^src/(${[...Object.keys(rooms), 'cli'].join('|')})/`,
          `^src/adapters/(${Object.keys(adapters).join('|')})/`,
        ],
      },
      to: {},
    },
    {
      name: 'border-is-not-imported',
      comment: 'Only entries wire; what they wire does not know them.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: '^src/cli/' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'src-does-not-measure',
      comment: 'Benchmarks stand on what ships, never the other way round.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(bench|__tests__)/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-missing', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\?raw$' } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' }, to: {} },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.d.ts', '.js', '.mjs', '.json'],
    },
  },
}
