/** The built server: its help text, and a client that starts it as an assistant does. */
import { Client } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

export const SERVER = fileURLToPath(new URL("../../../apps/mcp-server/dist/main.js", import.meta.url))

export const help = async (): Promise<string> =>
  (await promisify(execFile)(process.execPath, [SERVER, "--help"])).stdout

/** Starts a server, connects a client, and closes both after `use`. */
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
