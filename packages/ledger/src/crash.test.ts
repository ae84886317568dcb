import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toHex } from '@volact/core/bytes'
import { generatePrivateKey } from '@volact/core/crypto'
import { rounds } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { makeLog } from './ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { verifyLedger } from './verify-ledger.ts'

const child = fileURLToPath(new URL('append-child.fixture.ts', import.meta.url))

async function newLedger(): Promise<{ dir: string; key: string }> {
  const dir = join(temporaryFolder(), 'ledger')
  const pkcs8 = generatePrivateKey('ESP256')
  const ledger = openLedger(dir, { create: true })
  await ledger.append([makeLog(pkcs8).entry0])
  ledger.close()
  return { dir, key: toHex(pkcs8) }
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
  it('has every entry that it was promised, after kill -9 at any moment', { timeout: 600_000 }, async () => {
    const seed = Number(process.env['VOLACT_SEED'] ?? randomInt(1, 1_000_000))
    console.log(`kill -9 of an appending process: VOLACT_SEED=${seed}`)
    const { dir, key } = await newLedger()
    for (let round = 0; round < rounds(100); round += 1) {
      const moment = 1 + ((seed * 31 + round * 17) % 60)
      const batch = 1 + ((seed + round) % 40)
      const args = ['--conditions=volact-source', child, dir, key, String(batch)]
      const promised = Number((await run(process.execPath, args, (lines) => lines >= moment)).at(-1))
      const ledger = openLedger(dir)
      expect(ledger.size).toBeGreaterThanOrEqual(promised)
      ledger.close()
    }
    await verifyLedger(dir)
  })

  it(
    'gets a coded error and no promise when the disk takes no more, and loses nothing',
    { timeout: 60_000 },
    async () => {
      const { dir, key } = await newLedger()
      const command = `ulimit -f 64; exec "$0" --conditions=volact-source "$@"`
      const lines = await run('bash', ['-c', command, process.execPath, child, dir, key, '7'], () => false)
      expect(lines.at(-1)).toBe('DISK_FULL')
      const promised = Number(lines.at(-2))
      expect(promised).toBeGreaterThan(100)
      const size = statSync(join(dir, 'entries.log')).size
      const ledger = openLedger(dir)
      expect(ledger.size).toBe(promised)
      expect(ledger.notes).toEqual([])
      ledger.close()
      expect(size).toBeLessThanOrEqual(65_536)
      expect(await verifyLedger(dir)).toMatchObject({ head: { size: promised }, unsigned: 0 })
    },
  )
})
