/** Connections that fail, one case in a line. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { selfSigned } from "./support/certificate.ts"
import * as RawTenant from "./support/rawTenant.ts"
import * as wire from "./support/wire.ts"

export interface FaultCase {
  readonly name: string
  /** The tenant's URL, which is valid until the scope closes. */
  readonly url: Effect.Effect<string, never, Scope.Scope>
  readonly outcome: "ConnectionFailed" | "RequestTimeout" | "UnexpectedResponse"
  /** A part of the next step. */
  readonly advice: string
}

const at = (name: string, outcome: FaultCase["outcome"], url: FaultCase["url"], advice = ""): FaultCase => ({
  name,
  outcome,
  url,
  advice
})

const urlOf = (answer: RawTenant.Answer) => Effect.map(RawTenant.make(answer), ({ url }) => url)
const connection = (name: string, answer: RawTenant.Answer) => at(name, "ConnectionFailed", urlOf(answer))
const silence = (name: string, answer: RawTenant.Answer) => at(name, "RequestTimeout", urlOf(answer))

const JSON_HEAD = wire.head(200, { "content-type": "application/json", "content-length": "1000" })
const CHUNKED_HEAD = wire.head(200, { "content-type": "application/json", "transfer-encoding": "chunked" })
const HALF = '{"status":"COMP'
const WHOLE = '{"status":"COMPLETED"}'

const CHUNKS = `16\r\n${WHOLE}\r\n0\r\n\r\n`

const closedPort = Effect.scoped(urlOf(wire.closed))

/** A label of more than 63 characters, which no name server has to resolve. */
const UNKNOWN_HOST = `${"x".repeat(64)}.invalid`

const encrypted = (answer: RawTenant.Answer) => RawTenant.make(answer, selfSigned())
const on = (scheme: "http" | "https", tenant: ReturnType<typeof RawTenant.make>) =>
  Effect.map(tenant, ({ port }) => `${scheme}://127.0.0.1:${port}`)
const badRequest = wire.bytes("HTTP/1.1 400 X\r\n\r\n")

const unreachable: ReadonlyArray<FaultCase> = [
  at("a closed port", "ConnectionFailed", closedPort, "can reach that host"),
  at(
    "a name that does not resolve",
    "ConnectionFailed",
    Effect.succeed(`https://${UNKNOWN_HOST}`),
    "The host name does not resolve"
  ),
  at(
    "a certificate that does not verify",
    "ConnectionFailed",
    on("https", encrypted(wire.json(200, {}))),
    "The host's TLS certificate does not verify"
  ),
  at("https to a server that speaks http", "ConnectionFailed", on("https", RawTenant.make(badRequest))),
  at("http to a server that speaks https", "ConnectionFailed", on("http", encrypted(wire.silent))),
  at("a TLS handshake without an answer", "RequestTimeout", on("https", RawTenant.make(wire.silent)))
]

export const allowedHosts = [UNKNOWN_HOST]

export const faults: ReadonlyArray<FaultCase> = [
  ...unreachable,
  connection("a reset before the answer", wire.reset),
  connection("a close before the answer", wire.closed),
  connection("a reset inside the head", wire.resetAfter("HTTP/1.1 200 OK\r\ncontent-ty")),
  connection("a close inside the head", wire.lastBytes("HTTP/1.1 200 OK\r\ncontent-ty")),
  connection("a reset inside the body", wire.resetAfter(JSON_HEAD, HALF)),
  connection("a close inside the body", wire.lastBytes(JSON_HEAD, HALF)),
  connection("a close inside a chunk", wire.lastBytes(CHUNKED_HEAD, `ff\r\n${HALF}`)),
  connection("a close before the last chunk", wire.lastBytes(CHUNKED_HEAD, `16\r\n${WHOLE}\r\n`)),
  connection("a chunk whose length is not a number", wire.bytes(CHUNKED_HEAD, `zz\r\n${WHOLE}\r\n0\r\n\r\n`)),
  connection("bytes that are not HTTP", wire.bytes("\u0000\u0001\u0002 garbage\r\n\r\n")),
  connection("a body without a head", wire.lastBytes(WHOLE)),
  connection("a status that is not a number", wire.bytes(wire.head("abc"))),
  connection("a head of a megabyte", wire.bytes(wire.head(200, { x: "y".repeat(1_000_000) }))),
  connection("a head with a null byte", wire.bytes(wire.head(200, { x: "a\0b" }))),
  connection(
    "two lengths",
    wire.bytes(wire.head(200, { "content-length": "5\r\ncontent-length: 7" }), WHOLE)
  ),
  connection("a length that is negative", wire.bytes(wire.head(200, { "content-length": "-1" }), WHOLE)),
  connection(
    "a length and chunks",
    wire.bytes(wire.head(200, { "content-length": "5", "transfer-encoding": "chunked" }), CHUNKS)
  ),
  silence("silence", wire.silent),
  silence("silence after the head", wire.bytes(JSON_HEAD)),
  silence("silence inside the body", wire.bytes(JSON_HEAD, HALF)),
  silence("one byte of the head at a time", wire.trickle(wire.head(200, { x: "y".repeat(10_000) }))),
  silence("endless informational answers", wire.endlessly(wire.head(103))),
  silence("one byte of the body at a time", (socket) => {
    socket.write(JSON_HEAD)
    wire.trickle(" ")(socket)
  })
]
