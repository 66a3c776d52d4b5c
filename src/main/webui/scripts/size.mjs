/*
 * The size of each entry as a page loads it: bundled and minified as for the service, then gzipped. Fails when
 * the core is over its budget; the others are reported.
 */
import { build } from 'esbuild'
import { gzipSync } from 'node:zlib'

const budgets = { index: 8_000 }
const entries = ['index', 'element', 'vue', 'react']

for (const entry of entries) {
  const { outputFiles } = await build({
    entryPoints: [`src/${entry}.ts`],
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    external: ['vue', 'react'],
    write: false,
  })
  const [{ contents }] = outputFiles
  const size = gzipSync(contents, { level: 9 }).length
  const budget = budgets[entry]
  const isOver = budget !== undefined && size > budget
  const limit = budget === undefined ? '' : ` of ${budget}`
  console.log(
    `${entry.padEnd(8)} ${contents.length} B minified, ${size} B${limit} gzipped${isOver ? ': TOO BIG' : ''}`,
  )
  if (isOver) process.exitCode = 1
}
