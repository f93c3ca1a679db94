import { assert, describe, it } from "@effect/vitest"
import * as LineReader from "../../src/stdio/LineReader.ts"

const text = ["{}", `{"text":"ü€🦊\u2028"}`, "a\rb", "  ", "last"].join("\n")

/** All that comes of a text in pieces of so many bytes. */
const inPieces = (text: string, size: number): ReadonlyArray<string> => {
  const lines = LineReader.make(1_000)
  const bytes = Buffer.from(text)
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    lines.take(bytes.subarray(n * size, (n + 1) * size))
  ).flat()
}

describe("lines", () => {
  it("are the same however the bytes come, in the middle of a character too", () => {
    for (let size = 1; size <= Buffer.byteLength(text); size++) {
      assert.deepStrictEqual(inPieces(text, size), ["{}", `{"text":"ü€🦊\u2028"}`, "a\rb"], `${size}`)
    }
  })

  it("are given up to the first that is too long, and none after it", () => {
    for (const size of [1, 2, 5, 100]) {
      const lines = LineReader.make(4)
      const taken = Array.from("1234\n12345\n1\n".match(new RegExp(`[^]{1,${size}}`, "gu")) ?? [], (piece) =>
        lines.take(Buffer.from(piece))
      ).flat()
      assert.deepStrictEqual([taken, lines.overflowed], [["1234"], true])
      assert.deepStrictEqual(lines.take(Buffer.from("1\n")), [])
    }
  })

  it("are too long while they are still being sent", () => {
    const lines = LineReader.make(4)
    lines.take(Buffer.from("1234"))
    assert.isFalse(lines.overflowed)
    lines.take(Buffer.from("5"))
    assert.isTrue(lines.overflowed)
  })
})
