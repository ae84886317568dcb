import { randomBytes } from 'node:crypto'
import { request as httpsRequest } from 'node:https'
import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { generatePrivateKey, type Signer, signerFromPkcs8 } from '@volact/core/crypto'
import type { HardwareId } from '@volact/core/document/hardware-id'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { fromIso, type Instant } from '@volact/core/time'
import { leafHash } from '@volact/core/transparency/node-hash'
import type { ActivateHostMessage } from '@volact/core/wire/host-activation-messages'
import { decodeMessage, encodeMessage, type Message } from '@volact/core/wire/message'
import { createHostRequest } from '@volact/keys/host-request'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { join } from 'node:path'
import { type Authority, openAuthority } from './authority.ts'
import { authorityFiles } from './folder/files.ts'
import { initAuthority } from './init-authority.ts'

/** Long ago, but TLS compares with the real clock: an authority for production made then serves until 2047. */
export const setUpAt: Instant = fromIso('2020-06-01T12:00:00Z')

export const referenceCatalog: string = exampleCatalog('reference.yaml')
export const byHandCatalog: string = exampleCatalog('by-hand.yaml')

function exampleCatalog(name: string): string {
  return fileURLToPath(new URL(`../../../examples/catalogs/${name}`, import.meta.url))
}

/** Sets up an authority in a new folder, without a catalog, and returns the folder. */
export function newFolder({ test = false }: { readonly test?: boolean } = {}): string {
  const dir = join(temporaryFolder(), 'authority')
  initAuthority({ dir, now: setUpAt, names: ['localhost', '127.0.0.1', '::1'], test })
  return dir
}

/** Sets up and opens an authority with the reference catalog; it is closed when the test ends. */
export async function newAuthority(options: { readonly test?: boolean; readonly now?: () => Instant } = {}): Promise<{
  readonly dir: string
  readonly authority: Authority
}> {
  const { now = () => setUpAt, ...init } = options
  const dir = newFolder(init)
  const authority = await openAuthority({ dir, now })
  onTestFinished(() => authority.close())
  await authority.applyCatalog(referenceCatalog)
  return { dir, authority }
}

/** A host that wants to be activated, before it asks. */
export interface NewHost {
  readonly signer: Signer
  readonly entry: Uint8Array
  readonly logId: Uint8Array
}

/** Makes the signing key and entry 0 of a host with the hardware. */
export function newHost(hardware: HardwareId = someHardware()): NewHost {
  const signer = newSigner()
  const keys = { signingKey: signer.publicKey, recoveryKey: random(32), noteKey: random(32) }
  const entry = encodeEntry({ kind: 'host-activation', index: 0, time: setUpAt, ...keys, hardware, cti: random(16) })
  return { signer, entry, logId: leafHash(entry) }
}

/** Writes the message with which the host asks. */
export function asks({ signer, entry, logId }: NewHost, hostKey: string): ActivateHostMessage {
  const request = createHostRequest({ subject: 'host', signer, logId })
  const key = hostKey.replaceAll('-', '')
  return { kind: 'activate-host', hostKey: key, request, entry, virtual: false, version: '0.1.0' }
}

export function newSigner(): Signer {
  return signerFromPkcs8(generatePrivateKey('ESP256'))
}

/** Hardware that nothing else has. */
export function someHardware(): HardwareId {
  return { anchor: random(32), vector: Array.from({ length: 10 }, () => random(8)) }
}

export function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length))
}

/** What came back over HTTPS. */
export interface Reply {
  readonly status: number
  readonly body: Buffer
  readonly headers: Readonly<Record<string, unknown>>
}

/** Sends bytes to an authority over HTTPS, trusting only the root of its folder. */
export function post(address: string, dir: string, body: Uint8Array, type = 'application/volact+cbor'): Promise<Reply> {
  return exchange(`${address}/v1/hosts`, dir, { method: 'POST', headers: { 'content-type': type }, body })
}

/** Sends a message and decodes the answer. */
export async function say(address: string, dir: string, message: Message): Promise<Message> {
  return decodeMessage((await post(address, dir, encodeMessage(message))).body)
}

/** Makes one HTTPS request on a connection of its own. */
export function exchange(
  url: string,
  dir: string,
  { method = 'GET', headers = {}, body = new Uint8Array() }: ExchangeOptions = {},
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const ca = readFileSync(authorityFiles(dir).root.certificate)
  const request = httpsRequest(url, { method, headers, ca, agent: false }, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.once('end', () => {
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), headers: response.headers })
    })
    response.once('error', reject)
  })
  request.once('error', reject)
  request.end(body)
  return promise
}

interface ExchangeOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}
