// @ts-check
// Runs in a network of its own, and carries what it is told to listen for to a socket outside: a socket in a folder is no
// part of a network.
import { connect, createServer } from 'node:net'

process.on('message', (/** @type {{ host: string, port: number, socket: string }} */ { host, port, socket }) => {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const outside = connect({ path: socket, allowHalfOpen: true })
    client.pipe(outside).pipe(client)
    client.on('error', () => outside.destroy())
    outside.on('error', () => client.destroy())
  })
  server.listen(port, host, () => process.send?.('listening'))
})
process.on('disconnect', () => process.exit())
