import { describe, expect, it } from 'vitest'
import { command, succeed } from './command.fixture.ts'

describe('volact lab storm', () => {
  it('draws how the requests of a site spread after an outage, in three ways', async () => {
    const text = await succeed('lab', 'storm', '--machines', '2000')
    expect(text.match(/in the busiest second/g)).toHaveLength(3)
    expect(text.match(/^ {2}00:\d\d:\d\d +[\d.]+ \/s {2}█/gm)?.length).toBeGreaterThan(50)
  })

  it('prints the same as JSON', async () => {
    const printed: unknown = JSON.parse(await succeed('lab', 'storm', '--machines', '2000', '--hours', '17', '--json'))
    const names = ['host-returns', 'switched-on', 'network-returns']
    expect(printed).toMatchObject({ machines: 2_000, outageHours: 17, results: names.map((name) => ({ name })) })
  })

  it('leaves its options to "volact lab" itself where it stands alone', async () => {
    expect(await command('lab', '--machines', '20000')).toMatchObject({ status: 2 })
  })
})
