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
  readonly advice?: string
}

const answering = (name: string, outcome: FaultCase["outcome"], answer: RawTenant.Answer): FaultCase => ({
  name,
  url: Effect.map(RawTenant.make(answer), ({ url }) => url),
  outcome
})

const connection = (name: string, answer: RawTenant.Answer) => answering(name, "ConnectionFailed", answer)
const silence = (name: string, answer: RawTenant.Answer) => answering(name, "RequestTimeout", answer)

const JSON_HEAD = wire.head(200, { "content-type": "application/json", "content-length": "1000" })
const CHUNKED_HEAD = wire.head(200, { "content-type": "application/json", "transfer-encoding": "chunked" })
const HALF = '{"status":"COMP'
const WHOLE = '{"status":"COMPLETED"}'

const closedPort = RawTenant.make(wire.closed).pipe(
  Effect.map(({ url }) => url),
  Effect.scoped
)

/** A label of more than 63 characters, which no name server has to be asked for. */
const UNKNOWN_HOST = `${"x".repeat(64)}.invalid`

const toNowhere: ReadonlyArray<FaultCase> = [
  {
    name: "a closed port",
    url: closedPort,
    outcome: "ConnectionFailed",
    advice: "can reach that host"
  },
  {
    name: "a name that does not resolve",
    url: Effect.succeed(`https://${UNKNOWN_HOST}`),
    outcome: "ConnectionFailed",
    advice: "The name does not resolve"
  },
  {
    name: "a certificate that does not verify",
    url: Effect.map(RawTenant.make(wire.json(200, {}), selfSigned()), ({ url }) => url),
    outcome: "ConnectionFailed",
    advice: "Its TLS certificate does not verify"
  },
  {
    name: "https to a server that speaks http",
    url: Effect.map(
      RawTenant.make(wire.bytes("HTTP/1.1 400 X\r\n\r\n")),
      ({ port }) => `https://127.0.0.1:${port}`
    ),
    outcome: "ConnectionFailed"
  },
  {
    name: "http to a server that speaks https",
    url: Effect.map(RawTenant.make(wire.silent, selfSigned()), ({ port }) => `http://127.0.0.1:${port}`),
    outcome: "ConnectionFailed"
  },
  {
    name: "a TLS handshake that is never answered",
    url: Effect.map(RawTenant.make(wire.silent), ({ port }) => `https://127.0.0.1:${port}`),
    outcome: "RequestTimeout"
  }
]

export const allowedHosts = [UNKNOWN_HOST]

export const faults: ReadonlyArray<FaultCase> = [
  ...toNowhere,
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
    wire.bytes(
      wire.head(200, [
        ["content-length", "5"],
        ["content-length", "7"]
      ]),
      WHOLE
    )
  ),
  connection("a length that is negative", wire.bytes(wire.head(200, { "content-length": "-1" }), WHOLE)),
  connection(
    "a length and chunks",
    wire.bytes(
      wire.head(200, { "content-length": "5", "transfer-encoding": "chunked" }),
      `16\r\n${WHOLE}\r\n0\r\n\r\n`
    )
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
