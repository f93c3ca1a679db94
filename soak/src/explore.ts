/**
 * `pnpm explore`: searches for an interleaving in which the library violates a guarantee.
 */
import * as Dice from "./Dice.ts"
import * as ExploreOptions from "./ExploreOptions.ts"
import * as Choices from "./interleavings/Choices.ts"
import * as World from "./interleavings/World.ts"
import { LARGE, SMALL } from "./interleavings/worlds.ts"

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Returns the guarantee of a message: messages that differ only in their numbers are about one guarantee. */
const guaranteeOf = (message: string): string => message.replaceAll(/\d+/gu, "N")

const found = new Map<string, string>()

const report = async (
  violated: ReadonlyArray<string>,
  made: ReadonlyArray<Choices.Made>,
  alternatives: World.Alternatives,
  name: string
): Promise<void> => {
  for (const message of violated) {
    const guarantee = guaranteeOf(message)
    if (found.has(guarantee)) continue
    const choices = await Choices.shrink(
      made.map(({ choice }) => choice),
      async (fewer) =>
        (await World.run(Choices.replay(fewer).choose, alternatives)).some(
          (message) => guaranteeOf(message) === guarantee
        )
    )
    found.set(guarantee, message)
    print(`Violated in ${name}: ${message}. Replay: ${choices.join(",")}`)
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
  print(`${name}: ${runs} interleavings, ${next === undefined ? "all that exist" : "but more exist"}`)
  return runs
}

const replay = async ({ choices, small }: ExploreOptions.Replay): Promise<number> => {
  const alternatives = small === undefined ? LARGE : SMALL[small]
  const violated = await World.run(Choices.replay(choices).choose, alternatives ?? LARGE, print)
  print(violated.length === 0 ? "No guarantee is violated." : `Violated: ${violated.join("; ")}`)
  return violated.length === 0 ? 0 : 1
}

const search = async ({ atMost, seed: first, worlds }: ExploreOptions.Search): Promise<number> => {
  let runs = 0
  for (const [name, alternatives] of Object.entries(SMALL)) {
    runs += await exhaust(name, alternatives, atMost)
  }
  for (let seed = first; seed < first + worlds; seed++) {
    const { choose, made } = Choices.random(Dice.make(seed))
    await report(await World.run(choose, LARGE), made, LARGE, `the random world ${seed}`)
  }
  print(
    `${runs + worlds} interleavings explored, the random worlds from seed ${first}; ${found.size} guarantees violated`
  )
  return found.size === 0 ? 0 : 1
}

const main = async (): Promise<number> => {
  const options = ExploreOptions.parse(process.argv.slice(2))
  if (options === "help") {
    process.stdout.write(ExploreOptions.HELP)
    return 0
  }
  if ("problem" in options) {
    process.stderr.write(`${options.problem}\nTry pnpm explore --help.\n`)
    return 2
  }
  return options._tag === "Replay" ? replay(options) : search(options)
}

process.exitCode = await main()
