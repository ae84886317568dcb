// usage: npm run build && npm run bench -- agent [--json]
// Measures the memory of the built agent, after its start and after a thousand proofs, beside a ten-line server of node:http.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { json, text } from 'node:stream/consumers'

/** Megabytes of resident memory, and what a thousand requests took. */
interface Measured {
  readonly afterStart: number
  readonly afterRequests: number
  readonly millisecondsPerRequest: number
}

const requests = 1_000
const limit = 90
const main = join(dirname(import.meta.dirname), 'apps', 'cli', 'dist', 'main.js')
if (!existsSync(main)) throw new Error(`${main} is missing: run "npm run build" first`)

const folder = mkdtempSync(join(tmpdir(), 'volact-bench-'))
try {
  const lab = join(folder, 'lab')
  const { status, stderr } = spawnSync(process.execPath, [main, 'lab', '--once', '--dir', lab], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const bare = await measure(['--input-type=module', '--eval', bareServer(join(folder, 'bare.sock'))], {
    socket: join(folder, 'bare.sock'),
    path: () => Promise.resolve('/'),
  })
  const socket = join(folder, 'a.sock')
  const agent = await measure(
    [main, 'client', 'agent', '--dir', join(lab, 'machines', '001'), '--socket', socket, '--json'],
    { socket, path: () => proofPath(socket) },
  )
  report({ bare, agent, ratio: agent.afterRequests / bare.afterRequests, limit })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function bareServer(socket: string): string {
  return `
    import { createServer } from 'node:http'
    const server = createServer((request, response) => {
      request.resume()
      request.once('end', () => {
        response.setHeader('Content-Type', 'application/json')
        response.end('{}')
      })
    })
    server.listen(${JSON.stringify(socket)}, () => {
      console.log('listening')
    })`
}

interface Asked {
  readonly socket: string
  readonly path: () => Promise<string>
}

async function measure(args: readonly string[], { socket, path }: Asked): Promise<Measured> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    await once(child.stdout, 'data')
    const afterStart = residentMegabytes(child)
    const where = await path()
    const begin = performance.now()
    for (let done = 0; done < requests; done += 50) await ask(socket, where, 50)
    const millisecondsPerRequest = (performance.now() - begin) / requests
    return { afterStart, afterRequests: residentMegabytes(child), millisecondsPerRequest }
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
}

async function proofPath(socketPath: string): Promise<string> {
  const outgoing = request({ socketPath, path: '/v1/licenses', agent: false }).end()
  const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream]
  const { licenses } = (await json(response)) as { licenses: readonly { product: { activationId: string } }[] }
  return `/v1/licenses/${licenses[0]?.product.activationId ?? ''}/proof`
}

/** One after the other on one connection, as a product that asks now and then would never do. */
async function ask(socketPath: string, path: string, times: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const body = JSON.stringify({ nonce: 'A'.repeat(43), uid: 0 })
  for (let asked = 0; asked < times; asked += 1) {
    const outgoing = request({ socketPath, path, method: 'POST', agent }).end(body)
    const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream & { statusCode?: number }]
    const answer = await text(response)
    if (response.statusCode !== 200) throw new Error(answer)
  }
  agent.destroy()
}

function residentMegabytes({ pid }: ChildProcess): number {
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1_000)
}

function report(result: { bare: Measured; agent: Measured; ratio: number; limit: number }): void {
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return
  }
  process.stdout.write(
    `Node ${process.version}; ${String(requests)} requests; the agent may have ${String(limit)} MB\n\n`,
  )
  process.stdout.write('| | MB after start | MB after requests | ms a request |\n|---|---|---|---|\n')
  for (const [name, figures] of Object.entries({ 'bare node:http': result.bare, agent: result.agent })) {
    const cells = [figures.afterStart, figures.afterRequests, figures.millisecondsPerRequest.toFixed(2)]
    process.stdout.write(`| ${[name, ...cells.map(String)].join(' | ')} |\n`)
  }
  process.stdout.write(`\n${result.ratio.toFixed(2)} times the bare server\n`)
}
