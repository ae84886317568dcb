import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['volact-source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['volact-source', 'node', 'import', 'default'] } },
  test: {
    isolate: false,
    include: ['{packages,services,apps}/*/src/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
    coverage: {
      provider: 'v8',
      include: ['{packages,services,apps}/*/src/**/*.ts'],
      thresholds: { 'packages/core/src/**': { branches: 100 } },
    },
  },
})
