import type { JSONRPCErrorResponse } from "@modelcontextprotocol/server"
import { assert, describe, it } from "@effect/vitest"
import * as PlainErrors from "../../src/mcp/PlainErrors.ts"

const message = (error: JSONRPCErrorResponse["error"]) => ({ jsonrpc: "2.0", id: 1, error }) as const

/** The SDK's list of problems: JSON with line breaks. */
const listed = (problems: ReadonlyArray<object>): string => JSON.stringify(problems, undefined, 2)

const six = Array.from({ length: 6 }, (_, n) => ({ code: "custom", path: ["list", n], message: `No. ${n}` }))
const five = "list.0: No. 0; list.1: No. 1; list.2: No. 2; list.3: No. 3; list.4: No. 4"

const long = "x".repeat(1_001)
const cut = `${"x".repeat(999)}…`

type JsonRpcError = JSONRPCErrorResponse["error"]

const internal = (text: string): JsonRpcError => ({ code: -32_603, message: text })
const invalid = (text: string): JsonRpcError => ({ code: -32_602, message: `Invalid params: ${text}` })

/** Errors of the SDK, and the errors that are sent. */
const errors: ReadonlyArray<readonly [string, JsonRpcError, JsonRpcError]> = [
  ["a plain text without data", internal("[a] [b]"), internal("[a] [b]")],
  ["a text of 1,000 characters", internal(long.slice(1)), internal(long.slice(1))],
  ["a longer text", internal(long), internal(cut)],
  ["control characters", internal("a\u0007\nb\u202E"), internal("a b")],
  [
    "data of every type",
    { ...internal("a"), data: { list: [long, "a\nb", 5], none: null, on: true, inner: { text: "\u0007a" } } },
    { ...internal("a"), data: { list: [cut, "a b", 5], none: null, on: true, inner: { text: "a" } } }
  ],
  ["a list of problems", internal(listed(six)), invalid(five)],
  [
    "a list of problems after a text",
    internal(`Invalid: ${listed(six.slice(0, 2))}`),
    invalid("list.0: No. 0; list.1: No. 1")
  ],
  ["a list that has no problem", internal("a [\n]"), internal("a [ ]")],
  ["a list of something else", internal(listed([{ path: "a" }])), internal('[ { "path": "a" } ]')],
  ["an unfinished list", internal("a [\n{"), internal("a [ {")]
]

describe("an error of the SDK", () => {
  it.each(errors)("an error of the SDK becomes plain text: %s", (_, error, expected) => {
    assert.deepStrictEqual(PlainErrors.plain(message(error)), message(expected))
  })

  it("a message that is not an error stays the same", () => {
    const result = { jsonrpc: "2.0", id: 1, result: { text: "a\nb" } } as const
    assert.strictEqual(PlainErrors.plain(result), result)
  })
})
