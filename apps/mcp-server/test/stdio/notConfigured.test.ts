import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"
import { countTokens } from "../support/Tokens.ts"

const BASE = { SAIL_BASE_URL: "https://acme.api.identitynow.com" }
const CLIENT = { SAIL_CLIENT_ID: "my-id", SAIL_CLIENT_SECRET: "canary-secret" }
const { sourceId } = Source.named("Done")

/** Missing or unusable settings, and parts of the message and the next step of each call. */
const unusable: ReadonlyArray<readonly [string, Record<string, string>, says: string, fix: string]> = [
  [
    "no variable set",
    {},
    "SAIL_BASE_URL is not set. SAIL_CLIENT_ID is not set.",
    ". SAIL_CLIENT_SECRET: Set it to the client secret"
  ],
  [
    "variables that the assistant did not expand",
    {
      SAIL_BASE_URL: "${SAIL_BASE_URL}",
      SAIL_CLIENT_ID: "${user_config.client_id}",
      SAIL_CLIENT_SECRET: "${input:secret}"
    },
    "SAIL_CLIENT_SECRET is not filled in: its value is still a placeholder",
    "SAIL_CLIENT_SECRET: Set it to"
  ],
  [
    "the host of a government tenant",
    { ...CLIENT, SAIL_BASE_URL: "https://acme.api.identitynowgov.com" },
    "SAIL_BASE_URL cannot be used",
    'set SAIL_ALLOWED_HOSTS to "acme.api.identitynowgov.com"'
  ],
  [
    "an invalid Redis URL",
    { ...BASE, ...CLIENT, SAIL_REDIS_URL: "http://:canary@redis.test" },
    "SAIL_REDIS_URL cannot be used",
    "SAIL_REDIS_URL: Set it to redis://"
  ]
]

/** The code and message of a protocol error, as both generations of clients throw it. */
const refusalOf = <A>(asked: Effect.Effect<A, Assistant.CallFailed>) =>
  Effect.map(Effect.flip(asked), ({ code, message }) => [code, message] as const)

describe.each(Assistant.kinds)(
  "a client $name of a server without usable settings",
  { timeout: 60_000 },
  (kind) => {
    it.live.each(unusable)(
      "each call of a client fails with the problem and the fix: %s",
      ([, env, says, fix]) =>
        Effect.gen(function* () {
          const assistant = yield* Assistant.connect(kind, env)
          const tools = yield* assistant.tools
          assert.isAbove(tools.length, 0)
          const calls = [{ sourceId }, { sourceId: "invalid" }, {}]
          for (const [tool, args] of tools.flatMap(({ name }) =>
            calls.map((args) => [name, args] as const)
          )) {
            const { isError, structured, text } = yield* assistant.call(args, tool)
            assert.isTrue(isError)
            assert.deepInclude(structured, { error: "NotConfigured", retryable: false })
            assert.include(String(structured?.["message"]), says)
            assert.include(String(structured?.["nextStep"]), fix)
            assert.deepStrictEqual(JSON.parse(text), structured)
            assert.isAtMost(countTokens(text), 1_000)
            assert.notMatch(text, /canary|user_config|sandbox/u)
          }
          const uri = `sailpoint://non-employee-sources/${sourceId}/bulk-upload-status`
          const asked: ReadonlyArray<Effect.Effect<unknown, Assistant.CallFailed>> = [
            assistant.ask((offers) => offers.readResource({ uri })),
            assistant.ask((offers) =>
              offers.getPrompt({ name: "did_my_upload_work", arguments: { source: "Retail" } })
            )
          ]
          for (const refusal of asked) {
            const [code, message] = yield* refusalOf(refusal)
            assert.strictEqual(code, -32_603)
            assert.include(message, says)
            assert.include(message, fix)
          }
          const { prompts } = yield* assistant.ask((offers) => offers.listPrompts())
          const { resourceTemplates } = yield* assistant.ask((offers) => offers.listResourceTemplates())
          assert.deepStrictEqual([prompts.length, resourceTemplates.length], [1, 1])
        })
    )
  }
)

describe("a server without usable settings", { timeout: 60_000 }, () => {
  it.live.each([
    ["initialize", JsonRpc.initialize(0)],
    ["server/discover", JsonRpc.discover(0)]
  ] as const)(
    "the server reports missing settings in its instructions and on standard error: %s",
    ([, greeting]) =>
      Effect.gen(function* () {
        const server = yield* ServerProcess.start([], { ...BASE, SAIL_CLIENT_ID: "my-id" })
        yield* server.send(greeting)
        const { result } = yield* server.answer(0)
        assert.include(result?.instructions, "SAIL_CLIENT_SECRET is not set.")
        assert.include(result?.instructions, "Set it to the client secret")
        yield* server.closeInput
        const { code, stderr } = yield* server.ended
        assert.strictEqual(code, 2)
        assert.match(stderr, /^- SAIL_CLIENT_SECRET is not set\. Set it to/mu)
      })
  )

  it.live(
    "a server with a placeholder as its secret sends no request and does not fall back to the sandbox",
    () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const assistant = yield* Assistant.connect(Assistant.modern, {
          ...ServerProcess.settingsFor(sandbox),
          SAIL_CLIENT_SECRET: "${SAIL_CLIENT_SECRET}"
        })
        const { structured } = yield* assistant.call({ sourceId })
        assert.strictEqual(structured?.["error"], "NotConfigured")
        assert.notProperty(structured, "sandbox")
        assert.deepStrictEqual(yield* sandbox.received, [])
      })
  )

  it.live("a server ignores placeholders in optional variables", () =>
    Effect.gen(function* () {
      const assistant = yield* Assistant.connect(Assistant.modern, {
        ...ServerProcess.settingsFor(yield* Sandbox.make()),
        SAIL_ACCESS_TOKEN: "${SAIL_ACCESS_TOKEN}",
        SAIL_API_VERSION: "${user_config.api_version}",
        SAIL_REQUEST_BUDGET: "${input:budget}",
        SAIL_REDIS_URL: "<redis-url>",
        OTEL_EXPORTER_OTLP_ENDPOINT: "${OTEL_EXPORTER_OTLP_ENDPOINT}"
      })
      assert.deepInclude((yield* assistant.call({ sourceId })).structured, { status: "COMPLETED" })
    })
  )
})
