import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as BulkUploadError from "../src/BulkUploadError.ts"
import * as Failure from "../src/Failure.ts"
import { AmbiguousSource, SourceNotFound } from "../src/NonEmployeeSources.ts"
import { InvalidSettings } from "../src/Settings.ts"
import { InvalidBaseUrl } from "../src/ApiClient.ts"
import { NotSettled } from "../src/Watch.ts"

const said = { detailCode: "429.0", trackingId: "t-1", messages: ["Too many"] }

/** An error of each kind, and the optional fields of its failure. */
const errors: ReadonlyArray<
  readonly [Parameters<typeof Failure.fromError>[0] & Error, Partial<Failure.Failure>]
> = [
  [
    new BulkUploadError.RateLimited({ ...said, retryAfter: Duration.millis(1001) }),
    { retryAfterSeconds: 2, httpStatus: 429, detailCode: "429.0", trackingId: "t-1" }
  ],
  [new BulkUploadError.RateLimited({}), { httpStatus: 429 }],
  [new BulkUploadError.ServerError({ httpStatus: 503 }), { httpStatus: 503 }],
  [new BulkUploadError.AuthenticationFailed({}), {}],
  [new BulkUploadError.ConnectionFailed({ host: "acme.example" }), {}],
  [new NotSettled({ sourceId: "x", after: Duration.seconds(5) }), {}],
  [new SourceNotFound({ name: "x", candidates: [] }), {}],
  [new AmbiguousSource({ name: "x", candidates: [] }), {}],
  [new InvalidBaseUrl({ reason: "It is odd.", nextStep: "Give another." }), {}],
  [new InvalidSettings({ problems: [{ variable: "X", problem: "X is odd.", fix: "Set it." }] }), {}]
]

describe("a failure", () => {
  it.each(errors.map(([error, more]) => [error._tag, error, more] as const))(
    "the failure of %s has the four common fields and those of its error",
    (_, error, more) => {
      const failure = Failure.fromError(error)
      assert.deepStrictEqual(failure, {
        error: error._tag,
        message: error.summary,
        nextStep: error.nextStep,
        retryable: error.retryable,
        ...more
      })
      assert.include(error.message, failure.message)
      assert.include(error.message, failure.nextStep)
      assert.deepStrictEqual(
        Schema.decodeUnknownSync(Failure.Failure)(JSON.parse(JSON.stringify(failure))),
        failure
      )
    }
  )

  it.each(["error", "message", "nextStep", "retryable"])("a failure without %s is refused", (field) => {
    const whole: Record<string, unknown> = Failure.fromError(
      new NotSettled({ sourceId: "x", after: Duration.zero })
    )
    const { [field]: _, ...rest } = whole
    assert.isTrue(Schema.is(Failure.Failure)(whole))
    assert.isFalse(Schema.is(Failure.Failure)(rest))
  })
})
