import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Source from "../src/Source.ts"
import { askStatus, BAD_ROW_CSV, exchange, GOOD_CSV, typed, uploadPath } from "./support/tenant.ts"

const contractors = Source.named("Contractors")
const request = `POST ${uploadPath(contractors.sourceId)}`

const form = (content: string, field = "data") => {
  const data = new FormData()
  data.append(field, typed("text/csv", content), "people.csv")
  return data
}

describe("an upload over HTTP", () => {
  const files = [
    { file: "a good file", text: GOOD_CSV, end: "COMPLETED" },
    { file: "a file with a bad row", text: BAD_ROW_CSV, end: "ERROR" }
  ]

  it.effect.each(files)("of $file is accepted and starts a job that ends in $end", (row) =>
    Effect.gen(function* () {
      const { answered, headers, sandbox } = yield* exchange({ request, body: form(row.text), status: 202 })
      const before = yield* askStatus(sandbox, "Contractors", headers)
      yield* TestClock.adjust("5 seconds")
      const after = yield* askStatus(sandbox, "Contractors", headers)

      const { id, ...job } = answered.json() as { readonly id: string }
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

  const noFile = "The request has no file in the multipart field data."
  const text = new FormData()
  text.set("data", GOOD_CSV)
  const cut = "multipart/form-data; boundary=cut"
  const shortRow = `${GOOD_CSV.replace("email", "mail")}ada,Ada\n`
  const twice = form("accountName,firstName,lastName,email,manager,email")
  const refusals: ReadonlyArray<readonly [what: string, body: BodyInit, ...errors: Array<string>]> = [
    ["no body", "", noFile],
    ["an empty form", new FormData(), noFile],
    ["the file in another field", form(GOOD_CSV, "file"), noFile],
    ["text instead of the file", text, noFile],
    ["the bare CSV", typed("text/csv", GOOD_CSV), noFile],
    ["JSON", typed("application/json", "{}"), noFile],
    ["a form without a part", typed(cut, ""), noFile],
    ["a truncated form", typed(cut, "--cut\r\nContent-Disposition: form-data;"), noFile],
    ["no line", form("\n"), "The file is empty."],
    [
      "a misspelled column and a row that is too short",
      form(shortRow),
      'The column "email" is missing.',
      'The column "mail" is unknown.',
      "Line 3 has 2 cells; the header has 5."
    ],
    ["a column twice", twice, 'The column "email" is there twice.', "The file has no rows."]
  ]

  it.effect.each(refusals)("with %s is refused with one error on each line", ([, body, ...errors]) =>
    Effect.gen(function* () {
      const { answered, headers, sandbox } = yield* exchange({ request, body, status: 400 })

      const { messages } = answered.json() as ReturnType<typeof Source.errorBody>
      assert.deepStrictEqual(messages[0]?.text.split("\n"), errors)
      assert.deepStrictEqual((yield* askStatus(sandbox, "Contractors", headers)).json(), { status: null })
    })
  )

  it.effect.each(["sandbox-reader", "sandbox-no-scope"])("by %s is refused for its scope", (clientId) =>
    exchange({ request, body: form(GOOD_CSV), clientId, status: 403, text: "idn:nelm:manage" })
  )
})
