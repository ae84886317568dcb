import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { type Details, encodeDetails, parseDetails } from '@volact/core/document/details'
import { type ActivationRequest, openRequest, signRequest } from '@volact/core/document/request'
import { generatePrivateKey, signerFromPkcs8 } from '@volact/core/crypto'
import { licenseState } from '@volact/core/licensing/license-state'
import { newRecord } from './folder/store.ts'
import { newRequest, type RequestTerms } from './activation/outgoing-request.ts'
import { catalog, desktopId } from './client.fixture.ts'

const page = readFileSync(new URL('../../../docs/privacy.md', import.meta.url), 'utf8')
const [, toHost = ''] = /## From a machine to the customer's host\n([^]*?)\n## /.exec(page) ?? []

const signer = signerFromPkcs8(generatePrivateKey('ESP256'))
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)

/** Every field of a request, with the words of the page that are about it: one that is added here needs words there. */
const requestFacts: Readonly<Record<keyof ActivationRequest, string>> = {
  nonce: 'random numbers',
  audience: 'which host is asked',
  product: '| product, license state, time',
  deviceKey: 'machine ID and the public key',
  anchor: 'hardware anchor',
  state: 'license state',
  time: 'license state, time',
  minutesLeft: 'minutes until that state ends',
  flags: 'flags (weak hardware, virtual machine, ephemeral)',
  detailsDigest: 'salted digest of the details',
  checkpoint: 'newest checkpoint',
  prev: 'its last grant',
  listKnown: 'number of the revocation list',
  challenge: 'challenge',
}

const detailsFacts: Readonly<Record<keyof Details, string>> = {
  name: '| name of the machine',
  addresses: 'its addresses',
  vector: 'ten hardware components',
  version: 'version of the client',
  system: 'operating system',
}

const whole: ActivationRequest = {
  ...{ nonce: bytes(16, 1), audience: { kind: 'address', address: 'host:1688' }, product: bytes(16, 2) },
  ...{ deviceKey: signer.publicKey, anchor: bytes(32, 3), state: 2, time: 1, minutesLeft: 1 },
  ...{ flags: { weak: true, virtual: true, ephemeral: true }, detailsDigest: bytes(32, 4), checkpoint: bytes(9, 5) },
  ...{ prev: bytes(16, 6), listKnown: { epoch: 1, number: 1 }, challenge: bytes(16, 7) },
}

describe('the page on privacy (rule 33)', () => {
  it('lists every field of a request', () => {
    const { request } = openRequest(signRequest(whole, signer))
    expect(Object.keys(request).toSorted()).toEqual(Object.keys(requestFacts).toSorted())
    for (const words of Object.values(requestFacts)) expect(toHost).toContain(words)
  })

  it('lists every field of the details', () => {
    const vector = Array.from({ length: 10 }, () => bytes(8, 1))
    const all = { name: 'pc-1', addresses: ['192.0.2.1'], vector, version: '1', system: 'Linux' }
    const details = parseDetails(encodeDetails(all))
    expect(Object.keys(details).toSorted()).toEqual(Object.keys(detailsFacts).toSorted())
    for (const words of Object.values(detailsFacts)) expect(toHost).toContain(words)
  })
})

describe('what a request has that nobody may guess (rule 53)', () => {
  it('comes from the operating system, whatever the program’s own chance is', () => {
    const [product] = catalog.products.filter(({ activationId }) => activationId === desktopId)
    if (product === undefined) throw new Error('no such product')
    const chance = Math.random
    Math.random = () => 0.5
    try {
      const terms: RequestTerms = {
        vendor: 'example',
        ...{ audience: whole.audience, activationId: desktopId, deviceKey: signer.publicKey },
        machine: { anchor: bytes(32, 3), flags: whole.flags, details: encodeDetails({}) },
        state: licenseState(newRecord('volume', 0), product.policy, 0),
      }
      const made = Array.from({ length: 8 }, () => newRequest(terms, { signer, saltKey: bytes(32, 9) }, 1))
      expect(made.every(({ opened }) => opened.request.product.join() === uuidToBytes(desktopId).join())).toBe(true)
      expect(new Set(made.map((one) => one.opened.request.nonce.join())).size).toBe(made.length)
    } finally {
      Math.random = chance
    }
  })
})
