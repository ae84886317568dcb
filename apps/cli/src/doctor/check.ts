import type { ErrorCode } from '@volact/core/errors/table'

/** The checks, in the order in which one rests on the others. */
export const checkTitles = {
  machine: 'machine and domain',
  records: 'SRV records',
  addresses: 'addresses',
  port: 'port',
  plain: 'no TLS',
  protocol: 'protocol',
  host: 'host',
  count: 'count',
  clock: 'clock',
  key: 'product key',
  license: 'license',
  folder: 'data folder',
} as const

export type CheckId = keyof typeof checkTitles

/** What came of one check. A warning is something that works, but not as it should. */
export type Verdict = 'ok' | 'warning' | 'problem' | 'not-reached'

/** One check with what was seen and what to do. */
export interface Check {
  readonly id: CheckId
  readonly verdict: Verdict
  /** One sentence, or a line for each host. */
  readonly seen: readonly string[]
  /** What to do, the most urgent first. */
  readonly advice: readonly string[]
  /** The error that this leads to; every problem has one. */
  readonly code?: ErrorCode
}

/** What is found of one thing: of one host, or of one part of this machine. */
export interface Finding {
  readonly verdict: Exclude<Verdict, 'not-reached'>
  readonly text: string
  readonly advice?: string
  readonly code?: ErrorCode
}

/** A check that could not be made, because an earlier one failed. */
export function notReached(id: CheckId, why: string): Check {
  return { id, verdict: 'not-reached', seen: [why], advice: [] }
}

/** A check on several things that all have to be right. */
export function checkOfAll(id: CheckId, findings: readonly Finding[]): Check {
  const worst = findings.find(isProblem) ?? findings.find(({ verdict }) => verdict === 'warning')
  return withVerdict(id, worst?.verdict ?? 'ok', findings, worst)
}

/** A check on several hosts, of which one is enough: while one is right, what is wrong with the others is a warning. */
export function checkOfHosts(id: CheckId, findings: readonly Finding[]): Check {
  const problem = findings.find(isProblem)
  if (problem === undefined || findings.every(isProblem)) return checkOfAll(id, findings)
  return withVerdict(id, 'warning', findings, problem)
}

function withVerdict(id: CheckId, verdict: Verdict, findings: readonly Finding[], worst: Finding | undefined): Check {
  const urgent = [...findings.filter(isProblem), ...findings.filter((finding) => !isProblem(finding))]
  return {
    ...{ id, verdict },
    seen: findings.map(({ text }) => text),
    advice: [...new Set(urgent.flatMap(({ advice }) => advice ?? []))],
    ...(worst?.code !== undefined && { code: worst.code }),
  }
}

function isProblem({ verdict }: Finding): boolean {
  return verdict === 'problem'
}
