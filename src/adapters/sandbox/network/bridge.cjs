// Runs inside the sandbox, as `node -e`: programs know proxies by an address of TCP, and the way out is a Unix socket.
// Listens on loopback, starts the command with the address in its variables, and ends as it ends.
const { spawn } = require('node:child_process')
const { connect, createServer } = require('node:net')
const { constants } = require('node:os')

const [, proxy, file, ...words] = process.argv

const server = createServer({ allowHalfOpen: true }, (client) => {
  const outside = connect({ path: proxy, allowHalfOpen: true })
  client.on('error', () => outside.destroy())
  outside.on('error', () => client.destroy())
  client.pipe(outside).pipe(client)
})
server.on('error', () => {})

server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`
  const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'npm_config_proxy', 'npm_config_https_proxy']
  const yarn = ['YARN_HTTP_PROXY', 'YARN_HTTPS_PROXY']
  const proxies = Object.fromEntries([...names, ...yarn].map((name) => [name, address]))
  // Loopback in here is the sandbox's own: the servers that tests start.
  const own = 'localhost,127.0.0.1,::1'
  const env = { ...process.env, ...proxies, no_proxy: own, NO_PROXY: own, NODE_USE_ENV_PROXY: '1' }
  const child = spawn(file, words, { stdio: 'inherit', env })
  child.on('error', () => process.exit(127))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
})
