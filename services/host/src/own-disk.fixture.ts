import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import type { HostChild } from './host-child.fixture.ts'

const namespaces = spawnSync('unshare', ['-Urm', 'true'], { encoding: 'utf8' })

/** Whether a disk can be made here that only a child sees. */
export const hasNamespaces: boolean = namespaces.status === 0

if (!hasNamespaces)
  process.stderr.write(`no disks of their own are tried: ${namespaces.stderr}${String(namespaces.error)}\n`)

/** Where a folder is seen from outside that a child has in namespaces of its own. */
export function insideOf({ running }: HostChild, path: string): string {
  return join(`/proc/${String(running.pid)}/root`, path)
}

/** Fills a disk to the last byte, with a file. */
export function fillWith(path: string): void {
  const block = new Uint8Array(4_096)
  try {
    for (;;) writeFileSync(path, block, { flag: 'a' })
  } catch {
    // That was the last of it.
  }
}

/** Copies the folder of a host that runs to where it can be opened: without its sockets and its lock. */
export function copyOfRunning(dir: string): string {
  const copy = join(temporaryFolder(), 'host')
  cpSync(dir, copy, { recursive: true, filter: (path) => !/\.sock$|lock/.test(path) })
  return copy
}
