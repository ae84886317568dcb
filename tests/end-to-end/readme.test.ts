import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { walk } from './walk.fixture.ts'

describe('the walk by hand in the README', () => {
  it('refuses two machines with count and threshold, licenses the third, and then the first two', () => {
    const { stdout, stderr } = walk('README.md', temporaryFolder())
    expect(stderr).toContain('has seen 1 of the 3 machines')
    expect(stderr).toContain('has seen 2 of the 3 machines')
    expect(stdout.match(/is licensed until/g)).toHaveLength(3)
    expect(stdout).toMatch(/^Notes +3 +3 /m)
    expect(stdout).toContain('lease-file, verified')
    expect(stdout).toContain('host.pem: OK')
  }, 120_000)
})
