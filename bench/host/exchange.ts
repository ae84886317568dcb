import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { concat } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'
import { messageKinds } from '@volact/core/wire/message'
import { readAnswers } from './answers.ts'
import { load } from './generator.ts'
import { machineLength } from './machine.ts'
import type { Asked, Exchange, Signed, SignJob } from './sign-work.ts'

/** What machines ask with at one time. */
export interface Round {
  /** Where `readSold` finds what clients know, and files for the generator are written. */
  readonly folder: string
  /** All machines, by `machineLength` bytes each, from number 0 on. */
  readonly secrets: Uint8Array
  readonly time: Instant
  readonly signAll: (jobs: readonly SignJob[]) => Promise<readonly Signed[]>
}

/** Machines of one job of a signing thread. */
export const portion = 2_000

/** Sends requests until each machine has a grant: the first ones are below the threshold, others may be challenged. */
export async function askUntilGranted(
  round: Round,
  address: string,
  asked: readonly Asked[],
): Promise<readonly Exchange[]> {
  const granted: Exchange[] = []
  for (let waiting = asked, tries = 0; waiting.length > 0; tries += 1) {
    if (tries === 5) throw new Error(`${String(waiting.length)} machines are not granted anything`)
    const exchanges = await send(round.folder, address, waiting)
    granted.push(...exchanges.filter(isGrant))
    waiting = await nextRequests(
      round,
      exchanges.filter((exchange) => !isGrant(exchange)),
    )
  }
  return granted.toSorted((a, b) => a.number - b.number)
}

async function send(folder: string, address: string, asked: readonly Asked[]): Promise<readonly Exchange[]> {
  const [requests, save] = [join(folder, 'asked.frames'), join(folder, 'answers')]
  writeFrames(requests, asked)
  const { failed } = await load({ address, requests, save, mode: 'open', seconds: 3_600 }, undefined)
  if (failed > 0) throw new Error(`${String(failed)} requests got no answer`)
  const answers = readAnswers(save)
  rmSync(requests)
  rmSync(save)
  return asked.map(({ number, held }, position) => {
    const answer = answers.get(position)
    if (answer === undefined) throw new Error(`request ${String(position)} got no answer`)
    return { number, held, answer }
  })
}

/** Signs the next request of each machine, by what it was answered. */
export async function nextRequests(
  { folder, secrets, time, signAll }: Round,
  exchanges: readonly Exchange[],
): Promise<readonly Asked[]> {
  const portions = Array.from({ length: Math.ceil(exchanges.length / portion) }, (_, job) =>
    exchanges.slice(job * portion, (job + 1) * portion),
  )
  const jobs = portions.map((own): SignJob => {
    const numbers = own.map(({ number }) => number)
    const [first, last] = [Math.min(...numbers), Math.max(...numbers)]
    const machines = secrets.slice(first * machineLength, (last + 1) * machineLength)
    return { kind: 'next', folder, time, machines, first, exchanges: own.map(copied) }
  })
  return (await signAll(jobs)).flatMap(({ asked }) => asked)
}

/** An answer without the buffer of all answers, of which it is a view. */
function copied({ number, held, answer }: Exchange): Exchange {
  return { number, held, answer: answer.slice() }
}

function isGrant({ answer }: Exchange): boolean {
  return answer[8] === messageKinds.grant // {0: 1, 1: kind, …} behind four bytes of length
}

/** Writes requests as the load generator reads them. */
export function writeFrames(path: string, asked: readonly Asked[]): void {
  const fresh = `${path}.new`
  const descriptor = openSync(fresh, 'w')
  for (let at = 0; at < asked.length; at += portion) {
    const bytes = concat(...asked.slice(at, at + portion).map(({ frame }) => frame))
    writeSync(descriptor, bytes)
  }
  closeSync(descriptor)
  renameSync(fresh, path)
}
