/**
 * The progress of `wait` on standard error: one live line on a terminal, one line per change elsewhere, nothing with
 * `--quiet`.
 */
import type { State } from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { brief } from "./time.ts"

export interface Progress {
  /** Reports the status of a check. */
  readonly checked: (status: State, at: DateTime.Utc) => Effect.Effect<void>
  /** Reports a failed check that is retried. */
  readonly failed: (summary: string, at: DateTime.Utc) => Effect.Effect<void>
  /** Reports when the next check runs. */
  readonly next: (after: Duration.Duration) => Effect.Effect<void>
}

export interface Options {
  readonly name: string
  readonly timeout: Duration.Duration
  readonly quiet: boolean
}

const { stderr } = process

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
const HIDE_CURSOR = "\x1b[?25l"
const SHOW_CURSOR = "\x1b[?25h"
const CLEAR_LINE = "\r\x1b[2K"
const COLORS: Readonly<Record<string, string>> = { COMPLETED: "\x1b[32m", ERROR: "\x1b[31m" }

const silent: Progress = {
  checked: () => Effect.void,
  failed: () => Effect.void,
  next: () => Effect.void
}

/** Starts the progress display. When the scope closes, it ends and the cursor returns. */
export const make = (options: Options): Effect.Effect<Progress, never, Scope.Scope> => {
  if (options.quiet) return Effect.succeed(silent)
  return stderr.isTTY && process.env["TERM"] !== "dumb" ? live(options) : Effect.succeed(plain(options))
}

const paint = (status: State): string => {
  const color = process.env["NO_COLOR"] ? undefined : COLORS[String(status)]
  return color === undefined ? String(status) : `${color}${String(status)}\x1b[0m`
}

/** Prints one line per change, with its time. */
const plain = ({ name }: Options): Progress => {
  let last: string | undefined
  const line = (text: string, at: DateTime.Utc) =>
    Effect.sync(() => {
      if (text !== last) stderr.write(`${DateTime.formatIso(at)} ${name}: ${text}\n`)
      last = text
    })
  return {
    ...silent,
    checked: (status, at) => line(String(status), at),
    failed: (summary, at) => line(`${summary} Trying again.`, at)
  }
}

/** Redraws one line, with the history of statuses above it. */
const live = ({ name, timeout }: Options): Effect.Effect<Progress, never, Scope.Scope> =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    let status: State | undefined
    let since = start
    let nextCheck: number | undefined
    let frame = 0

    const draw = Effect.map(Clock.currentTimeMillis, (now) => {
      const state = status === undefined ? "first check" : `${String(status)} for ${brief(now - since)}`
      const parts = [
        `${SPINNER[frame++ % SPINNER.length] ?? ""} ${name}: ${state}`,
        `elapsed ${brief(now - start)}`,
        `${brief(start + Duration.toMillis(timeout) - now)} left`,
        ...(nextCheck === undefined ? [] : [`next check in ${brief(nextCheck - now)}`])
      ]
      stderr.write(CLEAR_LINE + fit(parts.join(" · "), stderr.columns || 80))
    })

    const history = (text: string, at: DateTime.Utc) =>
      Effect.sync(() => {
        stderr.write(`${CLEAR_LINE}${DateTime.formatIso(at)}  ${text}\n`)
        nextCheck = undefined
      })

    yield* Effect.acquireRelease(
      Effect.sync(() => stderr.write(HIDE_CURSOR)),
      () => Effect.sync(() => stderr.write(CLEAR_LINE + SHOW_CURSOR))
    )
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(draw, Effect.sleep("100 millis"))))
    return {
      checked: (now, at) =>
        Effect.suspend(() => {
          if (now === status) return Effect.void
          status = now
          since = DateTime.toEpochMillis(at)
          return history(paint(now), at)
        }),
      failed: (summary, at) => history(`${summary} Trying again.`, at),
      next: (after) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          nextCheck = now + Duration.toMillis(after)
        })
    }
  })

/** Cuts a line to the width of the terminal, because a wrapped line cannot be cleared. */
const fit = (line: string, columns: number): string =>
  line.length < columns ? line : line.slice(0, columns - 1)
