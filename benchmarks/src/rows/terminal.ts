/**
 * Start of the terminal command: its help, and one status of its sandbox. No other command for this call is known, so the
 * peer is the start of Node.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { race } from "../Race.ts"
import type { Row } from "../Row.ts"

const COMMAND = fileURLToPath(new URL("../../../apps/cli/dist/main.js", import.meta.url))

const timeToEnd = async (args: ReadonlyArray<string>): Promise<number> => {
  const since = performance.now()
  const child = spawn(process.execPath, args, { stdio: "ignore" })
  const [code] = await once(child, "close")
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}.`)
  return performance.now() - since
}

export const terminal: Row = {
  id: "terminal",
  title: "Start of the terminal command, from the spawn to its end",
  samples: 21,
  run: async ({ samples }) => {
    const figures = []
    for (const [what, args, atMost] of [
      ["status --help in the terminal", ["status", "--help"], 6],
      ["status of a sandbox in the terminal", ["--sandbox", "status", "Done"], 12]
    ] as const) {
      figures.push(
        ...(await race(
          {
            what,
            unit: "ms",
            ours: () => timeToEnd([COMMAND, ...args]),
            peers: [{ name: "node -e 0", sample: () => timeToEnd(["-e", "0"]), target: { atMost } }]
          },
          { samples, warmUps: 2 }
        ))
      )
    }
    return figures
  }
}
