import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type * as Fault from "../src/Fault.ts"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, authorize, isPending, open, statusPath } from "./support/tenant.ts"

const done = Source.named("Done")

/** A sandbox whose next status request misbehaves. */
const failing = (fault: Fault.Fault) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const headers = yield* authorize(sandbox)
    yield* sandbox.fail({ endpoint: "status", fault })
    return { sandbox, headers, url: `${sandbox.url}${statusPath(done.sourceId)}` }
  })

const lastOutcome = (received: ReadonlyArray<Sandbox.Received>) =>
  received.findLast(({ endpoint }) => endpoint === "status")?.outcome

describe("a connection", () => {
  it.effect("is left without an answer by Silent, however long it takes", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* failing({ _tag: "Silent" })
      const asking = yield* Effect.forkChild(askStatus(sandbox, "Done", headers))
      yield* sandbox.until((received) => received.some(({ endpoint }) => endpoint === "status"))

      yield* TestClock.adjust("1 day")

      assert.isTrue(yield* isPending(sandbox, asking))
      assert.isUndefined(lastOutcome(yield* sandbox.received))
    })
  )

  const unfinished: ReadonlyArray<Fault.Fault> = [{ _tag: "Silent" }, { _tag: "Delay", duration: "1 hour" }]

  it.effect.each(unfinished)("that the client leaves during $_tag is recorded as aborted", (fault) =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* failing(fault)
      const asking = yield* Effect.forkChild(askStatus(sandbox, "Done", headers))
      yield* sandbox.until((received) => received.some(({ endpoint }) => endpoint === "status"))

      yield* Fiber.interrupt(asking)

      const received = yield* sandbox.until((received) => lastOutcome(received) !== undefined)
      assert.strictEqual(lastOutcome(received), "aborted")
    })
  )

  it.effect("is closed by Reset before a byte of the answer", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* failing({ _tag: "Reset" })

      const failed = yield* Effect.flip(askStatus(sandbox, "Done", headers))
      const next = yield* askStatus(sandbox, "Done", headers)

      assert.match(String(failed.cause), /fetch failed/u)
      assert.strictEqual(next.status, 200)
    })
  )

  const statuses: ReadonlyArray<{ readonly status?: number; readonly told: number }> = [
    { told: 200 },
    { status: 500, told: 500 }
  ]

  it.effect.each(statuses)("is closed by CutOff in the middle of a $told body", ({ told, ...status }) =>
    Effect.gen(function* () {
      const { headers, url } = yield* failing({ _tag: "CutOff", ...status })
      const answer = yield* open(url, { headers })

      const first = yield* Effect.promise(() => answer.reader.read())
      const failed = yield* Effect.flip(Effect.tryPromise(() => answer.reader.read()))

      assert.strictEqual(answer.status, told)
      assert.strictEqual(new TextDecoder().decode(first.value), `{ "status": "COMP`)
      assert.match(String(failed.cause), /terminated/u)
    })
  )

  it.effect.each(statuses)(
    "is never done with a $told by Endless, and the server lives on",
    ({ told, ...status }) =>
      Effect.gen(function* () {
        const { headers, sandbox, url } = yield* failing({ _tag: "Endless", ...status })
        const answer = yield* open(url, { headers })

        const bytes = yield* Effect.promise(async () => {
          let read = 0
          while (read < 4_000_000) {
            const { done, value } = await answer.reader.read()
            if (done) break
            read += value.byteLength
          }
          return read
        })
        answer.controller.abort()

        assert.strictEqual(answer.status, told)
        assert.isAtLeast(bytes, 4_000_000)
        assert.strictEqual((yield* askStatus(sandbox, "Done", headers)).status, 200)
      })
  )

  it.effect("gets a byte per interval from Drip, and no more", () =>
    Effect.gen(function* () {
      const { headers, sandbox, url } = yield* failing({ _tag: "Drip", interval: "10 seconds" })
      const answer = yield* open(url, { headers })
      const next = Effect.promise(() => answer.reader.read())
      yield* next

      for (let byte = 0; byte < 3; byte += 1) {
        const reading = yield* Effect.forkChild(next)
        yield* TestClock.adjust("9999 millis")
        assert.isTrue(yield* isPending(sandbox, reading))
        yield* TestClock.adjust("1 millis")
        const { value } = yield* Fiber.join(reading)
        assert.strictEqual(value?.byteLength, 1)
      }
    })
  )
})
