/**
 * A built server as a child process with a client, over stdio or HTTP, and the resources that it uses.
 */
import {
  Client,
  ReadBuffer,
  serializeMessage,
  StreamableHTTPClientTransport
} from "@modelcontextprotocol/client"
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client"
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface, type Interface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Sample } from "./Trend.ts"

const MAIN = fileURLToPath(new URL("../../apps/mcp-server/dist/main.js", import.meta.url))
const PROBE = new URL("probe.mjs", import.meta.url).href

export type Kind = "stdio" | "http"

export interface ServerUnderLoad {
  readonly client: Client
  /** Returns the resources that the server uses, or undefined once it has ended. */
  readonly sample: () => Promise<Omit<Sample, "at"> | undefined>
  /** Sends SIGTERM and returns the exit code, or the signal that ended the server. */
  readonly stop: () => Promise<number | string>
  readonly kill: () => Promise<void>
}

/** Starts a server. `onLine` is called with each line of its log. */
export const start = async (
  kind: Kind,
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void = () => undefined
): Promise<ServerUnderLoad> => {
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--import", PROBE, MAIN, "--log-level", "info", ...(kind === "http" ? HTTP : [])],
    { env, stdio: ["pipe", "pipe", "pipe", "ipc"] }
  )
  const { stderr, stdin } = child
  if (stderr === null || stdin === null) throw new Error("The server process has no pipes.")
  const log = createInterface({ input: stderr }).on("line", onLine)
  const exited = new Promise<number | string>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"))
  })
  stdin.on("error", () => undefined)
  const client = new Client({ name: "soak", version: "1.0.0" })
  await client.connect(kind === "http" ? await overHttp(log, exited) : new Pipes(child))
  return {
    client,
    sample: () =>
      Promise.race([
        exited.then(() => undefined),
        new Promise<Omit<Sample, "at"> | undefined>((resolve) => {
          child.once("message", (held) => resolve(held as Omit<Sample, "at">))
          child.send({}, (error) => {
            if (error !== null) resolve(undefined)
          })
        })
      ]),
    stop: async () => {
      if (kind === "http") await client.close()
      child.kill("SIGTERM")
      const timer = setTimeout(() => child.kill("SIGKILL"), STOPS_WITHIN_MILLIS)
      const code = await exited
      clearTimeout(timer)
      if (kind === "stdio") await client.close()
      return code
    },
    kill: async () => {
      child.kill("SIGKILL")
      await exited
      await client.close()
    }
  }
}

const HTTP = ["http", "--port", "0"]

/** Longer than the server waits for running calls. */
const STOPS_WITHIN_MILLIS = 15_000

const overHttp = async (log: Interface, exited: Promise<unknown>) => {
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      log.on("line", (line) => {
        const [, url] = /Serving MCP at (\S+)\.$/u.exec(line) ?? []
        if (url !== undefined) resolve(url)
      })
    }),
    exited.then((code) => Promise.reject(new Error(`The server ended (${String(code)}) before it served.`)))
  ])
  return new StreamableHTTPClientTransport(new URL(url))
}

/** The pipes of a process that also has a channel for the probe, which the SDK's transport does not open. */
class Pipes implements Transport {
  onmessage?: (message: JSONRPCMessage) => void
  onerror?: (error: Error) => void
  onclose?: () => void
  readonly #child: ChildProcess
  readonly #buffer = new ReadBuffer()

  constructor(child: ChildProcess) {
    this.#child = child
  }

  async start(): Promise<void> {
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#buffer.append(chunk)
      for (let message = this.#buffer.readMessage(); message !== null; message = this.#buffer.readMessage()) {
        this.onmessage?.(message)
      }
    })
    this.#child.once("close", () => this.onclose?.())
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#child.stdin?.write(serializeMessage(message))
  }

  async close(): Promise<void> {
    this.#child.stdin?.end()
  }
}
