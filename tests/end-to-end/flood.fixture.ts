import { parentPort, workerData } from 'node:worker_threads'
import { decodeMessage } from '@volact/core/wire/message'
import { askFrom, each } from './ask-from.fixture.ts'
import { EstateMachine } from './estate-machine.fixture.ts'

/** What is made up in a thread of its own, so that it takes no time from who measures. */
export interface FloodOrder {
  readonly product: string
  readonly now: number
  readonly identities: number
  /** How many ask at the same time, from eight addresses. */
  readonly atATime: number
}

/** What the thread says: that all identities are made, and at the end how often each code was the answer. */
export type FloodReport =
  { readonly kind: 'ready' } | { readonly kind: 'over'; readonly answers: readonly [string, number][] }

const order = workerData as FloodOrder
const requests = Array.from({ length: order.identities }, () => {
  return new EstateMachine('made up').prepare(order.product, order.now)
})
const answers = new Map<string, number>()
let isOver = false

parentPort?.on('message', (address: string) => {
  if (address === '') isOver = true
  else void flood(address)
})
report({ kind: 'ready' })

async function flood(address: string): Promise<void> {
  await each(requests, order.atATime, async (message, number) => {
    if (isOver) return
    const answer = await askFrom(address, `127.0.0.${2 + (number % 8)}`, message, 20_000)
    const said = answer && decodeMessage(answer)
    const code = said?.kind === 'refusal' ? said.code : (said?.kind ?? 'none')
    answers.set(code, (answers.get(code) ?? 0) + 1)
  })
  report({ kind: 'over', answers: [...answers] })
  parentPort?.close()
}

function report(said: FloodReport): void {
  parentPort?.postMessage(said)
}
