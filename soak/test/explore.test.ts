import { assert, describe, it } from "@effect/vitest"
import * as Dice from "../src/Dice.ts"
import * as Choices from "../src/interleavings/Choices.ts"
import * as World from "../src/interleavings/World.ts"
import { LARGE, SMALL } from "../src/interleavings/worlds.ts"

const seeds = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

describe("exploration of interleavings", () => {
  it("the library keeps its promises in random worlds", { timeout: 120_000 }, async () => {
    for (const seed of seeds(25)) {
      assert.deepStrictEqual(
        await World.run(Choices.random(Dice.make(seed)).choose, LARGE),
        [],
        `seed ${seed}`
      )
    }
  })

  it(
    "a limit that is too large by one is found, and its interleaving is shrunk",
    { timeout: 120_000 },
    async () => {
      const alternatives = { ...LARGE, misconfigure: (limit: number) => limit + 1 }
      const run = (choices: Choices.Recorded) => World.run(choices.choose, alternatives)
      for (const seed of seeds(100)) {
        const random = Choices.random(Dice.make(seed))
        if ((await run(random)).length === 0) continue
        const made = random.made.map(({ choice }) => choice)
        const fails = async (choices: ReadonlyArray<number>) =>
          (await run(Choices.replay(choices))).length > 0
        const fewest = await Choices.shrink(made, fails)
        assert.isBelow(fewest.length, made.length)
        assert.isTrue(await fails(fewest))
        return
      }
      assert.fail("no interleaving shows it")
    }
  )

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

  it("the smallest world's simplest interleaving breaks no promise", async () => {
    for (const alternatives of Object.values(SMALL)) {
      assert.deepStrictEqual(await World.run(Choices.replay([]).choose, alternatives), [])
    }
  })
})
