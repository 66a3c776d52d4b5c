import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'happy-dom',
    // Two cores are shared with the rest of the build.
    maxWorkers: 2,
    // Nights and many thousands of anchors take some seconds where the rest of the build is at work too.
    testTimeout: 60_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
})
