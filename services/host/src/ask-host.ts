import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { answer, type HostAnswers, type HostQuestion } from './control.ts'
import { fileOnly, readConfig, readConfigFile } from './config/load-config.ts'
import { retentionSettings } from './config/retention-settings.ts'
import { withHostFolder } from './folder/with-host-folder.ts'
import { hostFiles } from './folder/files.ts'
import { restingIndex } from './index/index-desk.ts'
import { indexedVendors } from './index/index-vendor.ts'
import { withIndex } from './index/latest-forks.ts'
import { openVendors } from './open-host.ts'
import { hostStatusOf } from './status.ts'

/** Asks the host that runs on a folder, or else opens the folder under its lock and answers from it. */
export async function askHost<Q extends HostQuestion>(
  dir: string,
  question: Q,
  { now }: { readonly now: () => Instant },
): Promise<HostAnswers[Q['verb']]> {
  const { path } = openFolder(dir, 'host')
  const asked = await askControl(path, question)
  // What answers there is a host of this folder's owner, and of the version that runs here.
  return asked === undefined ? answerFrom(path, question, now) : (asked.answer as HostAnswers[Q['verb']])
}

function answerFrom<Q extends HostQuestion>(
  dir: string,
  question: Q,
  now: () => Instant,
): Promise<HostAnswers[Q['verb']]> {
  return withHostFolder(dir, async (path) => {
    const vendors = openVendors(path, { time: { now, elapsed: () => 0 }, observer: { note: () => undefined } })
    try {
      const status = hostStatusOf(vendors)
      const { config } = readConfig(readConfigFile(path), fileOnly).loaded
      const retention = retentionSettings(config)
      const index = restingIndex({ path: hostFiles(path).index, vendors: indexedVendors(vendors), now, retention })
      return await answer(question, { vendors, status: () => withIndex(status, index), index, reload: nothingToReload })
    } finally {
      for (const { service } of vendors) await service?.close()
    }
  })
}

/** A host that does not run reads its settings when it is started. */
function nothingToReload(): never {
  throw new ActivationError('NOT_RUNNING', 'the host does not run: it reads its settings when it is started')
}
