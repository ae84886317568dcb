import { existsSync, readFileSync } from 'node:fs'
import { concat, equal } from '@volact/core/bytes'
import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectUint } from '@volact/core/cbor/expect'
import { sha256 } from '@volact/core/crypto'
import { writeDurably } from '@volact/files/durable'

/** Up to where retention has come: the entries before these indexes need not be looked at again. */
export interface Retained {
  /** Entries of their full age are erased. */
  readonly entries: number
  /** Those of ephemeral machines are. */
  readonly ephemeral: number
  /** Details are. */
  readonly details: number
}

const digestLength = 32

/** Reads the file; where it is missing or spoiled, retention begins anew, which does no harm. */
export function readRetained(path: string): Retained {
  return (existsSync(path) ? parseRetained(readFileSync(path)) : undefined) ?? { entries: 0, ephemeral: 0, details: 0 }
}

/** Keeps how far retention has come; ends with the SHA-256 of what is before it. */
export function writeRetained(path: string, { entries, ephemeral, details }: Retained): void {
  const body = encodeCbor([entries, ephemeral, details])
  writeDurably(path, concat(body, sha256(body)))
}

/** Reads the three numbers; nothing when the digest does not fit. */
export function parseRetained(bytes: Uint8Array): Retained | undefined {
  const body = bytes.subarray(0, Math.max(0, bytes.length - digestLength))
  if (bytes.length < digestLength || !equal(sha256(body), bytes.subarray(body.length))) return undefined
  const [entries = null, ephemeral = null, details = null] = expectArray(decodeCbor(body), 'retained', 3)
  const number = (value: typeof entries): number => expectUint(value, 'retained')
  return { entries: number(entries), ephemeral: number(ephemeral), details: number(details) }
}
