// A bare echo of node:net: for every ASK bytes that a connection has sent it answers with GIVE bytes, and knows nothing else. It is
// what a host on the same machine is measured by.
// usage: node echo.ts ASK GIVE           prints {"address":"127.0.0.1:PORT"}, and serves until its input ends
import { createServer } from 'node:net'

const [ask = 0, give = 0] = process.argv.slice(2).map(Number)
const answer = Buffer.alloc(give)
answer.writeUInt32BE(give - 4)
answer.set([0xa4, 0, 1, 1, 2], 4) // What the load generator takes for a grant.

const server = createServer({ noDelay: true }, (socket) => {
  let asked = 0
  socket.on('data', ({ length }) => {
    for (asked += length; asked >= ask; asked -= ask) socket.write(answer)
  })
  socket.on('error', () => socket.destroy())
})

server.listen({ host: '127.0.0.1', port: 0 }, () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  process.stdout.write(`${JSON.stringify({ address: `127.0.0.1:${String(port)}` })}\n`)
})

process.stdin.resume().once('end', () => process.exit(0))
