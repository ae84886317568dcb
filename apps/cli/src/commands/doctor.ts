import { arch, platform, release } from 'node:os'
import { version } from 'node:process'
import type { Command } from 'commander'
import { utf8 } from '@volact/core/bytes'
import { writeDurably } from '@volact/files/durable'
import { type FolderOptions, folderOf, wholeNumber, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'

interface DoctorOptions extends FolderOptions {
  readonly domain?: string
  readonly dns?: string
  readonly host?: string
  readonly product?: string
  readonly supportFile?: string
  readonly timeout: number
}

/** Adds `volact doctor`. */
export function addDoctorCommand(program: Command, { world, endWith }: Shell): void {
  withFolder(program.command('doctor'), 'client')
    .description(
      'check the way from this machine to its license, step by step, and say what to do; nothing is changed or counted',
    )
    .option('--domain <domain>', 'look for hosts in this domain')
    .option('--dns <server>', 'ask this DNS server, IP or IP:PORT')
    .option('--host <host>', 'check this host')
    .option('--product <product>', 'slug or activation ID of the product, where there are several')
    .option('--timeout <seconds>', 'how long to wait for each connection and answer', wholeNumber(1, 60), 5)
    .option(
      '--support-file <file>',
      'also write a report for support, without names, addresses, keys and serial numbers',
    )
    .action(async ({ domain, dns, host, product, supportFile, timeout, ...options }: DoctorOptions) => {
      const { gatherEvidence } = await import('../doctor/gather-evidence.ts')
      const { diagnose } = await import('../doctor/diagnose.ts')
      const { diagnosisText } = await import('../doctor/diagnosis-text.ts')
      const { folderVendors, systemVendors } = await import('@volact/client/vendors/vendor-place')
      const { webByEnvironment } = await import('@volact/client/web/web-settings')
      const evidence = await gatherEvidence({
        dir: folderOf('client', options, world),
        vendors: options.dir === undefined ? systemVendors(world.surroundings) : folderVendors(options.dir),
        search: {
          ...(host !== undefined && { host }),
          ...(domain !== undefined && { domain }),
          ...(dns !== undefined && { dns }),
        },
        ...(product !== undefined && { product }),
        places: { ...(world.policy && { policy: world.policy }), ...(world.network && { network: world.network }) },
        milliseconds: timeout * 1_000,
        now: world.now,
        web: webByEnvironment(world.surroundings.env),
      })
      const diagnosis = diagnose(evidence)
      const notes =
        supportFile === undefined ? [] : [`the report for support is in ${supportFile}: read it before you send it`]
      if (supportFile !== undefined) {
        const { supportReport } = await import('../doctor/support-report.ts')
        const { clientVersion } = await import('@volact/client/version')
        const program = {
          volact: clientVersion,
          node: version,
          platform: `${platform()} ${release()} ${arch()}`,
        }
        const report = supportReport(evidence, diagnosis, program)
        writeDurably(supportFile, utf8(`${JSON.stringify(report, undefined, 2)}\n`), { mode: 0o600 })
      }
      print(world, options, { text: diagnosisText(diagnosis), json: diagnosis, notes })
      endWith(diagnosis.exit)
    })
}
