import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { hostFiles, vendorFiles } from '../folder/files.ts'
import { makeActivatedHost, serve } from '../host.fixture.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import { listEvents } from './list-events.ts'

const vendor = makeVendor()

it('a host that does not start leaves event 12291 with the code, which the next one shows', async () => {
  const dir = await makeActivatedHost(vendor)
  const running = await serve(await makeActivatedHost(vendor))
  const [host = '', port = ''] = running.address.split(':')
  await expect(serve(dir, { now: start }, { listen: { host, port: Number(port) } })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
  })
  const { events } = await listEvents(dir, { now: () => start, filter: { limit: 9, id: 12291 } })
  expect(events).toMatchObject([{ id: 12291, vendor: '', fields: ['PORT_IN_USE'] }])
})

it('why a host does not start is said, too, where its index cannot be written', async () => {
  const dir = await makeActivatedHost(vendor)
  const { ledger } = vendorFiles(dir, 'example')
  rmSync(join(ledger, 'entries'), { recursive: true })
  writeFileSync(join(ledger, 'entries'), '')
  mkdirSync(hostFiles(dir).index)
  await expect(serve(dir)).rejects.toMatchObject({ message: expect.stringContaining('entries') as string })
})
