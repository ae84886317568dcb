import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { days } from '@volact/core/time'
import { encodeFrame } from '@volact/core/wire/frame'
import { encodeMessage } from '@volact/core/wire/message'
import { startHost } from '@volact/host/start-host'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { expect, it, onTestFinished } from 'vitest'
import { readAnswers, splitFrames, verifyExchange } from '../../bench/host/answers.ts'
import { askUntilGranted, nextRequests, type Round, writeFrames } from '../../bench/host/exchange.ts'
import { compilerName, load, noCompiler } from '../../bench/host/generator.ts'
import { sign } from '../../bench/host/sign-work.ts'
import { beginning, makeActivatedHost, readSold } from '../../bench/host/vendor.ts'

const machines = 50

/** All at once: more than the usual budget has in a second (rule 39). */
const strangers = { perSecond: machines, perDay: machines }

it('50 machines that the generator sends to a real host get 50 grants that hold, and 50 more when they renew', async (test) => {
  if (compilerName() === undefined) test.skip(noCompiler)
  const folder = temporaryFolder()
  await makeActivatedHost(folder)
  const clock = { now: beginning + days(1) }
  const address = await serve(join(folder, 'host'), clock)
  const made = sign({ kind: 'make', folder, time: clock.now, first: 0, count: machines })
  const round = (): Round => ({
    ...{ folder, time: clock.now, secrets: made.machines },
    signAll: (jobs) => Promise.resolve(jobs.map(sign)),
  })
  const first = await askUntilGranted(round(), address, made.asked)
  expect(first).toHaveLength(machines)
  clock.now += days(7)
  const [requests, save] = [join(folder, 'renewals'), join(folder, 'saved')]
  writeFrames(requests, await nextRequests(round(), first))
  const result = await load({ address, requests, save, mode: 'fresh', connections: 8 }, undefined)
  expect(result).toMatchObject({ asked: machines, grants: machines, failed: 0 })
  const [frames, answers, sold] = [splitFrames(readFileSync(requests)), readAnswers(save), readSold(folder)]
  expect(answers.size).toBe(machines)
  for (const [number, answer] of answers) verifyExchange(frames[number] ?? new Uint8Array(0), answer, sold)
})

it.for([
  {
    what: 'a refusal',
    answer: encodeMessage({ kind: 'refusal', code: 'BUSY', text: 'later' }),
    counted: { refusals: 3, failed: 0 },
  },
  { what: 'what is no message of ours', answer: Uint8Array.of(1, 2, 3), counted: { others: 3, failed: 0 } },
  { what: 'a connection that is closed', answer: undefined, counted: { answered: 0, failed: 3 } },
])('the generator takes $what for no grant', async ({ answer, counted }, test) => {
  if (compilerName() === undefined) test.skip(noCompiler)
  const requests = join(temporaryFolder(), 'requests')
  writeFileSync(requests, Buffer.concat(Array.from({ length: 3 }, () => encodeFrame(new Uint8Array(100)))))
  const address = await listen((socket) => {
    socket.on('data', () => (answer === undefined ? socket.destroy() : socket.write(encodeFrame(answer))))
  })
  for (const mode of ['fresh', 'open'] as const) {
    const result = await load({ address, requests, mode, connections: 1, first: 0 }, undefined)
    expect(result).toMatchObject({ asked: 3, grants: 0, ...counted })
  }
})

it('the generator asks at its rate, gently or not, and ends when it has lingered for answers that do not come', async (test) => {
  if (compilerName() === undefined) test.skip(noCompiler)
  const requests = join(temporaryFolder(), 'requests')
  writeFileSync(requests, Buffer.concat(Array.from({ length: 9 }, () => encodeFrame(new Uint8Array(100)))))
  let heard = 0
  const address = await listen((socket) => {
    heard += 1
    if (heard % 3 !== 0) socket.on('data', () => socket.write(encodeFrame(Uint8Array.of(1, 2, 3))))
  })
  for (const gentle of [0, 1] as const) {
    heard = 0
    const result = await load({ address, requests, rate: 300, gentle, seconds: 0.03, linger: 2 }, undefined)
    expect(result).toMatchObject({ asked: 9, answered: 6, others: 6, failed: 0 })
  }
})

async function serve(dir: string, clock: { readonly now: number }): Promise<string> {
  const now = (): number => clock.now
  const host = await startHost({ dir, listen: { host: '127.0.0.1', port: 0 }, now, elapsed: now, strangers })
  onTestFinished(() => host.close())
  return host.address
}

async function listen(take: (socket: Socket) => void): Promise<string> {
  const server = createServer(take).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
  })
  await once(server, 'listening')
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
}
