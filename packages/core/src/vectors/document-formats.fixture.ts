import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import type { CborValue } from '../cbor/value.ts'
import type { Certificate } from '../x509/certificate.ts'
import { openAgentProof, signAgentProof } from '../document/agent-proof.ts'
import type { AgentProof, ExpectedProof } from '../document/agent-proof.ts'
import { detailsDigest, encodeDetails, parseDetails } from '../document/details.ts'
import type { Details } from '../document/details.ts'
import { encodeEntitlement, parseEntitlement } from '../document/entitlement.ts'
import type { Entitlement } from '../document/entitlement.ts'
import { encodeGrant, parseGrant } from '../document/grant.ts'
import type { Grant } from '../document/grant.ts'
import { encodeLeaseFile, parseLeaseFile } from '../document/lease.ts'
import { encodeEntry, parseEntry } from '../document/ledger-entry.ts'
import type { LedgerEntry } from '../document/ledger-entry.ts'
import { openPack, signPack } from '../document/pack.ts'
import type { Pack } from '../document/pack.ts'
import { openRelease, signRelease } from '../document/release.ts'
import type { Release } from '../document/release.ts'
import { openRequest, signRequest } from '../document/request.ts'
import type { ActivationRequest } from '../document/request.ts'
import { openRevocationList, signRevocationList } from '../document/revocation-list.ts'
import type { RevocationList } from '../document/revocation-list.ts'
import { encodeStarter, parseStarter } from '../document/starter.ts'
import type { Starter } from '../document/starter.ts'
import { verifyAnswer } from '../document/verify-answer.ts'
import type { ExpectedAnswer } from '../document/verify-answer.ts'
import { openLease } from '../document/verify-lease.ts'
import type { OpenedLease } from '../document/verify-lease.ts'
import { bytesIn, certificatesIn, numberIn, signerIn } from './vector-format.fixture.ts'
import type { VectorFormat } from './vector-format.fixture.ts'
import type { Named } from './vector-json.fixture.ts'

/** The documents, by the names of their files. */
export const documentFormats: Readonly<Record<string, VectorFormat>> = {
  cbor: {
    open: (input) => ({ value: decodeCbor(bytesIn(input, 'bytes')) }),
    write: ({ value }) => encodeCbor(value as CborValue),
  },
  details: {
    open: (input) => ({
      details: parseDetails(bytesIn(input, 'bytes')),
      digest: detailsDigest(bytesIn(input, 'salt'), bytesIn(input, 'bytes')),
    }),
    write: ({ details }) => encodeDetails(details as Details),
  },
  request: {
    open: (input) => openRequest(bytesIn(input, 'bytes')),
    write: ({ request }, input) => signRequest(request as ActivationRequest, signerIn(input, 'deviceKey')),
  },
  release: {
    open: (input) => openRelease(bytesIn(input, 'bytes')),
    write: ({ release }, input) => signRelease(release as Release, signerIn(input, 'deviceKey')),
  },
  'agent-proof': {
    open: (input) => openAgentProof(bytesIn(input, 'bytes'), input['expected'] as ExpectedProof),
    write: (output, input) => signAgentProof(output as unknown as AgentProof, signerIn(input, 'deviceKey')),
  },
  entitlement: {
    open: (input) => parseEntitlement(bytesIn(input, 'bytes')),
    write: (output) => encodeEntitlement(output as unknown as Entitlement),
  },
  grant: {
    open: (input) => parseGrant(bytesIn(input, 'bytes')),
    write: (output) => encodeGrant(output as unknown as Grant),
  },
  'ledger-entry': {
    open: (input) => parseEntry(bytesIn(input, 'bytes')),
    write: (output) => encodeEntry(output as unknown as LedgerEntry),
  },
  'lease-file': {
    open: (input) => {
      const lease = parseLeaseFile(bytesIn(input, 'bytes'))
      return { lease, opened: leaseOutput(openLease(lease, { roots: certificatesIn(input, 'roots') })) }
    },
    write: ({ lease }) => encodeLeaseFile(lease as ReturnType<typeof parseLeaseFile>),
  },
  answer: {
    open: ({ lease, expected, roots }) => {
      const all = { ...(expected as ExpectedAnswer), roots: certificatesIn({ roots }, 'roots') }
      const { checkpoint, leaseFile, ...opened } = verifyAnswer(lease as ReturnType<typeof parseLeaseFile>, all)
      return { opened: leaseOutput(opened), checkpoint, leaseFile }
    },
  },
  pack: {
    open: (input) => packOutput(openPack(bytesIn(input, 'bytes'), trustedRoots(input), numberIn(input, 'at'))),
    write: (output, input) => signPack(output as unknown as Parameters<typeof signPack>[0], signerIn(input, 'packKey')),
  },
  starter: {
    open: (input) => parseStarter(bytesIn(input, 'bytes')),
    write: (output) => encodeStarter(output as unknown as Starter),
  },
  'revocation-list': {
    open: (input) => openRevocationList(bytesIn(input, 'bytes'), certificatesIn(input, 'roots'), numberIn(input, 'at')),
    write: (output, input) =>
      signRevocationList(
        output as unknown as RevocationList,
        bytesIn(input, 'listCertificate'),
        signerIn(input, 'listKey'),
      ),
  },
}

function trustedRoots(input: Named): readonly Certificate[] | 'first-use' {
  return input['roots'] === 'first-use' ? 'first-use' : certificatesIn(input, 'roots')
}

function packOutput({ number, issued, catalog, chain, root }: Pack): Named {
  return { number, issued, catalog, chain: chain.map(({ der }) => der), root: root.fingerprint }
}

function leaseOutput({ grant, head, entitlement, notAfter, testRoot, root }: OpenedLease): Named {
  return { grant, head, entitlement, notAfter, testRoot, root: root.fingerprint }
}
