// Does one act of recovery on a host's folder, to be killed at it: node host-act-child.fixture.ts QUESTION-IN-JSON
import { readFileSync, writeSync } from 'node:fs'
import { parseRecoveryKey } from '@volact/core/document/recovery-key'
import { restoreHost } from '@volact/host/backup/restore-host'
import { recoverHost } from '@volact/host/recovery/recover-host'
import { renewHost } from '@volact/host/renewal/renew-host'
import { activateSpare } from '@volact/host/spare/activate-spare'
import { confirmSpare } from '@volact/host/spare/confirm-spare'
import { startHost } from '@volact/host/start-host'
import type { HostAct } from './host-act.fixture.ts'

const act = JSON.parse(process.argv[2] ?? '{}') as HostAct
writeSync(1, 'ready\n')
await run(act)
writeSync(1, 'done\n')

function run(act: HostAct): Promise<unknown> {
  const { dir, now } = act
  switch (act.verb) {
    case 'renew':
      return renewHost(dir, act)
    case 'confirm':
      return confirmSpare(dir, act)
    case 'restore':
      return restoreHost(dir, act.file, { now, replace: true, ...keyIn(act.recoveryKey) })
    case 'recover':
      return recoverHost(dir, { now, kept: 1, reason: 'trial', ...keyIn(act.recoveryKey) })
    case 'use':
      return activateSpare(dir, act.file, { ...act, probe: () => Promise.resolve(act.hardware) })
    case 'serve':
      return startHost({ dir, listen: { host: '127.0.0.1', port: 0 }, now: () => now, elapsed: () => now })
  }
}

function keyIn(file: string): { readonly recoveryKey: ReturnType<typeof parseRecoveryKey> } {
  return { recoveryKey: parseRecoveryKey(readFileSync(file, 'utf8')) }
}
