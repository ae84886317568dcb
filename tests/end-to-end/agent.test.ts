import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { askAgent } from '@volact/client/agent/ask-agent'
import { readVendors } from '@volact/client/vendors/folder-vendors'
import { folderVendors } from '@volact/client/vendors/vendor-place'
import { readLabProduct } from '@volact/lab/reference-catalog'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it, onTestFinished } from 'vitest'
import { succeed } from './command.fixture.ts'
import { clone, volact } from './volact.fixture.ts'

interface StartedAgent {
  readonly child: ChildProcess
  /** Waits for the next line of the log with this event. */
  readonly next: (event: string) => Promise<Readonly<Record<string, unknown>>>
}

async function startAgent(dir: string, socket: string): Promise<StartedAgent> {
  const source = ['--conditions=volact-source', '--disable-warning=ExperimentalWarning']
  const args = [...source, join(clone, 'apps', 'cli', 'src', 'main.ts'), 'client', 'agent']
  const child = spawn(process.execPath, [...args, '--dir', dir, '--socket', socket], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdout.resume()
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]()
  const next = async (event: string): Promise<Readonly<Record<string, unknown>>> => {
    for (;;) {
      const line = await lines.next()
      if (line.done === true) throw new Error(`the agent ended without "${event}"`)
      const parsed = JSON.parse(line.value) as Readonly<Record<string, unknown>>
      if (parsed['event'] === event) return parsed
    }
  }
  await next('started')
  return { child, next }
}

async function end({ child }: StartedAgent, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  const [status] = (await once(child, 'exit')) as [number | null]
  return status
}

describe('volact client agent', () => {
  it('serves a licensed machine, reloads on SIGHUP, survives a kill, and stops cleanly on SIGTERM', async () => {
    const lab = join(temporaryFolder(), 'lab')
    await succeed('lab', '--once', '--json', '--dir', lab)
    const dir = join(lab, 'machines', '001')
    const socket = join(temporaryFolder(), 'a.sock')
    const { product } = readLabProduct()
    const [vendor] = readVendors(folderVendors(dir), () => undefined)
    const vendors = vendor === undefined ? [] : [{ roots: vendor.roots.map(({ der }) => der), policy: vendor.catalog }]
    const ask = (): ReturnType<typeof askAgent> => askAgent({ vendors, product: product.activationId, socket })

    const first = await startAgent(dir, socket)
    expect(await ask()).toMatchObject({ product: product.slug, sameHardware: true, test: true })
    first.child.kill('SIGHUP')
    expect(await first.next('reloaded')).toMatchObject({ products: [product.slug], time: expect.any(String) as string })
    expect(await ask()).toMatchObject({ product: product.slug })

    // A command works on the folder beside the agent, and a second agent does not.
    expect(JSON.parse(await succeed('client', 'status', '--json', '--dir', dir))).toMatchObject({ state: 'licensed' })
    const refused = volact('client', 'agent', '--dir', dir, '--socket', `${socket}2`)
    expect(refused).toMatchObject({ status: 4, stderr: expect.stringContaining('another agent serves') as string })

    await end(first, 'SIGKILL')
    expect(existsSync(socket)).toBe(true)
    await expect(ask()).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
    const second = await startAgent(dir, socket)
    expect(await ask()).toMatchObject({ product: product.slug })
    expect(await end(second, 'SIGTERM')).toBe(0)
    expect([existsSync(socket), existsSync(socket.replace('.sock', '-admin.sock'))]).toEqual([false, false])
  })

  it("serves no host's folder, and makes none where a path is mistyped", async () => {
    const host = join(temporaryFolder(), 'host')
    await succeed('host', 'init', '--dir', host)
    const socket = join(temporaryFolder(), 'a.sock')
    expect(volact('client', 'agent', '--dir', host, '--socket', socket)).toMatchObject({
      ...{ status: 4, stderr: expect.stringContaining('FOLDER_WRONG_ROLE') as string },
    })
    const nowhere = join(temporaryFolder(), 'nowhere')
    expect(volact('client', 'agent', '--dir', nowhere, '--socket', socket).status).toBe(4)
    expect(existsSync(nowhere)).toBe(false)
  })
})
