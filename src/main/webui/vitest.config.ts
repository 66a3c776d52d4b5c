import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'happy-dom',
    // Two cores are shared with the rest of the build.
    maxWorkers: 2,
    restoreMocks: true,
    unstubGlobals: true,
  },
})
