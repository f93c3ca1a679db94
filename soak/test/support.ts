import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

/** Runs a program of `src` to its end. */
export const run = async (name: string, ...args: ReadonlyArray<string>) => {
  const file = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))
  const ended = await promisify(execFile)(process.execPath, [file, ...args]).catch(
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error
  )
  return { code: 0, ...ended }
}
