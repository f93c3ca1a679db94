import { assert, describe, it, layer } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"

const TEMPLATE = "sailpoint://non-employee-sources/{sourceId}/bulk-upload-status"

const uriOf = (sourceId: string): string => TEMPLATE.replace("{sourceId}", sourceId)

const read = (sourceId: string) =>
  Effect.gen(function* () {
    const { ask } = yield* Assistant.Assistant
    const { contents } = yield* ask((offers) => offers.readResource({ uri: uriOf(sourceId) }))
    return contents as ReadonlyArray<{
      readonly uri: string
      readonly mimeType: string
      readonly text: string
    }>
  })

const parse = (content: { readonly text: string } | undefined) =>
  JSON.parse(content?.text ?? "") as Readonly<Record<string, unknown>>

const INVALID_PARAMS = -32_602
const INTERNAL_ERROR = -32_603

const failures = [
  ["Forbidden", Source.named("Private").sourceId, INTERNAL_ERROR, /403/u],
  ["UnexpectedResponse", Source.named("New status").sourceId, INTERNAL_ERROR, /CANCELLED/u],
  ["NotFound", "f".repeat(32), INVALID_PARAMS, /404/u],
  ["InvalidSourceId", "%zz", INVALID_PARAMS, /its character 1 is "%"/u],
  ["InvalidSourceId", "contractors", INVALID_PARAMS, /"contractors" is not a source ID/u]
] as const

describe.each(Assistant.kinds)("the resource, for a client $name", { timeout: 60_000 }, (kind) => {
  layer(Assistant.layer(kind), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("the resource is listed as a template", () =>
      Effect.gen(function* () {
        const { ask } = yield* Assistant.Assistant
        const { resourceTemplates } = yield* ask((offers) => offers.listResourceTemplates())
        assert.lengthOf(resourceTemplates, 1)
        assert.containSubset(resourceTemplates[0], {
          name: "bulk_upload_status",
          uriTemplate: TEMPLATE,
          mimeType: "application/json"
        })
        assert.match(JSON.stringify(resourceTemplates), /^[ -~]+$/u)
      })
    )

    it.effect.each(["Done", "Failed", "Running", "Contractors"])(
      "the resource returns the same fields as the tool: %s",
      (name) =>
        Effect.gen(function* () {
          const { sourceId } = Source.named(name)
          const [content, ...others] = yield* read(sourceId)
          const { structured } = yield* (yield* Assistant.Assistant).call({ sourceId })
          assert.deepStrictEqual(others, [])
          assert.deepStrictEqual([content?.uri, content?.mimeType], [uriOf(sourceId), "application/json"])
          const { checkedAt, ...fields } = parse(content)
          const { checkedAt: _, ...expected } = structured ?? {}
          assert.deepStrictEqual(fields, expected)
          assert.match(String(checkedAt), /^\d{4}-\d\d-\d\dT/u)
        })
    )

    it.effect.each(failures)("the resource fails like the tool: %s", ([error, sourceId, code, says]) =>
      Effect.gen(function* () {
        const refused = yield* Effect.flip(read(sourceId))
        const { structured } = yield* (yield* Assistant.Assistant).call({ sourceId })
        assert.strictEqual(refused.code, code)
        assert.strictEqual(structured?.["error"], error)
        assert.deepStrictEqual(refused.data, structured)
        assert.match(refused.message, says)
        const { message, nextStep } = { ...structured }
        assert.include(refused.message, `${String(message)} ${String(nextStep)}`)
        assert.notMatch(refused.message, /\n|\bat .*\.[jt]s:\d/u)
      })
    )

    it.effect.each(["%20", " ", "%E2%80%8B%0A", "%C2%A0"])(
      "the resource drops spaces and invisible characters around an ID in its URI: %s",
      (around) =>
        Effect.gen(function* () {
          const { sourceId } = Source.named("Done")
          const [content] = yield* read(`${around}${sourceId}${around}`)
          assert.strictEqual(parse(content)["sourceId"], sourceId)
        })
    )
  })
})

describe("the status as a resource", { timeout: 60_000 }, () => {
  it.live("every read of the resource sends a request", () =>
    Effect.gen(function* () {
      const jobTiming = { pending: 0, inProgress: 0 }
      const { assistant, sandbox } = yield* Assistant.withSandbox(Assistant.modern, { jobTiming })
      const { sourceId } = Source.named("Contractors")
      const status = read(sourceId).pipe(
        Effect.provideService(Assistant.Assistant, assistant),
        Effect.map(([content]) => parse(content)["status"])
      )
      assert.isNull(yield* status)
      yield* sandbox.upload(sourceId, "accountName,firstName\na,b\n")
      assert.isNotNull(yield* status)
    })
  )
})
