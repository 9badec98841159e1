// What actions/download-artifact does with its inputs, on the client that it uses.
import path from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { minimatch } from 'minimatch'
import { endWith, input, output, truth } from '../inputs.mjs'

/** Where to look: in this run, or in another one when a token is given. */
function place() {
  const token = input('github-token')
  if (!token) return {}
  const [repositoryOwner, repositoryName] = input('repository').split('/')
  return { findBy: { token, workflowRunId: Number(input('run-id')), repositoryName, repositoryOwner } }
}

async function main() {
  if (input('artifact-ids')) throw new Error('artifact-ids is not supported here')
  const client = new DefaultArtifactClient()
  const name = input('name')
  const pattern = input('pattern')
  const { artifacts } = await client.listArtifacts({ latest: true, ...place() })
  const wanted = artifacts.filter((one) => (name ? one.name === name : !pattern || minimatch(one.name, pattern)))
  if (name && wanted.length === 0) throw new Error(`Unable to download artifact(s): Artifact not found for name: ${name}`)
  const target = path.resolve(input('path') || process.env.GITHUB_WORKSPACE)
  for (const artifact of wanted) {
    const flat = truth('merge-multiple') || wanted.length === 1 && name
    const { digestMismatch } = await client.downloadArtifact(artifact.id, {
      path: flat ? target : path.join(target, artifact.name),
      expectedHash: artifact.digest,
      ...place(),
    })
    if (digestMismatch) throw new Error(`the digest of ${artifact.name} is another one than was stated`)
  }
  console.log(`Total of ${wanted.length} artifact(s) downloaded`)
  output('download-path', target)
}

main().catch(endWith)
