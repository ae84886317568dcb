import { expect, it } from 'vitest'
import { candidates, type Finding } from './candidates.ts'
import { DnsClient, type DnsLimits } from './dns-client.ts'
import { answer, srv, startDns } from './dns-server.fixture.ts'
import type { SearchPlan } from './search-plan.ts'

const limits: DnsLimits = { tryMilliseconds: 100, tries: 1, questionMilliseconds: 200, searchMilliseconds: 5_000 }
const plan: SearchPlan = { activationType: 'any', vendors: ['example'], trusted: [], pinned: false }

async function search(isSilent: (question: Buffer) => boolean): Promise<{ found: Finding[]; asked: string[] }> {
  const { address, asked } = await startDns((question) =>
    isSilent(question) ? 'silence' : answer(question, 0, srv(['one', 'corp', 'test'])),
  )
  const dns = new DnsClient({ server: address, hasServers: true, limits })
  const zones = ['dead.test', 'corp.test', 'more.test'].map((name) => ({ name, from: 'search-list' as const }))
  const found: Finding[] = []
  for await (const finding of candidates(plan, zones, dns)) found.push(finding)
  return { found, asked: [...new Set(asked.map((name) => name.split('.').slice(-2).join('.')))] }
}

it('a zone whose servers are dead keeps nobody from the hosts of the next one', async () => {
  const { found } = await search((question) => question.includes('dead'))
  expect(found).toMatchObject([
    { kind: 'seen', attempt: { target: 'DNS dead.test', code: 'DNS_SERVER_FAILED' } },
    { kind: 'host', address: { name: 'one.corp.test' }, zone: 'corp.test' },
  ])
})

it('where DNS is silent of two zones, it is not asked for a third', async () => {
  const { found, asked } = await search(() => true)
  expect(found).toHaveLength(2)
  expect(asked).toEqual(['dead.test', 'corp.test'])
})
