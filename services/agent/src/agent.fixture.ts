import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import {
  hardware,
  honest,
  noNetwork,
  type ScriptedHost,
  setupKey,
  TestClock,
  type TestVendor,
} from '@volact/client/client.fixture'
import { noPolicyPlace } from '@volact/client/policy/policy-place'
import { startScripted } from '@volact/client/setting.fixture'
import { addVendor } from '@volact/client/vendors/add-vendor'
import { folderVendors } from '@volact/client/vendors/vendor-place'
import { openFolder } from '@volact/files/data-folder'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { onTestFinished } from 'vitest'
import type { AgentEvent } from './agent-event.ts'
import { type RunningAgent, startAgent, type StartAgentOptions } from './start-agent.ts'

/** An agent on a folder and a clock of a test, with what it told. */
export interface TestAgent extends RunningAgent {
  readonly dir: string
  readonly clock: TestClock
  readonly events: AgentEvent[]
  readonly options: StartAgentOptions
}

/** Makes a client's folder that knows the vendor. */
export function makeFolder(vendor: TestVendor, clock: TestClock = new TestClock()): string {
  const dir = join(temporaryFolder(), 'c')
  openFolder(dir, 'client', { create: true })
  addVendor(folderVendors(dir), vendor.pack(), { now: clock.time })
  return dir
}

/** Starts an agent that is closed when the test ends. */
export async function startTestAgent(vendor: TestVendor, more: Partial<StartAgentOptions> = {}): Promise<TestAgent> {
  const clock = new TestClock()
  const dir = more.dir ?? makeFolder(vendor, clock)
  const events: AgentEvent[] = []
  const options: StartAgentOptions = {
    ...{ dir, now: clock.now, elapsed: () => 0, probe: () => Promise.resolve(hardware) },
    ...{ network: noNetwork, policy: noPolicyPlace },
    ...{ socket: join(dir, 'a.sock'), log: (event: AgentEvent) => events.push(event) },
    ...more,
  }
  const agent = await startAgent(options)
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) await agent.close()
    isOpen = false
  }
  onTestFinished(close)
  return { ...agent, close, dir, clock, events, options }
}

/** Installs the key of `desktop-1` and activates it at an honest host. */
export async function license({ admin, clock }: TestAgent, vendor: TestVendor): Promise<ScriptedHost> {
  const host = await startScripted(honest(vendor.host(), clock.now))
  await ask(admin, 'POST', '/v1/keys', { key: setupKey })
  await ask(admin, 'POST', '/v1/activate', { host: host.address })
  return host
}

/** An answer of HTTP. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
}

/** Asks through a socket, as a program does. */
export function ask(socketPath: string, method: string, path: string, body?: object | string): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>()
  const outgoing = request({ socketPath, method, path, agent: false }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    response.once('end', () => {
      const parsed = text === '' ? {} : (JSON.parse(text) as Answered['body'])
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed })
    })
    response.once('error', reject)
  })
  outgoing.once('error', reject)
  outgoing.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
  return promise
}

/** Sends bytes and gives all that comes back until the other side has said all. */
export async function speak(
  path: string,
  bytes: string | Uint8Array,
  ending: 'end' | 'stay' = 'stay',
): Promise<string> {
  const socket = await dial(path)
  const { promise, resolve } = Promise.withResolvers<string>()
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => (text += String(chunk)))
  const done = (): void => {
    socket.destroy()
    resolve(text)
  }
  socket.once('end', done).once('close', done)
  socket.write(bytes)
  if (ending === 'end') socket.end()
  return promise
}

/** Opens a connection; whatever ends it is no error. */
export async function dial(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const socket = connect({ path, allowHalfOpen: true })
  socket.on('error', reject).once('connect', () => {
    resolve(undefined)
  })
  await promise
  onTestFinished(() => void socket.destroy())
  return socket
}
