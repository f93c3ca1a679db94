import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import type * as ApiClient from "../src/ApiClient.ts"
import * as BulkUploads from "../src/BulkUploads.ts"
import { sourcesNamed } from "../src/internal/sourcesNamed.ts"
import * as NonEmployeeSources from "../src/NonEmployeeSources.ts"
import { observe } from "./support/observed.ts"
import { api, plan } from "./support/tenant.ts"

const live = (options: Partial<ApiClient.Options> & { readonly sandbox?: Sandbox.Options } = {}) =>
  Layer.mergeAll(NonEmployeeSources.layerApiClient, BulkUploads.layerApiClient).pipe(
    Layer.provide(api(options)),
    Layer.provideMerge(Sandbox.layer(options.sandbox))
  )

/** 2 MiB. */
const MAX_BODY = 2_097_152

/** A tenant with sources of these names. */
const named = (...names: ReadonlyArray<string>) =>
  live({
    sandbox: {
      sources: names.map((name, n) => ({
        ...Source.named("Done"),
        name,
        sourceId: n.toString(16).padStart(32, "0")
      }))
    }
  })

describe("NonEmployeeSources", () => {
  it.live.each(["v2024", "v1"] as const)("list returns the sources with %s", (apiVersion) =>
    Effect.gen(function* () {
      const sources = yield* NonEmployeeSources.NonEmployeeSources
      assert.deepStrictEqual<unknown>(
        yield* sources.list(),
        Source.seeded.map(({ description, id, name, sourceId }) => ({ sourceId, id, name, description }))
      )
    }).pipe(Effect.provide(live({ apiVersion })))
  )

  it.live("list requests only the owner's sources with ownedByMe, and uses the token of statuses", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      const sources = yield* NonEmployeeSources.NonEmployeeSources
      yield* sources.list()
      yield* sources.list({ ownedByMe: true })
      const paths = (yield* sandbox.received).flatMap(({ endpoint, path }) =>
        endpoint === "sources" ? [path] : []
      )
      assert.deepStrictEqual(paths, [
        "/v2024/non-employee-sources?limit=250",
        "/v2024/non-employee-sources?limit=250&requested-for=me"
      ])
      yield* (yield* BulkUploads.BulkUploads).status(Source.named("Done").sourceId)
      const tokens = (yield* sandbox.received).filter(({ endpoint }) => endpoint === "token")
      assert.strictEqual(tokens.length, 1)
    }).pipe(Effect.provide(live()))
  )

  const found: ReadonlyArray<readonly [wanted: string, names: ReadonlyArray<string>, name: string]> = [
    ["Retail", ["Retail", "Retail North"], "Retail"],
    ["retail", ["retail", "Retail"], "retail"],
    [" RETAIL ", ["Retail", "Retail North"], "Retail"],
    ["whole", ["Retail", "Wholesale"], "Wholesale"],
    ["Retail  North", ["Retail  North", "Retail"], "Retail North"],
    ["y".repeat(250), ["y".repeat(250), "Retail"], `${"y".repeat(199)}…`],
    ["Mu\u0308nchner", ["M\u00FCnchner", "M\u00FCnchner Nord"], "M\u00FCnchner"],
    ["M\u00FCnchner", ["Mu\u0308nchner", "Munchner"], "M\u00FCnchner"],
    ["\uAC00", ["\u1100\u1161", "\u1100"], "\uAC00"]
  ]

  it.live.each(found)("the name %j among %j finds %s", ([wanted, names, name]) =>
    Effect.gen(function* () {
      const sources = yield* NonEmployeeSources.NonEmployeeSources
      assert.strictEqual((yield* sources.findByName(wanted)).name, name)
    }).pipe(Effect.provide(named(...names)))
  )

  const unclear: ReadonlyArray<
    readonly [wanted: string, names: ReadonlyArray<string>, tag: string, candidates: number, text: string]
  > = [
    ["Ret", ["Retail", "Retail North", "Other"], "AmbiguousSource", 2, 'source: "Retail", "Retail North".'],
    ["Retail", ["Retail", "Retail"], "AmbiguousSource", 2, "Give the whole name, or an ID."],
    ["Banking", ["Retail", "Other"], "SourceNotFound", 2, 'Give one of these names: "Retail", "Other".'],
    ["", ["Retail", ""], "SourceNotFound", 2, 'There is no non-employee source named "".'],
    ["Retail", [], "SourceNotFound", 0, "this token sees no source."]
  ]

  it.live.each(unclear)(
    "the name %j among %j fails with %s and the candidates",
    ([wanted, names, tag, candidates, text]) =>
      Effect.gen(function* () {
        const [{ spans }, observing] = observe()
        const sources = yield* NonEmployeeSources.NonEmployeeSources
        const error = yield* Effect.flip(sources.findByName(wanted)).pipe(Effect.provide(observing))
        assert.strictEqual(error._tag, tag)
        assert.strictEqual("candidates" in error && error.candidates.length, candidates)
        assert.include(error.message, `"${wanted}"`)
        assert.include(error.message, text)
        assert.isFalse(error.retryable)
        const called = spans.map(({ name }) => name).join()
        assert.include(called, "NonEmployeeSources.findByName,NonEmployeeSources.list")
      }).pipe(Effect.provide(named(...names)))
  )

  it.live("sourcesNamed returns the sources whose name contains the text, sorted by name", () =>
    Effect.gen(function* () {
      const sources = yield* (yield* NonEmployeeSources.NonEmployeeSources).list()
      const found = sourcesNamed("\u0000MU\u0308N ", sources).map(({ name }) => name)
      assert.deepStrictEqual(found, ["Alm\u00FCnd", "m\u00FCnchner", "M\u00FCnster"])
    }).pipe(Effect.provide(named("M\u00FCnster", "m\u00FCnchner", "Munich", "Alm\u00FCnd")))
  )

  it.live("list reads incomplete items, drops those without an ID, and makes texts harmless", () =>
    Effect.gen(function* () {
      const { id, sourceId } = Source.named("Done")
      const items = [
        {},
        { name: "No id" },
        { id, name: 7 },
        {
          sourceId,
          id: "no ID",
          name: "Red\u001B[31m \u202Etxet\u0000\nend",
          description: "x".repeat(900),
          approvers: [{}]
        }
      ]
      // U+202E has three bytes.
      const body = JSON.stringify(items).padEnd(MAX_BODY - 2)
      yield* plan("sources", { _tag: "Respond", status: 200, body })
      const list = yield* (yield* NonEmployeeSources.NonEmployeeSources).list()
      assert.deepStrictEqual<unknown>(list, [
        { sourceId: id, id, name: "", description: "" },
        { sourceId, name: "Red txet end", description: `${"x".repeat(499)}…` }
      ])
    }).pipe(Effect.provide(live()))
  )

  const notLists = ["{}", "null", '"list"', "<html>", "", "[]".padEnd(MAX_BODY + 1)]
  it.live.each(notLists.map((body) => [body.length, body] as const))(
    "list fails with a body of %i bytes that is too long or not a list",
    ([, body]) =>
      Effect.gen(function* () {
        yield* plan("sources", { _tag: "Respond", status: 200, body })
        const error = yield* Effect.flip((yield* NonEmployeeSources.NonEmployeeSources).list())
        assert.strictEqual(error._tag, "UnexpectedResponse")
        const problem = body.length > MAX_BODY ? "larger than 2048 KiB" : "not a JSON list of sources"
        assert.include(error.message, problem)
      }).pipe(Effect.provide(live()))
  )

  it.live("a 403 names the required user level, and the option for an account manager", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip((yield* NonEmployeeSources.NonEmployeeSources).list())
      assert.strictEqual(error._tag, "Forbidden")
      assert.include(error.message, "ORG_ADMIN")
      assert.include(error.message, "account manager")
    }).pipe(
      Effect.provide(
        live({ auth: { clientId: "sandbox-no-scope", clientSecret: Redacted.make("no-scope-secret") } })
      )
    )
  )
})
