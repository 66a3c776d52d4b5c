/*
 * The size of each entry as a page loads it: bundled and minified as for the service, then gzipped; and of the core,
 * which is what a bundler takes of `index` for `createPresence`. Fails when one is over its budget; those without one
 * are reported.
 */
import { build } from 'esbuild'
import { gzipSync } from 'node:zlib'

const budgets = { core: 10_640, rescue: 1_950 }
const entries = {
  core: `export { createPresence } from './src/index.ts'`,
  index: `export * from './src/index.ts'`,
  element: `export * from './src/element.ts'`,
  vue: `export * from './src/vue.ts'`,
  react: `export * from './src/react.ts'`,
  rescue: `export * from './src/rescue.ts'`,
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
    `${entry.padEnd(8)} ${bundle.length} B minified, ${size} B${limit} gzipped${isOver ? ': TOO BIG' : ''}`,
  )
  if (isOver) process.exitCode = 1
}
