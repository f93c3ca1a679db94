/**
 * A sandbox in this process, for `--sandbox`. Loaded only then.
 */
import type { Options } from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** Serves with a sandbox that lives as long as `serve` runs. */
export const withSandbox = (serve: (options: Options) => Promise<void>): Promise<void> =>
  Effect.gen(function* () {
    const { clients, url } = yield* Sandbox.make()
    const [client] = clients
    if (client === undefined) return
    yield* Effect.promise(() =>
      serve({
        baseUrl: url,
        auth: { clientId: client.clientId, clientSecret: Redacted.make(client.clientSecret) }
      })
    )
  }).pipe(Effect.scoped, Effect.runPromise)
