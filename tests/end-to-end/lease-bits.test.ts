import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { describeError } from '@volact/core/errors/table'
import { isLong } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { inspectDocument } from '../../apps/cli/src/inspect/inspect-document.ts'
import { readRoot } from '../../apps/cli/src/read-root.ts'
import { succeed } from './command.fixture.ts'
import { volact } from './volact.fixture.ts'

/** Every so many bits one is altered; each of them in the long run. */
const stride = isLong() ? 1 : 7

interface Exported {
  readonly root: string
  readonly lease: string
}

/** Runs a lab and takes a lease and the root to a place that has nothing else. */
async function exportLease(): Promise<Exported> {
  const dir = join(temporaryFolder(), 'lab')
  const [root, lease] = [join(temporaryFolder(), 'root.pem'), join(temporaryFolder(), 'lease')]
  await succeed('lab', '--once', '--json', '--dir', dir)
  await succeed('client', 'lease', 'export', '--dir', join(dir, 'machines', '001'), '-o', lease)
  await succeed('host', 'cert', 'export', '--dir', join(dir, 'host'), '-o', join(dir, 'C'))
  copyFileSync(join(dir, 'C', 'root.pem'), root)
  return { root, lease }
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const altered = new Uint8Array(bytes)
  altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return altered
}

describe('a lease file', () => {
  it('is accepted by who has only the root, and refused with any one bit altered', async () => {
    const { root, lease } = await exportLease()
    const bytes = new Uint8Array(readFileSync(lease))
    const trust = { roots: [readRoot(root)], chain: [], at: Math.floor(Date.now() / 1_000) } as const
    expect(inspectDocument(bytes, trust)).toMatchObject({ kind: 'lease-file', verified: { testRoot: true } })

    const passed: number[] = []
    for (let bit = 0; bit < bytes.length * 8; bit += stride) {
      if (refusal(flipped(bytes, bit), trust) !== 10) passed.push(bit)
    }
    expect(passed).toEqual([])
  })

  it('is judged so by the real command', async () => {
    const { root, lease } = await exportLease()
    const bytes = new Uint8Array(readFileSync(lease))
    const judge = (path: string): number | null => volact('inspect', '--verify', '--root', root, path).status
    expect(judge(lease)).toBe(0)
    const altered = join(temporaryFolder(), 'altered')
    for (const bit of [0, 100, bytes.length * 4, bytes.length * 8 - 1]) {
      writeFileSync(altered, flipped(bytes, bit))
      expect(judge(altered), `bit ${bit}`).toBe(10)
    }
  })
})

function refusal(bytes: Uint8Array, trust: Parameters<typeof inspectDocument>[1]): number | undefined {
  try {
    inspectDocument(bytes, trust)
    return undefined
  } catch (error) {
    if (error instanceof ActivationError) return describeError(error.code)?.exit
    throw error
  }
}
