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
  ["--client-secret canary", "Unknown option '--client-secret'"]
]

/** Environments, and the variables that standard error names in that order. */
const incomplete: ReadonlyArray<readonly [string, Record<string, string>, ReadonlyArray<string>]> = [
  ["no variable set", {}, ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"]],
  ["a password in a URL", { SAIL_BASE_URL: "https://me:canary@acme.test", ...CLIENT }, ["SAIL_BASE_URL"]],
  ["a Redis URL of HTTP", { ...BASE, ...CLIENT, SAIL_REDIS_URL: "http://:canary@a.test" }, ["SAIL_REDIS_URL"]]
]

const run = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.flatMap(ServerProcess.start(args, env), ({ ended }) => ended)

describe("the command", { timeout: 20_000 }, () => {
  it.live.each(asked)("%s prints its text on standard output and exits with 0", ([option, stdout]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run([option]), { code: 0, signal: null, stdout, stderr: "" })
    })
  )

  it.live.each(misused)("the server refuses `%s` on standard error and exits with 2", ([line, says]) =>
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

  it.live.each(incomplete)("the HTTP server with %s names the variable and exits with 2", ([, env, names]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(["http"], env)
      assert.strictEqual(code, 2)
      assert.strictEqual(stdout, "")
      const named = Array.from(stderr.matchAll(/^- (SAIL_[A-Z_]+)/gmu), ([, name]) => name)
      assert.deepStrictEqual(named, [...names])
      assert.include(stderr, "--sandbox")
      assert.notInclude(stderr, "canary")
      assert.notMatch(stderr, STACK_FRAME)
    })
  )
})

const STACK_FRAME = /^\s+at |Error:|\.js:\d+/mu
