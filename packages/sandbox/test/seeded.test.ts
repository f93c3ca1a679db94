import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Source from "../src/Source.ts"
import { assertDocumented } from "./support/documented.ts"
import { askStatus, assertStatuses, forkStatus, isPending, start } from "./support/tenant.ts"

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

const misbehaving = ["Slow", "Silent", "Cut off", "Reset", "Endless"]

describe("a seeded source", () => {
  it.effect.each([...answers, ...undocumented])("the source $name has its described answer", (answer) =>
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

  it("each seeded source has a test", () => {
    assert.sameMembers(
      [...answers, ...undocumented].map(({ name }) => name).concat(misbehaving),
      Source.seeded.map(({ name }) => name)
    )
  })

  it.effect("a source with an alternating failure fails its first and then every second request", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      const names = ["Busy", "Busy", "Busy", "Unwell", "Unwell", "Busy", "Gateway", "Gateway"]

      const seen = yield* Effect.forEach(names, (name) => askStatus(sandbox, name, headers))

      assertStatuses(seen, [429, 200, 429, 500, 200, 200, 502, 502])
    })
  )

  it.effect.each(["Silent", "Endless"])("%s never ends its answer, and its client can disconnect", (name) =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      const asking = yield* forkStatus(sandbox, name, headers)

      yield* TestClock.adjust("1 day")
      const waiting = yield* isPending(sandbox, asking)
      const [, before] = yield* sandbox.received
      yield* Fiber.interrupt(asking)
      const [, after] = yield* sandbox.until((received) => received[1]?.outcome !== undefined)

      assert.isTrue(waiting)
      assert.deepStrictEqual([before?.outcome, after?.outcome], [undefined, "aborted"])
    })
  )

  const broken = [
    { name: "Cut off", cause: /terminated/u },
    { name: "Reset", cause: /fetch failed/u }
  ]

  it.effect.each(broken)(
    "the source $name breaks the connection, and the sandbox answers the next request",
    ({ cause, name }) =>
      Effect.gen(function* () {
        const { headers, sandbox } = yield* start()

        const failed = yield* Effect.flip(askStatus(sandbox, name, headers))

        assert.match(String(failed.cause), cause)
        assert.strictEqual((yield* askStatus(sandbox, "Done", headers)).status, 200)
      })
  )
})
