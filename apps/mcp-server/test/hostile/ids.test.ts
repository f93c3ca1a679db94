/** IDs of a client come back with the same digits over both transports. */
import { assert, describe, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

class Servers extends Context.Service<
  Servers,
  { readonly http: HttpProcess.HttpProcess; readonly stdio: ServerProcess.ServerProcess }
>()("test/hostile/ids/Servers") {}

const Serving = Layer.effect(
  Servers,
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const http = yield* HttpProcess.start(sandbox, { env: { MCP_MAX_PER_CALLER: "9999" } })
    return { http, stdio: yield* ServerProcess.greeted(sandbox) }
  })
)

const integers =
  "0 -0 -1 9007199254740991 9007199254740993 18446744073709551615 123456789012345678901234567890"
const numbers = `${integers} 1.5 1e21 1E+30 2.5e-7 1e400`.split(" ")
const texts = ["", " ", "9007199254740993", "1e21@", "__proto__", "ü€🦊", "x".repeat(10_000)]
const ids = [...numbers, ...texts.map((text) => JSON.stringify(text))]

/** Requests, each with a unique part of its answer. */
const requests: ReadonlyArray<readonly [what: string, request: string, says: string]> = [
  ["a result", `"method":"prompts/list"`, "did_my_upload_work"],
  [
    "a failed call",
    `"method":"tools/call","params":{"name":"${JsonRpc.TOOL}","arguments":{"sourceId":"x"}}`,
    "InvalidSourceId"
  ],
  ["an unknown tool", `"method":"tools/call","params":{"name":"nothing"}`, "nothing"],
  ["an unknown method", `"method":"tools/delete"`, "-32601"],
  ["invalid params", `"method":"resources/read","params":{}`, "params.uri"]
]

const rows = requests.flatMap(([what, request, says]) =>
  ids.map(
    (id) =>
      [
        id.slice(0, 40),
        what,
        `{"jsonrpc":"2.0","id":${id},${request}}`,
        new RegExp(`^(?=[^\n]*${RegExp.escape(says)})[^\n]*"id":${RegExp.escape(id)}[,}]`, "mu")
      ] as const
  )
)

describe("the ID", { timeout: 60_000 }, () => {
  layer(Serving, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect.each(rows)("the ID %s comes back with %s over both transports", ([, , request, answer]) =>
      Effect.gen(function* () {
        const { http, stdio } = yield* Servers
        yield* stdio.write(`${request}\n`)
        yield* stdio.wrote(answer)
        assert.match((yield* HttpProcess.post(http.url, { body: request })).body, answer)
      })
    )

    it.effect.each(ids.slice(3))("the progress token %s comes back with the progress", (token) =>
      Effect.gen(function* () {
        const { http } = yield* Servers
        const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait_for_bulk_upload","arguments":{"sourceId":"${Source.named("Done").sourceId}"},"_meta":{"progressToken":${token}}}}`
        const answer = (yield* HttpProcess.post(http.url, { body })).body
        assert.match(answer, new RegExp(`"progressToken":${RegExp.escape(token)}[,}]`, "u"))
      })
    )

    it.effect("the ID of a canceled request is read with all its digits", () =>
      Effect.gen(function* () {
        const { stdio } = yield* Servers
        const call = `{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call","params":{"name":"wait_for_bulk_upload","arguments":{"sourceId":"${Source.named("Contractors").sourceId}"}}}`
        const cancel = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9007199254740993}}`
        yield* stdio.write(`${call}\n`)
        yield* stdio.write(`${cancel}\n`)
        yield* stdio.logged(/outcome=cancelled[^\n]*requestId=9007199254740993 /u)
      })
    )
  })
})
