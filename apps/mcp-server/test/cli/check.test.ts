import { assert, describe, it } from "@effect/vitest"
import type * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { settingsFor, start } from "../support/ServerProcess.ts"

type Finding = {
  readonly step: string
  readonly outcome: string
  readonly found: string
  readonly nextStep?: string
  readonly status?: string
}

/** A JWT whose issue and expiry are this number of seconds from now. */
const jwt = (issued: number, expires: number): string => {
  const now = Math.floor(Date.now() / 1000)
  return [{ alg: "none" }, { iat: now + issued, exp: now + expires }, "x"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")
}

const respond = (status: number, body?: unknown): Fault.Fault => ({ _tag: "Respond", status, body })

const grant = (accessToken: string) => respond(200, { access_token: accessToken, expires_in: 600 })

interface Setup {
  readonly args: ReadonlyArray<string>
  readonly env: Record<string, string>
  readonly sources: Fault.Fault
  readonly token: Fault.Fault
}

const check = ({ args = [], env = {}, sources, token }: Partial<Setup>) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    if (sources !== undefined) yield* sandbox.fail({ endpoint: "sources", fault: sources })
    if (token !== undefined) yield* sandbox.fail({ endpoint: "token", fault: token, times: 9 })
    // The sandbox answers status calls although it did not issue these tokens.
    yield* sandbox.fail({
      endpoint: "status",
      fault: respond(200, { status: "COMPLETED" }),
      times: token === undefined ? 0 : 9
    })
    const settings = Object.entries({ ...settingsFor(sandbox), ...env }).filter(([, value]) => value !== "")
    const server = yield* start(["check", ...args], Object.fromEntries(settings))
    return yield* server.ended
  })

const DONE = Source.named("Done").sourceId
const NAMED = `Done (${Source.named("Done").id})`
const PRIVATE = Source.named("Private").sourceId

const ofSource = (source: string) => ({ args: ["--source", source] })

const withToken = (SAIL_ACCESS_TOKEN: string) => ({
  env: { SAIL_CLIENT_ID: "", SAIL_CLIENT_SECRET: "", SAIL_ACCESS_TOKEN }
})

const FAILED = Source.named("Failed").sourceId
const WRONG_SECRET = { env: { SAIL_CLIENT_SECRET: "canary" } }
const UI = { env: { SAIL_BASE_URL: "https://acme.identitynow.com" } }

const GOOD = "ok ok ok ok"
const NO_TOKEN = "ok failed skipped skipped"
const NO_TIMES = ["ok ok failed ok", "its expiry is unknown"] as const
const granted = (token: string) => ({ ...ofSource(DONE), token: grant(token) })

const PASSED = /All checks passed/u

/** The outcomes of the steps, a part of a finding, and the difference from a good setup. */
const cases: ReadonlyArray<readonly [string, outcomes: string, says: string, differs: Partial<Setup>]> = [
  ["a good client", GOOD, `${Source.seeded.length} non-employee sources`, {}],
  ["an account manager's rights", GOOD, "that the token's owner manages", { sources: respond(403) }],
  ["a tenant without sources", "ok ok ok failed", "--source ID", { sources: respond(200, []) }],
  ["a named source", GOOD, `${NAMED}: COMPLETED`, ofSource(Source.named("Done").id)],
  ["a source with a blank around its ID", GOOD, NAMED, ofSource(` ${Source.named("Done").id}\u200B`)],
  ["an upload that failed", GOOD, "NON_EMPLOYEE_BULK_IMPORT_FAILED", ofSource(FAILED)],
  ["a source without access", "ok ok ok failed", PRIVATE, ofSource(PRIVATE)],
  ["an invalid ID", "ok ok ok failed", "is not a source ID", ofSource("contractors")],
  [
    "a proxy that Node does not use",
    "ok skipped ok ok ok",
    "HTTPS_PROXY is set, but Node is not configured to use it",
    { env: { HTTPS_PROXY: "http://me:canary@127.0.0.1:9" } }
  ],
  [
    "settings that the assistant did not fill in",
    "failed failed skipped skipped skipped",
    "SAIL_CLIENT_SECRET is not filled in: its value is still a placeholder",
    { env: { SAIL_CLIENT_ID: "${user_config.client_id}", SAIL_CLIENT_SECRET: "your-client-secret" } }
  ],
  ["the UI's host", "failed skipped skipped skipped", "https://acme.api.identitynow.com", UI],
  ["a wrong secret", NO_TOKEN, "Check SAIL_CLIENT_ID and SAIL_CLIENT_SECRET", WRONG_SECRET],
  [
    "a missing scope",
    "ok ok failed failed",
    "scope idn:nelm:read",
    { ...ofSource(DONE), env: { SAIL_CLIENT_ID: "sandbox-no-scope", SAIL_CLIENT_SECRET: "no-scope-secret" } }
  ],
  ["a clock that is behind", NO_TOKEN, "s behind SailPoint's", { token: grant(jwt(3600, 7200)) }],
  ["a clock that is ahead", NO_TOKEN, "s ahead of SailPoint's", { token: grant(jwt(-3600, 7200)) }],
  ["a clock that is behind a given token", NO_TOKEN, "s behind SailPoint's", withToken(jwt(3600, 7200))],
  ["an expired given token", NO_TOKEN, "The access token expired at", withToken(jwt(-7200, -3600))],
  ["a token without times", ...NO_TIMES, granted("opaque")],
  ["a token with an invalid time", ...NO_TIMES, granted(jwt(0, 1e16))]
]

/** The exit code, and patterns that the readable text matches or does not match. */
const texts: ReadonlyArray<readonly [string, Partial<Setup>, code: number, says: RegExp, not: RegExp]> = [
  [
    "a source without access",
    ofSource(PRIVATE),
    1,
    /^ok {7}settings {2}http:\/\/127\.[^]*failed {3}status[^]*Fix: Give the API client the scope[^]*Some checks failed/u,
    PASSED
  ],
  ["an upload that failed", ofSource(FAILED), 0, /Fix: Look at the audit .+\n\nThe setup works\./u, PASSED],
  ["one problem, with one fix", UI, 2, /Fix: .*https:\/\/acme\.api\./u, /Fix:[^]*Fix:|Set the variable/u]
]

describe("check", { timeout: 60_000 }, () => {
  it.live.each(cases)("check prints findings and fixes with %s", ([, outcomes, says, differs]) =>
    Effect.gen(function* () {
      const ended = yield* check({ ...differs, args: [...(differs.args ?? []), "--json"] })
      const { findings, ok } = JSON.parse(ended.stdout) as {
        readonly ok: boolean
        readonly findings: ReadonlyArray<Finding>
      }
      assert.strictEqual(findings.map(({ outcome }) => outcome).join(" "), outcomes)
      assert.include(JSON.stringify(findings), says)
      const isGood = !outcomes.includes("failed")
      assert.deepStrictEqual([ended.code, ok], [outcomes.startsWith("failed") ? 2 : isGood ? 0 : 1, isGood])
      for (const { nextStep, outcome, status, step } of findings) {
        const hasToAct = outcome === "failed" || status === "ERROR" || step === "proxy"
        assert.strictEqual(nextStep !== undefined, hasToAct)
      }
      assert.notInclude(ended.stdout + ended.stderr, "canary")
    })
  )

  it.live("check prints a fix when nothing listens at the host", () =>
    Effect.gen(function* () {
      const { url } = yield* Effect.scoped(Sandbox.make())
      const { code, stdout } = yield* check({ env: { SAIL_BASE_URL: url } })
      assert.strictEqual(code, 1)
      assert.match(stdout, /failed {3}token .+ECONNREFUSED/u)
      assert.include(stdout, "Fix: Check SAIL_BASE_URL")
    })
  )

  it.live.each(texts)("check prints readable text with %s", ([, differs, code, says, not]) =>
    Effect.gen(function* () {
      const { stdout, ...ended } = yield* check(differs)
      assert.strictEqual(ended.code, code)
      assert.match(stdout, says)
      assert.notMatch(stdout, not)
    })
  )

  it.live("check needs no settings with --sandbox, and reports that it uses a sandbox", () =>
    Effect.gen(function* () {
      const server = yield* start(["check", "--sandbox"], {})
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, "a local sandbox with made-up data")
      assert.include(stdout, "All checks passed.")
    })
  )
})
