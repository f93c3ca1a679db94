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

/** A JWT that was issued and expires so many seconds from now. */
const jwt = (issued: number, expires: number): string => {
  const now = Math.floor(Date.now() / 1000)
  return [{ alg: "none" }, { iat: now + issued, exp: now + expires }, "x"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")
}

const grant = (accessToken: string): Fault.Fault => ({
  _tag: "Respond",
  status: 200,
  body: { access_token: accessToken, expires_in: 600 }
})

const done: Fault.Fault = { _tag: "Respond", status: 200, body: { status: "COMPLETED" } }

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
    // Calls with a token that the sandbox did not issue are answered all the same.
    yield* sandbox.fail({ endpoint: "status", fault: done, times: token === undefined ? 0 : 9 })
    const settings = Object.entries({ ...settingsFor(sandbox), ...env }).filter(([, value]) => value !== "")
    const server = yield* start(["check", ...args], Object.fromEntries(settings))
    return yield* server.ended
  })

const DONE = Source.named("Done").sourceId
const NAMED = `Done (${Source.named("Done").id})`
const PRIVATE = Source.named("Private").sourceId

const asking = (source: string) => ({ args: ["--source", source] })

const given = (SAIL_ACCESS_TOKEN: string) => ({
  env: { SAIL_CLIENT_ID: "", SAIL_CLIENT_SECRET: "", SAIL_ACCESS_TOKEN }
})

/** The outcome of each step, the exit code, words of a finding, and what differs from a good setup. */
const cases: ReadonlyArray<
  readonly [string, outcomes: string, code: number, says: string, differs: Partial<Setup>]
> = [
  ["a good client", "ok ok ok ok", 0, `${Source.seeded.length} non-employee sources`, {}],
  [
    "an account manager who may list only the own sources",
    "ok ok ok ok",
    0,
    "that the token's owner manages",
    { sources: { _tag: "Respond", status: 403 } }
  ],
  [
    "a tenant without sources",
    "ok ok ok failed",
    1,
    "--source ID",
    { sources: { _tag: "Respond", status: 200, body: [] } }
  ],
  ["a source that is named", "ok ok ok ok", 0, `${NAMED}: COMPLETED`, asking(Source.named("Done").id)],
  [
    "a source with a blank around its ID",
    "ok ok ok ok",
    0,
    NAMED,
    asking(` ${Source.named("Done").id}\u200B`)
  ],
  [
    "an upload that failed",
    "ok ok ok ok",
    0,
    "NON_EMPLOYEE_BULK_IMPORT_FAILED",
    asking(Source.named("Failed").sourceId)
  ],
  ["a source that may not be seen", "ok ok ok failed", 1, PRIVATE, asking(PRIVATE)],
  ["what is no id", "ok ok ok failed", 1, "is not a source ID", asking("contractors")],
  [
    "a proxy that Node does not use",
    "ok skipped ok ok ok",
    0,
    "HTTPS_PROXY is set, but Node is not configured to use it",
    { env: { HTTPS_PROXY: "http://me:canary@127.0.0.1:9" } }
  ],
  [
    "a proxy that is not for the tenant's host",
    "ok ok ok ok",
    0,
    "access token received",
    { env: { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "localhost,127.0.0.1" } }
  ],
  [
    "settings that the assistant did not fill in",
    "failed failed skipped skipped skipped",
    2,
    "SAIL_CLIENT_SECRET was not filled in by the assistant",
    { env: { SAIL_CLIENT_ID: "${user_config.client_id}", SAIL_CLIENT_SECRET: "your-client-secret" } }
  ],
  [
    "no settings",
    "failed failed skipped skipped skipped",
    2,
    "SAIL_CLIENT_ID is not set",
    { env: { SAIL_BASE_URL: "", SAIL_CLIENT_ID: "" } }
  ],
  [
    "a host of a government's tenant",
    "failed skipped skipped skipped",
    2,
    String.raw`set SAIL_ALLOWED_HOSTS to \"acme.api.identitynowgov.com\"`,
    { env: { SAIL_BASE_URL: "https://acme.api.identitynowgov.com" } }
  ],
  [
    "the UI's host",
    "failed skipped skipped skipped",
    2,
    "https://acme.api.identitynow.com",
    { env: { SAIL_BASE_URL: "https://acme.identitynow.com" } }
  ],
  [
    "a wrong secret",
    "ok failed skipped skipped",
    1,
    "Check SAIL_CLIENT_ID and SAIL_CLIENT_SECRET",
    { env: { SAIL_CLIENT_SECRET: "canary" } }
  ],
  [
    "a missing scope",
    "ok ok failed failed",
    1,
    "scope idn:nelm:read",
    { ...asking(DONE), env: { SAIL_CLIENT_ID: "sandbox-no-scope", SAIL_CLIENT_SECRET: "no-scope-secret" } }
  ],
  [
    "a clock that is behind",
    "ok failed skipped skipped",
    1,
    "s behind SailPoint's",
    { token: grant(jwt(3600, 7200)) }
  ],
  [
    "a clock that is ahead",
    "ok failed skipped skipped",
    1,
    "s ahead of SailPoint's",
    { token: grant(jwt(-3600, 7200)) }
  ],
  [
    "a clock that is behind, by a given token",
    "ok failed skipped skipped",
    1,
    "s behind SailPoint's",
    given(jwt(3600, 7200))
  ],
  [
    "a given token that has expired",
    "ok failed skipped skipped",
    1,
    "The access token expired at",
    given(jwt(-7200, -3600))
  ],
  [
    "a token that tells no times",
    "ok ok failed ok",
    1,
    "its expiry is unknown",
    { ...asking(DONE), token: grant("opaque") }
  ],
  [
    "a token with a time that is no date",
    "ok ok failed ok",
    1,
    "its expiry is unknown",
    { ...asking(DONE), token: grant(jwt(0, 1e16)) }
  ]
]

describe("check", { timeout: 60_000 }, () => {
  it.live.each(cases)("says what it finds with %s, and what to do", ([, outcomes, code, says, differs]) =>
    Effect.gen(function* () {
      const ended = yield* check({ ...differs, args: [...(differs.args ?? []), "--json"] })
      const { findings, ok } = JSON.parse(ended.stdout) as {
        readonly ok: boolean
        readonly findings: ReadonlyArray<Finding>
      }
      assert.strictEqual(findings.map(({ outcome }) => outcome).join(" "), outcomes)
      assert.include(JSON.stringify(findings), says)
      assert.deepStrictEqual([ended.code, ok], [code, code === 0])
      for (const { nextStep, outcome, status, step } of findings) {
        const hasToAct = outcome === "failed" || status === "ERROR" || step === "proxy"
        assert.strictEqual(nextStep !== undefined, hasToAct)
      }
      assert.notInclude(ended.stdout + ended.stderr, "canary")
    })
  )

  it.live("says so when nothing listens at the host", () =>
    Effect.gen(function* () {
      const { url } = yield* Effect.scoped(Sandbox.make())
      const { code, stdout } = yield* check({ env: { SAIL_BASE_URL: url } })
      assert.strictEqual(code, 1)
      assert.match(stdout, /failed {3}token .+ECONNREFUSED/u)
      assert.include(stdout, "Fix: Check SAIL_BASE_URL")
    })
  )

  it.live("is read by a person as well as by a script", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* check({ args: ["--source", Source.named("Private").sourceId] })
      assert.strictEqual(code, 1)
      assert.match(stdout, /^ok {7}settings {2}http:\/\/127\.0\.0\.1/u)
      assert.include(stdout, "failed   status")
      assert.match(stdout, /Fix: Give the API client the scope/u)
      assert.include(stdout, "Some checks failed")
    })
  )

  it.live("says that the setup works, and not that all is well, over an upload that failed", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* check({ args: ["--source", Source.named("Failed").sourceId] })
      assert.strictEqual(code, 0)
      assert.notInclude(stdout, "All checks passed")
      assert.match(stdout, /Fix: Look at the audit events.+\n\nThe setup works\./u)
    })
  )

  it.live("gives one fix for each problem", () =>
    Effect.gen(function* () {
      const { stdout } = yield* check({ env: { SAIL_BASE_URL: "https://acme.identitynow.com" } })
      assert.strictEqual(stdout.match(/Fix:/gu)?.length, 1)
      assert.match(stdout, /Fix: .*https:\/\/acme\.api\.identitynow\.com/u)
      assert.notInclude(stdout, "Set the variable")
    })
  )

  it.live("needs no settings with --sandbox, and says that it is one", () =>
    Effect.gen(function* () {
      const server = yield* start(["check", "--sandbox"], {})
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, "a local sandbox with made-up data")
      assert.include(stdout, "All checks passed.")
    })
  )
})
