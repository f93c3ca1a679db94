/** Lines on standard input, and their answers. */
import { assert, describe, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

class Server extends Context.Service<Server, ServerProcess.ServerProcess>()("test/hostile/Server") {}

/** One process reads all lines, so that each line also tests the effects of the lines before. */
const Serving = Layer.effect(
  Server,
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.Sandbox
    return yield* ServerProcess.greeted(sandbox, "--log-level", "trace")
  })
).pipe(Layer.provideMerge(Sandbox.layer()))

const { sourceId } = Source.named("Done")

/** A row: the written text, in which a new ID replaces `ID`. */
type Row = readonly [what: string, written: string | Uint8Array]

const MEGABYTE = 1_000_000
const INVALID_PARAMS = -32_602

const unanswered: ReadonlyArray<Row> = [
  ["half a message", `{"jsonrpc":"2.0","id":ID,"method":"pi`],
  ["blank lines", "\n\n \n\t\n\r\n"],
  ["a byte-order mark", "\uFEFF"],
  ["bytes that are not UTF-8", Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x80)],
  ["a message in UTF-16", Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"ping"}`, "utf16le")],
  ["5 MB of opening brackets", "[".repeat(5 * MEGABYTE)],
  ["a list 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000)],
  ...["hello", "NaN", "null", "5", `"ping"`, "[]", "{}", `{"jsonrpc":"2.0"}`].map(
    (text) => [text, text] as const
  ),
  ["a notification of a method that is a number", `{"jsonrpc":"2.0","method":5}`],
  ["a request as a notification", `{"jsonrpc":"2.0","method":"tools/list"}`],
  ["an answer without a request", `{"jsonrpc":"2.0","id":ID,"result":{}}`],
  ["an error without a request", `{"jsonrpc":"2.0","id":ID,"error":{"code":1,"message":"x"}}`],
  ["an answer with a number as its result", `{"jsonrpc":"2.0","id":ID,"result":5}`],
  ["an unknown notification", notification("nonsense", `{"__proto__":{}}`)],
  ["progress without a request", notification("progress", `{"progressToken":"x","progress":1}`)],
  ["a cancellation without a request", notification("cancelled", `{"requestId":ID}`)],
  ["a cancellation whose ID is an object", notification("cancelled", `{"requestId":{"__proto__":1}}`)],
  ["a cancellation without an ID", notification("cancelled", "{}")],
  ["a second initialized notification", notification("initialized", "{}")]
]

/** Requests whose ID MCP does not allow. JSON-RPC answers them with the ID `null`. */
const withoutId: ReadonlyArray<Row> = [
  ...["null", "{}", "[ID]", "true"].map(
    (id) => [`the ID ${id}`, `{"jsonrpc":"2.0","id":${id},"method":"ping"}`] as const
  ),
  ["an ID that is null in a batch", `[{"jsonrpc":"2.0","id":null,"method":"ping"}]`],
  ["a batch of 101 messages", `[${`{"jsonrpc":"2.0","id":ID,"method":"ping"},`.repeat(100)}{}]`],
  [
    "an ID of many digits before a list 100,000 deep",
    `{"jsonrpc":"2.0","id":1e21,"method":"ping","params":{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`
  ]
]

function notification(name: string, params: string): string {
  return `{"jsonrpc":"2.0","method":"notifications/${name}","params":${params}}`
}

const request = (method: string, params: string): string =>
  `{"jsonrpc":"2.0","id":ID,"method":${JSON.stringify(method)},"params":${params}}`

const tool = (params: string): string => request("tools/call", params)
const resource = (uri: string): string => request("resources/read", JSON.stringify({ uri }))
const prompt = (params: string): string => request("prompts/get", params)
const complete = (ref: object): string =>
  request("completion/complete", JSON.stringify({ ref, argument: { name: "source", value: "" } }))

const INVALID_REQUEST = -32_600

/** Requests that JSON-RPC, the protocol or the server refuses with that code. */
const refused: ReadonlyArray<readonly [...Row, code: number]> = [
  ...[
    `{"jsonrpc":"2.0","id":ID}`,
    `{"jsonrpc":"2.0","id":ID,"method":5}`,
    `{"extra":1,"jsonrpc":"2.0","id":ID,"method":"ping"}`,
    `{"id":ID,"method":"ping"}`,
    `{"jsonrpc":"1.0","id":ID,"method":"ping"}`,
    `{"jsonrpc":2.0,"id":ID,"method":"ping"}`,
    tool(`"x"`),
    request("ping", "5")
  ].map((text) => [text, text, INVALID_REQUEST] as const),
  ...["tools/delete", "", "__proto__", "constructor", "../../tools/list", "x".repeat(5 * MEGABYTE)].map(
    (method) => [`the method ${method.slice(0, 20)}`, request(method, "{}"), -32_601] as const
  ),
  ...[
    "{}",
    `{"name":5}`,
    `{"name":"__proto__","arguments":{}}`,
    `{"name":"GET_BULK_UPLOAD_STATUS"}`,
    `{"name":""}`,
    `{"name":"${"x".repeat(5 * MEGABYTE)}"}`,
    `{"name":"${JsonRpc.TOOL}","arguments":"x"}`
  ].map((params) => [`the call ${params.slice(0, 60)}`, tool(params), INVALID_PARAMS] as const),
  ...[
    "x",
    "sailpoint://non-employee-sources/../../bulk-upload-status",
    "sailpoint://non-employee-sources/..%2f..%2fx/bulk-upload-status"
  ].map((uri) => [`the resource ${uri}`, resource(uri), INVALID_PARAMS] as const),
  ["a call without params", `{"jsonrpc":"2.0","id":ID,"method":"tools/call"}`, INVALID_PARAMS],
  ["a missing URI", request("resources/read", "{}"), INVALID_PARAMS],
  ["a resource that is a number", request("resources/read", `{"uri":5}`), INVALID_PARAMS],
  ...[
    `{"name":"__proto__"}`,
    `{"name":"did_my_upload_work","arguments":{"source":5}}`,
    `{"name":"did_my_upload_work","arguments":{"source":"${"x".repeat(5 * MEGABYTE)}"}}`
  ].map((params) => [`the prompt ${params.slice(0, 60)}`, prompt(params), INVALID_PARAMS] as const),
  ["a completion without params", request("completion/complete", "{}"), INVALID_PARAMS],
  ...[
    { type: "ref/prompt", name: "__proto__" },
    { type: "ref/resource", uri: "file:///{x}" }
  ].map((ref) => [`a completion for ${JSON.stringify(ref)}`, complete(ref), INVALID_PARAMS] as const)
]

function call(args: string, name: string = JsonRpc.TOOL): string {
  return tool(`{"name":"${name}","arguments":${args}}`)
}

const id = `"sourceId":"${sourceId}"`

/** Calls that a tool refuses, with the tag of the error. */
const failed: ReadonlyArray<readonly [...Row, error: string]> = [
  ["no arguments at all", tool(`{"name":"${JsonRpc.TOOL}"}`), "InvalidArguments"],
  ...["null", "{}", `{"sourceId":{"toString":"x"}}`, `{"sourceId":true}`, `{"__proto__":{${id}}}`].map(
    (args) => [`the arguments ${args}`, call(args), "InvalidArguments"] as const
  ),
  ["an ID of 5 MB", call(`{"sourceId":"${"a".repeat(5 * MEGABYTE)}"}`), "InvalidSourceId"],
  ["an ID of half a surrogate pair", call(`{"sourceId":"\\ud800"}`), "InvalidSourceId"],
  ...["0", "271", "1e999", `"5 s"`].map(
    (seconds) =>
      [
        `a timeout of ${seconds}`,
        call(`{${id},"timeoutSeconds":${seconds}}`, "wait_for_bulk_upload"),
        "InvalidArguments"
      ] as const
  ),
  ...[`{"nameContains":5}`, `{"ownedByMe":"yes"}`].map(
    (args) => [`the arguments ${args}`, call(args, "list_non_employee_sources"), "InvalidArguments"] as const
  )
]

/** Unusual but valid calls. */
const right: ReadonlyArray<Row> = [
  ["a batch of one", `[${call(`{${id}}`)}]`],
  ["a line that ends as on Windows", `${call(`{${id}}`)}\r`],
  ["a line with spaces around it", `  ${call(`{${id}}`)}\t`],
  ["a byte-order mark before it", `\uFEFF${call(`{${id}}`)}`],
  ["an ID given twice, with the right one last", call(`{"sourceId":"x",${id}}`)],
  ["a version given twice", `{"jsonrpc":"1.0",${call(`{${id}}`).slice(1)}`],
  ...[
    `"constructor":{"prototype":{}}`,
    `"__proto__":{"sourceId":"x"}`,
    `"${"k".repeat(5 * MEGABYTE)}":1`,
    `"deep":${"[".repeat(10_000)}${"]".repeat(10_000)}`,
    Array.from({ length: 10_000 }, (_, n) => `"a${n}":${n}`).join(",")
  ].map((more) => [`the argument ${more.slice(0, 40)}`, call(`{${id},${more}}`)] as const),
  ...[
    `"_meta":null,"x":null`,
    `"__proto__":{"x":1}`,
    `"_meta":{"progressToken":"${"t".repeat(MEGABYTE)}"}`,
    `"_meta":{"x":"${"t".repeat(5 * MEGABYTE)}"}`
  ].map(
    (more) =>
      [
        `the params ${more.slice(0, 40)}`,
        tool(`{"name":"${JsonRpc.TOOL}","arguments":{${id}},${more}}`)
      ] as const
  )
]

let lastId = 1_000

/** All answers to a row: the messages before the answer to a later ping. */
const answersTo = (written: Row[1], wanted: "same" | "null" | "none") =>
  Effect.gen(function* () {
    const server = yield* Server
    const before = (yield* server.messages).length
    const own = (lastId += 1)
    const line = typeof written === "string" ? Buffer.from(written.replaceAll("ID", String(own))) : written
    yield* server.write(Buffer.concat([line, Buffer.from("\n")]))
    if (wanted === "same") yield* server.answer(own)
    const after = (lastId += 1)
    yield* server.send(JsonRpc.ping(after))
    yield* server.answer(after)
    const answers = (yield* server.messages).slice(before).filter((message) => message.id !== after)
    const ids = answers.map((message) => message.id)
    assert.deepStrictEqual(ids, { same: [own], null: [null], none: [] }[wanted])
    return answers[0]
  })

/** An answer does not repeat a long text. */
const LONGEST = 2_000

describe("over standard input", { timeout: 60_000 }, () => {
  layer(Serving, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect.each(unanswered)("no answer follows: %s", ([, written]) => answersTo(written, "none"))

    it.effect.each(withoutId)("a request is refused with the ID null: %s", ([, written]) =>
      Effect.gen(function* () {
        const answer = yield* answersTo(written, "null")
        assert.strictEqual(answer?.error?.code, INVALID_REQUEST)
      })
    )

    it.effect.each(refused)("a request is refused: %s", ([, written, code]) =>
      Effect.gen(function* () {
        const answer = yield* answersTo(written, "same")
        assert.strictEqual(answer?.error?.code, code)
        assert.match(String(answer?.error?.message), /^[ -~]+…?$/u)
        assert.notInclude(String(answer?.error?.message), `"code"`)
        assert.isBelow(JSON.stringify(answer).length, LONGEST)
      })
    )

    it.effect.each(failed)("a call fails: %s", ([, written, error]) =>
      Effect.gen(function* () {
        const answer = yield* answersTo(written, "same")
        assert.isTrue(answer?.result?.isError)
        assert.strictEqual(answer?.result?.structuredContent?.["error"], error)
        assert.isBelow(JSON.stringify(answer).length, LONGEST)
      })
    )

    const lists = ["null", "{}"].flatMap((none) => [
      request("tools/list", none),
      call(none, "list_non_employee_sources")
    ])

    it.effect.each(lists)("a list accepts null and empty params: %s", (written) =>
      Effect.map(answersTo(written, "same"), (answer) =>
        assert.match(JSON.stringify(answer?.result), /"tools":\[|"total":\d/u)
      )
    )

    it.effect.each(right)("a call is answered: %s", ([, written]) =>
      Effect.gen(function* () {
        const answer = yield* answersTo(written, "same")
        assert.strictEqual(answer?.result?.structuredContent?.["status"], "COMPLETED")
      })
    )
  })
})
