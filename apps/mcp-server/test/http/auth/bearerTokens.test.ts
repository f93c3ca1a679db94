import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as BearerTokenVerifier from "../../../src/http/auth/BearerTokenVerifier.ts"
import * as BearerTokens from "../../../src/settings/BearerTokens.ts"
import * as AuditLine from "../../support/AuditLine.ts"
import * as HttpProcess from "../../support/HttpProcess.ts"
import * as JsonRpc from "../../support/JsonRpc.ts"
import * as SecretFile from "../../support/SecretFile.ts"

const token = (letter: string) => `canary-${letter.repeat(32)}`
const [A, B, C] = [token("a"), token("b"), token("c")]

const files: ReadonlyArray<
  readonly [content: string, read: ReadonlyArray<readonly [string | undefined, string]> | RegExp]
> = [
  [`${A}\n`, [[undefined, A]]],
  [`alice:${A}`, [["alice", A]]],
  [
    `\nalice@acme.test:${A}\r\n\n  bob-2027:${B}  \n`,
    [
      ["alice@acme.test", A],
      ["bob-2027", B]
    ]
  ],
  [`alice:${A}\n${B}`, /^Line 2 of MCP_BEARER_TOKEN_FILE has no name/u],
  [`alice:${A}\nalice:${B}`, /^Line 2 .* has the name of another line/u],
  [`alice:${A}\nbob:${A}`, /^Line 2 .* has the token of another line/u],
  [`alice:${A.slice(0, 31)}`, /^Line 1 .* is too short/u],
  [`alice smith:${A}`, /^Line 1 .* has characters/u],
  [`alice:${A} ${B}`, /^Line 1 .* has characters/u],
  ["\n", /^The file that MCP_BEARER_TOKEN_FILE names is empty/u]
]

describe("a file of bearer tokens", { timeout: 60_000 }, () => {
  it.effect.each(files)("a file with %j is read, or has a problem without a token", ([content, expected]) =>
    Effect.gen(function* () {
      const { path } = yield* SecretFile.make(content)
      const problems: Array<string> = []
      const read = BearerTokens.read({ MCP_BEARER_TOKEN_FILE: path }, problems)
      if (expected instanceof RegExp) {
        assert.match(problems.join(" "), expected)
        assert.notInclude(problems.join(" "), "canary")
      } else {
        const tokens = read?.tokens ?? []
        assert.deepStrictEqual(problems, [])
        assert.deepStrictEqual(
          tokens.map(({ name, token }) => [name, Redacted.value(token)]),
          expected.map((entry) => [...entry])
        )
      }
    })
  )

  it.effect(
    "a token file is read again after 10 s, or after 1 s for an unknown token, and an empty file is ignored",
    () =>
      Effect.gen(function* () {
        const { path, write } = yield* SecretFile.make(`alice:${A}\nbob:${B}`)
        const tokens = BearerTokens.read({ MCP_BEARER_TOKEN_FILE: path }, [])
        if (tokens === undefined) return assert.fail("no tokens")
        const logged: Array<string> = []
        const logger = Logger.make(({ message }) => void logged.push(String(message)))
        const { verifyAccessToken } = yield* BearerTokenVerifier.makeVerifier(tokens).pipe(
          Effect.provide(Logger.layer([logger]))
        )
        const nameOf = (token: string) =>
          Effect.tryPromise(() => verifyAccessToken(token)).pipe(
            Effect.match({ onSuccess: ({ caller }) => caller.tokenName, onFailure: () => "refused" })
          )
        assert.deepStrictEqual([yield* nameOf(A), yield* nameOf(B)], ["alice", "bob"])
        yield* write(`alice:${A}`)
        yield* TestClock.adjust("9 seconds")
        assert.strictEqual(yield* nameOf(B), "bob")
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual([yield* nameOf(A), yield* nameOf(B)], ["alice", "refused"])
        yield* write(`alice:${A}\ncarol:${C}`)
        assert.strictEqual(yield* nameOf(C), "refused")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* nameOf(C), "carol")
        for (const content of ["", "", `alice:${A}\ncarol:${C}`, "alice:a\ncarol:c"]) {
          yield* write(content)
          yield* TestClock.adjust("10 seconds")
          assert.deepStrictEqual([yield* nameOf(A), yield* nameOf(C)], ["alice", "carol"])
        }
        assert.lengthOf(logged, 2)
        assert.match(
          String(logged[1]),
          /^MCP_BEARER_TOKEN_FILE cannot be used, so its last tokens stay valid\. Line 1 .*\. Line 2 /u
        )
      })
  )

  it.live("a token file is replaced under load without a refused call, and SIGHUP revokes a token", () =>
    Effect.gen(function* () {
      const { path, write } = yield* SecretFile.make(`alice:${A}\nbob:${B}\n`)
      const server = yield* HttpProcess.start(yield* Sandbox.make(), {
        env: { MCP_BEARER_TOKEN_FILE: path, MCP_MAX_PER_CALLER: "100000" }
      })
      const body = JSON.stringify(JsonRpc.callStatus(1, Source.named("Done").sourceId))
      const statusOf = (token: string, body?: string) =>
        Effect.map(
          HttpProcess.post(server.url, {
            headers: { authorization: `Bearer ${token}` },
            ...(body === undefined ? {} : { body })
          }),
          ({ status }) => status
        )
      const statuses = new Set<number | undefined>()
      const load = yield* Effect.forever(Effect.map(statusOf(A), (status) => statuses.add(status))).pipe(
        Effect.forkScoped
      )
      assert.strictEqual(yield* statusOf(B, body), 200)
      yield* write(`alice:${A}\nalice-2027:${C}\n`)
      yield* server.kill("SIGHUP")
      yield* server.logged(/read again \(SIGHUP\)/u)
      assert.deepStrictEqual([yield* statusOf(B), yield* statusOf(C, body)], [401, 200])
      yield* Fiber.interrupt(load)
      assert.deepStrictEqual([...statuses], [200])
      yield* server.kill("SIGTERM")
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(
        AuditLine.inLog(stderr).map(({ tokenName }) => tokenName),
        ["bob", "alice-2027"]
      )
      assert.notInclude(stderr, "canary")
    })
  )
})
