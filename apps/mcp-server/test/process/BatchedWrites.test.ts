import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { Writable } from "node:stream"
import { setImmediate } from "node:timers/promises"
import * as BatchedWrites from "../../src/process/BatchedWrites.ts"

/** A stream that notes how many chunks it is given at a time. */
const noting = () => {
  const given: Array<number> = []
  const stream = new Writable({
    write: (_chunk, _encoding, done) => {
      given.push(1)
      done()
    },
    writev: (chunks, done) => {
      given.push(chunks.length)
      done()
    }
  })
  return { given, stream }
}

/** What arrives of a process that writes a line and then ends as told. */
const lastLine = (end: string): string => {
  const module = new URL("../../src/process/BatchedWrites.ts", import.meta.url)
  const code = `import { to } from ${JSON.stringify(module)}; to(process.stderr)(); process.stderr.write("last"); ${end}`
  return spawnSync(process.execPath, ["--input-type=module", "--eval", code]).stderr.toString("utf8")
}

describe("what is written to a stream", () => {
  it("in one turn of the event loop is sent at once, in the next one by itself", async () => {
    const { given, stream } = noting()
    const together = BatchedWrites.to(stream)
    for (const line of ["one", "two", "three"]) {
      together()
      stream.write(line)
    }
    assert.deepStrictEqual(given, [])
    await setImmediate()
    assert.deepStrictEqual(given, [3])
    together()
    stream.write("four")
    await setImmediate()
    assert.deepStrictEqual(given, [3, 1])
  })

  it("is not lost with the process", () => {
    assert.strictEqual(lastLine("process.exit(0)"), "last")
    assert.include(lastLine(`throw new Error("Unexpected")`), "last")
    assert.strictEqual(lastLine(""), "last")
  })
})
