/**
 * The runtimes that cannot run this server. An assistant often starts another Node than its user has in mind, or none.
 */
import packageJson from "../../package.json" with { type: "json" }

const NEEDED = packageJson.engines.node.replace(">=", "")

/** Returns a sentence for the user, or nothing if this is a supported version of Node. */
export const unsupportedRuntime = (): string | undefined => {
  const { bun, node } = process.versions
  const other = bun === undefined ? ("Deno" in globalThis ? "Deno" : undefined) : `Bun ${bun}`
  if (other !== undefined) return sentence(other)
  const [major = 0, minor = 0] = node.split(".").map(Number)
  const [neededMajor = 0, neededMinor = 0] = NEEDED.split(".").map(Number)
  const isOld = major < neededMajor || (major === neededMajor && minor < neededMinor)
  return isOld ? sentence(`Node.js ${node}`) : undefined
}

const sentence = (runtime: string): string =>
  `This server needs Node.js ${NEEDED} or newer, but was started with ${runtime} (${process.execPath}). Put the path of a newer Node.js into the command that starts it.`
