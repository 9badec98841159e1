// What github/codeql-action/upload-sarif sends for one file.
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { endWith, input, output } from '../inputs.mjs'

async function main() {
  const given = input('sarif_file')
  const files = fs.statSync(given).isDirectory()
    ? fs.readdirSync(given).filter((name) => name.endsWith('.sarif')).map((name) => path.join(given, name))
    : [given]
  if (files.length !== 1) throw new Error(`${given} holds ${files.length} SARIF files, only one is supported here`)
  const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_REF } = process.env
  const answer = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/code-scanning/sarifs`, {
    method: 'POST',
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${process.env.ACT_JOB_TOKEN}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      commit_sha: input('sha') || GITHUB_SHA,
      ref: input('ref') || GITHUB_REF,
      sarif: zlib.gzipSync(fs.readFileSync(files[0])).toString('base64'),
      tool_name: 'ratchetry',
    }),
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  output('sarif-id', (await answer.json()).id)
}

main().catch(endWith)
