// What actions/upload-artifact does with its inputs, on the client that it uses.
import fs from 'node:fs'
import path from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { create } from '@actions/glob'
import { endWith, input, output, truth } from '../inputs.mjs'

/** The longest directory that all paths have in common. */
function commonDirectory(paths) {
  const [first, ...others] = paths.map((entry) => entry.split(path.sep))
  let depth = first.length
  for (const other of others) {
    while (first.slice(0, depth).join(path.sep) !== other.slice(0, depth).join(path.sep)) depth -= 1
  }
  return first.slice(0, depth).join(path.sep) || path.sep
}

/** The files that the patterns name, and the directory that their names in the archive start from. */
async function found(patterns, excludeHiddenFiles) {
  const globber = await create(patterns, { implicitDescendants: true, omitBrokenSymbolicLinks: true, excludeHiddenFiles })
  const files = (await globber.glob()).filter((entry) => !fs.statSync(entry).isDirectory())
  const searched = globber.getSearchPaths()
  if (searched.length > 1) return { files, root: commonDirectory(searched) }
  return { files, root: files.length === 1 && searched[0] === files[0] ? path.dirname(files[0]) : searched[0] }
}

async function main() {
  if (truth('overwrite')) throw new Error('overwrite is not supported here')
  const { files, root } = await found(input('path'), !truth('include-hidden-files'))
  if (files.length === 0) {
    const message = `No files were found with the provided path: ${input('path')}. No artifacts will be uploaded.`
    if (input('if-no-files-found') === 'error') throw new Error(message)
    console.log(message)
    return
  }
  const retention = input('retention-days')
  const { id, digest } = await new DefaultArtifactClient().uploadArtifact(input('name'), files, root, {
    compressionLevel: Number(input('compression-level')),
    ...(retention ? { retentionDays: Number(retention) } : {}),
  })
  output('artifact-id', id)
  output('artifact-digest', digest)
}

main().catch(endWith)
