// @ts-check

/**
 * Parts of packages that are loaded and never reached. The action starts once for each job, and a fifth of its start was
 * spent on these.
 * @type {import('esbuild').Plugin}
 */
export const lean = {
  name: 'lean',
  setup(build) {
    // @actions/http-client wants its proxy agent, and only where there is a proxy.
    build.onLoad({ filter: /node_modules\/undici\/index\.js$/ }, () => ({
      contents: `Object.defineProperty(exports, 'ProxyAgent', { enumerable: true, get: () => require('./lib/dispatcher/proxy-agent.js') })`,
    }))
    // The SDK's own tools for agents; ours are in src/agent.
    build.onResolve({ filter: /agent-toolset\/node\.mjs$/ }, () => ({
      path: '@anthropic-ai/sdk/tools/agent-toolset/node',
      external: true,
    }))
    // Zod's messages in fifty languages.
    build.onLoad({ filter: /node_modules\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js'`,
    }))
    // Its reader of JSON schemas: the exported object `z` holds it, and no code here calls it.
    build.onLoad({ filter: /node_modules\/zod\/v4\/classic\/from-json-schema\.js$/ }, () => ({
      contents: `export const fromJSONSchema = undefined`,
    }))
  },
}
