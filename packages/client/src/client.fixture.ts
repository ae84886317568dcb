import { createServer, type AddressInfo, type Socket } from 'node:net'
import { equal } from '@volact/core/bytes'
import type { Catalog } from '@volact/core/catalog/catalog'
import { sampleCatalog, samplePlain, changed } from '@volact/core/catalog/catalog.fixture'
import { type Issued, makeIssuing, makeLeaf, makeRoot } from '@volact/core/document/certificates.fixture'
import type { Grant } from '@volact/core/document/grant'
import { type ForkNote, forkArguments } from '@volact/core/document/fork-entry'
import { filled, grantTime, TestHost, type TestHostOptions } from '@volact/core/document/host.fixture'
import type { ReleaseEntry } from '@volact/core/document/plain-entry'
import { parseReceipt } from '@volact/core/document/receipt'
import { openRelease } from '@volact/core/document/release'
import { documentKinds } from '@volact/core/document/kinds'
import { signPack } from '@volact/core/document/pack'
import { parseCheckpoint } from '@volact/core/document/checkpoint'
import { type OpenedRequest, openRequest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { encodeFrame, FrameReader } from '@volact/core/wire/frame'
import { requestLimit } from '@volact/core/wire/limits'
import { decodeMessage, encodeMessage, type Message, type MessageBody } from '@volact/core/wire/message'
import { extensionOids } from '@volact/core/x509/oids'
import type { Client } from './client.ts'
import type { NetworkProbe } from './discovery/network-facts.ts'
import type { HardwareFacts } from './hardware/hardware-facts.ts'
import { type ClientOptions, openClient } from './open-client.ts'
import type { TransportLimits } from './transport.ts'

/** The catalog of tests: `desktop-1` needs 25 machines, `server-2` needs 5. */
export const catalog: Catalog = sampleCatalog(changed(samplePlain, ['families', 0, 'threshold'], 25))

/** The setup key of `desktop-1`. */
export const setupKey = 'GQFK8-PKCM7-HRTH6-VDQ3P-4FMBX'
export const desktopId = '387f2bf7-e4c3-4a6c-a0d2-1fa17468da78'

/** Hardware that is neither weak nor virtual. */
export const hardware: HardwareFacts = {
  systemUuid: '8f0e2d3c-5b6a-4798-8a1b-2c3d4e5f6071',
  boardSerial: 'BRD-1001',
  diskSerial: 'DSK-2001',
  components: ['DSK-2001', 'Maker Board', ...Array<undefined>(8).fill(undefined)],
  virtual: false,
  container: false,
  hostname: 'pc-1',
  os: 'Linux 6.1',
  addresses: ['192.0.2.7'],
}

/** Limits that a test does not wait for. */
export const shortLimits: TransportLimits = { connectMilliseconds: 5_000, answerMilliseconds: 200, answerBytes: 16_384 }

/** A vendor with a root and a pack. */
export class TestVendor {
  readonly root: Issued
  readonly issuing: Issued
  readonly #pack: Issued

  constructor(kind: 'for tests' | 'for real' = 'for real') {
    const marks = kind === 'for tests' ? [[extensionOids.testRoot, Uint8Array.of(5, 0)] as const] : []
    this.root = makeRoot({ extensions: marks })
    this.issuing = makeIssuing(this.root)
    this.#pack = makeLeaf(this.issuing, documentKinds.pack.eku)
  }

  pack(number = 1, content: Catalog = catalog): Uint8Array {
    const chain = [this.#pack.der, this.issuing.der, this.root.der] as const
    return signPack({ number, issued: grantTime, catalog: content, chain }, this.#pack.signer)
  }

  /** A host with a certificate for the desktop products, and a ledger of its own. */
  host(options: TestHostOptions = {}): TestHost {
    const entitlement = { groups: [{ group: 10, generation: 3 }], ...options.entitlement }
    return new TestHost({ root: this.root, issuing: this.issuing, ...options, entitlement })
  }
}

/** What a scripted host does with a message: it answers, sends bytes that are no frame of ours, or says nothing. */
export type Reply = MessageBody | Uint8Array | 'silence' | 'close'

/** A server on a real socket that answers as a test says, and remembers what it was sent. */
export class ScriptedHost {
  readonly messages: Message[] = []
  readonly bytes: Uint8Array[] = []
  reply: (message: Message, socket: Socket) => Reply
  readonly #server = createServer((socket) => {
    this.#serve(socket)
  })

  private constructor(reply: (message: Message, socket: Socket) => Reply) {
    this.reply = reply
  }

  static async start(reply: (message: Message, socket: Socket) => Reply): Promise<ScriptedHost> {
    const host = new ScriptedHost(reply)
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve))
    return host
  }

  close(): void {
    this.#server.close()
  }

  get address(): string {
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`
  }

  /** The requests that came, opened: each was signed by its device key. */
  get requests(): readonly OpenedRequest[] {
    return this.messages.map((message) => openRequest(activation(message).request))
  }

  #serve(socket: Socket): void {
    const reader = new FrameReader(requestLimit)
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      for (const bytes of reader.push(piece)) {
        this.bytes.push(bytes)
        this.messages.push(decodeMessage(bytes))
        this.#answer(this.reply(decodeMessage(bytes), socket), socket)
      }
    })
  }

  #answer(reply: Reply, socket: Socket): void {
    if (reply === 'silence') return
    if (reply === 'close') socket.end()
    else if (reply instanceof Uint8Array) socket.end(reply)
    else socket.write(encodeFrame(encodeMessage(reply)))
  }
}

/** Answers as an honest host does: a grant for exactly the request, with a consistency proof from the checkpoint shown. */
export function honest(
  host: TestHost,
  now: () => Instant,
  changes: Partial<Grant> = {},
): (message: Message) => MessageBody {
  return (message) => {
    const { request, since } = activation(message)
    const granted = grantFor(host, request, now(), changes)
    if (since === undefined || since >= host.tree.size) return granted
    return { ...granted, since: { from: since, path: host.tree.consistencyPath(since, host.tree.size) } }
  }
}

/** Grants a request. */
export function grantFor(
  host: TestHost,
  bytes: Uint8Array,
  now: Instant,
  changes: Partial<Grant> = {},
): MessageBody & { kind: 'grant' } {
  const { request, machine, digest } = openRequest(bytes)
  const shown = request.checkpoint === undefined ? undefined : parseCheckpoint(request.checkpoint)
  const isContinued = shown !== undefined && equal(shown.logId, host.logId) && shown.size <= host.tree.size
  const from = isContinued ? shown.size : undefined
  const { nonce, product, anchor, detailsDigest, state, flags } = request
  const claims = { machine, req: digest, nonce, product, anchor, detailsDigest, state, flags }
  const times = { notBefore: now, issued: now, expires: now + 180 * 86_400 }
  const lease = host.lease({ ...claims, ...times, ...changes }, { time: now, ...(from !== undefined && { from }) })
  return { kind: 'grant', ...lease }
}

/** Takes a grant back as an honest host does, with whatever a test wants otherwise. */
export function releasedBy(
  host: TestHost,
  message: Message,
  now: Instant,
  changes: Partial<ReleaseEntry> = {},
): MessageBody {
  if (message.kind !== 'release') throw new Error(`a client has sent a message of kind "${message.kind}"`)
  const { release, machine, digest } = openRelease(message.release)
  const claims = { machine, product: release.product, grant: release.grant, req: digest, cti: filled(3, 16) }
  const entry = host.append({ kind: 'release', index: host.tree.size, time: now, ...claims, ...changes })
  return { kind: 'released', entry, receipt: host.receipt(entry, host.sign(now)), chain: host.chain }
}

/** Grants, and tells the machine under the same tree head that another one uses its identity (rule 18). */
export function grantToTwin(
  host: TestHost,
  bytes: Uint8Array,
  now: Instant,
  changes: Partial<TwinNote> = {},
): MessageBody {
  const { request, machine } = openRequest(bytes)
  const granted = grantFor(host, bytes, now)

  const heads = { superseded: filled(1, 16), shown: request.prev ?? filled(2, 16) }
  const note = { act: 'twin', machine, product: request.product, nonce: request.nonce, ...heads, ...changes } as const
  const place = { index: host.tree.size, time: now, cti: filled(4, 16) }
  const entry = host.append({ kind: 'administrative', act: 'twin', arguments: forkArguments(note), ...place })
  const signed = host.sign(now)
  const from = parseReceipt(granted.receipt).consistency?.from
  const twin = { entry, receipt: host.receipt(entry, signed) }
  return { ...granted, receipt: host.receipt(granted.entry, signed, from), twin }
}

type TwinNote = Extract<ForkNote, { act: 'twin' }>

/** The message of kind `activate` that a client has sent. */
export function activation(message: Message): Extract<Message, { kind: 'activate' }> {
  if (message.kind === 'activate') return message
  throw new Error(`a client has sent a message of kind "${message.kind}"`)
}

/** A clock that a test sets. */
export class TestClock {
  time: Instant = grantTime

  readonly now = (): Instant => this.time
}

/** A machine of which nothing says in which domain it is: no test asks the DNS of the network that it runs in. */
export const noNetwork: NetworkProbe = () => Promise.resolve({ dhcp: [], searchList: [], hasServers: false })

/** How a client is opened on a folder, with the vendor compiled in. */
export function opener(
  vendor: TestVendor,
  dir: string,
  clock: TestClock,
  options: Partial<ClientOptions> = {},
): () => Promise<Client> {
  return () =>
    openClient({
      ...{ dir, now: clock.now, monotonic: () => 0, probe: () => Promise.resolve(hardware), network: noNetwork },
      vendors: [{ roots: [vendor.root.der], policy: catalog }],
      ...options,
    })
}

/** The code with which something fails; `undefined` when it does not. */
export async function codeOf(run: () => unknown): Promise<string | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    if (error instanceof ActivationError) return error.code
    throw error
  }
}
