import { toHex } from '@volact/core/bytes'
import { accountField, nonceField } from './request-fields.ts'
import { type Call, type Route, route } from './route.ts'

/** What everybody may ask who may open the socket. Nothing of it changes anything. */
export const readRoutes: readonly Route[] = [
  route('GET', '/v1/health', [], ({ health }) => health()),
  route('GET', '/v1/licenses', [], ({ client }) => {
    return { licenses: client.status().products.map((slug) => client.status(slug)) }
  }),
  route('GET', '/v1/licenses/:product', [], ({ client, product }) => client.status(product)),
  route('POST', '/v1/licenses/:product/proof', ['nonce', 'uid'], prove),
  route('GET', '/v1/host', [], ({ client }) => client.hostSettings()),
]

async function prove({ client, product, fields }: Call): Promise<object> {
  const question = { product, nonce: nonceField(fields, 'nonce'), uid: accountField(fields, 'uid') }
  const { leaseFile, proof, anchor, weak } = await client.prove(question)
  return { leaseFile: base64(leaseFile), proof: base64(proof), anchor: toHex(anchor), weak }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
