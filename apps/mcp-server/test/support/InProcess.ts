/** The server in the process of the test, with mocked services. */
import { Client, InMemoryTransport } from "@modelcontextprotocol/client"
import { Explanation } from "@sailpoint-bulk-upload/core/Explanation"
import { ApiClient } from "@sailpoint-bulk-upload/core/workspace"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Runtime } from "../../src/handlers/Runtime.ts"
import { makeFactory } from "../../src/server/McpServerFactory.ts"
import { makeAdapter } from "../../src/mcp/ToolResult.ts"

/** An API client that only gets access tokens. */
export const apiClient = (get: Effect.Effect<Redacted.Redacted<string>>) =>
  Layer.mock(ApiClient)({
    tenant: {
      origin: "https://acme.api.identitynow.com",
      host: "acme.api.identitynow.com",
      apiVersion: "v2024"
    },
    accessToken: { get, refused: () => Effect.succeed(false) }
  })

/** An API client that is never called, because the services above it are mocks. */
export const noApiClient = Layer.merge(apiClient(Effect.never), Layer.mock(Explanation)({}))

/** A client of a server on that runtime, which is disposed when the scope closes. */
export const connect = (runtime: Runtime) =>
  Effect.gen(function* () {
    yield* Effect.addFinalizer(() => runtime.disposeEffect)
    const client = new Client({ name: "test", version: "1.0.0" })
    const [here, there] = InMemoryTransport.createLinkedPair()
    const options = { sandbox: false }
    yield* Effect.promise(() => makeFactory(makeAdapter(runtime, options), options)().connect(there))
    yield* Effect.promise(() => client.connect(here))
    return client
  })
