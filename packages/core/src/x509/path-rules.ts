import { ActivationError } from '../errors/activation-error.ts'
import { toIso } from '../time.ts'
import type { Instant } from '../time.ts'
import type { Certificate } from './certificate.ts'
import { understoodOids } from './extension.ts'
import { standardOids } from './oids.ts'

/** What a path whose signatures fit must fulfil beside. */
export interface PathRules {
  readonly eku: string
  readonly at: Instant
  readonly directlyUnderRoot: boolean
}

/** Says what is wrong with a path, leaf first and root last, whose names and signatures fit; or nothing. */
export function pathProblem(path: readonly Certificate[], rules: PathRules): ActivationError | undefined {
  const [structure] = [...path.flatMap(roleProblems), ...criticalProblems(path), ...placeProblems(path, rules)]
  if (structure !== undefined) return new ActivationError('CHAIN_INVALID', structure)
  const [kind] = path.flatMap((certificate, index) => kindProblems(certificate, index, rules.eku))
  if (kind !== undefined) return new ActivationError('KIND_MISMATCH', kind)
  const [time] = path.flatMap((certificate) => timeProblems(certificate, rules.at))
  return time === undefined ? undefined : new ActivationError('CHAIN_EXPIRED', time)
}

function roleProblems(certificate: Certificate, index: number): readonly string[] {
  return index === 0 ? leafProblems(certificate) : issuerProblems(certificate, index - 1)
}

function leafProblems({ subject, basicConstraints, keyUsage }: Certificate): readonly string[] {
  const problems: string[] = []
  if (basicConstraints?.ca === true) problems.push(`"${subject.text}" may issue certificates, so it signs no documents`)
  if (keyUsage?.size !== 1 || !keyUsage.has('digitalSignature')) {
    problems.push(`"${subject.text}" must have the key usage digitalSignature and no other`)
  }
  return problems
}

/** `below` counts every certificate between the issuer and the leaf, also self-issued ones: stricter than RFC 5280. */
function issuerProblems(issuer: Certificate, below: number): readonly string[] {
  const { subject, basicConstraints, keyUsage } = issuer
  const problems: string[] = []
  if (basicConstraints?.ca !== true || !isCritical(issuer, standardOids.basicConstraints)) {
    problems.push(`"${subject.text}" may not issue certificates, but has`)
  }
  if (keyUsage?.has('keyCertSign') !== true) problems.push(`"${subject.text}" lacks the key usage keyCertSign`)
  if (below > (basicConstraints?.pathLength ?? below)) {
    problems.push(`"${subject.text}" may not stand so far above the leaf (pathLen)`)
  }
  return problems
}

function criticalProblems(path: readonly Certificate[]): readonly string[] {
  return path.flatMap(({ subject, extensions }) =>
    extensions
      .filter(({ oid, critical }) => critical && !understoodOids.has(oid))
      .map(({ oid }) => `"${subject.text}" has the critical extension ${oid}, which nobody here understands`),
  )
}

function placeProblems(path: readonly Certificate[], { directlyUnderRoot }: PathRules): readonly string[] {
  return directlyUnderRoot && path.length !== 2 ? ['the certificate must be issued by the root itself'] : []
}

/** One usage on the leaf, critical; an issuer that is limited to usages must be allowed this one (rule 2). */
function kindProblems(certificate: Certificate, index: number, eku: string): readonly string[] {
  const { subject, extendedKeyUsage: usages } = certificate
  const fits =
    index === 0
      ? usages?.length === 1 && usages[0] === eku && isCritical(certificate, standardOids.extendedKeyUsage)
      : usages?.includes(eku) !== false
  return fits ? [] : [`"${subject.text}" has another extended key usage than ${eku}, alone and critical on a leaf`]
}

function timeProblems({ subject, notBefore, notAfter }: Certificate, at: Instant): readonly string[] {
  const [name, time] = [subject.text, toIso(at)]
  if (at < notBefore) return [`"${name}" is valid from ${toIso(notBefore)}, and it is ${time}`]
  return at > notAfter ? [`"${name}" was valid until ${toIso(notAfter)}, and it is ${time}`] : []
}

function isCritical({ extensions }: Certificate, oid: string): boolean {
  return extensions.some((extension) => extension.oid === oid && extension.critical)
}
