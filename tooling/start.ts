/**
 * Starts an app's command. It checks the version of Node first, because an old Node cannot load the other modules. An
 * assistant often starts another Node than the user's terminal.
 */
import * as compileCache from "./compileCache.ts"

/** Loads the command, or prints one sentence and exits with 2 if Node is older than `engines.node`. */
export const start = (
  name: string,
  { node: range }: { readonly node: string },
  load: () => Promise<unknown>
): void => {
  const needed = range.replace(">=", "")
  const { node } = process.versions
  if (isOlder(node, needed)) {
    process.stderr.write(
      `${name} needs Node.js ${needed} or newer, but was started with ${node} (${process.execPath}). Put the path of a newer Node.js into the command that starts it.\n`
    )
    process.exitCode = 2
  } else {
    compileCache.enable(name)
    void load()
  }
}

/** Compares major and minor versions. Bun and Deno report the version of Node that they emulate. */
const isOlder = (version: string, needed: string): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const [neededMajor = 0, neededMinor = 0] = needed.split(".").map(Number)
  return major < neededMajor || (major === neededMajor && minor < neededMinor)
}
