import type { Settings } from "@sailpoint-bulk-upload/core/Settings"
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** Calls `run` with a sandbox in this process, and stops the sandbox afterwards. */
export const withSandbox = <A>(run: (options: Settings) => Promise<A>): Promise<A> =>
  Effect.gen(function* () {
    const { url } = yield* Sandbox.make()
    const { clientId, clientSecret } = Client.admin
    const auth = { clientId, clientSecret: Redacted.make(clientSecret) }
    // Invented records and events need no consent.
    return yield* Effect.promise(() => run({ baseUrl: url, auth, countRecords: true, auditEvents: true }))
  }).pipe(Effect.scoped, Effect.runPromise)
