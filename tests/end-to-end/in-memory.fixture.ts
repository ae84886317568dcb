import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, vi } from 'vitest'

const memory = '/dev/shm'

/** Puts the folders of a file's tests into memory: years of durable writing need no disk where no power fails. */
export function keepFoldersInMemory(): void {
  beforeEach(() => {
    if (tmpdir() === '/tmp' && existsSync(memory)) vi.stubEnv('TMPDIR', memory)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })
}
