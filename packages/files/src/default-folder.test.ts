import { describe, expect, it } from 'vitest'
import { defaultFolder } from './default-folder.ts'

describe('defaultFolder', () => {
  it.each([
    ['linux', 0, '/var/lib/volact/host', 'machine'],
    ['linux', 1000, '/home/ada/.volact/host', 'account'],
    ['darwin', 0, '/Library/Application Support/Volact/host', 'machine'],
    ['darwin', 501, '/home/ada/.volact/host', 'account'],
    ['win32', undefined, 'C:\\ProgramData\\Volact\\host', 'machine'],
  ] as const)('on %s for account %s is %s, the whole %s’s', (platform, uid, path, scope) => {
    const env = { HOME: '/home/ada', ProgramData: 'C:\\ProgramData' }
    expect(defaultFolder('host', { platform, env, uid })).toEqual({ path, scope })
  })

  it('asks for --dir where the system names no place', () => {
    const usage = expect.objectContaining({ code: 'USAGE' }) as Error
    expect(() => defaultFolder('client', { platform: 'linux', env: { HOME: '' }, uid: 1 })).toThrow(usage)
    expect(() => defaultFolder('client', { platform: 'win32', env: {}, uid: undefined })).toThrow(usage)
  })
})
