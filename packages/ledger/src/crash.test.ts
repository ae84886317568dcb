import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromHex, toHex } from '@volact/core/bytes'
import { generatePrivateKey, signerFromPkcs8 } from '@volact/core/crypto'
import { leafHash } from '@volact/core/transparency/node-hash'
import { rounds } from '@volact/testkit/rounds'
import { temporaryFolderOnDisk } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { makeLog, signHead } from './ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { verifyLedger } from './verify-ledger.ts'

const child = fileURLToPath(new URL('append-child.fixture.ts', import.meta.url))

async function newLedger(): Promise<{ dir: string; keys: readonly [string, string] }> {
  const dir = join(temporaryFolderOnDisk(), 'ledger')
  const keys = [generatePrivateKey('ESP256'), generatePrivateKey('Ed25519')] as const
  const ledger = openLedger(dir, { create: true })
  await ledger.append([makeLog(...keys).entry0])
  ledger.close()
  return { dir, keys: [toHex(keys[0]), toHex(keys[1])] }
}

/** Runs the child until `kill` says so of a line, and gives all its lines. */
async function run(command: string, args: readonly string[], kill: (lines: number) => boolean): Promise<string[]> {
  const running = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  let lines = 0
  running.stdout.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
    lines = text.split('\n').length - 1
    if (kill(lines)) running.kill('SIGKILL')
  })
  await once(running, 'close')
  return text.split('\n').slice(0, -1)
}

describe('a process that appends', () => {
  it(
    'has every entry that it was promised, and a folder that verifies, after kill -9 while it appends, erases and publishes',
    { timeout: 600_000 },
    async () => {
      const seed = Number(process.env['VOLACT_SEED'] ?? randomInt(1, 1_000_000))
      console.log(`kill -9 of an appending process: VOLACT_SEED=${seed}`)
      const { dir, keys } = await newLedger()
      for (let round = 0; round < rounds(60); round += 1) {
        const moment = 1 + ((seed * 31 + round * 17) % 24)
        const batch = 1 + ((seed + round) % 20)
        const args = ['--conditions=volact-source', child, dir, ...keys, String(batch)]
        const promised = Number((await run(process.execPath, args, (lines) => lines >= moment)).at(-1))
        const ledger = openLedger(dir)
        expect(ledger.size).toBeGreaterThanOrEqual(promised)
        // What was being erased is erased, or was not begun; requests of chance are no machine's, so they go before the check.
        await ledger.eraseDetails([...ledger.details()].map(({ index }) => index))
        signHead(ledger, {
          signer: signerFromPkcs8(fromHex(keys[0])),
          logId: leafHash(ledger.entry(0) ?? new Uint8Array(0)),
        })
        ledger.close()
        await verifyLedger(dir)
      }
    },
  )

  it(
    'gets a coded error and no promise when the disk takes no more, and loses nothing',
    { timeout: 60_000 },
    async () => {
      const { dir, keys } = await newLedger()
      const command = `ulimit -f 64; exec "$0" --conditions=volact-source "$@"`
      const lines = await run('bash', ['-c', command, process.execPath, child, dir, ...keys, '7'], () => false)
      expect(lines.at(-1)).toBe('DISK_FULL')
      const promised = Number(lines.at(-2))
      expect(promised).toBeGreaterThan(100)
      const size = statSync(join(dir, 'entries', '000000.log')).size
      const ledger = openLedger(dir)
      expect(ledger.size).toBe(promised)
      expect(ledger.notes).toEqual([])
      await ledger.eraseDetails([...ledger.details()].map(({ index }) => index))
      ledger.close()
      expect(size).toBeLessThanOrEqual(65_536)
      expect(await verifyLedger(dir)).toMatchObject({ head: { size: promised }, unsigned: 0 })
    },
  )
})
