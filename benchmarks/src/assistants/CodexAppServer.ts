/**
 * The server that Codex runs for editors (`codex app-server`). It connects to MCP servers, lists their tools and calls them
 * without a login, whereas `codex mcp list` only prints the entries.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Connection, Entry, Installed } from "./Assistant.ts"

interface Answer {
  readonly thread?: { readonly id: string }
  readonly data?: ReadonlyArray<{ readonly name: string; readonly tools: object }>
  readonly isError?: boolean
}

/** Calls a tool too: an entry is connected only if that call succeeds. */
export const connection = async ({ cwd, env, file }: Installed, { name }: Entry): Promise<Connection> => {
  const child = spawn(file, ["app-server"], {
    cwd,
    env,
    stdio: ["pipe", "pipe", "ignore"],
    timeout: 120_000,
    killSignal: "SIGKILL"
  })
  const ended = once(child, "close")
  const waiting = new Map<number, PromiseWithResolvers<Answer>>()
  createInterface(child.stdout)
    .on("line", (line) => {
      const { error, id = -1, result }: { id?: number; result?: Answer; error?: unknown } = JSON.parse(line)
      if (result === undefined) waiting.get(id)?.reject(new Error(JSON.stringify(error)))
      else waiting.get(id)?.resolve(result)
    })
    .on("close", () => {
      for (const { reject } of waiting.values())
        reject(new Error("codex app-server ended without an answer."))
    })
  const request = (method: string, params: object): Promise<Answer> => {
    const answer = Promise.withResolvers<Answer>()
    child.stdin.write(`${JSON.stringify({ id: waiting.size, method, params })}\n`)
    waiting.set(waiting.size, answer)
    return answer.promise
  }
  try {
    await request("initialize", { clientInfo: { name: "assistants", title: "assistants", version: "1.0.0" } })
    const { thread } = await request("thread/start", {})
    const { data = [] } = await request("mcpServerStatus/list", {})
    const { isError } = await request("mcpServer/tool/call", {
      threadId: thread?.id,
      server: name,
      tool: "list_non_employee_sources",
      arguments: {}
    })
    return {
      connected: isError !== true,
      tools: Object.keys(data.find((server) => server.name === name)?.tools ?? {})
    }
  } finally {
    child.stdin.end()
    await ended
  }
}
