/* Packs the package as npm would publish it, and has that very file judged by publint and attw. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'copresence-client-'))
const run = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  // Built before, by `npm run build`.
  const [{ filename }] = JSON.parse(
    run('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  )
  const tarball = join(folder, filename)
  console.log(run('npx', 'publint', 'run', '--strict', tarball))
  console.log(run('npx', 'attw', tarball, '--profile', 'esm-only'))
} catch (error) {
  console.error(error.stdout || error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
