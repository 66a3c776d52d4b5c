/*
 * The size of each entry as a page loads it: bundled and minified as for the service, then gzipped; and of the core,
 * which is what a bundler takes of `index` for `createPresence`. Fails when one is over its budget; those without one
 * are reported.
 */
import { build } from 'esbuild'
import { gzipSync } from 'node:zlib'

const budgets = { core: 10_690, lease: 7_400, 'react hook': 11_400, rescue: 1_950, watch: 3_150 }
const entries = {
  core: `export { createPresence } from './src/index.ts'`,
  index: `export * from './src/index.ts'`,
  element: `export * from './src/element.ts'`,
  lease: `export * from './src/lease.ts'`,
  testing: `export * from './src/testing.ts'`,
  'texts/de': `export * from './src/texts/de.ts'`,
  vue: `export * from './src/vue.ts'`,
  react: `export * from './src/react.ts'`,
  'react hook': `export { usePagePresence } from './src/react.ts'`,
  rescue: `export * from './src/rescue.ts'`,
  watch: `export { watchPages } from './src/watch.ts'`,
  list: `export * from './src/list.ts'`,
}

for (const [entry, contents] of Object.entries(entries)) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    external: ['vue', 'react'],
    write: false,
  })
  const [{ contents: bundle }] = outputFiles
  const size = gzipSync(bundle, { level: 9 }).length
  const budget = budgets[entry]
  const isOver = budget !== undefined && size > budget
  const limit = budget === undefined ? '' : ` of ${budget}`
  console.log(
    `${entry.padEnd(10)} ${bundle.length} B minified, ${size} B${limit} gzipped${isOver ? ': TOO BIG' : ''}`,
  )
  if (isOver) process.exitCode = 1
}
