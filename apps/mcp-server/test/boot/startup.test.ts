import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import packageJson from "../../package.json" with { type: "json" }
import * as CommandLine from "../../src/cli/CommandLine.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const BASE = { SAIL_BASE_URL: "https://acme.api.identitynow.com" }
const CLIENT = { SAIL_CLIENT_ID: "my-id", SAIL_CLIENT_SECRET: "canary-secret" }

const asked: ReadonlyArray<readonly [string, stdout: string]> = [
  ["--help", CommandLine.HELP],
  ["--version", `${packageJson.version}\n`]
]

const misused: ReadonlyArray<readonly [string, says: string]> = [
  ["serve", `"serve" is not a command`],
  ["--verbose", "--verbose"],
  ["--log-level loud", "--log-level"],
  ["--client-secret canary", "Unknown option '--client-secret'"],
  ["--client-secret=canary", "Unknown option '--client-secret'"],
  ["--access-token canary", "Unknown option '--access-token'"],
  ["--sandbox --client-secret canary", "Unknown option '--client-secret'"]
]

/** Which variables standard error names, in that order. */
const incomplete: ReadonlyArray<readonly [string, Record<string, string>, ReadonlyArray<string>]> = [
  ["nothing set", {}, ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"]],
  ["no credentials", BASE, ["SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"]],
  [
    "a password in the base URL",
    { SAIL_BASE_URL: "https://me:canary@acme.api.identitynow.com", ...CLIENT },
    ["SAIL_BASE_URL"]
  ],
  [
    "a token beside the credentials",
    { ...BASE, ...CLIENT, SAIL_ACCESS_TOKEN: "canary" },
    ["SAIL_ACCESS_TOKEN"]
  ],
  [
    "a Redis URL that is none",
    { ...BASE, ...CLIENT, SAIL_REDIS_URL: "http://:canary@127.0.0.1:6379" },
    ["SAIL_REDIS_URL"]
  ],
  [
    "a wrong base URL and no credentials",
    { SAIL_BASE_URL: "http://acme.api.identitynow.com" },
    ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"]
  ]
]

const run = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.flatMap(ServerProcess.start(args, env), ({ ended }) => ended)

describe("the command", { timeout: 20_000 }, () => {
  it.live.each(asked)("prints what %s asks for on standard output and exits 0", ([option, stdout]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run([option]), { code: 0, signal: null, stdout, stderr: "" })
    })
  )

  it.live.each(misused)("refuses `%s` on standard error and exits 2", ([line, says]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(line.split(" "), { ...BASE, ...CLIENT })
      assert.strictEqual(code, 2)
      assert.strictEqual(stdout, "")
      assert.include(stderr, says)
      assert.include(stderr, "--help")
      assert.notInclude(stderr, "canary")
      assert.notMatch(stderr, STACK_FRAME)
    })
  )

  it.live.each(incomplete)("with %s names the variable on standard error and exits 2", ([, env, names]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(["http"], env)
      assert.strictEqual(code, 2)
      assert.strictEqual(stdout, "")
      assert.deepStrictEqual(
        Array.from(stderr.matchAll(/^- (SAIL_[A-Z_]+)/gmu), ([, name]) => name),
        [...names]
      )
      assert.include(stderr, "--sandbox")
      assert.notInclude(stderr, "canary")
      assert.notMatch(stderr, STACK_FRAME)
    })
  )
})

const STACK_FRAME = /^\s+at |Error:|\.js:\d+/mu
