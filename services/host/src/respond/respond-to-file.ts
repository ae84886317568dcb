import { decodeBase64, encodeBase64, toHex } from '@volact/core/bytes'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { openFileRequest } from '@volact/core/document/file-request'
import { ActivationError } from '@volact/core/errors/activation-error'
import { decodeMessage, encodeMessage, type MessageBody } from '@volact/core/wire/message'
import { encodeMessageFile, parseMessageFile } from '@volact/core/wire/message-file'
import type { OpenedVendor } from '../open-host.ts'
import * as refusals from '../pipeline/refusals.ts'

/** Brings the requests of machines without a network. */
export interface RespondQuestion {
  readonly verb: 'respond'
  /** The message file, in base64. */
  readonly file: string
}

/** The answers. Plain JSON. */
export interface RespondedMachines {
  readonly file: string
  readonly granted: number
  /** What was said to each that was not granted anything. */
  readonly refused: readonly string[]
}

/** Reads what came through the control socket. */
export function parseRespondQuestion(question: unknown): RespondQuestion {
  const { file }: Readonly<Record<string, unknown>> = { ...(typeof question === 'object' ? question : null) }
  if (typeof file !== 'string') throw new Error('there is no file to answer')
  return { verb: 'respond', file }
}

/** How many signatures are verified, or requests decided, between two turns of the event loop. */
const stride = 32

/** Answers each request of a file, in their order (rule 46, protocol.md §11.5). Other machines do not wait for all of it. */
export async function respondToFile(
  vendors: readonly OpenedVendor[],
  { file }: RespondQuestion,
): Promise<RespondedMachines> {
  const opened: Opened[] = []
  for (const bytes of parseMessageFile(decodeBase64(file))) {
    if (opened.length % stride === 0) await turn()
    opened.push(open(vendors, bytes))
  }
  const answers = new Map<Opened, MessageBody>()
  for (const bundle of bundlesOf(opened)) {
    await Promise.all(bundle.map(async (each) => answers.set(each, await each.answer())))
  }
  const bodies = opened.flatMap((each) => answers.get(each) ?? [])
  const refused = bodies.flatMap((body) => (body.kind === 'refusal' ? [`${body.code}: ${body.text}`] : []))
  return {
    file: encodeBase64(encodeMessageFile(bodies.map(encodeMessage))),
    granted: bodies.length - refused.length,
    refused,
  }
}

/** A message of the file, whose signature holds if it has a machine. */
interface Opened {
  readonly machine: string
  readonly answer: () => MessageBody | Promise<MessageBody>
}

/** What is answered together: those of one machine stand under one tree head, as without a network none can be shown to continue another. */
function bundlesOf(opened: readonly Opened[]): readonly (readonly Opened[])[] {
  const bundles: Opened[][] = []
  for (const own of Map.groupBy(opened, ({ machine }) => machine).values()) {
    const last = bundles.at(-1)
    if (last !== undefined && last.length < stride) last.push(...own)
    else bundles.push(own)
  }
  return bundles
}

function open(vendors: readonly OpenedVendor[], bytes: Uint8Array): Opened {
  try {
    const message = decodeMessage(bytes)
    if (message.kind !== 'activate') {
      throw new ActivationError('NOT_SUPPORTED', `a message of kind "${message.kind}" is no request of a machine`)
    }
    const opened = openFileRequest(message.request)
    const product = uuidFromBytes(opened.request.product)
    const found = vendors.find(({ vendor }) =>
      vendor.pack.catalog.products.some(({ activationId }) => activationId === product),
    )
    const { service } = found ?? {}
    const none = refusals.notServed(`the product ${product}`, undefined)
    return { machine: toHex(opened.machine), answer: () => service?.respond({ opened, message }) ?? none }
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    const refusal = refusals.ofError(error)
    return { machine: '', answer: () => refusal }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
