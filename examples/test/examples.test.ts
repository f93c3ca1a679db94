/** Runs each example and checks its output. */
import { assert, describe, it } from "@effect/vitest"
import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { readFile } from "node:fs/promises"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify, stripVTControlCharacters } from "node:util"

const RUN = fileURLToPath(new URL("../run.ts", import.meta.url))
const DEMO = fileURLToPath(new URL("../src/demo.ts", import.meta.url))
const CONTRACTORS = "5a4d0000000000000000000000000001"

const start = promisify(execFile)
type Failed = { readonly code: number; readonly stderr: string }

const run = async (name: string): Promise<ReadonlyArray<string>> => {
  const { stderr, stdout } = await start(process.execPath, [RUN, name])
  assert.strictEqual(stderr, "")
  return stdout.trimEnd().split("\n")
}

describe("the examples", { timeout: 60_000, concurrent: true }, () => {
  it("the examples are listed with the same descriptions as in their README", async () => {
    const { stdout } = await start(process.execPath, [RUN])
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8")
    const listed = Array.from(stdout.matchAll(/^ {2}(\w+) +(.+)$/gmu), ([, name, what]) => [name, what])
    const documented = Array.from(readme.matchAll(/^\| `(\w+)` +\| (.+?) +\|/gmu), ([, ...row]) => row)
    assert.isAbove(listed.length, 5)
    assert.deepStrictEqual(documented, listed)
  })

  it("the examples are listed if a name is unknown", async () => {
    const ended = await start(process.execPath, [RUN, "stauts"]).catch((error: Failed) => error)
    assert.propertyVal(ended, "code", 2)
    assert.match(ended.stderr, /Unknown example "stauts".*\n[^]*status/u)
  })

  it("the demo succeeds, and prints plain text without a terminal", async () => {
    const { stderr, stdout } = await start(process.execPath, [DEMO])
    assert.include(stdout, "Every step succeeded.")
    assert.notInclude(stdout, "\u001B")
    assert.strictEqual(stderr, "")
  })

  it("the example status prints each outcome in a different way", async () => {
    const lines = await run("status")
    const begins = [
      /^COMPLETED: /u,
      /^ERROR: .*NON_EMPLOYEE_BULK_IMPORT_FAILED/u,
      /^no status: .*not documented/u,
      /^For the administrator: .*idn:nelm:read.*tracking ID 5a4dfa17/u,
      /^Fix first: SailPoint answered 200 .*<html>/u,
      /^Not requested: "Contractors" is not a source ID/u
    ]
    assert.strictEqual(lines.length, begins.length)
    for (const [index, line] of lines.entries()) assert.match(line, begins[index] ?? /^$/u)
  })

  it("the example wait prints a line for every change without a terminal", async () => {
    const lines = await run("wait")
    const states = lines.map((line) => /PENDING|IN_PROGRESS|COMPLETED/u.exec(line)?.[0])
    assert.deepStrictEqual(states.slice(-2), ["COMPLETED", "COMPLETED"])
    // On a busy machine a state can pass between two checks; the order holds in any case.
    const before = states.slice(0, -2)
    assert.isAbove(before.length, 0)
    assert.deepStrictEqual(before, before.toSorted().toReversed())
    assert.notInclude(lines.join(""), "\u001B")
    assert.match(lines.at(-1) ?? "", /has ended with COMPLETED/u)
  })

  // The command `script` of util-linux provides a terminal; on other systems it has other arguments.
  it.skipIf(process.platform !== "linux")(
    "the example wait shows a growing bar in a terminal, then removes it",
    async () => {
      const command = `"${process.execPath}" "${RUN}" wait`
      const { stdout } = await start("script", ["--quiet", "--return", "--command", command, "/dev/null"])
      const frames = stripVTControlCharacters(stdout).split("\r")
      const filled = frames.filter((frame) => frame.includes("░")).map((frame) => frame.split("█").length - 1)
      assert.isAbove(filled.length, 10)
      assert.isTrue(
        filled.every((width, n) => width >= (filled[n - 1] ?? 0)),
        String(filled)
      )
      assert.isAbove(filled.at(-1) ?? 0, filled[0] ?? 0)
      assert.isTrue(frames.some((frame) => /░ (?:PENDING|IN_PROGRESS), \d+ s$/u.test(frame)))
      assert.isAbove(stdout.lastIndexOf("\u001B[?25h"), stdout.lastIndexOf("░"), "the cursor is shown again")
      assert.match(stdout, /Contractors: the upload has ended with COMPLETED/u)
    }
  )

  it("the example table prints forty rows, and one note for each status except COMPLETED", async () => {
    const lines = await run("table")
    const rows = lines.slice(1, 41).map((line) => line.split(/ {2,}/u)[1])
    const counts = Map.groupBy(rows, (row) => row)
    for (const status of ["COMPLETED", "IN_PROGRESS", "ERROR", "Forbidden"]) {
      assert.lengthOf(counts.get(status) ?? [], 10)
    }
    const notes = lines.slice(41).filter((line) => line !== "")
    assert.strictEqual(notes.length, 3)
    assert.match(notes[2] ?? "", /^10 of 40 are Forbidden: .*idn:nelm:read/u)
  })

  it("the example alert sends the upload that failed to the webhook, and no other", async () => {
    const lines = await run("alert")
    const sent = lines.filter((line) => line.startsWith("The webhook got: "))
    assert.strictEqual(sent.length, 1)
    assert.match(sent[0] ?? "", /: \{.*Retail failed.*\}$/u)
    assert.strictEqual(lines.filter((line) => line.includes("COMPLETED, no alert")).length, 2)
  })

  it("the example retries sends as many requests as each policy allows", async () => {
    const requests = (await run("retries")).filter((line) => /^ {2}503/u.test(line))
    const retried = "  503, then 503, then 200: COMPLETED"
    assert.deepStrictEqual(requests.slice(0, -1), [retried, retried])
    assert.match(requests[2] ?? "", /503: ServerError\. Try again/u)
  })

  it("the example telemetry exports the call, its requests in separate traces, and the metrics", async () => {
    const text = (await run("telemetry")).join("\n")
    assert.match(text, /^ {2}nightly report {2}\d+ ms\n {4}BulkUploads\.status {2}\d+ ms$/mu)
    assert.match(text, /^ {2}AccessToken\.fetch {2}\d+ ms\n {4}POST \/oauth\/token/mu)
    const requests = text.match(/^ {2}BulkUploads\.request {2}\d+ ms\n {4}GET .*\{id\}.*status /gmu)
    assert.strictEqual(requests?.length, 2)
    assert.include(text, "sailpoint.bulk_upload.retries")
  })

  it("the example service serves the status, every change, and errors as HTTP statuses", async () => {
    const service = spawn(process.execPath, [RUN, "service"])
    try {
      const url = await listening(service)
      const { body } = await fetch(`${url}/uploads/${CONTRACTORS}/events`)
      let events = ""
      for await (const chunk of body ?? []) {
        // The upload begins after the first status.
        if (events === "") await fetch(`${url}/uploads`, { method: "POST" })
        events += Buffer.from(chunk).toString()
      }
      assert.match(events, /^data: .*^data: \{[^\n]*"status":"COMPLETED"[^\n]*\}\s*$/msu)
      assert.match(await (await fetch(url)).text(), /EventSource/u)

      const answer = await fetch(`${url}/uploads/${CONTRACTORS}`)
      assert.deepInclude(await answer.json(), { status: "COMPLETED", settled: true })

      const malformed = await fetch(`${url}/uploads/contractors`)
      assert.strictEqual(malformed.status, 400)
      assert.deepInclude(await malformed.json(), { error: "InvalidSourceId", retryable: false })

      const missing = await fetch(`${url}/uploads/${"0".repeat(32)}`)
      assert.strictEqual(missing.status, 404)
    } finally {
      service.kill()
      await once(service, "exit")
    }
  })
})

/** The URL that a service prints. */
const listening = async ({ stdout }: ChildProcessWithoutNullStreams): Promise<string> => {
  for await (const line of createInterface({ input: stdout })) {
    const url = /Listening on (http:\S+)/u.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error("The service ended before it listened.")
}
