/**
 * Cold start over stdio: from the spawn of a process to its answer to `initialize`, for which an assistant waits. Each sample
 * is a fresh process, and each server was started once before, so that a compile cache is filled.
 */
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bundled } from "../Bundle.ts"
import { verdict } from "../Figure.ts"
import { initialize, kill, launch, OURS, type Program } from "../McpServer.ts"
import * as Published from "../Published.ts"
import { race } from "../Race.ts"
import type { Row } from "../Row.ts"

const PUBLISHED = ["@modelcontextprotocol/server-filesystem", "@modelcontextprotocol/server-memory"]

const start = async (program: Program) => {
  const since = performance.now()
  const child = launch(program)
  child.stderr.resume()
  child.stdin.write(`${JSON.stringify(initialize)}\n`)
  const millis = await new Promise<number>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes("\n")) resolve(performance.now() - since)
    })
    child.once("close", (code) => reject(new Error(`${program.file} ended with ${code} before it answered.`)))
  })
  return { child, millis }
}

const timeToAnswer = async (program: Program): Promise<number> => {
  const { child, millis } = await start(program)
  await kill(child)
  return millis
}

/** Only a process that ends by itself writes its compile cache. */
const startOnce = async (program: Program): Promise<void> => {
  const { child } = await start(program)
  child.stdin.end()
  await once(child, "close")
}

export const coldStart: Row = {
  id: "cold-start",
  title: "Cold start over stdio, from the spawn to the answer to initialize",
  samples: 41,
  run: async ({ quick, samples }) => {
    const folder = mkdtempSync(join(tmpdir(), "cold-start-"))
    // On macOS the cache folder is two levels down.
    mkdirSync(join(folder, "Library"))
    const env = {
      HOME: folder,
      LOCALAPPDATA: folder,
      XDG_CACHE_HOME: folder,
      COMPILE_CACHE: join(folder, "one-tool"),
      SAIL_BASE_URL: "http://127.0.0.1:9",
      SAIL_ACCESS_TOKEN: "token"
    }
    const ours = { file: OURS, env }
    const peers = [
      {
        name: "one tool on the SDK, with a compile cache",
        program: { file: await bundled("peers/cachedStdioServer"), env },
        target: { atMost: 1.45 }
      },
      ...(quick ? [] : PUBLISHED).map((name) => ({
        name,
        program: { file: Published.command(name), args: [folder], env },
        target: { atMost: 0.65 }
      }))
    ]
    try {
      for (const program of [ours, ...peers.map(({ program }) => program)]) await startOnce(program)
      const figures = await race(
        {
          what: "cold start over stdio",
          unit: "ms",
          ours: () => timeToAnswer(ours),
          peers: peers.map(({ program, ...peer }) => ({ ...peer, sample: () => timeToAnswer(program) }))
        },
        { samples, warmUps: 2 }
      )
      const [oneTool, ...published] = figures
      const [fastest] = published.toSorted((a, b) => verdict(b).value - verdict(a).value)
      return [fastest, oneTool].filter((figure) => figure !== undefined)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
