import type { Lab } from '@volact/lab/lab'
import type { LabSummary } from '@volact/lab/summary'

/** What becomes of a lab after its summary. */
export interface LabFate {
  readonly staysUp: boolean
  /** Whether its folders stay. */
  readonly isKept: boolean
  /** What to type for the command. */
  readonly command: string
}

/** Sums a lab up for a person: what was refused and why, what was granted, and how to look further. */
export function summaryText(lab: Lab, fate: LabFate): string {
  const { summary, product } = lab
  return [
    '',
    `${summary.machines} machines asked for ${product}, which needs ${summary.threshold} of them.`,
    ...(summary.licensed === 0 ? noneLicensed(summary, fate) : licensed(summary)),
    ledgerLine(summary),
    `All of it took ${summary.seconds} s.`,
    '',
    ...lookFurther(lab, fate),
  ].join('\n')
}

function noneLicensed({ threshold, count }: LabSummary, { command }: LabFate): readonly string[] {
  return [
    `  none is licensed   the host has counted ${count}, so it refused them all and told each the count`,
    `  what would help    ${threshold} machines or more: "${command} lab --machines ${threshold}"`,
  ]
}

function licensed(summary: LabSummary): readonly string[] {
  const { refusedBelowThreshold, threshold, count, reportedCount } = summary
  return [
    `  ${String(refusedBelowThreshold).padStart(4)} refused at first   the host had not yet seen ${threshold}; it counted them and told them so`,
    `  ${String(summary.licensed).padStart(4)} licensed           each has a lease of its own; who came too early asked again`,
    `  ${String(count).padStart(4)} counted            by hardware; the host reports ${reportedCount}`,
  ]
}

function ledgerLine({ ledger }: LabSummary): string {
  const state = ledger.verified ? 'read again and verified' : 'NOT verified'
  return `The host’s ledger has ${ledger.size} entries with the root ${ledger.root.slice(0, 16)}…, ${state}.`
}

function lookFurther({ dir }: Lab, { staysUp, isKept, command }: LabFate): readonly string[] {
  if (!staysUp && !isKept) return [`To look further, keep it: "${command} lab --dir DIR" says how.`]
  return [
    staysUp ? 'Look further, from another terminal:' : 'Look further:',
    `  ${command} host status --dir ${dir}/host`,
    `  ${command} host ledger verify --dir ${dir}/host`,
    `  ${command} client status --dir ${dir}/machines/001`,
    `  ${command} client lease export --dir ${dir}/machines/001 -o 001.lease`,
    `  ${command} host cert export --dir ${dir}/host -o certificates`,
    `  ${command} inspect 001.lease --verify --root certificates/root.pem`,
  ]
}
