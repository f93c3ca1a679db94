/**
 * An MCP server as a child process, asked by as little of a client as there can be: what is measured is the server.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import { Agent, request } from "undici"
import { callStatus, initialize, initialized } from "./JsonRpc.ts"
import { inLanes } from "./Lanes.ts"

export interface McpServer {
  /** Calls the tool for each source, so many calls at a time; each has to be answered with a status. */
  readonly call: (sourceIds: ReadonlyArray<string>, concurrency: number) => Promise<void>
  readonly pid: number
  readonly stop: () => Promise<void>
}

type Process = ChildProcessByStdio<Writable, Readable, Readable>

const launch = (file: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>>): Process =>
  spawn(process.execPath, [file, ...args], { env: { ...env }, stdio: ["pipe", "pipe", "pipe"] })

const stopping = (child: Process) => async (): Promise<void> => {
  const ended = new Promise((resolve) => {
    child.once("close", resolve)
  })
  child.kill("SIGKILL")
  await ended
}

const pidOf = ({ pid }: Process): number => {
  if (pid === undefined) throw new Error("The server could not be started.")
  return pid
}

const expectStatus = (text: string): void => {
  if (!text.includes(`"status":"COMPLETED"`)) throw new Error(`This is no status: ${text}`)
}

export const overStdio = async (file: string, env: Readonly<Record<string, string>>): Promise<McpServer> => {
  const child = launch(file, [], env)
  child.stderr.resume()
  child.stdout.setEncoding("utf8")
  const waiting = new Map<number, (line: string) => void>()
  let rest = ""
  child.stdout.on("data", (text: string) => {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      const id = (JSON.parse(line) as { readonly id?: number }).id ?? -1
      waiting.get(id)?.(line)
      waiting.delete(id)
    }
  })
  const answer = (message: { readonly id: number }): Promise<string> =>
    new Promise((resolve) => {
      waiting.set(message.id, resolve)
      child.stdin.write(`${JSON.stringify(message)}\n`)
    })
  await answer(initialize)
  child.stdin.write(`${JSON.stringify(initialized)}\n`)
  let id = 0
  return {
    call: inLanes(async (sourceId) => expectStatus(await answer(callStatus(++id, sourceId)))),
    pid: pidOf(child),
    stop: stopping(child)
  }
}

export const overHttp = async (
  file: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>
): Promise<McpServer> => {
  const child = launch(file, args, env)
  child.stderr.setEncoding("utf8")
  const url = await new Promise<string>((resolve) => {
    let said = ""
    const listen = (text: string): void => {
      said += text
      const [, found] = /Serving MCP at (\S+)\./u.exec(said) ?? []
      if (found === undefined) return
      // What is logged from now on is only taken in, or the longer a server has logged the longer its client would take.
      child.stderr.off("data", listen).resume()
      resolve(found)
    }
    child.stderr.on("data", listen)
  })
  const dispatcher = new Agent()
  let id = 0
  return {
    call: inLanes(async (sourceId) => {
      const { body } = await request(url, {
        method: "POST",
        dispatcher,
        headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
        body: JSON.stringify(callStatus(++id, sourceId))
      })
      expectStatus(await body.text())
    }),
    pid: pidOf(child),
    stop: async () => {
      await stopping(child)()
      await dispatcher.close()
    }
  }
}
