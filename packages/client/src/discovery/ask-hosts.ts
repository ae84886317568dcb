import { ActivationError, type Attempt } from '@volact/core/errors/activation-error'
import { describeError, type ErrorCode } from '@volact/core/errors/table'
import type { ActivationOutcome, PassedOver } from '../activation/outcome.ts'
import { formatHostAddress, type HostAddress } from '../host-address.ts'
import type { Finding } from './candidates.ts'

/** A host that the search came upon. */
export type FoundHost = Extract<Finding, { kind: 'host' }>

/** Asks one host. */
export type AskHost = (address: HostAddress) => Promise<ActivationOutcome>

/** The host that gave the answer, with the answer; or everything that was tried in vain. */
export type Asked =
  | { readonly kind: 'answered'; readonly host: FoundHost; readonly outcome: ActivationOutcome }
  | { readonly kind: 'in-vain'; readonly attempts: readonly Attempt[]; readonly hosts: number }

/**
 * Asks one host after the other until one gives an answer that counts. An answer is a lease, or that there are too few machines:
 * there this machine was counted, and to be counted at a second host would help neither. Whatever else a host says or fails in
 * strikes it off, as does a grant that does not hold; what is wrong with this machine itself ends the search.
 */
export async function askHosts(findings: AsyncIterable<Finding>, ask: AskHost): Promise<Asked> {
  const begun = performance.now()
  const attempts: Attempt[] = []
  const passedOver: PassedOver[] = []
  for await (const found of findings) {
    if (found.kind === 'seen') {
      attempts.push(found.attempt)
      continue
    }
    const host = formatHostAddress(found.address)
    if (performance.now() - begun > mostMilliseconds) {
      attempts.push({ target: host, code: 'HOST_UNREACHABLE', message: 'not asked: the hosts before took too long' })
      break
    }
    const outcome = await askOne(found.address, ask)
    if ('outcome' in outcome) return { kind: 'answered', host: found, outcome: { ...outcome, passedOver } }
    passedOver.push({ host, ...outcome })
    attempts.push({ target: host, ...outcome })
  }
  return { kind: 'in-vain', attempts, hosts: passedOver.length }
}

/** After this, in milliseconds, no further host is asked: sixteen that only keep us waiting would take ten minutes. */
const mostMilliseconds = 120_000

/** What struck a host off. */
interface Struck {
  readonly code: ErrorCode
  readonly message: string
}

async function askOne(address: HostAddress, ask: AskHost): Promise<ActivationOutcome | Struck> {
  try {
    const outcome = await ask(address)
    const isAnswer = outcome.outcome === 'activated' || outcome.code === 'COUNT_INSUFFICIENT'
    return isAnswer ? outcome : { code: outcome.code, message: outcome.text }
  } catch (error) {
    if (!(error instanceof ActivationError) || !isOfHost(error)) throw error
    return { code: error.code, message: error.message }
  }
}

/** A full disk or a locked folder is no host's fault. The table of errors tells by the exit status. */
function isOfHost({ code }: ActivationError): boolean {
  const exit = describeError(code)?.exit
  return exit === 3 || exit === 10
}
