// Makes the extracts of GitHub's own descriptions that the hub is checked against:
//   node scripts/extract-openapi.mjs FOLDER
// where FOLDER/node_modules holds @octokit/openapi and @octokit/graphql-schema. Both together are some 390 MB,
// which is why they are no dependencies: npm install --prefix FOLDER @octokit/openapi @octokit/graphql-schema
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { extractGraphql } from './extract/graphql.mjs'
import { extractOpenapi } from './extract/openapi.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = process.argv[2]
if (folder === undefined) {
  console.error(
    'Which folder? node scripts/extract-openapi.mjs FOLDER, where FOLDER/node_modules holds @octokit/openapi',
  )
  process.exit(1)
}

const read = (...path) => readFileSync(join(folder, 'node_modules', '@octokit', ...path), 'utf8')
const write = (path, text) => {
  writeFileSync(join(root, path), text)
  console.log(`${path}: ${text.length} bytes`)
}

const openapi = extractOpenapi(JSON.parse(read('openapi', 'generated', 'api.github.com.json')))
write('__tests__/fixtures/github/openapi.extract.json', `${JSON.stringify(openapi)}\n`)

const { fixture, served } = extractGraphql(read('graphql-schema', 'schema.graphql'))
write('__tests__/fixtures/github/schema.extract.graphql', fixture)
const source = `/** The part of GitHub's schema that the hub serves, made by scripts/extract-openapi.mjs. */\nexport const SDL = \`\n${served.replace(/[`\\$]/g, '\\$&')}\`\n`
write('src/hub/graphql/sdl.ts', source)
