import type { ActivationOutcome, Client } from '@volact/client/open-client'
import { ActivationError } from '@volact/core/errors/activation-error'
import { activationText, passedOverNotes, refusal } from '../client-text.ts'
import type { Printed } from '../output.ts'
import { testRootBanner } from '../test-root.ts'
import { statusesOf } from './client-products.ts'
import { errorLine } from './error-line.ts'
import type { Task } from './task.ts'

type Activated = Extract<ActivationOutcome, { outcome: 'activated' }>

/** Activates the product that is named, or every one that is installed: one that fails takes no other its turn. */
export async function activateProducts(client: Client, { values, say }: Task): Promise<Printed> {
  const done: Activated[] = []
  const failures: ActivationError[] = []
  for (const { product } of statusesOf(client, values)) {
    if (product !== undefined)
      say(`Activating ${product.name}, ${product.edition} edition (${product.activationId}) ...`)
    try {
      done.push(await activate(client, product?.activationId))
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      failures.push(error)
    }
  }
  return conclude(done, failures, say)
}

async function activate(client: Client, product: string | undefined): Promise<Activated> {
  const outcome = await client.activate(product === undefined ? {} : { product })
  if (outcome.outcome === 'activated') return outcome
  throw refusal(outcome)
}

/** Several may have failed, and one error ends the command: the others are said before. */
function conclude(done: readonly Activated[], [first, ...more]: readonly ActivationError[], say: Task['say']): Printed {
  const text = done.map((outcome) => `Product activated successfully.\n${activationText(outcome)}`).join('\n')
  if (first === undefined) return { text, json: { activated: done }, notes: notesOn(done) }
  if (text !== '') say(text)
  more.forEach((error) => {
    say(errorLine(error))
  })
  throw first
}

function notesOn(done: readonly Activated[]): readonly string[] {
  return [...testRootBanner(done.some(({ test }) => test)), ...done.flatMap(passedOverNotes)]
}
