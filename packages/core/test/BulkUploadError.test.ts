import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpApiError from "effect/http-api/HttpApiError"
import { inspect } from "node:util"
import * as BulkUploadError from "../src/BulkUploadError.ts"

const sourceId = "e136567de87e4d029e60b3c3c55db56d"
const said = { detailCode: "400.1 Bad Request Content", trackingId: "t-1", messages: ["It is wrong"] }

/** One of each, as full as it gets. */
const errors: ReadonlyArray<BulkUploadError.BulkUploadError> = [
  new BulkUploadError.InvalidSourceId({ sourceId: "nonsense", reason: "it is odd" }),
  new BulkUploadError.BadRequest({ sourceId, ...said }),
  new BulkUploadError.Unauthorized({ sourceId, ...said }),
  new BulkUploadError.Forbidden({ sourceId, ...said }),
  new BulkUploadError.NotFound({ sourceId, ...said }),
  new BulkUploadError.RateLimited({ sourceId, ...said, retryAfter: Duration.seconds(90), attempts: 3 }),
  new BulkUploadError.ServerError({ sourceId, ...said, httpStatus: 503, retryAfter: Duration.seconds(5) }),
  new BulkUploadError.UnexpectedResponse({
    sourceId,
    ...said,
    httpStatus: 200,
    reason: "it is odd.",
    unknownStatus: "ODD",
    contentEncoding: "br",
    body: "{}"
  }),
  new BulkUploadError.RequestTimeout({ sourceId, after: Duration.seconds(10) }),
  new BulkUploadError.ConnectionFailed({
    sourceId,
    host: "acme.example",
    code: "ECONNRESET",
    proxyStatus: 502
  }),
  new BulkUploadError.AuthenticationFailed({ operation: "token", ...said, httpStatus: 401 })
]

const byTag = errors.map((error) => [error._tag, error] as const)

describe("BulkUploadError", () => {
  it("the list above has every member of the union", () => {
    assert.deepStrictEqual(
      errors.map(({ _tag }) => _tag),
      BulkUploadError.BulkUploadError.members.map((member) => member.fields._tag.schema.literal)
    )
  })

  it.each(byTag)("%s says what happened and what to do, in whole sentences", (_, error) => {
    assert.match(error.summary, /[.…]$|\{\}$/u)
    assert.match(error.nextStep, /\.$/u)
    assert.include(error.message, error.summary)
    assert.include(error.message, error.nextStep)
  })

  it.each(byTag)("%s has SailPoint's tracking ID in its message if there is one", (_, error) => {
    if ("trackingId" in error) assert.include(error.message, "tracking ID: t-1.")
    else assert.notInclude(error.message, "tracking")
  })

  it.effect.each(byTag)("%s comes back the same from its JSON", ([, error]) =>
    Effect.gen(function* () {
      const codec = Schema.toCodecJson(BulkUploadError.BulkUploadError)
      const json = JSON.stringify(yield* Schema.encodeEffect(codec)(error))
      const back = yield* Schema.decodeUnknownEffect(codec)(JSON.parse(json))
      assert.strictEqual(back._tag, error._tag)
      assert.strictEqual(back.message, error.message)
      assert.strictEqual(back.retryable, error.retryable)
    })
  )

  const waits: ReadonlyArray<readonly [string, (wait: Duration.Duration) => unknown]> = [
    ["RateLimited", (retryAfter) => new BulkUploadError.RateLimited({ retryAfter })],
    ["ServerError", (retryAfter) => new BulkUploadError.ServerError({ httpStatus: 503, retryAfter })],
    ["RequestTimeout", (after) => new BulkUploadError.RequestTimeout({ after })]
  ]

  it.each(waits)("a %s asks nobody to wait for ever, or for less than nothing", (_, make) => {
    for (const wait of [Duration.infinity, Duration.negativeInfinity, Duration.seconds(-1)]) {
      assert.throws(() => make(wait), "Schema validation failed")
    }
    make(Duration.zero)
  })

  it.each(byTag)("%s is shown by util.inspect and String under its own name", (_, error) => {
    assert.include(String(error), error.message)
    assert.include(inspect(error), error._tag)
  })

  it.each(byTag)("%s names no environment variable of this project", (_, error) => {
    assert.notMatch(error.message, /SAIL_/u)
  })

  describe("beside Effect's HttpApiError", () => {
    const theirs = [
      HttpApiError.BadRequest,
      HttpApiError.Unauthorized,
      HttpApiError.Forbidden,
      HttpApiError.NotFound,
      HttpApiError.RequestTimeout
    ]

    it("has the five tags that the documentation names, and no others", () => {
      const tags = new Set(
        Object.values(HttpApiError).flatMap((value) =>
          typeof value === "function" && "fields" in value && "_tag" in Object(value.fields) ? value.name : []
        )
      )
      assert.sameMembers(
        errors.filter(({ _tag }) => tags.has(_tag)).map(({ _tag }) => _tag),
        theirs.map((error) => new error()._tag)
      )
    })

    class SailPointFailed extends Schema.TaggedError<SailPointFailed>()("SailPointFailed", {
      error: BulkUploadError.BulkUploadError
    }) {}
    const wire = Schema.toCodecJson(Schema.Union([...theirs, SailPointFailed]))

    it.effect.each(byTag)("%s comes back as itself under a tag of its own", ([, error]) =>
      Effect.gen(function* () {
        const json = yield* Schema.encodeEffect(wire)(new SailPointFailed({ error }))
        const back = yield* Schema.decodeEffect(wire)(json)
        assert.isTrue(back instanceof SailPointFailed && back.error.message === error.message)
      })
    )
  })

  it("only what can pass by itself is retryable", () => {
    assert.deepStrictEqual(
      errors.filter(({ retryable }) => retryable).map(({ _tag }) => _tag),
      ["RateLimited", "ServerError", "RequestTimeout", "ConnectionFailed"]
    )
  })

  const codes: ReadonlyArray<readonly [code: string | undefined, retryable: boolean, says: string]> = [
    ["ECONNREFUSED", true, "may reach that host"],
    [undefined, true, "may reach that host"],
    ["ENOTFOUND", true, "does not resolve"],
    ["EAI_AGAIN", true, "does not resolve"],
    ["CERT_HAS_EXPIRED", false, "check the clock first"],
    ["CERT_NOT_YET_VALID", false, "check the clock first"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", false, "certificate does not verify"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", false, "certificate does not verify"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", false, "certificate does not verify"]
  ]

  it.each(codes)("a connection that failed with %s says what to check", (code, retryable, says) => {
    const error = new BulkUploadError.ConnectionFailed({ host: "h", ...(code === undefined ? {} : { code }) })
    assert.strictEqual(error.retryable, retryable)
    assert.include(error.nextStep, says)
  })

  it("a mock needs no more than the fields that matter to it", () => {
    const error = new BulkUploadError.RateLimited({})
    assert.deepStrictEqual([error.operation, error.attempts, error.messages], ["status", 1, []])
  })
})
