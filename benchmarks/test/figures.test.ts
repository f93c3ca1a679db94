import { assert, describe, it } from "vitest"
import { type Bounds, verdict } from "../src/Figure.ts"
import { race } from "../src/Race.ts"
import { shares } from "../src/Shares.ts"

const compare = (ours: ReadonlyArray<number>, theirs: ReadonlyArray<number>, target: Bounds) =>
  verdict({ what: "work", unit: "ms", ours, against: { name: "theirs", samples: theirs }, target })

describe("a target", () => {
  const met = { value: 0.5, met: true }
  const missed = { value: 0.5, met: false }
  it.each([
    [
      "bounds the ratio of the medians, so that one slow sample has no effect",
      [10, 10, 900],
      { atMost: 0.5 },
      met
    ],
    ["uses the mean of the two middle samples", [8, 12], { atLeast: 0.5 }, met],
    ["is missed above its upper bound", [10], { atMost: 0.49 }, missed],
    ["is missed below its lower bound", [10], { atLeast: 0.51 }, missed]
  ])("a target %s", (_, ours, bounds, expected) => {
    assert.deepStrictEqual(compare(ours, [20, 20, 20], bounds), expected)
  })

  it("a target is missed if nothing was measured", () => {
    assert.isFalse(compare([], [20], { atMost: 1 }).met)
    assert.isFalse(compare([20], [], { atMost: 1 }).met)
  })
})

describe("a race", () => {
  it("a race takes its samples in turns and drops those of the warm-up", async () => {
    let turn = 0
    const sample = async () => ++turn
    const work = { what: "work", unit: "ms" }
    const figures = await race(
      { ...work, ours: sample, peers: [{ name: "theirs", sample, target: { atMost: 1 } }] },
      { samples: 2, warmUps: 1 }
    )
    assert.deepStrictEqual(figures, [
      { ...work, ours: [3, 5], against: { name: "theirs", samples: [4, 6] }, target: { atMost: 1 } }
    ])
  })
})

describe("the shares of processes", () => {
  it.each([
    ["are the extremes over all windows", [0, 1, 1, 1, 0, 0, 1, 1, 0, 1], { least: 0.25, largest: 0.75 }],
    ["include a process that sends nothing in a window", [0, 0, 0, 0, 0, 1, 1, 0], { least: 0, largest: 1 }],
    [
      "leave out the windows after the end of one process",
      [0, 1, 0, 1, 0, 0, 0, 0],
      { least: 0.5, largest: 0.5 }
    ]
  ])("shares %s", (_, senders, expected) => {
    assert.deepStrictEqual(shares(senders, 2, 4), expected)
  })
})
