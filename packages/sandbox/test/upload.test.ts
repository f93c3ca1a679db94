import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, authorize, BAD_ROW_CSV, GOOD_CSV, send, uploadPath } from "./support/tenant.ts"

const contractors = Source.named("Contractors")

const multipart = (content: string | Blob, field = "data") => {
  const form = new FormData()
  if (typeof content === "string") form.append(field, content)
  else form.append(field, content, "people.csv")
  return form
}

const csv = (text: string) => multipart(new Blob([text], { type: "text/csv" }))

const upload = (
  sandbox: Sandbox.Service,
  headers: Record<string, string>,
  body: BodyInit,
  path = uploadPath(contractors.sourceId)
) => send(`${sandbox.url}${path}`, { method: "POST", headers, body })

describe("an upload over HTTP", () => {
  const files = [
    { file: "a good file", text: GOOD_CSV, end: "COMPLETED" },
    { file: "a file with a bad row", text: BAD_ROW_CSV, end: "ERROR" }
  ]

  it.effect.each(files)("of $file is taken with 202 and starts a job that ends in $end", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const taken = yield* upload(sandbox, headers, csv(row.text))
      const before = yield* askStatus(sandbox, "Contractors", headers)
      yield* TestClock.adjust("5 seconds")
      const after = yield* askStatus(sandbox, "Contractors", headers)

      assert.strictEqual(taken.status, 202)
      const { id, ...job } = taken.json() as { readonly id: string }
      assert.match(id, /^[0-9a-f]{32}$/u)
      assert.deepStrictEqual<object>(job, {
        sourceId: contractors.sourceId,
        created: "1970-01-01T00:00:00.000Z",
        modified: "1970-01-01T00:00:00.000Z",
        status: "PENDING"
      })
      assert.deepStrictEqual(before.json(), { status: "PENDING" })
      assert.deepStrictEqual(after.json(), { status: row.end })
    })
  )

  const paths = [
    uploadPath(contractors.id),
    uploadPath(contractors.sourceId, "beta"),
    uploadPath(contractors.sourceId, "v3"),
    uploadPath(contractors.sourceId, "v2025"),
    uploadPath(contractors.sourceId, "v2026"),
    `/non-employee-sources/v1/${contractors.sourceId}/non-employee-bulk-upload`
  ]

  it.effect.each(paths)("is taken on %s", (path) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const taken = yield* upload(sandbox, yield* authorize(sandbox), csv(GOOD_CSV), path)

      assert.strictEqual(taken.status, 202)
    })
  )

  const form = { "content-type": "multipart/form-data; boundary=cut" }
  const withoutFile: ReadonlyArray<{
    readonly what: string
    readonly body: BodyInit
    readonly headers?: Record<string, string>
  }> = [
    { what: "no body", body: "" },
    { what: "an empty form", body: new FormData() },
    { what: "the file in another field", body: multipart(new Blob([GOOD_CSV]), "file") },
    { what: "text in place of the file", body: multipart(GOOD_CSV) },
    { what: "the bare CSV", body: GOOD_CSV, headers: { "content-type": "text/csv" } },
    { what: "JSON", body: "{}", headers: { "content-type": "application/json" } },
    { what: "a form without a part", body: "", headers: form },
    { what: "a form that is cut short", body: "--cut\r\nContent-Disposition: form-data;", headers: form }
  ]

  it.effect.each(withoutFile)("with $what is refused with 400 and starts no job", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const refused = yield* upload(sandbox, { ...headers, ...row.headers }, row.body)

      assert.strictEqual(refused.status, 400)
      assert.include(refused.text, "The request has no file in the multipart field data.")
      assert.deepStrictEqual((yield* askStatus(sandbox, "Contractors", headers)).json(), { status: null })
    })
  )

  const malformed = [
    { what: "no line", text: "\n", errors: ["The file is empty."] },
    {
      what: "a misspelled column and a row that is too short",
      text: `${GOOD_CSV.replace("email", "mail")}ada,Ada\n`,
      errors: [
        'The column "email" is missing.',
        'The column "mail" is unknown.',
        "Line 3 has 2 cells; the header has 5."
      ]
    },
    {
      what: "a column twice and no row",
      text: "accountName,firstName,lastName,email,manager,email",
      errors: ['The column "email" is there twice.', "The file has no rows."]
    }
  ]

  it.effect.each(malformed)("of a file with $what is refused with one error on each line", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const refused = yield* upload(sandbox, headers, csv(row.text))

      assert.strictEqual(refused.status, 400)
      const { messages } = refused.json() as ReturnType<typeof Source.errorBody>
      assert.deepStrictEqual(messages[0]?.text.split("\n"), row.errors)
      assert.deepStrictEqual((yield* askStatus(sandbox, "Contractors", headers)).json(), { status: null })
    })
  )

  it.effect.each(["sandbox-reader", "sandbox-no-scope"])("by %s is refused with 403", (clientId) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const refused = yield* upload(sandbox, yield* authorize(sandbox, clientId), csv(GOOD_CSV))

      assert.strictEqual(refused.status, 403)
      assert.include(refused.text, "idn:nelm:manage")
    })
  )
})
