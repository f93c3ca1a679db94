import { assert, describe, it, vi } from "@effect/vitest"
import * as BulkUploadError from "@sailpoint-bulk-upload/core/BulkUploadError"
import { fromError } from "@sailpoint-bulk-upload/core/Failure"
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import { during } from "../../src/mcp/Connection.ts"
import { Failure, InvalidArguments } from "../../src/mcp/Failure.ts"
import { makeAdapter } from "../../src/mcp/ToolResult.ts"
import { cutTo } from "../../src/text/TokenEstimate.ts"

const sourceId = "e136567de87e4d029e60b3c3c55db56d"
const long = "外部".repeat(200)
const answered = { detailCode: long, trackingId: long, messages: [long] }
const LIST_FIRST =
  "Call list_non_employee_sources and pass the sourceId of the source that is meant: 32 hexadecimal digits, or a UUID with dashes."

const errors: ReadonlyArray<BulkUploadError.BulkUploadError> = [
  new BulkUploadError.InvalidSourceId({ sourceId: "x" }),
  new BulkUploadError.BadRequest({ sourceId, ...answered }),
  new BulkUploadError.Unauthorized({ sourceId }),
  new BulkUploadError.Forbidden({ sourceId }),
  new BulkUploadError.NotFound({ sourceId }),
  new BulkUploadError.RateLimited({ sourceId, retryAfter: Duration.millis(1001) }),
  new BulkUploadError.ServerError({ sourceId, httpStatus: 503 }),
  new BulkUploadError.UnexpectedResponse({ httpStatus: 200, reason: "not JSON" }),
  new BulkUploadError.RequestTimeout({ sourceId, after: Duration.seconds(10) }),
  new BulkUploadError.ConnectionFailed({ sourceId, host: "h", code: "CERT_HAS_EXPIRED" }),
  new BulkUploadError.AuthenticationFailed({ operation: "token", httpStatus: 401 })
]

const running = { signal: new AbortController().signal }

/** An adapter whose runtime logs lines into a list. */
const adapter = ({ sandbox = false } = {}, log: Array<string> = []) => {
  const logger = Logger.map(Logger.formatLogFmt, (line) => void log.push(line))
  return makeAdapter(ManagedRuntime.make(Logger.layer([logger])), { sandbox })
}

describe("the result of a tool", () => {
  it("a result has the value of the Effect as structured content and as text", async () => {
    const value = { status: null, nested: { a: [1] } }
    assert.deepStrictEqual(await adapter().run(Effect.succeed(value), running), {
      structuredContent: value,
      content: [{ type: "text", text: JSON.stringify(value) }]
    })
  })

  it.each(errors.map((error) => [error._tag, error] as const))(
    "%s is returned as structured content and as text, and names environment variables",
    async (tag, error) => {
      const { detailCode, message, trackingId, ...rest } = fromError(error)
      const expected = {
        ...rest,
        message: cutTo(600, message),
        ...(detailCode === undefined ? {} : { detailCode: cutTo(60, detailCode) }),
        ...(trackingId === undefined ? {} : { trackingId: cutTo(60, trackingId) }),
        nextStep: tag === "InvalidSourceId" ? LIST_FIRST : nameVariables(error.nextStep)
      }
      const { content, isError, structuredContent } = await adapter().run(Effect.fail(error), running)
      assert.isTrue(isError)
      assert.deepStrictEqual(structuredContent, expected)
      assert.deepStrictEqual(content, [{ type: "text", text: JSON.stringify(structuredContent) }])
      assert.isTrue(Schema.is(Failure)(structuredContent))
      assert.notMatch(
        JSON.stringify(structuredContent),
        /baseUrl|apiVersion|accessToken|client(?:Id|Secret)/u
      )
    }
  )

  it("every error of the library has a result", () => {
    assert.deepStrictEqual(
      errors.map(({ _tag }) => _tag),
      BulkUploadError.BulkUploadError.members.map(({ fields }) => fields._tag.schema.literal)
    )
  })

  it("invalid arguments are returned with all their problems", async () => {
    const error = new InvalidArguments({ problems: ["a: b", "c: d"] })
    const { structuredContent } = await adapter().run(Effect.fail(error), running)
    assert.deepStrictEqual(structuredContent, {
      error: "InvalidArguments",
      message: "The arguments do not fit the tool: a: b; c: d.",
      nextStep: "Correct the arguments and call again.",
      retryable: false
    })
  })

  it("a defect is returned as a fixed text with a correlation ID, and the log has the details", async () => {
    const log: Array<string> = []
    const { content, isError, structuredContent } = await adapter({}, log).run(
      Effect.die(new Error("canary detail")),
      running
    )
    const { message, ...rest } = structuredContent as Failure
    assert.isTrue(isError)
    assert.deepStrictEqual(rest, {
      error: "InternalError",
      nextStep:
        "Try once more. If the problem persists, report it with the correlation ID and the server's log.",
      retryable: true
    })
    const [, id = "none"] =
      /^Something unexpected went wrong in this server \(correlation ID ([0-9a-f-]{36})\)\.$/u.exec(
        message
      ) ?? []
    assert.notInclude(JSON.stringify(content), "canary")
    assert.lengthOf(log, 1)
    assert.include(log[0] ?? "", "A tool call failed unexpectedly")
    assert.include(log[0] ?? "", `correlationId=${id}`)
    assert.include(log[0] ?? "", "canary detail")
  })

  it("a call returns a result even if the layers of the runtime fail", async () => {
    const dead = ManagedRuntime.make(Layer.effectDiscard(Effect.die(new Error("canary detail"))))
    const written: Array<string> = []
    const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0)
    const { content, isError } = await makeAdapter(dead, { sandbox: false }).run(Effect.succeed({}), running)
    spy.mockRestore()
    assert.isTrue(isError)
    assert.include(JSON.stringify(content), "InternalError")
    assert.notInclude(JSON.stringify(content), "canary")
    const [, id = "none"] = /correlation ID ([^)]+)/u.exec(JSON.stringify(content)) ?? []
    assert.include(
      written.join(""),
      `A tool call failed unexpectedly (correlation ID ${id}): Error: canary detail`
    )
  })

  it("a canceled call returns Cancelled, and its Effect is interrupted", async () => {
    const controller = new AbortController()
    const log: Array<string> = []
    const effect = Effect.sync(() => controller.abort()).pipe(
      Effect.andThen(Effect.never),
      Effect.onInterrupt(() => Effect.sync(() => log.push("interrupted")))
    )
    const { isError, structuredContent } = await adapter().run(effect, controller)
    assert.isTrue(isError)
    assert.deepStrictEqual(structuredContent, {
      error: "Cancelled",
      message: "The call was canceled before it ended.",
      nextStep: "Call again if the answer is still needed.",
      retryable: true
    })
    assert.deepStrictEqual(log, ["interrupted"])
  })

  it.each([true, false])(
    "a call ends with its connection, if that has closed before the call: %s",
    async (before) => {
      const controller = new AbortController()
      if (before) controller.abort()
      const call = during({ left: controller.signal, caller: {} }, () => adapter().run(Effect.never, running))
      controller.abort()
      assert.strictEqual(((await call).structuredContent as Failure).error, "Cancelled")
    }
  )

  it("a call above 2,000 running calls fails, and the next one succeeds once they have ended", async () => {
    const { idle, interrupt, run } = adapter()
    const calls = Array.from({ length: 2_000 }, () => run(Effect.never, running))
    assert.deepStrictEqual((await run(Effect.succeed({}), running)).structuredContent, {
      error: "TooManyCalls",
      message: "The server already runs 2000 calls, which is its limit.",
      nextStep: "Call again when some of them have been answered.",
      retryable: true
    })
    interrupt()
    await idle()
    for (const { structuredContent } of await Promise.all(calls))
      assert.deepInclude(structuredContent, { error: "Cancelled" })
    assert.deepStrictEqual((await run(Effect.succeed({}), running)).structuredContent, {})
  })

  const outcomes: ReadonlyArray<readonly [string, Effect.Effect<object, BulkUploadError.BulkUploadError>]> = [
    ["success", Effect.succeed({ status: null })],
    ["failure", Effect.fail(new BulkUploadError.InvalidSourceId({ sourceId: "x" }))],
    ["defect", Effect.die("a bug")],
    ["cancellation", Effect.interrupt]
  ]

  it.each(outcomes)("a result has the sandbox flag only for a sandbox: %s", async (_, effect) => {
    const made = await adapter({ sandbox: true }).run(effect, running)
    assert.strictEqual((made.structuredContent as Failure).sandbox, true)
    assert.deepStrictEqual(made.content, [{ type: "text", text: JSON.stringify(made.structuredContent) }])
    const real = await adapter().run(effect, running)
    assert.notProperty(real.structuredContent, "sandbox")
  })

  it.live(
    "idle resolves at once without running calls, and otherwise after the last call, even if that started later",
    () =>
      Effect.gen(function* () {
        const { idle, run } = adapter()
        yield* Effect.promise(idle)
        const gates = [yield* Deferred.make<void>(), yield* Deferred.make<void>()] as const
        const events: Array<string> = []
        const call = (name: string, gate: Deferred.Deferred<void>) =>
          run(
            Effect.map(Deferred.await(gate), () => ({ events: events.push(name) })),
            running
          )

        const first = call("first", gates[0])
        const idled = idle().then(() => events.push("idle"))
        const second = call("second", gates[1])
        yield* Deferred.succeed(gates[0], undefined)
        yield* Effect.promise(() => first)
        yield* Deferred.succeed(gates[1], undefined)
        yield* Effect.promise(() => Promise.all([second, idled]))
        assert.deepStrictEqual(events, ["first", "second", "idle"])
      })
  )
})
