import { concat, fromHex, utf8 } from '@volact/core/bytes'
import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { isCborMap } from '@volact/core/cbor/value'
import { sha256, signerFromPkcs8 } from '@volact/core/crypto'
import type { SignatureAlgorithm, Signer } from '@volact/core/crypto'
import { codeOf, looseForms } from '@volact/core/document/decoder-laws.fixture'
import type { ErrorCode } from '@volact/core/errors/table'
import { formats } from '@volact/core/vectors/formats.fixture'
import { inputOf, toJson } from '@volact/core/vectors/vector-json.fixture'
import type { Json, VectorCase, VectorFile } from '@volact/core/vectors/vector-json.fixture'

/** What goes into a case, under the names that `vectors/README.md` lists. */
export type Input = Readonly<Record<string, unknown>>

/** A case before it was tried: good ones have no code. */
export interface Draft {
  readonly name: string
  readonly input: Input
  /** Of a bad one; `*` where any code will do. */
  readonly error?: ErrorCode | '*'
  readonly lossy?: true
}

/** A file before its cases were tried. */
export interface FileDraft {
  readonly format: string
  readonly section: string
  readonly about: string
  readonly shared?: Input
  readonly cases: readonly Draft[]
}

/** A good case. */
export function good(name: string, input: Input): Draft {
  return { name, input }
}

/** A good case that holds what this version ignores. */
export function lossy(name: string, input: Input): Draft {
  return { name, input, lossy: true }
}

/** A case that must be refused with the code. */
export function bad(error: ErrorCode | '*', name: string, input: Input): Draft {
  return { name, input, error }
}

/** Tries every case with the real code, so that nothing is frozen that does not hold, and gives the file. */
export function makeFile({ format, section, about, shared = {}, cases }: FileDraft): VectorFile {
  const empty = { format, section, about, shared: toJson(shared) as Record<string, Json>, good: [], bad: [] }
  const tried = cases.map((draft) => tryCase(draft, empty))
  return {
    ...empty,
    good: tried.filter(({ error }) => error === undefined),
    bad: tried.filter(({ error }) => error !== undefined),
  }
}

function tryCase({ name, input, error, lossy }: Draft, file: VectorFile): VectorCase {
  const open = formats[file.format]?.open
  if (open === undefined) throw new Error(`nothing checks ${file.format}`)
  const json = toJson(input) as Record<string, Json>
  const values = inputOf(file, { name, input: json })
  if (error === undefined) return { name, input: json, output: toJson(open(values)), ...(lossy && { lossy }) }
  const code = codeOf(() => open(values))
  if (code === error || (error === '*' && code !== undefined)) return { name, input: json, error }
  throw new Error(`${file.format}: "${name}" gives ${String(code)}, not ${error}`)
}

/** Bad forms of good bytes that every decoder refuses as `MALFORMED`. */
export function malformed(bytes: Uint8Array, others: Input = {}): readonly Draft[] {
  const half = Math.floor(bytes.length / 2)
  const [trailing, nonShortest, twice] = looseForms(bytes)
  const forms = {
    'no bytes at all': new Uint8Array(),
    'the first byte only': bytes.slice(0, 1),
    'the first half only': bytes.slice(0, half),
    'the last byte missing': bytes.slice(0, -1),
    'a byte after the end': trailing,
    'the first head not in its shortest form': nonShortest,
    ...(isCborMap(decodeCbor(bytes)) && { 'the first key twice': twice }),
    'an empty array instead': encodeCbor([]),
    'zero instead': encodeCbor(0),
  }
  return Object.entries(forms).map(([name, form]) => bad('MALFORMED', name, { ...others, bytes: form }))
}

/** A private key made of its name: for vectors only, everybody has it. PKCS#8 in DER. */
export function vectorKey(name: string, algorithm: SignatureAlgorithm = 'ESP256'): Uint8Array {
  const secret = sha256(utf8(`volact vectors v1: ${name}`))
  const prefix =
    algorithm === 'ESP256'
      ? '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420'
      : '302e020100300506032b657004220420'
  return concat(fromHex(prefix), secret)
}

/** The signer of a key of vectors. */
export function vectorSigner(name: string, algorithm: SignatureAlgorithm = 'ESP256'): Signer {
  return signerFromPkcs8(vectorKey(name, algorithm))
}

/** Bytes that are told apart easily, and are no digest of anything. */
export function filled(byte: number, length = 32): Uint8Array {
  return new Uint8Array(length).fill(byte)
}

/** The bytes with one bit turned over, `fromEnd` bytes before the end. */
export function flipped(bytes: Uint8Array, fromEnd: number): Uint8Array {
  const at = bytes.length - 1 - fromEnd
  return Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte))
}

/** Lines of JSON of moderate length: one for each case, so that a change of one is seen. */
export function formatFile({ good: goodCases, bad: badCases, ...rest }: VectorFile): string {
  const head = Object.entries(rest).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  const lists = Object.entries({ good: goodCases, bad: badCases }).map(([name, cases]) => {
    const lines = cases.map((one) => `    ${JSON.stringify(one)}`)
    return `  ${JSON.stringify(name)}: [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]`
  })
  return `{\n${[...head, ...lists].join(',\n')}\n}\n`
}

/** Hexadecimal digits as bytes, spaces between them allowed. */
export function hex(digits: string): Uint8Array {
  return fromHex(digits.replaceAll(' ', ''))
}
