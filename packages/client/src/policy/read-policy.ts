import { spawnSync } from 'node:child_process'
import { lstatSync } from 'node:fs'
import { decodeUtf8 } from '@volact/core/bytes'
import { parsePoolToken } from '@volact/core/document/pool-token'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fileError } from '@volact/files/file-error'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import { registryProgram } from '../discovery/registry.ts'
import { unprotectedPart } from '../vendors/protected-folder.ts'
import { parsePolicy } from './parse-policy.ts'
import type { Policy, PolicyState } from './policy.ts'
import type { PolicyPlace } from './policy-place.ts'
import { policyEntries } from './registry-policy.ts'
import { parseToml } from './toml.ts'

/** Reads the policy as it is now. It throws nothing: what cannot be believed or understood is an invalid one. */
export function readPolicy(place: PolicyPlace): PolicyState {
  const { path } = place
  try {
    const policy = lookIn(place)
    return policy === undefined ? { kind: 'none', path } : { kind: 'valid', path, policy }
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return { kind: 'invalid', path, problem: `the policy ${path} cannot be used: ${error.message}` }
  }
}

/** Reads a file again each time, and the registry, which takes a program to be run, once in ten minutes. */
export function policyReader(place: PolicyPlace): () => PolicyState {
  if (place.kind !== 'registry') return () => readPolicy(place)
  let kept: { readonly state: PolicyState; readonly until: number } | undefined
  return () => {
    if (kept === undefined || performance.now() >= kept.until) {
      kept = { state: readPolicy(place), until: performance.now() + 600_000 }
    }
    return kept.state
  }
}

function lookIn(place: PolicyPlace): Policy | undefined {
  switch (place.kind) {
    case 'file':
      return fromFile(place)
    case 'registry':
      return fromRegistry(place.path)
    case 'nowhere':
      return undefined
  }
}

const mostBytes = 65_536

function fromFile({ path, protection }: Extract<PolicyPlace, { kind: 'file' }>): Policy | undefined {
  if (!isThere(path)) return undefined
  const weakness = protection === 'system' ? unprotectedPart(path) : undefined
  if (weakness !== undefined)
    throw malformed(`${weakness}, so it may not be the administrator's: give it to root alone`)
  const text = decodeUtf8(readLimited(path, mostBytes, 'the policy'))
  if (text === undefined) throw malformed('it is no text in UTF-8')
  return withToken(parsePolicy(parseToml(text)))
}

/** A machine whose token cannot be read must not count as another kind of machine, so the policy does not hold without it. */
function withToken(policy: Policy): Policy {
  const { poolTokenFile } = policy
  if (poolTokenFile === undefined) return policy
  const poolToken = decodeUtf8(readLimited(poolTokenFile, mostTokenBytes, 'the token of the pool')) ?? ''
  requirePrivate(poolTokenFile)
  parsePoolToken(poolToken)
  return { ...policy, poolToken }
}

const mostTokenBytes = 1_024

/** What cannot be looked at may be there: then it is an error, and not the absence of a policy. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    throw fileError(error, 'read', path)
  }
}

/** Only administrators can write below this key. Untested on Windows. */
function fromRegistry(path: string): Policy | undefined {
  const options = { encoding: 'utf8', timeout: 5_000, maxBuffer: mostBytes, windowsHide: true } as const
  const { status, stdout, error } = spawnSync(
    registryProgram(process.env['SystemRoot']),
    ['query', path, '/s'],
    options,
  )
  if (error !== undefined) throw malformed(`the registry cannot be read (${error.message})`)
  if (status !== 0) return undefined
  return withToken(parsePolicy(policyEntries(stdout, path)))
}

function malformed(message: string): ActivationError {
  return new ActivationError('MALFORMED', message)
}
