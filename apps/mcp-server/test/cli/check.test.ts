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

interface Case {
  readonly sources?: Fault.Fault
  readonly env?: Record<string, string>
  readonly token?: Fault.Fault
  readonly args?: ReadonlyArray<string>
  readonly outcomes: string
  readonly says: string
  readonly code: number
}

const check = ({ args = [], env = {}, sources, token }: Pick<Case, "args" | "env" | "sources" | "token">) =>
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

const cases: ReadonlyArray<readonly [string, Case]> = [
  [
    "an account manager who may list only the own sources",
    {
      sources: { _tag: "Respond", status: 403 },
      outcomes: "ok ok ok ok",
      says: "that the token's owner manages",
      code: 0
    }
  ],
  [
    "a tenant without sources",
    {
      sources: { _tag: "Respond", status: 200, body: [] },
      outcomes: "ok ok ok failed",
      says: "--source ID",
      code: 1
    }
  ],
  [
    "a token with a time that is no date",
    {
      token: grant(jwt(0, 1e16)),
      args: ["--source", Source.named("Done").sourceId],
      outcomes: "ok ok failed ok",
      says: "does not tell until when",
      code: 1
    }
  ],
  [
    "a clock that is behind, by a given token",
    {
      env: { SAIL_CLIENT_ID: "", SAIL_CLIENT_SECRET: "", SAIL_ACCESS_TOKEN: jwt(3600, 7200) },
      outcomes: "ok failed skipped skipped",
      says: "s behind SailPoint's",
      code: 1
    }
  ],
  [
    "a good client",
    { outcomes: "ok ok ok ok", says: `${Source.seeded.length} non-employee sources`, code: 0 }
  ],
  [
    "a source that is named",
    {
      args: ["--source", Source.named("Done").id],
      outcomes: "ok ok ok ok",
      says: "Done (5a4d0000-0000-4000-8000-000000000005): COMPLETED",
      code: 0
    }
  ],
  [
    "an upload that failed, which is no fault of the setup",
    {
      args: ["--source", Source.named("Failed").sourceId],
      outcomes: "ok ok ok ok",
      says: "NON_EMPLOYEE_BULK_IMPORT_FAILED",
      code: 0
    }
  ],
  [
    "a proxy that Node does not use",
    {
      env: { HTTPS_PROXY: "http://me:canary@127.0.0.1:9" },
      outcomes: "ok skipped ok ok ok",
      says: "HTTPS_PROXY is set, but Node is not told to use it",
      code: 0
    }
  ],
  [
    "a proxy that Node does not use, and that is not for the tenant's host",
    {
      env: { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "localhost,127.0.0.1" },
      outcomes: "ok ok ok ok",
      says: "an access token is there",
      code: 0
    }
  ],
  [
    "a proxy that Node uses",
    {
      env: { https_proxy: "http://127.0.0.1:9", NODE_USE_ENV_PROXY: "1", NO_PROXY: "127.0.0.1" },
      outcomes: "ok ok ok ok",
      says: "an access token is there",
      code: 0
    }
  ],
  [
    "a source whose ID has a blank around it",
    {
      args: ["--source", ` ${Source.named("Done").sourceId}\u200B`],
      outcomes: "ok ok ok ok",
      says: "Done (5a4d",
      code: 0
    }
  ],
  [
    "settings that the assistant did not fill in",
    {
      env: { SAIL_CLIENT_ID: "${user_config.client_id}", SAIL_CLIENT_SECRET: "your-client-secret" },
      outcomes: "failed failed skipped skipped skipped",
      says: "SAIL_CLIENT_SECRET was not filled in by the assistant",
      code: 2
    }
  ],
  [
    "a host of a government's tenant",
    {
      env: { SAIL_BASE_URL: "https://acme.api.identitynowgov.com" },
      outcomes: "failed skipped skipped skipped",
      says: String.raw`set SAIL_ALLOWED_HOSTS to \"acme.api.identitynowgov.com\"`,
      code: 2
    }
  ],
  [
    "a source that may not be seen",
    {
      args: ["--source", Source.named("Private").sourceId],
      outcomes: "ok ok ok failed",
      says: "5a4dfa17000000000000000000000403",
      code: 1
    }
  ],
  [
    "what is no id",
    { args: ["--source", "contractors"], outcomes: "ok ok ok failed", says: "is not a source ID", code: 1 }
  ],
  [
    "no settings",
    {
      env: { SAIL_BASE_URL: "", SAIL_CLIENT_ID: "" },
      outcomes: "failed failed skipped skipped skipped",
      says: "SAIL_CLIENT_ID is not set",
      code: 2
    }
  ],
  [
    "the UI's host",
    {
      env: { SAIL_BASE_URL: "https://acme.identitynow.com" },
      outcomes: "failed skipped skipped skipped",
      says: "https://acme.api.identitynow.com",
      code: 2
    }
  ],
  [
    "a wrong secret",
    {
      env: { SAIL_CLIENT_SECRET: "canary" },
      outcomes: "ok failed skipped skipped",
      says: "Check SAIL_CLIENT_ID and SAIL_CLIENT_SECRET",
      code: 1
    }
  ],
  [
    "a missing scope",
    {
      env: { SAIL_CLIENT_ID: "sandbox-no-scope", SAIL_CLIENT_SECRET: "no-scope-secret" },
      args: ["--source", Source.named("Done").sourceId],
      outcomes: "ok ok failed failed",
      says: "scope idn:nelm:read",
      code: 1
    }
  ],
  [
    "a clock that is behind",
    {
      token: grant(jwt(3600, 7200)),
      outcomes: "ok failed skipped skipped",
      says: "s behind SailPoint's",
      code: 1
    }
  ],
  [
    "a clock that is ahead",
    {
      token: grant(jwt(-3600, 7200)),
      outcomes: "ok failed skipped skipped",
      says: "s ahead of SailPoint's",
      code: 1
    }
  ],
  [
    "a given token that has expired",
    {
      env: { SAIL_CLIENT_ID: "", SAIL_CLIENT_SECRET: "", SAIL_ACCESS_TOKEN: jwt(-7200, -3600) },
      outcomes: "ok failed skipped skipped",
      says: "The access token expired at",
      code: 1
    }
  ],
  [
    "a token that tells no times",
    {
      token: grant("opaque"),
      args: ["--source", Source.named("Done").sourceId],
      outcomes: "ok ok failed ok",
      says: "does not tell until when",
      code: 1
    }
  ]
]

describe("check", { timeout: 60_000 }, () => {
  it.live.each(cases)(
    "says what it finds with %s, and what to do",
    ([, { code, outcomes, says, ...given }]) =>
      Effect.gen(function* () {
        const ended = yield* check({ ...given, args: [...(given.args ?? []), "--json"] })
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
      assert.include(stdout, "What to do: Check SAIL_BASE_URL")
    })
  )

  it.live("is read by a person as well as by a script", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* check({ args: ["--source", Source.named("Private").sourceId] })
      assert.strictEqual(code, 1)
      assert.match(stdout, /^ok {7}settings {2}http:\/\/127\.0\.0\.1/u)
      assert.include(stdout, "failed   status")
      assert.match(stdout, /What to do: Give the API client the scope/u)
      assert.include(stdout, "Not all is well")
    })
  )

  it.live("says that the setup works, and not that all is well, over an upload that failed", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* check({ args: ["--source", Source.named("Failed").sourceId] })
      assert.strictEqual(code, 0)
      assert.notInclude(stdout, "All is well")
      assert.match(stdout, /What to do: Look at the audit events.+\n\nThe setup works\./u)
    })
  )

  it.live("gives one fix for each problem", () =>
    Effect.gen(function* () {
      const { stdout } = yield* check({ env: { SAIL_BASE_URL: "https://acme.identitynow.com" } })
      assert.strictEqual(stdout.match(/What to do:/gu)?.length, 1)
      assert.match(stdout, /What to do: .*https:\/\/acme\.api\.identitynow\.com/u)
      assert.notInclude(stdout, "Set the variable")
    })
  )

  it.live("needs no settings with --sandbox, and says that it is one", () =>
    Effect.gen(function* () {
      const server = yield* start(["check", "--sandbox"], {})
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, "a local sandbox with made-up data")
      assert.include(stdout, "All is well.")
    })
  )
})
