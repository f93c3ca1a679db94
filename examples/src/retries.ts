/**
 * Other retry policies: the built-in one with other numbers, your own Schedule, and none. With each, the first two
 * requests for a source fail with 503. Run it with `pnpm example retries`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { BulkUploads, getBulkUploadStatus, RetryPolicy } from "@sailpoint-bulk-upload/core"
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { Environment, Fault, Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"

/** For interactive use: few tries, and no wait above two seconds. */
const impatient = RetryPolicy.make({ retries: 3, backoff: "100 millis", maxRetryAfter: "2 seconds" })

/**
 * Any Schedule over the error is a policy. This one backs off exponentially for half a minute and prints each retry. Your
 * own policy has to check `retryable` and the wait that SailPoint requests: an earlier request prolongs the wait.
 */
const ownSchedule: RetryPolicy.Policy = Schedule.exponential("50 millis", 3).pipe(
  Schedule.setInputType<BulkUploadError>(),
  Schedule.while(({ input }) => input.retryable && RetryPolicy.askedWait(input) === undefined),
  Schedule.upTo({ duration: "30 seconds" }),
  Schedule.tap(({ attempt, input }) => Console.log(`  retry ${attempt}, because of ${input._tag}`))
)

const Live = (retryPolicy: RetryPolicy.Policy) =>
  BulkUploads.layerConfig({ retryPolicy }).pipe(
    Layer.provide(FetchHttpClient.layer),
    Layer.provideMerge(Environment.layer())
  )

const runWith = (name: string, policy: RetryPolicy.Policy) =>
  Effect.gen(function* () {
    yield* Console.log(`${name}:`)
    const sandbox = yield* Sandbox.Sandbox
    yield* sandbox.fail({ endpoint: "status", fault: Fault.gatewayPage(503), times: 2 })
    const outcome = yield* getBulkUploadStatus(Source.named("Done").sourceId).pipe(
      Effect.match({
        onFailure: (error) => `${error._tag}. ${error.nextStep}`,
        onSuccess: ({ status }) => `${status}`
      })
    )
    const requests = (yield* sandbox.received).filter(({ endpoint }) => endpoint === "status")
    yield* Console.log(`  ${requests.map(({ outcome }) => outcome).join(", then ")}: ${outcome}`)
  }).pipe(Effect.provide(Live(policy)))

const main = Effect.gen(function* () {
  yield* runWith("With other numbers", impatient)
  yield* runWith("With your own Schedule", ownSchedule)
  yield* runWith("Without retries", RetryPolicy.none)
})

NodeRuntime.runMain(main)
