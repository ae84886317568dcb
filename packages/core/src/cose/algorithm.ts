import type { SignatureAlgorithm } from '../crypto.ts'

/** The numbers of our algorithms in the COSE registry (RFC 9864): never the polymorphic −7 and −8 (rule 12). */
export const coseAlgorithms: Readonly<Record<SignatureAlgorithm, number>> = { ESP256: -9, Ed25519: -19 }
