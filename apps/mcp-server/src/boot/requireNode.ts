/**
 * Ends the process where Node is too old, with a sentence that helps: what an assistant starts is often not the
 * Node that a person has in mind.
 */
import packageJson from "../../package.json" with { type: "json" }

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
const [needsMajor = 0, needsMinor = 0] = packageJson.engines.node.replace(">=", "").split(".").map(Number)

if (major < needsMajor || (major === needsMajor && minor < needsMinor)) {
  process.stderr.write(
    `This needs Node.js ${needsMajor}.${needsMinor} or newer, but was started with ${process.versions.node} (${process.execPath}). Put the path of a newer Node.js into the command that starts it.\n`
  )
  process.exit(2)
}
