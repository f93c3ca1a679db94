/**
 * The log on standard error, because standard output belongs to the protocol. Many assistants never read it, so unread lines
 * are bounded and never block an answer.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { Writable } from "node:stream"
import { joinWrites } from "../text/joinWrites.ts"
import type { LogFormat, LogLevel } from "./logLevels.ts"

/** The limit of unread bytes; later lines are dropped and counted. */
const MAX_UNREAD = 1024 * 1024

export interface Options {
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}

const FORMATS = { logfmt: Logger.formatLogFmt, json: Logger.formatJson } as const

export const layer = ({ logFormat, logLevel }: Options): Layer.Layer<never> =>
  Layer.merge(
    // Loaded with the first line, because a start usually logs nothing.
    Logger.layer([Effect.sync(() => Logger.map(FORMATS[logFormat], makeWrite(process.stderr)))]),
    Layer.succeed(References.MinimumLogLevel, logLevel)
  )

/** Writes lines to a stream that may be slow, full or closed. */
const makeWrite = (stream: Writable): ((line: string) => void) => {
  let lost = 0
  // A closed standard error does not stop the server.
  stream.on("error", () => undefined)
  return (line) => {
    if (stream.writableLength > MAX_UNREAD) {
      lost += 1
      return
    }
    if (lost > 0)
      stream.write(
        `${lost} log ${lost === 1 ? "line was" : "lines were"} dropped, because standard error was not read.\n`
      )
    lost = 0
    joinWrites(stream)
    stream.write(`${line}\n`)
  }
}
