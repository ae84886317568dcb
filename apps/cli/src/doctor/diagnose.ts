import { describeError } from '@volact/core/errors/table'
import { exitStatus } from '../exit-status.ts'
import type { Check, Verdict } from './check.ts'
import type { Evidence } from './evidence.ts'
import { checkClock, checkCount, checkHost } from './host-checks.ts'
import { checkMachine } from './domain-check.ts'
import { checkFolder, checkKey, checkLicense } from './client-checks.ts'
import { checkAddresses, checkPlain, checkPort, checkProtocol, ourHosts } from './network-checks.ts'
import { checkRecords } from './records-check.ts'

/** What is to be made of everything that was seen. */
export interface Diagnosis {
  readonly checks: readonly Check[]
  /** The worst of all. */
  readonly verdict: Exclude<Verdict, 'not-reached'>
  /** The first thing to do, as a sentence. */
  readonly first: string
  /** The exit status: that of the error to which the first problem leads. */
  readonly exit: number
}

/** Makes the checks, in the order in which one rests on the others. */
export function diagnose(evidence: Evidence): Diagnosis {
  const { hosts, client } = evidence
  const [ours, wanted] = [ourHosts(hosts), client.kind === 'opened' ? client.wanted : undefined]
  return concluded([
    checkMachine(evidence),
    checkRecords(evidence),
    checkAddresses(hosts),
    checkPort(hosts),
    checkPlain(hosts),
    checkProtocol(hosts),
    checkHost(ours, wanted),
    checkCount(ours, wanted),
    checkClock(ours),
    checkKey(client),
    checkLicense(evidence),
    checkFolder(evidence),
  ])
}

function concluded(checks: readonly Check[]): Diagnosis {
  const problem = checks.find(({ verdict }) => verdict === 'problem')
  const worst = problem ?? checks.find(({ verdict }) => verdict === 'warning')
  const [first = 'Nothing needs to be done.'] = worst?.advice ?? []
  const exit = describeError(problem?.code ?? '')?.exit ?? exitStatus.done
  return { checks, verdict: verdictOf(worst), first, exit }
}

function verdictOf(worst: Check | undefined): Diagnosis['verdict'] {
  return worst?.verdict === 'problem' || worst?.verdict === 'warning' ? worst.verdict : 'ok'
}
