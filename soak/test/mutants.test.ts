import { assert, describe, it } from "@effect/vitest"
import { mutantsOf } from "../src/mutation/mutants.ts"

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
