import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { generatePrivateKey, signerFromPkcs8 } from '@volact/core/crypto'
import { encodeDetails } from '@volact/core/document/details'
import { licenseState } from '@volact/core/licensing/license-state'
import { catalog, desktopId } from '../client.fixture.ts'
import { newRecord } from '../folder/store.ts'
import { newRequest, type RequestTerms } from './outgoing-request.ts'

const signer = signerFromPkcs8(generatePrivateKey('ESP256'))
const saltKey = new Uint8Array(32).fill(1)
const policy = catalog.products.find(({ activationId }) => activationId === desktopId)?.policy
if (policy === undefined) throw new Error('no such product')

const terms: RequestTerms = {
  ...{ vendor: 'example', audience: { kind: 'log', logId: new Uint8Array(32) }, activationId: desktopId },
  deviceKey: signer.publicKey,
  machine: {
    anchor: new Uint8Array(32),
    flags: { weak: false, virtual: false, ephemeral: false },
    details: encodeDetails({ name: 'pc-1' }),
  },
  state: licenseState(newRecord('volume', 0), policy, 0),
}

function salt(changes: Partial<RequestTerms> = {}, key = saltKey): string {
  return toHex(newRequest({ ...terms, ...changes }, { signer, saltKey: key }, 1).message.salt)
}

describe('the salt of the details (rule 15)', () => {
  it('stays the same while vendor, ledger and details do, so that a renewal changes nothing but what must', () => {
    expect(salt()).toBe(salt())
    const prev = { prev: new Uint8Array(16), checkpoint: new Uint8Array(300), challenge: new Uint8Array(16) }
    expect(salt(prev)).toBe(salt())
  })

  it('is another one for other details, another vendor, another ledger, and another device (rule 33)', () => {
    const renamed = { ...terms.machine, details: encodeDetails({ name: 'pc-2' }) }
    const salts = [
      salt(),
      salt({ machine: renamed }),
      salt({ vendor: 'other' }),
      salt({ audience: { kind: 'log', logId: new Uint8Array(32).fill(1) } }),
      salt({ audience: { kind: 'address', address: 'host:1688' } }),
      salt({}, new Uint8Array(32).fill(2)),
    ]
    expect(new Set(salts).size).toBe(salts.length)
  })
})
