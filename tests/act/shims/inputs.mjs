// Inputs and outputs of an action, as GitHub's runner passes them.
import fs from 'node:fs'

/** The text of an input. */
export function input(name) {
  return (process.env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim()
}

/** Whether an input says true. */
export function truth(name) {
  return input(name).toLowerCase() === 'true'
}

/** Set an output of the step. */
export function output(name, value) {
  fs.appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${value}\n`)
}

/** Fail the step and say why. */
export function endWith(error) {
  console.log(`::error::${error.message}`)
  process.exitCode = 1
}
