/**
 * Cold start over stdio: from spawning the process to the answer to `initialize`, which is what a person waits for
 * who opens an assistant. A fresh process for every sample. Our server keeps compiled code in the user's cache folder:
 * the targets are for a start that finds it there, as all do but the first; the first has a line of its own.
 */
import { spawn, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { builtServer } from "../BuiltServer.ts"
import { bundled } from "../Bundle.ts"
import { interleave } from "../Interleave.ts"
import { initialize } from "../JsonRpc.ts"
import type { Row } from "../Row.ts"

const OURS = "our server"
const FIRST = "our server, its first start ever"
const BARE = "bare node"
const BY_HAND = "one tool on the SDK"

const ENV = { SAIL_BASE_URL: "http://127.0.0.1:9", SAIL_ACCESS_TOKEN: "token" }

/** Milliseconds from spawn to the first whole line. */
const timeToLine = async (file: string, env: Readonly<Record<string, string>> = {}): Promise<number> => {
  const start = performance.now()
  const child = spawn(process.execPath, [file], {
    env: { ...ENV, ...env },
    stdio: ["pipe", "pipe", "inherit"]
  })
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve())
  })
  // Bare node does not read, and may be gone before this is written.
  child.stdin.on("error", () => undefined)
  child.stdin.write(`${JSON.stringify(initialize)}\n`)
  const first = await new Promise<number>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes("\n")) resolve(performance.now() - start)
    })
    child.once("close", (code) => reject(new Error(`${file} said nothing and ended with ${code}.`)))
  })
  child.kill("SIGKILL")
  await ended
  return first
}

/** The environment of a user whose cache folder this is, on each system. */
const userAt = (folder: string) => ({ HOME: folder, LOCALAPPDATA: folder, XDG_CACHE_HOME: folder })

/** With a folder that is there for as long as it is used. */
const withFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "cold-start-"))
  // Where macOS keeps caches is two levels down, of which a home has the first.
  mkdirSync(join(folder, "Library"))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A start that ends by itself leaves what it compiled. */
const fill = (file: string, folder: string): void => {
  const { status } = spawnSync(process.execPath, [file, "--version"], { env: userAt(folder) })
  if (status !== 0) throw new Error(`${file} ended with ${status}.`)
}

export const coldStart: Row = {
  id: "cold-start",
  title: "Cold start over stdio, spawn to the answer to initialize",
  samples: 41,
  run: async ({ samples }) => {
    const ours = builtServer()
    const bare = await bundled("peers/printLine")
    const byHand = await bundled("peers/stdioServer")
    return withFolder(async (folder) => {
      fill(ours, folder)
      return [
        {
          what: "spawn to first answer",
          unit: "ms",
          digits: 0,
          measured: await interleave(
            [
              { name: OURS, sample: () => timeToLine(ours, userAt(folder)) },
              { name: FIRST, sample: () => withFolder((empty) => timeToLine(ours, userAt(empty))) },
              { name: BARE, sample: () => timeToLine(bare) },
              { name: BY_HAND, sample: () => timeToLine(byHand) }
            ],
            { samples, warmUps: 2 }
          ),
          targets: [
            { name: OURS, against: BARE, atMost: 2.2 },
            { name: OURS, against: BY_HAND, atMost: 1 }
          ]
        }
      ]
    })
  }
}
