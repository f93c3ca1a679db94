/** Reads the audit lines of tool calls from the log. */
import * as assert from "node:assert"

export type AuditLine = Readonly<Record<string, string>>

/** A logfmt pair: a key, and a value that is bare or a JSON string. */
const PAIR = /(?<key>[^\s=]+)=(?<value>"(?:[^"\\]|\\.)*"|[^\s"]*)(?: |$)/gu

const read = (line: string): AuditLine =>
  Object.fromEntries(
    Array.from(line.matchAll(PAIR), ({ groups }) => {
      const value = groups?.["value"] ?? ""
      return [groups?.["key"] ?? "", value.startsWith('"') ? String(JSON.parse(value)) : value]
    })
  )

/** All lines of the log. */
export const all = (stderr: string): ReadonlyArray<AuditLine> =>
  stderr
    .split("\n")
    .filter((line) => line !== "")
    .map(read)

/** The lines of tool calls, without the fields that differ between runs. */
export const inLog = (stderr: string): ReadonlyArray<AuditLine> =>
  all(stderr)
    .filter(({ message }) => message === "Tool call")
    .map(({ durationMs = "", fiber: _fiber, timestamp: _timestamp, ...rest }) => {
      assert.match(durationMs, /^\d+$/u)
      return rest
    })

/** Like `inLog`, and asserts that the log has no other line. */
export const onlyThose = (stderr: string): ReadonlyArray<AuditLine> => {
  const lines = inLog(stderr)
  assert.strictEqual(lines.length, all(stderr).length)
  return lines
}

/** The outcomes of the calls in a log without other lines. */
export const outcomesIn = (log: string) => onlyThose(log).map(({ outcome }) => outcome)
