import { assert, describe, it } from "@effect/vitest"
import { mutantsOf } from "../src/mutation/mutants.ts"
import { functionAt, withProbes } from "../src/mutation/probes.ts"

const changed = (source: string): ReadonlyArray<string> =>
  mutantsOf("module.ts", source).map(
    ({ end, start, text }) => source.slice(0, start) + text + source.slice(end)
  )

const cases: ReadonlyArray<readonly [source: string, ...changes: ReadonlyArray<string>]> = [
  ["a <= 1", ";", "a < 1", "a <= 2"],
  ["x = a ?? b", ";", "x = a"],
  ["x = a.toString().min", ";", "x = a.toString().max"],
  ["x = !a ? b : 0", ";", "x = true ? b : 0", "x = false ? b : 0", "x = a ? b : 0", "x = !a ? b : 1"],
  ['import "x"; export type A = "b" | 1']
]

describe("the mutants of a module", () => {
  it.each(cases)("the mutants of %s change an operator, a value or a step", (source, ...changes) => {
    assert.deepStrictEqual(changed(source), changes)
  })
})

describe("the probes of a module", () => {
  it("the probes of a module mark each function with its file and start", () => {
    const source = "const twice = (n) => 2 * n\nfunction run() { return twice(1) }"
    assert.include(
      withProbes("a.ts", source, "log"),
      'const twice = (n) => (__probe("a.ts:21"), 2 * n)\nfunction run() {__probe("a.ts:42"); return twice(1) }\n;'
    )
    const within = functionAt("a.ts", `${source}\n() => () => 1`)
    const names = [0, 21, 50, 74].map((start) => within({ start, end: start + 1 }))
    assert.deepStrictEqual(names, ["a.ts:0", "a.ts:21", "a.ts:42", "a.ts:74"])
  })
})
