/**
 * An MCP server as a child process, with the smallest possible client, so that the figures show only the server.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath } from "node:url"
import { Agent, request } from "undici"
import { type Client, concurrently } from "./Client.ts"

/** A call throws if its answer has no status. */
export interface McpServer extends AsyncDisposable {
  readonly call: Client["statuses"]
}

export interface Program {
  readonly file: string
  readonly args?: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

/** The entry of our server, which `pnpm bench` builds first. */
export const OURS = fileURLToPath(new URL("../../apps/mcp-server/dist/main.js", import.meta.url))

type Process = ChildProcessByStdio<Writable, Readable, Readable>

export const launch = ({ args = [], env, file }: Program): Process =>
  spawn(process.execPath, [file, ...args], { env, stdio: ["pipe", "pipe", "pipe"] })

export const kill = async (child: Process): Promise<void> => {
  const ended = once(child, "close")
  child.kill("SIGKILL")
  await ended
}

export const initialize = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1.0.0" }
  }
}

const callStatus = (id: number, sourceId: string) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "get_bulk_upload_status", arguments: { sourceId } }
})

const expectStatus = (text: string): void => {
  if (!text.includes(`"status":"COMPLETED"`)) throw new Error(`The server answered without a status: ${text}`)
}

export const overStdio = async (program: Program): Promise<McpServer> => {
  const child = launch(program)
  child.stderr.resume()
  child.stdout.setEncoding("utf8")
  const waiting = new Map<number, (line: string) => void>()
  let rest = ""
  child.stdout.on("data", (text: string) => {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      const { id = -1 }: { readonly id?: number } = JSON.parse(line)
      waiting.get(id)?.(line)
      waiting.delete(id)
    }
  })
  const send = (message: object): void => void child.stdin.write(`${JSON.stringify(message)}\n`)
  const answer = (message: { readonly id: number }): Promise<string> =>
    new Promise((resolve) => {
      waiting.set(message.id, resolve)
      send(message)
    })
  await answer(initialize)
  send({ jsonrpc: "2.0", method: "notifications/initialized" })
  let id = 0
  return {
    call: concurrently(async (sourceId) => expectStatus(await answer(callStatus(++id, sourceId)))),
    [Symbol.asyncDispose]: () => kill(child)
  }
}

export const overHttp = async (program: Program): Promise<McpServer> => {
  const child = launch(program)
  child.stderr.setEncoding("utf8")
  const url = await new Promise<string>((resolve) => {
    let printed = ""
    const listen = (text: string): void => {
      printed += text
      const [, found] = /Serving MCP at (\S+)\./u.exec(printed) ?? []
      if (found === undefined) return
      // Later log lines are discarded: collecting them would slow this client down.
      child.stderr.off("data", listen).resume()
      resolve(found)
    }
    child.stderr.on("data", listen)
  })
  const dispatcher = new Agent()
  let id = 0
  return {
    call: concurrently(async (sourceId) => {
      const { body } = await request(url, {
        method: "POST",
        dispatcher,
        headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
        body: JSON.stringify(callStatus(++id, sourceId))
      })
      expectStatus(await body.text())
    }),
    [Symbol.asyncDispose]: async () => {
      await kill(child)
      await dispatcher.close()
    }
  }
}
