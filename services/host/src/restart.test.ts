import { cpSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Grant } from '@volact/core/document/grant'
import { parsePoolToken } from '@volact/core/document/pool-token'
import { days } from '@volact/core/time'
import type { Message } from '@volact/core/wire/message'
import { rounds } from '@volact/testkit/rounds'
import { addPool } from './host-pools.ts'
import { makeActivatedHost, serve, type TestClock } from './host.fixture.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import type { RunningHost } from './start-host.ts'
import type { HostStatus } from './status.ts'
import { makeVendor, start } from './vendor.fixture.ts'

const machines = 5

/** What a machine does, and how long after the one before. */
const happenings = fc.array(
  fc.record({
    after: fc.oneof(fc.nat(7_200), fc.nat(days(20))),
    machine: fc.nat(machines - 1),
    isServer: fc.boolean(),
    what: fc.constantFrom('ask', 'ask', 'ask', 'forget', 'go-back', 'other-hardware', 'join', 'leave', 'release'),
  }),
  { minLength: 20, maxLength: 40 },
)

type Happening = typeof happenings extends fc.Arbitrary<readonly (infer T)[]> ? T : never

/** A machine with everything that it was ever granted. */
class Past {
  readonly machine: TestMachine
  anchor: Uint8Array
  readonly grants: Grant[] = []

  constructor(number: number) {
    this.machine = new TestMachine(`machine ${number}`)
    this.anchor = this.machine.anchor
  }
}

it('a host that was started again says and does what it would have said and done without (rules 18, 24, 38)', async () => {
  const vendor = makeVendor({ threshold: 2 })
  const token = await prepared()
  await fc.assert(
    fc.asyncProperty(happenings, async (list) => {
      const [dir, clock] = [join(token.dir, '..', randomBytes(8).toString('hex')), { now: start }]
      cpSync(token.dir, dir, { recursive: true })
      const host = await serve(dir, clock)
      const pasts = Array.from({ length: machines }, (_, number) => new Past(number))
      for (const happening of list) await happen(happening, pasts, host, clock)
      const before = lasting(host)
      const copy = `${dir}-copy`
      cpSync(dir, copy, { recursive: true, filter: (path) => !/\.sock$|lock/.test(path) })
      const restarted = await serve(copy, clock)
      expect({ ...lasting(restarted), address: before.address }).toEqual(before)
      for (const { machine } of pasts) {
        for (const product of [vendor.desktop, vendor.server]) {
          const [one, other] = [machine.copy('one'), machine.copy('other')]
          for (const twin of [one, other]) twin.pool = machine.pool
          const said = (await one.ask(host.address, product, clock.now)).answer
          expect(briefly((await other.ask(restarted.address, product, clock.now)).answer)).toEqual(briefly(said))
        }
      }
      await host.close()
      await restarted.close()
    }),
    { numRuns: rounds(60) },
  )

  async function prepared(): Promise<{ readonly dir: string; readonly text: string }> {
    const dir = await makeActivatedHost(vendor)
    const { token: text = '' } = await addPool(dir, { pool: 'room', limit: 2, now: () => start })
    return { dir, text }
  }

  async function happen(
    { after, machine: number, isServer, what }: Happening,
    pasts: readonly Past[],
    host: RunningHost,
    clock: TestClock,
  ): Promise<void> {
    const past = pasts[number]
    if (past === undefined) throw new Error('no such machine')
    const { machine, grants } = past
    clock.now += after
    const product = isServer ? vendor.server : vendor.desktop
    const last = grants.findLast((grant) => Buffer.from(grant.product).toString('hex') === product.replaceAll('-', ''))
    if (what === 'release' && last !== undefined) {
      await ask(host.address, machine.release(last, clock.now))
      return
    }
    if (what === 'other-hardware') past.anchor = new Uint8Array(randomBytes(32))
    if (what === 'join') machine.pool = parsePoolToken(token.text)
    if (what === 'leave') machine.pool = undefined
    machine.prev = what === 'forget' ? undefined : (what === 'go-back' ? grants.at(-3) : last)?.cti
    const { sent, answer } = await machine.ask(host.address, product, clock.now, { anchor: past.anchor })
    if (answer.kind === 'grant') grants.push(machine.accept(vendor, sent, answer).grant)
  }
}, 1_800_000)

/**
 * What of a status lasts: not the budget of new identities, which a restart knows by those whose hardware is new (rule 39), and not what is
 * verified, which it verifies again from the last mark on.
 */
function lasting(host: RunningHost): Partial<HostStatus> {
  const status: Partial<Record<keyof HostStatus, unknown>> = { ...host.status() }
  delete status.newcomers
  delete status.signatures
  return status as Partial<HostStatus>
}

function briefly(message: Message): object {
  if (message.kind === 'grant') return { kind: message.kind, isTwin: message.twin !== undefined }
  if (message.kind !== 'refusal') return { kind: message.kind }
  return { code: message.code, detail: message.detail, retryAfter: message.retryAfter }
}
