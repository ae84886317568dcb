import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import { isSelfSigned, isSignedBy } from './certificate.ts'
import type { Certificate } from './certificate.ts'
import { isSameName } from './name.ts'
import { pathProblem } from './path-rules.ts'

/** What is to be verified: `eku` is the extended key usage of the one kind of document that is expected (rule 2). */
export interface PathQuestion {
  readonly leaf: Certificate
  readonly intermediates: readonly Certificate[]
  readonly roots: readonly Certificate[]
  readonly eku: string
  readonly at: Instant
  /** Demands that a root itself has issued the leaf (rule 44). */
  readonly directlyUnderRoot?: boolean
}

/** A path that holds. There is no other way to a key that may be believed. */
export interface VerifiedPath {
  readonly leaf: Certificate
  /** From the leaf to the root, both included. */
  readonly path: readonly Certificate[]
  readonly root: Certificate
  /** The first end among all certificates of the path: its last valid second. */
  readonly notAfter: Instant
  /** Intermediates that the path does not need. */
  readonly unused: readonly Certificate[]
}

/** The most certificates of a path, leaf and root included: room for roots that signed each other (rule 1). */
export const maxPathLength = 5

/** The most intermediates that are looked at: they come from outside, and each may cost several signature checks. */
export const maxIntermediates = 5

/**
 * Verifies that the leaf may sign the expected kind of document at the given time (rules 1–3), trying every root.
 * Throws `ROOT_UNKNOWN` when nothing leads to a root, and `CHAIN_INVALID`, `KIND_MISMATCH` or `CHAIN_EXPIRED` when what
 * leads there does not hold: of several paths, the shortest says why.
 */
export function verifyPath(question: PathQuestion): VerifiedPath {
  const { leaf, intermediates, eku, at, directlyUnderRoot = false } = question
  if (intermediates.length > maxIntermediates) {
    throw new ActivationError(
      'CHAIN_INVALID',
      `the chain has more than ${maxIntermediates} certificates beside the leaf`,
    )
  }
  const candidates = findPaths(leaf, [leaf], question).sort((a, b) => a.path.length - b.path.length)
  const judged = candidates.map((candidate) => ({
    ...candidate,
    problem: pathProblem(candidate.path, { eku, at, directlyUnderRoot }),
  }))
  const good = judged.find(({ problem }) => problem === undefined)
  if (good === undefined) throw judged[0]?.problem ?? deadEnd(leaf, [leaf], question)
  const { path, root } = good
  const notAfter = Math.min(...path.map((certificate) => certificate.notAfter))
  return {
    leaf,
    path,
    root,
    notAfter,
    unused: intermediates.filter((candidate) => !path.slice(1, -1).includes(candidate)),
  }
}

interface Candidate {
  readonly path: readonly Certificate[]
  readonly root: Certificate
}

/** Finds every way from the last certificate of the path to a root whose names and signatures fit. */
function findPaths(last: Certificate, path: readonly Certificate[], question: PathQuestion): Candidate[] {
  const ends = question.roots.filter((root) => hasIssued(root, last)).map((root) => ({ path: [...path, root], root }))
  if (path.length === maxPathLength - 1) return ends
  const issuers = question.intermediates.filter((issuer) => !path.includes(issuer) && hasIssued(issuer, last))
  return [...ends, ...issuers.flatMap((issuer) => findPaths(issuer, [...path, issuer], question))]
}

function hasIssued(issuer: Certificate, certificate: Certificate): boolean {
  return isNamedIssuer(issuer, certificate) && isSignedBy(certificate, issuer)
}

/** Identifiers of keys only tell issuers of the same name apart; the signature decides. */
function isNamedIssuer(issuer: Certificate, { issuer: name, authorityKeyIdentifier }: Certificate): boolean {
  const identifiers = new Set([issuer.subjectKeyIdentifier, authorityKeyIdentifier])
  return isSameName(issuer.subject, name) && (identifiers.size === 1 || identifiers.has(undefined))
}

/** Says where the search for a root ended. */
function deadEnd(last: Certificate, path: readonly Certificate[], question: PathQuestion): ActivationError {
  const known = [...question.intermediates, ...question.roots]
  const named = known.filter((issuer) => !path.includes(issuer) && isNamedIssuer(issuer, last))
  const issuer = named.find((candidate) => isSignedBy(last, candidate))
  const { subject, issuer: wanted } = last
  if (named.length === 0 || isSelfSigned(last)) {
    const problem = `"${subject.text}" leads to no root that is trusted here: its issuer is "${wanted.text}"`
    return new ActivationError('ROOT_UNKNOWN', problem)
  }
  if (issuer === undefined) {
    return new ActivationError('CHAIN_INVALID', `"${wanted.text}" has not signed the certificate of "${subject.text}"`)
  }
  if (path.length < maxPathLength) return deadEnd(issuer, [...path, issuer], question)
  return new ActivationError('CHAIN_INVALID', `the chain to the root is longer than ${maxPathLength} certificates`)
}
