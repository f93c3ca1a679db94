/** The exit codes of the terminal command, from its help. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const COMMAND = fileURLToPath(new URL("../../../../apps/cli/dist/main.js", import.meta.url))

export const content = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, "--help"])
  const rows = stdout
    .slice(stdout.indexOf("EXIT CODES"))
    .matchAll(/^ {2}(\d+) +(.+)$/gmu)
    .map(([, code, meaning]) => `| ${code} | ${meaning} |`)
  return ["| code | meaning |", "| --- | --- |", ...rows].join("\n")
}
