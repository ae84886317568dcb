import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { newestCheckpointTime } from '@volact/client/folder/checkpoints'
import { leaseFile } from '@volact/client/folder/client-files'
import { believedTime } from '@volact/client/folder/clock-mark'
import { readDeviceKey } from '@volact/client/folder/device-key'
import { inspectMemory } from '@volact/client/folder/license-memory'
import { findSold, type SoldProduct } from '@volact/client/vendors/vendor'
import { fromHex, toHex } from '@volact/core/bytes'
import type { Grant } from '@volact/core/document/grant'
import { parseLeaseFile } from '@volact/core/document/lease'
import { verifyAnswer } from '@volact/core/document/verify-answer'
import { openLease } from '@volact/core/document/verify-lease'
import { days, type Instant } from '@volact/core/time'
import type { LawMachine } from './laws-machine.fixture.ts'
import { expected } from './laws-model.fixture.ts'

/** A clock that is ahead by no more than this passes for right. */
const mostSkew = days(1)

/** The laws, in a folder that a program has opened when it was as it is. */
export function checkLaws(machine: LawMachine): void {
  checkSafety(machine)
  checkIdentity(machine)
  const { client, model } = machine
  const slugs = [...model.installed].map((id) => soldBy(machine, id).product.slug)
  expect(client.status().products.toSorted()).toEqual(slugs.toSorted())
  for (const id of model.installed) checkReason(machine, id)
}

/** Whatever the folder looks like: status never throws, and nothing is licensed without a verified lease that runs. */
export function checkSafety(machine: LawMachine): void {
  const { client } = machine
  const { machineId } = client.status()
  expect(client.license().machineId).toBe(machineId)
  for (const id of machine.model.installed) {
    const { licensed, state, reason } = client.license(id)
    expect([licensed, reason === undefined]).toEqual([state === 'licensed', state === 'licensed'])
    if (licensed) expect(believedBy(machine)).toBeLessThan(leaseIn(machine, id, machineId).expires)
  }
}

/** A grant for a nonce that was made for it sets the clock, whatever it was before (rule 42). */
export function checkGrant(machine: LawMachine, id: string): void {
  const { client, world } = machine
  expect(client.status(id).state).toBe('licensed')
  if (!world.lastWasFresh) return
  expect(client.status(id).expires).toBe(world.time + days(180))
  const wrongBy = believedBy(machine) - world.time
  expect(wrongBy >= 0 && wrongBy <= mostSkew, `wrong by ${String(wrongBy)} s`).toBe(true)
}

/** The time that licenses are judged by: the clock, and what is remembered. */
function believedBy({ files, now }: LawMachine): Instant {
  const memory = inspectMemory(files)
  if (memory.kind === 'read') return believedTime(memory.value.clock, now)
  return Math.max(now, newestCheckpointTime(files) ?? 0)
}

/** Who a machine is changes only with what makes it another one, and then it is one that never was. */
function checkIdentity({ client, files, model: { ids } }: LawMachine): void {
  const { machineId } = client.status()
  const known = ids.pop()
  expect(ids).not.toContain(machineId)
  if (known !== undefined) expect(machineId).toBe(known)
  ids.push(machineId)
  expect(machineId).toBe(toHex(readDeviceKey(files.deviceKey).machineId))
}

function checkReason(machine: LawMachine, id: string): void {
  const { client, model } = machine
  const { state, reason } = client.status(id)
  const wanted = expected(model, id, believedBy(machine))
  if (wanted === 'licensed') expect({ state, reason }).toEqual({ state: 'licensed', reason: undefined })
  else expect(wanted).toContain(reason)
}

/** Verifies the lease of a product anew, with nothing of the client's but the file. */
function leaseIn(machine: LawMachine, id: string, machineId: string): Grant {
  const path = leaseFile(machine.files, id)
  expect(existsSync(path)).toBe(true)
  const bytes = readFileSync(path)
  const { verified } = machine.world
  const name = `${machineId} ${id} ${bytes.toString('base64')}`
  const grant = verified.get(name) ?? verify(bytes, soldBy(machine, id), machineId)
  verified.set(name, grant)
  return grant
}

function verify(bytes: Uint8Array, { vendor: { roots }, expected: product }: SoldProduct, machineId: string): Grant {
  const lease = parseLeaseFile(new Uint8Array(bytes))
  const { grant } = openLease(lease, { roots })
  const { req: digest, nonce, anchor } = grant
  verifyAnswer(lease, { roots, product, request: { digest, nonce, anchor, machine: fromHex(machineId) } })
  return grant
}

function soldBy({ world: { vendor } }: LawMachine, id: string): SoldProduct {
  const sold = findSold([{ catalog: vendor.catalog, roots: [vendor.root], protection: 'program' }], id)
  if (sold === undefined) throw new Error('the vendor sells what is installed')
  return sold
}
