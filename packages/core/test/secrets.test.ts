/** Canaries for every secret, looked for in all that a program shows. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import { BulkUploads } from "../src/BulkUploads.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { observe } from "./support/observed.ts"
import { tenant, transports } from "./support/tenant.ts"
import { transcript } from "./support/transcript.ts"

/** With all that JSON, a page, a form or a URL writes otherwise. */
const SECRET = 'canary-"client"<secret>&100%/\u00fc\\'
const clients = [
  { clientId: "canary", clientSecret: SECRET, scopes: ["idn:nelm:read"], lifetime: "60 seconds" as const }
]

/** A gateway that puts what it was sent into its answer. */
const echo = (status: number): Fault.Fault => ({ _tag: "Echo", status })

const faults: ReadonlyArray<readonly [string, "token" | "status", Fault.Fault]> = [
  ["nothing", "status", { _tag: "Delay", duration: 0 }],
  ...(["token", "status"] as const).flatMap((endpoint) => [
    [`a closed connection (${endpoint})`, endpoint, { _tag: "Reset" }] as const,
    [`half an answer (${endpoint})`, endpoint, { _tag: "CutOff" }] as const,
    [`401 (${endpoint})`, endpoint, { _tag: "Respond", status: 401, body: { error: "no" } }] as const,
    [`403 (${endpoint})`, endpoint, { _tag: "Respond", status: 403 }] as const,
    [`429 (${endpoint})`, endpoint, Fault.rateLimited("1")] as const,
    [`500 (${endpoint})`, endpoint, Fault.gatewayPage(500)] as const,
    [`an echo with 200 (${endpoint})`, endpoint, echo(200)] as const,
    [`an echo with 400 (${endpoint})`, endpoint, echo(400)] as const,
    [`an echo with 503 (${endpoint})`, endpoint, echo(503)] as const,
    [`a redirect that echoes (${endpoint})`, endpoint, echo(302)] as const,
    [`a page (${endpoint})`, endpoint, Fault.gatewayPage(200)] as const,
    [
      `a redirect (${endpoint})`,
      endpoint,
      { _tag: "Respond", status: 307, headers: { location: "http://127.0.0.1:1/" } }
    ] as const
  ])
]

describe.each(transports)("over %s", (_, transport) => {
  it.live.each(faults)("no secret is shown through %s", ([, endpoint, fault]) =>
    Effect.gen(function* () {
      const [seen, layer] = observe()
      const shown: Array<unknown> = []
      const live = tenant(
        {
          auth: { clientId: "canary", clientSecret: Redacted.make(SECRET) },
          retryPolicy: RetryPolicy.make({ retries: 1, backoff: 1, maxRetryAfter: 0 }),
          sandbox: { clients }
        },
        transport
      ).pipe(Layer.provideMerge(layer))
      const tokens = yield* Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        const service = yield* BulkUploads
        yield* sandbox.fail({ endpoint, fault, times: 9 })
        const exit = yield* Effect.exit(service.status(Source.named("Done").sourceId))
        shown.push(exit, service, Exit.isFailure(exit) && exit.cause)
        return (yield* sandbox.received).flatMap(({ headers }) => headers["authorization"]?.slice(7) ?? [])
      }).pipe(Effect.provide(live))

      const everything = transcript(seen, ...shown)
      assert.include(everything, "BulkUploads.status", "the spans were seen")
      // The first word as well: a secret that is written otherwise is a secret still.
      for (const secret of [SECRET, 'canary-"', "canary-\\", "canary-%22", "canary-&quot;", ...tokens]) {
        assert.notInclude(everything, secret)
      }
    })
  )
})
