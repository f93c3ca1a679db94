/**
 * The command line of `pnpm explore`.
 */
import { parseArgs } from "node:util"
import { SMALL } from "./interleavings/worlds.ts"
import { whole } from "./numbers.ts"

export interface Search {
  readonly _tag: "Search"
  readonly worlds: number
  readonly seed: number
  readonly atMost: number
}

export interface Replay {
  readonly _tag: "Replay"
  readonly choices: ReadonlyArray<number>
  /** The name of a small world; if undefined, the world is large. */
  readonly small: string | undefined
}

const NAMES = Object.keys(SMALL)

export const HELP = `Runs the library's rate limit, tokens, shared requests and polls on a simulated SailPoint and Redis, in every
interleaving of some small worlds and in random interleavings of larger ones. Prints each violated guarantee with the
fewest choices that violate it.

Usage: pnpm explore [--worlds N] [--seed N] [--at-most N]
       pnpm explore --replay CHOICES [--small NAME]

  --worlds N        the number of random worlds (default: 1000)
  --seed N          the seed of the first random world; each further world has the next seed (default: 1)
  --at-most N       the number of interleavings of each small world (default: 20000)
  --replay CHOICES  run the interleaving with these choices, separated by commas, and print each step
  --small NAME      replay in a small world: ${NAMES.join("; ")}
  --help            print this text

Exit codes: 0 no guarantee is violated, 1 a guarantee is violated, 2 wrong usage.
`

export type Parsed = Search | Replay | { readonly problem: string } | "help"

export const parse = (argv: ReadonlyArray<string>): Parsed => {
  try {
    const { values } = parseArgs({
      args: argv.filter((argument) => argument !== "--"),
      options: {
        worlds: { type: "string", default: "1000" },
        seed: { type: "string", default: "1" },
        "at-most": { type: "string", default: "20000" },
        replay: { type: "string" },
        small: { type: "string" },
        help: { type: "boolean", short: "h" }
      }
    })
    const { replay, small } = values
    if (values.help === true) return "help"
    if (replay === undefined && small !== undefined) return { problem: "--small requires --replay." }
    if (small !== undefined && !NAMES.includes(small)) {
      return { problem: `--small is "${small}": expected one of ${NAMES.join("; ")}.` }
    }
    // Without choices, every choice is the first alternative.
    if (replay === "") return { _tag: "Replay", choices: [], small }
    if (replay !== undefined) {
      return { _tag: "Replay", choices: replay.split(",").map((text) => whole("replay", text.trim())), small }
    }
    return {
      _tag: "Search",
      worlds: whole("worlds", values.worlds),
      seed: whole("seed", values.seed),
      atMost: whole("at-most", values["at-most"])
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
