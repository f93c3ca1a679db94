/**
 * The check for an old Node. An assistant often starts another Node than the user's terminal.
 */
import packageJson from "../../package.json" with { type: "json" }

const NEEDED = packageJson.engines.node.replace(">=", "")

/** Returns a sentence for the user, or nothing if this runtime is supported. Bun and Deno name the Node they resemble. */
export const unsupportedNode = (): string | undefined => {
  const { node } = process.versions
  const [major = 0, minor = 0] = node.split(".").map(Number)
  const [neededMajor = 0, neededMinor = 0] = NEEDED.split(".").map(Number)
  return major < neededMajor || (major === neededMajor && minor < neededMinor)
    ? `This server needs Node.js ${NEEDED} or newer, but was started with ${node} (${process.execPath}). Put the path of a newer Node.js into the command that starts it.`
    : undefined
}
