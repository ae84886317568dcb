import { decodeUtf8, toHex } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'

/** A protocol that is met on our port, by its name in `data` and in words. */
interface ForeignProtocol {
  readonly protocol: string
  readonly words: string
  readonly begins: (start: Start) => boolean
}

interface Start {
  readonly hex: string
  readonly text: string
}

// As a length, each of these is far beyond any limit, so that none can be the beginning of a frame of ours.
const foreignProtocols: readonly ForeignProtocol[] = [
  // DCE/RPC 5.0 (C706 §12.6): request 00, response 02, fault 03, bind 0b, bind_ack 0c, bind_nak 0d, alter_context 0e, 0f.
  rpc('0500(?:00|0b|0e)', 'a Microsoft KMS client or other RPC program'),
  rpc('0500(?:02|03|0c|0d|0f)', 'a Microsoft KMS host or other RPC program'),
  { protocol: 'tls', words: 'a TLS (HTTPS) program', begins: ({ hex }) => /^1[56]03/.test(hex) },
  { protocol: 'ssh', words: 'an SSH program', begins: ({ text }) => text === 'SSH-' },
  {
    protocol: 'http',
    words: 'an HTTP program, such as a web browser',
    begins: ({ text }) => /^(?:GET |HEAD|POST|PUT |DELE|OPTI|CONN|TRAC|PATC|PRI |HTTP)$/.test(text),
  },
]

/** Says in plain words which other protocol begins with these four bytes; `undefined` for none that is known. */
export function recogniseForeignProtocol(start: Uint8Array): ActivationError | undefined {
  const hex = toHex(start)
  const text = decodeUtf8(start) ?? ''
  const found = foreignProtocols.find(({ begins }) => begins({ hex, text }))
  if (found === undefined) return undefined
  const message = `the other side is ${found.words}, not Volact: its first bytes are ${hex}; choose another port or name`
  return new ActivationError('FOREIGN_PROTOCOL', message, { data: { protocol: found.protocol } })
}

function rpc(pattern: string, words: string): ForeignProtocol {
  const start = new RegExp(`^${pattern}`)
  return { protocol: 'rpc', words, begins: ({ hex }) => start.test(hex) }
}
