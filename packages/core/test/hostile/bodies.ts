/** Bodies of answers, one case in a line. */
import * as zlib from "node:zlib"
import type { Answer } from "./support/rawTenant.ts"
import * as wire from "./support/wire.ts"

export interface BodyCase {
  readonly name: string
  readonly answer: (status: number) => Answer
  /** The outcome of a 200 with this body: a status, or the tag of an error. */
  readonly when200: string
}

const json = "application/json"

const body = (name: string, bytes: string | Uint8Array, when200 = "UnexpectedResponse"): BodyCase => ({
  name,
  answer: (status) => wire.answer(status, bytes, { "content-type": json }),
  when200
})

const value = (name: string, content: unknown, when200?: string): BodyCase =>
  body(name, JSON.stringify(content), when200)

/** A text whose characters are single bytes. */
const latin1 = (text: string) => Buffer.from(text, "latin1")
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`
const wide = (...texts: ReadonlyArray<string>) => Buffer.from(texts.join(""), "utf16le")

const source = { id: "e136567d-e87e-4d02-9e60-b3c3c55db56d", sourceId: "e136567de87e4d029e60b3c3c55db56d" }
const error = {
  detailCode: "403 Forbidden",
  trackingId: "t",
  messages: [{ locale: "en-US", localeOrigin: "DEFAULT", text: "No." }]
}

const inChunk = (status: number, bytes: string | Uint8Array): Answer =>
  wire.bytes(
    wire.head(status, { "content-type": json, "transfer-encoding": "chunked" }),
    `${Buffer.byteLength(bytes).toString(16)}\r\n`,
    bytes,
    "\r\n0\r\n\r\n"
  )

/** A status in a chunk of this size. */
const chunk = (bytes: number, when200: string): BodyCase => ({
  name: `${bytes} bytes in a chunk`,
  answer: (status) => inChunk(status, '{"status":"ERROR"}'.padEnd(bytes)),
  when200
})

/** Bodies for an answer with any status. */
export const shapes: ReadonlyArray<BodyCase> = [
  value("the documented status", { status: "COMPLETED" }, "COMPLETED"),
  value("the documented error", error),
  value("the token endpoint's answer", { access_token: "t", token_type: "bearer", expires_in: 749 }),
  value("the list of sources", [{ ...source, name: "Contractors" }]),
  value("{}", {}, "null"),
  value("null", null),
  value("a list", []),
  value("a string", "COMPLETED"),
  body("truncated JSON", '{"status":"COMPL'),
  body("a page", "<!doctype html><html><title>Sign in</title><body>Sign in</body></html>"),
  body("nothing", ""),
  body("invalid UTF-8", latin1("\u00ff\u00fe\u00fd\u00c0\u0080")),
  body("a byte-order mark", '\uFEFF{"status":"ERROR"}', "ERROR"),
  body("__proto__ with a status", '{"__proto__":{"status":"ERROR"}}'),
  body("nesting 10,000 deep", nested(10_000))
]

/** Further bodies, for a 200. The forms of a status are tested with its decoder. */
export const contents: ReadonlyArray<BodyCase> = [
  body("white space", " \r\n\t "),
  chunk(65_536, "ERROR"),
  chunk(65_537, "UnexpectedResponse"),
  body("two values", '{"status":"COMPLETED"}\n{"status":"ERROR"}'),
  body("two statuses, of which the last counts", '{"status":"ERROR","status":"PENDING"}', "PENDING"),
  body("invalid UTF-8 next to the status", latin1('{"x":"\u00c3(","status":"ERROR"}'), "ERROR"),
  body("invalid UTF-8 in the status", latin1('{"status":"ERROR\u00ff"}')),
  body("half a character at the end", Buffer.from('{"status":"é').subarray(0, -1)),
  body("UTF-16", wide("\uFEFF", '{"status":"ERROR"}')),
  body("__proto__ and a status", '{"__proto__":{"status":"ERROR"},"status":"PENDING"}', "PENDING"),
  body("toString and valueOf", '{"toString":null,"valueOf":1,"status":"PENDING"}', "PENDING"),
  body("messages that are keys of prototypes", '{"messages":{"length":5,"__proto__":[]},"detailCode":{}}'),
  body("nesting 10,000 deep and a status", `{"x":${nested(10_000)},"status":"ERROR"}`, "ERROR"),
  body("nesting 10,000 deep in the status", `{"status":${nested(10_000)}}`),
  body("nesting 10,000 deep that is never closed", `{"messages":${"[".repeat(10_000)}`),
  body("a number of 10,000 digits", `{"status":${"9".repeat(10_000)}}`),
  value("a key of 10,000 characters", { ["k".repeat(10_000)]: 1, status: "ERROR" }, "ERROR"),
  value("1,000 messages", { messages: Array.from({ length: 1_000 }, () => ({ text: "m".repeat(30) })) }),
  value("a key in other case", { Status: "COMPLETED" }),
  value("the status one level down", { data: { status: "COMPLETED" } })
]

const MEGABYTE = Buffer.alloc(1024 * 1024, " ")
const padded = (megabytes: number) =>
  Buffer.concat([
    Buffer.from('{"status":"COMPLETED"'),
    ...Array.from({ length: megabytes }, () => MEGABYTE),
    Buffer.from("}")
  ])

const TEN_MB = padded(10)
const gzipped = zlib.gzipSync(TEN_MB)
const compressed = [
  ["gzip", gzipped],
  ["gzip, gzip", zlib.gzipSync(gzipped)],
  ["deflate", zlib.deflateSync(TEN_MB)],
  ["br", zlib.brotliCompressSync(TEN_MB, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } })]
] as const

const flood = (name: string, answer: BodyCase["answer"]): BodyCase => ({
  name,
  answer,
  when200: "UnexpectedResponse"
})

const FIVE_MB = padded(5)
/** Parts in gzip (RFC 1952) can follow each other, so a client that unpacks the whole body never ends. */
const PACKED = zlib.gzipSync(MEGABYTE)

/** Bodies that are too large to read. */
export const floods: ReadonlyArray<BodyCase> = [
  flood("5 MB of JSON in a chunk", (status) => inChunk(status, FIVE_MB)),
  flood("10 MB", (status) => wire.answer(status, TEN_MB, { "content-type": json })),
  flood("no end", (status) => wire.endless(status, MEGABYTE.subarray(0, 16_384), { "content-type": json })),
  flood("no end in gzip", (status) =>
    wire.endless(status, PACKED, { "content-type": json, "content-encoding": "gzip" })
  ),
  ...compressed.map(([encoding, bytes]) =>
    flood(`10 MB as ${bytes.byteLength} bytes of ${encoding}`, (status) =>
      wire.answer(status, bytes, { "content-type": json, "content-encoding": encoding })
    )
  )
]
