import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HeadRoots } from './head-roots.ts'
import { ledgerFiles } from './ledger-files.ts'
import { OpenFiles } from './open-files.ts'

it('the roots of heads that are remembered are what was remembered last, at any border of pages and segments, whatever was asked before', () => {
  const files = ledgerFiles(temporaryFolder())
  const heads = new HeadRoots(files, new OpenFiles(constants.O_RDWR | constants.O_CREAT))
  const known = new Map<number, Uint8Array>()
  const places = [1, 2, 127, 128, 129, 130, 256, 257, 65_535, 65_536, 65_537, 65_664, 65_665, 131_072, 131_073]
  for (const size of places) expect(heads.root(size)).toBeUndefined()
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...places), fc.boolean()), { maxLength: 60 }), (steps) => {
      for (const [size, isNew] of steps) {
        if (isNew) {
          const root = new Uint8Array(randomBytes(32))
          heads.remember(size, root)
          known.set(size, root)
        }
        expect(heads.root(size)).toEqual(known.get(size))
      }
    }),
  )
  for (const size of [0, -1, 2 ** 40]) expect(heads.root(size)).toBeUndefined()
})
