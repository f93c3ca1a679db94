/** Bytes of answers, valid and invalid. */
import type { Socket } from "node:net"
import type { Answer } from "./rawTenant.ts"

type Bytes = string | Uint8Array

/** Sends bytes and leaves the connection open. */
export const bytes =
  (...parts: ReadonlyArray<Bytes>): Answer =>
  (socket) => {
    for (const part of parts) socket.write(part)
  }

/** Sends bytes and closes the connection. */
export const lastBytes =
  (...parts: ReadonlyArray<Bytes>): Answer =>
  (socket) => {
    for (const part of parts) socket.write(part)
    socket.end()
  }

/** Sends bytes, then resets the connection. */
export const resetAfter =
  (...parts: ReadonlyArray<Bytes>): Answer =>
  (socket) => {
    // The system has the bytes before the reset, but the reset can overtake them.
    socket.write(Buffer.concat(parts.map((part) => Buffer.from(part))), () => socket.resetAndDestroy())
  }

export const reset: Answer = (socket) => socket.resetAndDestroy()

export const closed: Answer = (socket) => socket.end()

export const silent: Answer = () => undefined

type Headers = Readonly<Record<string, string>> | ReadonlyArray<readonly [string, string]>

/** The head of an answer, up to its body. */
export const head = (status: number | string, headers: Headers = {}): string =>
  [
    `HTTP/1.1 ${status} X`,
    ...(Array.isArray(headers) ? headers : Object.entries(headers)).map(
      ([name, value]) => `${name}: ${value}`
    ),
    "\r\n"
  ].join("\r\n")

/** A complete answer. After a status without a body, the connection closes, so that the bytes do not begin another answer. */
export const answer = (status: number, body: Bytes = "", headers: Headers = {}): Answer => {
  const entries = Array.isArray(headers) ? headers : Object.entries(headers)
  const length = ["content-length", String(Buffer.byteLength(body))] as const
  const whole = [head(status, [...entries, length]), body] as const
  return status < 200 || status === 204 || status === 304 ? lastBytes(...whole) : bytes(...whole)
}

export const json = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {}
): Answer => answer(status, JSON.stringify(value), { "content-type": "application/json", ...headers })

/** Sends an endless body, as fast as the client reads it. */
export const endless =
  (status: number, chunk: Bytes, headers: Readonly<Record<string, string>> = {}): Answer =>
  (socket) => {
    const pump = () => {
      while (socket.writable && socket.write(chunk)) continue
    }
    socket.write(head(status, headers))
    socket.on("drain", pump)
    pump()
  }

/** Sends one byte every 10 ms until the client closes the connection. */
export const trickle = (whole: string) => endlessly(...whole)

/** Sends one part every 10 ms, and the first again after the last, until the client closes the connection. */
export const endlessly =
  (...parts: ReadonlyArray<string>) =>
  (socket: Socket): void => {
    let next = 0
    const timer = setInterval(() => void socket.write(parts[next++ % parts.length] ?? ""), 10)
    socket.on("close", () => clearInterval(timer))
  }
