import { defineConfig } from 'vitest/config'

const conditions = ['volact-source', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Ten times as fast, at a price: the test files of one worker share their modules, so a module keeps no state of a test.
    isolate: false,
    // Tests wait for disks and for processes that they start, so that no core is to be kept free for them.
    maxWorkers: '100%',
    include: ['{packages,services,apps}/*/src/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
    setupFiles: ['packages/testkit/src/setup.ts'],
    // A limit against hanging, not against a slow machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/**/*.ts'],
      exclude: ['**/*.fixture.ts'],
      reporter: [['text', { skipFull: true }]],
      reportsDirectory: '.cache/coverage',
      thresholds: { 'packages/core/src/**': { branches: 100 } },
    },
  },
})
