import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Source from "../src/Source.ts"
import { assertDocumented } from "./support/documented.ts"
import { askStatus, forkStatus, isPending, open, start, statusPath } from "./support/tenant.ts"

interface Answer {
  readonly name: string
  readonly status?: number
  readonly body: RegExp
  readonly header?: readonly [name: string, value: string | null]
}

const error = (detailCode: string) =>
  new RegExp(`^\\{"detailCode":"${detailCode}","trackingId":"[0-9a-f]{32}","messages":\\[\\{`, "u")

const answers: ReadonlyArray<Answer> = [
  { name: "Contractors", body: /^\{"status":null\}$/u },
  { name: "Retail", body: /^\{"status":null\}$/u },
  { name: "Queued", body: /^\{"status":"PENDING"\}$/u },
  { name: "Running", body: /^\{"status":"IN_PROGRESS"\}$/u },
  { name: "Done", body: /^\{"status":"COMPLETED"\}$/u, header: ["x-deprecated", null] },
  { name: "Failed", body: /^\{"status":"ERROR"\}$/u },
  { name: "No status", body: /^\{\}$/u },
  { name: "Deprecated", body: /^\{"status":"COMPLETED"\}$/u, header: ["x-deprecated", "true"] },
  {
    name: "Busy",
    status: 429,
    body: /^\{"message":" Rate Limit Exceeded "\}$/u,
    header: ["retry-after", "1"]
  },
  { name: "Blocked", status: 429, body: /"message"/u, header: ["retry-after", "90"] },
  { name: "Unwell", status: 500, body: error("500\\.0 Internal Fault") },
  { name: "Invalid", status: 400, body: error("400\\.1 Bad Request Content") },
  { name: "Private", status: 403, body: error("403 Forbidden") },
  { name: "Nothing landed", body: /^\{"status":"ERROR"\}$/u },
  { name: "Half landed", body: /^\{"status":"ERROR"\}$/u },
  { name: "All landed", body: /^\{"status":"COMPLETED"\}$/u },
  { name: "Custom columns", body: /^\{"status":null\}$/u },
  { name: "Named events", body: /^\{"status":"ERROR"\}$/u },
  { name: "Tracked events", body: /^\{"status":"ERROR"\}$/u },
  { name: "Unnamed events", body: /^\{"status":"ERROR"\}$/u }
]

const undocumented: ReadonlyArray<Answer> = [
  { name: "New status", body: /^\{"status":"CANCELLED"\}$/u },
  { name: "Gateway", status: 502, body: /^<html>/u, header: ["content-type", "text/html"] },
  { name: "Login page", body: /^<html>/u, header: ["content-type", "text/html"] },
  { name: "Oversized", body: /^\{"status":"COMPLETED","padding":"x{1000000}"\}$/u }
]

const tested = ["Slow", "Silent", "Cut off", "Reset", "Endless"]

/** The answer of a source, or of one whose next answer has the fault with the status 500. */
const opened = (name: "Cut off" | "Endless", status: number) =>
  Effect.gen(function* () {
    const { headers, sandbox } = yield* start()
    const fault = { _tag: name === "Endless" ? name : "CutOff", status } as const
    if (status !== 200) yield* sandbox.fail({ endpoint: "status", fault })
    const path = statusPath(Source.named(status === 200 ? name : "Done").sourceId)
    return { headers, sandbox, ...(yield* open(`${sandbox.url}${path}`, { headers })) }
  })

describe("a seeded source", () => {
  it.effect.each([...answers, ...undocumented])("$name answers as it promises", (answer) =>
    Effect.gen(function* () {
      const { body, header, name, status = 200 } = answer
      const { headers, sandbox } = yield* start()

      const answered = yield* askStatus(sandbox, name, headers)

      assert.strictEqual(answered.status, status)
      assert.match(answered.text, body)
      if (header !== undefined) assert.strictEqual(answered.headers.get(header[0]), header[1])
      if (answers.includes(answer)) assertDocumented("status", status, answered.json())
    })
  )

  it("of each name is tried in this file", () => {
    assert.sameMembers(
      [...answers, ...undocumented].map(({ name }) => name).concat(tested),
      Source.seeded.map(({ name }) => name)
    )
  })

  it.effect("that fails every second request starts with the first, counted per source", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      const names = ["Busy", "Busy", "Busy", "Unwell", "Unwell", "Busy", "Gateway", "Gateway"]

      const seen = yield* Effect.forEach(names, (name) => askStatus(sandbox, name, headers))

      assert.deepStrictEqual(
        seen.map(({ status }) => status),
        [429, 200, 429, 500, 200, 200, 502, 502]
      )
    })
  )

  it.effect("Silent does not answer within a day", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      const asking = yield* forkStatus(sandbox, "Silent", headers)

      yield* TestClock.adjust("1 day")

      assert.isTrue(yield* isPending(sandbox, asking))
      assert.isUndefined((yield* sandbox.received)[1]?.outcome)
    })
  )

  it.effect.each(["Silent", "Slow"])("%s records a request that the client gives up as aborted", (name) =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      const asking = yield* forkStatus(sandbox, name, headers)

      yield* Fiber.interrupt(asking)

      const received = yield* sandbox.until((received) => received[1]?.outcome !== undefined)
      assert.strictEqual(received[1]?.outcome, "aborted")
    })
  )

  it.effect("Reset closes the connection before a byte of the answer", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()

      const failed = yield* Effect.flip(askStatus(sandbox, "Reset", headers))

      assert.match(String(failed.cause), /fetch failed/u)
      assert.strictEqual((yield* askStatus(sandbox, "Done", headers)).status, 200)
    })
  )

  it.effect.each([200, 500])("Cut off closes the connection in the middle of a %d body", (expected) =>
    Effect.gen(function* () {
      const { reader, status } = yield* opened("Cut off", expected)

      const first = yield* Effect.promise(() => reader.read())
      const failed = yield* Effect.flip(Effect.tryPromise(() => reader.read()))

      assert.strictEqual(status, expected)
      assert.strictEqual(new TextDecoder().decode(first.value), `{ "status": "COMP`)
      assert.match(String(failed.cause), /terminated/u)
    })
  )

  it.effect.each([200, 500])("Endless never ends a %d body, and the sandbox serves others", (expected) =>
    Effect.gen(function* () {
      const { controller, headers, reader, sandbox, status } = yield* opened("Endless", expected)

      const bytes = yield* Effect.promise(async () => {
        let read = 0
        while (read < 4_000_000) read += (await reader.read()).value?.byteLength ?? Number.NaN
        return read
      })
      controller.abort()

      assert.strictEqual(status, expected)
      assert.isAtLeast(bytes, 4_000_000)
      assert.strictEqual((yield* askStatus(sandbox, "Done", headers)).status, 200)
    })
  )
})
