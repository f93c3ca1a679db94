import { assert, describe, it } from "@effect/vitest"
import * as Dice from "../src/Dice.ts"
import * as ExploreOptions from "../src/ExploreOptions.ts"
import * as Choices from "../src/interleavings/Choices.ts"
import * as World from "../src/interleavings/World.ts"
import { LARGE, SMALL } from "../src/interleavings/worlds.ts"
import { run } from "./support.ts"

const seeds = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

describe("exploration of interleavings", { timeout: 120_000 }, () => {
  it("the library violates no guarantee in random worlds", async () => {
    for (const seed of seeds(25)) {
      const { choose } = Choices.random(Dice.make(seed))
      assert.deepStrictEqual(await World.run(choose, LARGE), [], `seed ${seed}`)
    }
  })

  it("a limit that is too large by one is found, and its interleaving is shrunk", async () => {
    const alternatives = { ...LARGE, misconfigure: (limit: number) => limit + 1 }
    const run = (choices: Choices.Recorded) => World.run(choices.choose, alternatives)
    for (const seed of seeds(100)) {
      const random = Choices.random(Dice.make(seed))
      if ((await run(random)).length === 0) continue
      const made = random.made.map(({ choice }) => choice)
      const fails = async (choices: ReadonlyArray<number>) => (await run(Choices.replay(choices))).length > 0
      const fewest = await Choices.shrink(made, fails)
      assert.isBelow(fewest.length, made.length)
      assert.isTrue(await fails(fewest))
      return
    }
    assert.fail("no interleaving exceeds the limit")
  })

  it("every interleaving of a world is run once", () => {
    const all = new Array<string>()
    let next: ReadonlyArray<number> | undefined = []
    while (next !== undefined) {
      const { choose, made } = Choices.replay(next)
      all.push([choose(2), choose(3)].join(""))
      next = Choices.following(made)
    }
    assert.deepStrictEqual(all, ["00", "01", "02", "10", "11", "12"])
  })

  it("the simplest interleaving of each small world violates no guarantee", async () => {
    for (const alternatives of Object.values(SMALL)) {
      assert.deepStrictEqual(await World.run(Choices.replay([]).choose, alternatives), [])
    }
  })

  it("an exploration has defaults, exits with 2 after wrong options, and replays choices", async () => {
    assert.deepInclude(ExploreOptions.parse(["--", "--seed", "7"]), { worlds: 1000, seed: 7, atMost: 20_000 })
    assert.strictEqual(ExploreOptions.parse(["--help"]), "help")
    const { code, stderr } = await run("explore", "--worlds", "many")
    assert.strictEqual(code, 2)
    assert.match(stderr, /^--worlds is "many": expected a whole number .+\nTry pnpm explore --help\.$/mu)
    const replayed = await run("explore", "--replay", "", "--small", "two callers of one process")
    assert.match(replayed.stdout, /^limit 1, .*\n[^]*\nNo guarantee is violated\.\n$/u)
  })
})
