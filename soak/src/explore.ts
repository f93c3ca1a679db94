/**
 * `pnpm explore`: searches for an interleaving in which the library breaks a promise.
 */
import { parseArgs } from "node:util"
import * as Dice from "./Dice.ts"
import * as Choices from "./interleavings/Choices.ts"
import * as World from "./interleavings/World.ts"
import { LARGE, SMALL } from "./interleavings/worlds.ts"

const HELP = `Usage: pnpm explore [--worlds N] [--seed S] [--at-most N]
       pnpm explore --replay CHOICES [--small NAME]

Runs the library's rate limit, tokens, shared requests and polls on a simulated SailPoint and Redis, in every
interleaving of some small worlds and in random interleavings of larger ones. Prints each broken promise with the
fewest choices that show it, and exits 1.

  --worlds N        Random worlds to run (default: 1000).
  --seed S          Seed of the first random world; the next ones count up (default: 1).
  --at-most N       Interleavings of each small world (default: 20000).
  --replay CHOICES  Runs the interleaving with these choices, separated by commas, and prints each step.
  --small NAME      Replays in a small world: ${Object.keys(SMALL).join("; ")}.
  --help            Prints this text.
`

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Messages that differ in their numbers only are one promise. */
const promiseOf = (message: string): string => message.replaceAll(/\d+/gu, "N")

const found = new Map<string, string>()

const report = async (
  broken: ReadonlyArray<string>,
  made: ReadonlyArray<Choices.Made>,
  alternatives: World.Alternatives,
  name: string
): Promise<void> => {
  for (const message of broken) {
    const promise = promiseOf(message)
    if (found.has(promise)) continue
    const choices = await Choices.shrink(
      made.map(({ choice }) => choice),
      async (fewer) =>
        (await World.run(Choices.replay(fewer).choose, alternatives)).some(
          (message) => promiseOf(message) === promise
        )
    )
    found.set(promise, message)
    print(`Broken in ${name}: ${message}. Replay: ${choices.join(",")}`)
  }
}

const exhaust = async (name: string, alternatives: World.Alternatives, atMost: number): Promise<number> => {
  let next: ReadonlyArray<number> | undefined = []
  let runs = 0
  for (; next !== undefined && runs < atMost; runs++) {
    const { choose, made } = Choices.replay(next)
    await report(await World.run(choose, alternatives), made, alternatives, name)
    next = Choices.following(made)
  }
  print(`${name}: ${runs} interleavings, ${next === undefined ? "all" : "not all"} there are`)
  return runs
}

const { values } = parseArgs({
  options: {
    worlds: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    "at-most": { type: "string", default: "20000" },
    replay: { type: "string" },
    small: { type: "string", default: "" },
    help: { type: "boolean", default: false }
  }
})

if (values.help) {
  print(HELP)
} else if (values.replay !== undefined) {
  const choices = values.replay.split(",").map(Number)
  const broken = await World.run(Choices.replay(choices).choose, SMALL[values.small] ?? LARGE, print)
  print(broken.length === 0 ? "No promise is broken." : `Broken: ${broken.join("; ")}`)
  process.exitCode = broken.length === 0 ? 0 : 1
} else {
  let runs = 0
  for (const [name, alternatives] of Object.entries(SMALL)) {
    runs += await exhaust(name, alternatives, Number(values["at-most"]))
  }
  const worlds = Number(values.worlds)
  const first = Number(values.seed)
  for (let seed = first; seed < first + worlds; seed++) {
    const { choose, made } = Choices.random(Dice.make(seed))
    await report(await World.run(choose, LARGE), made, LARGE, `the random world ${seed}`)
  }
  print(
    `${runs + worlds} interleavings explored, the random worlds from seed ${first}; ${found.size} promises broken`
  )
  process.exitCode = found.size === 0 ? 0 : 1
}
