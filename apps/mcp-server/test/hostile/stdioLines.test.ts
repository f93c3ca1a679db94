/** What an assistant can write to standard input, and what must come back: a line of a table for each. */
import { assert, describe, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

class Server extends Context.Service<Server, ServerProcess.ServerProcess>()("test/hostile/Server") {}

/** One process for all of them: whatever one line does to it, the next ones find out. */
const Serving = Layer.effect(
  Server,
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.Sandbox
    const server = yield* ServerProcess.start(["--log-level", "trace"], ServerProcess.settingsFor(sandbox))
    yield* server.send(JsonRpc.initialize(0), JsonRpc.initialized)
    yield* server.answer(0)
    return server
  })
).pipe(Layer.provideMerge(Sandbox.layer()))

const { sourceId } = Source.named("Done")

/** A row: what is written, `ID` standing for an id of its own. */
type Row = readonly [what: string, written: string | Uint8Array]

const MEGABYTE = 1_000_000

const unanswered: ReadonlyArray<Row> = [
  ["a word", "hello"],
  ["an opening brace", "{"],
  ["half a message", `{"jsonrpc":"2.0","id":ID,"method":"pi`],
  ["two messages on one line", `{"jsonrpc":"2.0","id":ID,"method":"ping"}{"jsonrpc":"2.0"}`],
  ["a message with a comma too many", `{"jsonrpc":"2.0","id":ID,"method":"ping",}`],
  ["a message in single quotes", `{'jsonrpc':'2.0','id':ID,'method':'ping'}`],
  ["a message with a comment", `{"jsonrpc":"2.0","id":ID,"method":"ping"} // hello`],
  ["NaN", "NaN"],
  ["an HTTP request", "POST /mcp HTTP/1.1\r\nHost: localhost\r\n\r\n{}"],
  ["a header, as language servers frame", "Content-Length: 2\r\n\r\n{}"],
  ["a server-sent event", `data: {"jsonrpc":"2.0","id":ID,"method":"ping"}`],
  ["blank lines", "\n\n \n\t\n\r\n"],
  ["a byte-order mark", "\uFEFF"],
  ["NUL bytes", "\u0000\u0000\u0000"],
  ["bytes that are no UTF-8", Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x80)],
  ["a message in UTF-16", Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"ping"}`, "utf16le")],
  ["terminal sequences", "\u001B[31m{}\u001B[0m\u001B]0;title\u0007"],
  ["5 MB of garbage", "x".repeat(5 * MEGABYTE)],
  ["5 MB of opening brackets", "[".repeat(5 * MEGABYTE)],
  ["null", "null"],
  ["a number", "5"],
  ["a text", `"ping"`],
  ["an empty list", "[]"],
  ["an empty object", "{}"],
  ["a list 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000)],
  ["a message without anything", `{"jsonrpc":"2.0"}`],
  ["a notification of a method that is a number", `{"jsonrpc":"2.0","method":5}`],
  ["an unknown notification", `{"jsonrpc":"2.0","method":"notifications/nonsense"}`],
  ["a notification named __proto__", `{"jsonrpc":"2.0","method":"__proto__","params":{"__proto__":{}}}`],
  ["a request as a notification", `{"jsonrpc":"2.0","method":"tools/list"}`],
  ["an answer to nothing that was asked", `{"jsonrpc":"2.0","id":ID,"result":{}}`],
  ["a failure of nothing that was asked", `{"jsonrpc":"2.0","id":ID,"error":{"code":1,"message":"x"}}`],
  ["an answer that is no answer", `{"jsonrpc":"2.0","id":ID,"result":5}`],
  ["progress of nothing", notification("progress", `{"progressToken":"x","progress":1}`)],
  ["a cancellation of nothing", notification("cancelled", `{"requestId":ID}`)],
  ["a cancellation of an id that is an object", notification("cancelled", `{"requestId":{"__proto__":1}}`)],
  ["a cancellation without an id", notification("cancelled", "{}")],
  ["a second greeting's end", `{"jsonrpc":"2.0","method":"notifications/initialized"}`]
]

/** Requests whose ID MCP does not allow. JSON-RPC answers them with the ID `null`. */
const withoutId: ReadonlyArray<Row> = [
  ["an ID that is null", `{"jsonrpc":"2.0","id":null,"method":"ping"}`],
  ["an ID that is an object", `{"jsonrpc":"2.0","id":{},"method":"ping"}`],
  ["an ID that is a list", `{"jsonrpc":"2.0","id":[ID],"method":"ping"}`],
  ["an ID that is true", `{"jsonrpc":"2.0","id":true,"method":"ping"}`],
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

const INVALID_REQUEST = -32_600
const NO_SUCH_METHOD = -32_601
const INVALID_PARAMS = -32_602

const refused: ReadonlyArray<readonly [...Row, code: number]> = [
  ["no method", `{"jsonrpc":"2.0","id":ID}`, INVALID_REQUEST],
  ["a method that is a number", `{"jsonrpc":"2.0","id":ID,"method":5}`, INVALID_REQUEST],
  ["a method that is null", `{"jsonrpc":"2.0","id":ID,"method":null}`, INVALID_REQUEST],
  [
    "a key that JSON-RPC does not know",
    `{"extra":1,"jsonrpc":"2.0","id":ID,"method":"ping"}`,
    INVALID_REQUEST
  ],
  ["no version", `{"id":ID,"method":"ping"}`, INVALID_REQUEST],
  ["another version", `{"jsonrpc":"1.0","id":ID,"method":"ping"}`, INVALID_REQUEST],
  ["a version that is a number", `{"jsonrpc":2.0,"id":ID,"method":"ping"}`, INVALID_REQUEST],
  ["params that are a text", request("tools/call", `"x"`), INVALID_REQUEST],
  ["params that are a list", request("tools/call", `[1]`), INVALID_REQUEST],
  ["params that are a number", request("ping", "5"), INVALID_REQUEST],
  ["a method that is not there", request("tools/delete", "{}"), NO_SUCH_METHOD],
  ["an empty method", request("", "{}"), NO_SUCH_METHOD],
  ["the method __proto__", request("__proto__", "{}"), NO_SUCH_METHOD],
  ["the method constructor", request("constructor", "{}"), NO_SUCH_METHOD],
  ["the method toString", request("toString", "{}"), NO_SUCH_METHOD],
  ["a method of 5 MB", request("x".repeat(5 * MEGABYTE), "{}"), NO_SUCH_METHOD],
  ["a method that is a path", request("../../tools/list", "{}"), NO_SUCH_METHOD],
  ["a call of no tool", request("tools/call", "{}"), INVALID_PARAMS],
  ["a tool that is a number", request("tools/call", `{"name":5}`), INVALID_PARAMS],
  ["a tool that is not there", request("tools/call", `{"name":"delete_everything"}`), INVALID_PARAMS],
  ["the tool __proto__", request("tools/call", `{"name":"__proto__","arguments":{}}`), INVALID_PARAMS],
  ["the tool constructor", request("tools/call", `{"name":"constructor","arguments":{}}`), INVALID_PARAMS],
  ["the tool toString", request("tools/call", `{"name":"toString","arguments":{}}`), INVALID_PARAMS],
  ["the tool hasOwnProperty", request("tools/call", `{"name":"hasOwnProperty"}`), INVALID_PARAMS],
  ["a tool with capitals", request("tools/call", `{"name":"GET_BULK_UPLOAD_STATUS"}`), INVALID_PARAMS],
  ["an empty tool", request("tools/call", `{"name":""}`), INVALID_PARAMS],
  ["a tool of 5 MB", request("tools/call", `{"name":"${"x".repeat(5 * MEGABYTE)}"}`), INVALID_PARAMS],
  ["arguments that are a list", call(`[1]`), INVALID_PARAMS],
  ["arguments that are a text", call(`"x"`), INVALID_PARAMS],
  ["no resource", request("resources/read", "{}"), INVALID_PARAMS],
  ["a resource that is a number", request("resources/read", `{"uri":5}`), INVALID_PARAMS],
  ["a resource that is no URI", request("resources/read", `{"uri":"x"}`), INVALID_PARAMS],
  ["a file", request("resources/read", `{"uri":"file:///etc/passwd"}`), INVALID_PARAMS],
  [
    "a resource above its folder",
    request("resources/read", `{"uri":"sailpoint://non-employee-sources/../../bulk-upload-status"}`),
    INVALID_PARAMS
  ],
  [
    "the resource of the source __proto__",
    request("resources/read", `{"uri":"sailpoint://non-employee-sources/__proto__/bulk-upload-status"}`),
    INVALID_PARAMS
  ],
  [
    "the resource of a source with an encoded slash",
    request("resources/read", `{"uri":"sailpoint://non-employee-sources/..%2f..%2fx/bulk-upload-status"}`),
    INVALID_PARAMS
  ],
  ["a prompt that is not there", request("prompts/get", `{"name":"nothing"}`), INVALID_PARAMS],
  ["the prompt __proto__", request("prompts/get", `{"name":"__proto__"}`), INVALID_PARAMS],
  [
    "a prompt with an argument that is a number",
    request("prompts/get", `{"name":"did_my_upload_work","arguments":{"source":5}}`),
    INVALID_PARAMS
  ],
  [
    "a prompt with a source of 5 MB",
    request(
      "prompts/get",
      `{"name":"did_my_upload_work","arguments":{"source":"${"x".repeat(5 * MEGABYTE)}"}}`
    ),
    INVALID_PARAMS
  ],
  ["a completion of nothing", request("completion/complete", "{}"), INVALID_PARAMS],
  [
    "a completion for the prompt __proto__",
    request(
      "completion/complete",
      `{"ref":{"type":"ref/prompt","name":"__proto__"},"argument":{"name":"source","value":""}}`
    ),
    INVALID_PARAMS
  ],
  [
    "a completion for another resource",
    request(
      "completion/complete",
      `{"ref":{"type":"ref/resource","uri":"file:///{x}"},"argument":{"name":"x","value":""}}`
    ),
    INVALID_PARAMS
  ]
]

function call(args: string, tool: string = JsonRpc.TOOL): string {
  return request("tools/call", `{"name":"${tool}","arguments":${args}}`)
}

const WAIT = "wait_for_bulk_upload"
const LIST = "list_non_employee_sources"
const id = `"sourceId":"${sourceId}"`

/** Calls that a tool refuses: the tag of its error. */
const failed: ReadonlyArray<readonly [...Row, error: string]> = [
  ["no arguments", call("{}"), "InvalidArguments"],
  ["arguments that are null", call("null"), "InvalidArguments"],
  ["no arguments at all", request("tools/call", `{"name":"${JsonRpc.TOOL}"}`), "InvalidArguments"],
  ["an id that is a number", call(`{"sourceId":5}`), "InvalidArguments"],
  ["an id that is null", call(`{"sourceId":null}`), "InvalidArguments"],
  ["an id that is a list", call(`{"sourceId":["${sourceId}"]}`), "InvalidArguments"],
  ["an id that is an object", call(`{"sourceId":{"toString":"x"}}`), "InvalidArguments"],
  ["an id that is true", call(`{"sourceId":true}`), "InvalidArguments"],
  ["the argument __proto__ alone", call(`{"__proto__":{${id}}}`), "InvalidArguments"],
  ["an id of 5 MB", call(`{"sourceId":"${"a".repeat(5 * MEGABYTE)}"}`), "InvalidSourceId"],
  ["an id of emoji", call(`{"sourceId":"${"🦊".repeat(32)}"}`), "InvalidSourceId"],
  ["an id of half a surrogate pair", call(`{"sourceId":"\\ud800"}`), "InvalidSourceId"],
  ["an id given twice", call(`{${id},"sourceId":"x"}`), "InvalidSourceId"],
  ["a timeout of 0", call(`{${id},"timeoutSeconds":0}`, WAIT), "InvalidArguments"],
  ["a negative timeout", call(`{${id},"timeoutSeconds":-1}`, WAIT), "InvalidArguments"],
  ["a timeout of 271", call(`{${id},"timeoutSeconds":271}`, WAIT), "InvalidArguments"],
  ["a timeout of 1e999", call(`{${id},"timeoutSeconds":1e999}`, WAIT), "InvalidArguments"],
  ["a timeout that is a fraction", call(`{${id},"timeoutSeconds":1.5}`, WAIT), "InvalidArguments"],
  ["a timeout that is a text", call(`{${id},"timeoutSeconds":"5 s"}`, WAIT), "InvalidArguments"],
  ["a name that is a number", call(`{"nameContains":5}`, LIST), "InvalidArguments"],
  ["an owner that is a text", call(`{"ownedByMe":"yes"}`, LIST), "InvalidArguments"]
]

/** Odd, and right all the same. */
const right: ReadonlyArray<Row> = [
  ["a batch of one", `[${call(`{${id}}`)}]`],
  [
    "params with members that are null",
    request("tools/call", `{"name":"${JsonRpc.TOOL}","arguments":{${id}},"_meta":null,"x":null}`)
  ],
  ["a line that ends as on Windows", `${call(`{${id}}`)}\r`],
  ["a line with spaces around it", `  ${call(`{${id}}`)}\t`],
  ["a byte-order mark before it", `\uFEFF${call(`{${id}}`)}`],
  ["every character escaped", call(`{"\\u0073ourceId":"${escaped(sourceId)}"}`)],
  ["an id given twice, the last one right", call(`{"sourceId":"x",${id}}`)],
  ["a version given twice", `{"jsonrpc":"1.0",${call(`{${id}}`).slice(1)}`],
  ["an argument more", call(`{${id},"verbose":true}`)],
  ["the argument constructor", call(`{${id},"constructor":{"prototype":{}}}`)],
  ["the argument prototype", call(`{${id},"prototype":1}`)],
  ["the argument toString", call(`{${id},"toString":1}`)],
  ["the argument hasOwnProperty", call(`{${id},"hasOwnProperty":1}`)],
  ["an argument without a name", call(`{${id},"":1}`)],
  ["an argument with a name of 5 MB", call(`{${id},"${"k".repeat(5 * MEGABYTE)}":1}`)],
  ["an argument 10,000 deep", call(`{${id},"deep":${"[".repeat(10_000)}${"]".repeat(10_000)}}`)],
  ["10,000 arguments", call(`{${id},${Array.from({ length: 10_000 }, (_, n) => `"a${n}":${n}`).join(",")}}`)],
  // The SDK drops the key, as it would be no argument of anything.
  ["an argument __proto__", call(`{${id},"__proto__":{"sourceId":"x"}}`)],
  [
    "params that the protocol does not know",
    request("tools/call", `{"name":"${JsonRpc.TOOL}","arguments":{${id}},"__proto__":{"x":1}}`)
  ],
  [
    "a progress token of 1 MB",
    request(
      "tools/call",
      `{"name":"${JsonRpc.TOOL}","arguments":{${id}},"_meta":{"progressToken":"${"t".repeat(MEGABYTE)}"}}`
    )
  ],
  [
    "5 MB that nobody asked for",
    request(
      "tools/call",
      `{"name":"${JsonRpc.TOOL}","arguments":{${id}},"_meta":{"x":"${"t".repeat(5 * MEGABYTE)}"}}`
    )
  ]
]

function escaped(text: string): string {
  return Array.from(text, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join(
    ""
  )
}

const ids = { last: 1_000 }

const nextId = () => (ids.last += 1)

const withId = (written: Row[1], id: number): Uint8Array =>
  typeof written === "string" ? Buffer.from(written.replaceAll("ID", String(id))) : written

const NEW_LINE = Buffer.from("\n")

/** What is answered to a row, all of it: what came by the time that a later ping was answered. */
const answersTo = (written: Row[1], wanted: "own" | "null" | "none") =>
  Effect.gen(function* () {
    const server = yield* Server
    const before = (yield* server.messages).length
    const own = nextId()
    yield* server.write(Buffer.concat([withId(written, own), NEW_LINE]))
    if (wanted === "own") yield* server.answer(own)
    const after = nextId()
    yield* server.send(JsonRpc.ping(after))
    yield* server.answer(after)
    const answers = (yield* server.messages).slice(before).filter((message) => message.id !== after)
    assert.deepStrictEqual(
      answers.map((message) => message.id),
      { own: [own], null: [null], none: [] }[wanted]
    )
    return answers[0]
  })

/** An answer does not give back what was too long to read. */
const LONGEST = 2_000

describe("over standard input", { timeout: 60_000 }, () => {
  layer(Serving, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect.each(unanswered)("nothing is answered to %s", ([, written]) => answersTo(written, "none"))

    it.effect.each(withoutId)("a request is refused with the ID null for %s", ([, written]) =>
      Effect.gen(function* () {
        const answer = yield* answersTo(written, "null")
        assert.strictEqual(answer?.error?.code, INVALID_REQUEST)
      })
    )

    it.effect.each(refused)("a request is refused for %s", ([, written, code]) =>
      Effect.gen(function* () {
        const answer = yield* answersTo(written, "own")
        assert.strictEqual(answer?.error?.code, code)
        assert.match(String(answer?.error?.message), /^[ -~]+…?$/u)
        assert.notInclude(String(answer?.error?.message), `"code"`)
        assert.isBelow(JSON.stringify(answer).length, LONGEST)
      })
    )

    it.effect.each(failed)("a call fails for %s", ([, written, error]) =>
      Effect.gen(function* () {
        const answer = yield* answersTo(written, "own")
        assert.isTrue(answer?.result?.isError)
        assert.strictEqual(answer?.result?.structuredContent?.["error"], error)
        assert.isBelow(JSON.stringify(answer).length, LONGEST)
      })
    )

    it.effect.each(["null", "{}"])("a list is answered to params that are %s", (params) =>
      Effect.map(answersTo(request("tools/list", params), "own"), (answer) =>
        assert.isDefined(answer?.result)
      )
    )

    it.effect.each(right)("a call is answered with %s", ([, written]) =>
      Effect.gen(function* () {
        const answer = yield* answersTo(written, "own")
        assert.strictEqual(answer?.result?.structuredContent?.["status"], "COMPLETED")
      })
    )
  })
})
