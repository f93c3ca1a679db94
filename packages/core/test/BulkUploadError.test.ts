import { assert, describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpApiError from "effect/http-api/HttpApiError"
import { inspect } from "node:util"
import { Operation, Wait } from "../src/internal/errorText.ts"
import { NotSettled } from "../src/Watch.ts"
import * as BulkUploadError from "../src/BulkUploadError.ts"

const sourceId = "e136567de87e4d029e60b3c3c55db56d"
const said = { detailCode: "400.1 Bad Request Content", trackingId: "t-1", messages: ["It is wrong"] }

/** An error of each kind, with all of its fields. */
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

const codes = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENODATA",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID"
]

describe("BulkUploadError", () => {
  it("the list of this test has every member of the union", () => {
    assert.deepStrictEqual(
      errors.map(({ _tag }) => _tag),
      BulkUploadError.BulkUploadError.members.map((member) => member.fields._tag.schema.literal)
    )
  })

  it.effect("the errors have these texts, with their optional fields and without", () => {
    const { AuthenticationFailed, BadRequest, ConnectionFailed, Forbidden, NotFound } = BulkUploadError
    const bare = [
      ...[AuthenticationFailed, BadRequest, Forbidden, NotFound].map((Refused) => new Refused({})),
      new BulkUploadError.RateLimited({ heldBack: true }),
      new BulkUploadError.ServerError({ httpStatus: 500 }),
      new BulkUploadError.UnexpectedResponse({ httpStatus: 302, reason: "it is odd" }),
      ...[399, 400, 499, 500].map((proxyStatus) => new ConnectionFailed({ host: "h", proxyStatus })),
      new ConnectionFailed({ host: "h" }),
      ...codes.map((code) => new ConnectionFailed({ host: "h", code })),
      new BulkUploadError.RateLimited({}),
      new BulkUploadError.InvalidSourceId({ sourceId: "x" }),
      new NotSettled({ sourceId, after: Duration.zero }),
      new NotSettled({ sourceId, after: Duration.zero, status: "PENDING" })
    ]
    const texts = [...errors, ...bare].map(
      (error) =>
        `${error._tag}${"httpStatus" in error ? ` ${error.httpStatus}` : ""}${error.retryable ? " (retryable)" : ""}: ${error.message}\n`
    )
    for (const operation of Operation.literals) {
      const failed = { operation, sourceId, host: "h", httpStatus: 503, after: Duration.zero, reason: "r." }
      const steps = BulkUploadError.BulkUploadError.members.map((Failed) => new Failed(failed).nextStep)
      const others = [...new Set(steps)].filter((step) => !texts.some((text) => text.includes(step)))
      texts.push(`${new BadRequest({ operation }).summary}\n`, ...others.map((step) => `- ${step}\n`))
    }
    return Effect.promise(() => expect(texts.join("")).toMatchFileSnapshot("snapshots/errors.txt"))
  })

  it.effect.each(errors.map((error) => [error._tag, error] as const))(
    "%s has a message of its summary and its next step, which survives JSON",
    ([tag, error]) =>
      Effect.gen(function* () {
        assert.include(error.message, `${error.summary} ${error.nextStep}`)
        assert.include(String(error), error.message)
        assert.include(inspect(error), tag)
        const codec = Schema.toCodecJson(BulkUploadError.BulkUploadError)
        const json = JSON.stringify(yield* Schema.encodeEffect(codec)(error))
        const back = yield* Schema.decodeUnknownEffect(codec)(JSON.parse(json))
        assert.deepStrictEqual([back._tag, back.message], [tag, error.message])
        assert.strictEqual(back.retryable, error.retryable)
      })
  )

  const waits: ReadonlyArray<readonly [string, (wait: Duration.Duration) => unknown]> = [
    ["RateLimited", (retryAfter) => new BulkUploadError.RateLimited({ retryAfter })],
    ["ServerError", (retryAfter) => new BulkUploadError.ServerError({ httpStatus: 503, retryAfter })],
    ["RequestTimeout", (after) => new BulkUploadError.RequestTimeout({ after })]
  ]

  it.each(waits)("a %s has a finite wait that is not negative", (_, make) => {
    for (const wait of [
      Duration.infinity,
      Duration.negativeInfinity,
      Duration.nanos(10n ** 400n),
      Duration.seconds(-1)
    ]) {
      assert.throws(() => make(wait), "Schema validation failed")
    }
    make(Duration.zero)
  })

  it.effect("the error for a negative wait states the expected range", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Schema.decodeEffect(Wait)(-1))
      assert.include(String(error), "Expected a finite time of 0 or more")
    })
  )

  it("exactly the five tags that the documentation names are also tags of HttpApiError", () => {
    const tags = new Set(
      Object.values(HttpApiError).flatMap((value) =>
        typeof value === "function" && "fields" in value && "_tag" in Object(value.fields) ? value.name : []
      )
    )
    assert.deepStrictEqual(
      errors.filter(({ _tag }) => tags.has(_tag)).map(({ _tag }) => _tag),
      ["BadRequest", "Unauthorized", "Forbidden", "NotFound", "RequestTimeout"]
    )
  })
})
