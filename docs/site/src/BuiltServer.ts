/** The built server, as an assistant starts it: what it offers, and what it says of itself. */
import { Client } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

export const SERVER = fileURLToPath(new URL("../../../apps/mcp-server/dist/main.js", import.meta.url))

export const help = async (): Promise<string> =>
  (await promisify(execFile)(process.execPath, [SERVER, "--help"])).stdout

/** Runs with a client of a server of its own. */
export const withServer = async <A>(
  { args = [], env = {} }: { readonly args?: ReadonlyArray<string>; readonly env?: Record<string, string> },
  use: (client: Client) => Promise<A>
): Promise<A> => {
  const client = new Client({ name: "docs", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } })
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [SERVER, "--log-level", "error", ...args],
      env
    })
  )
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}
