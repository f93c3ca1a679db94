/**
 * Waits for the end of an upload, with a progress bar in a terminal and a line for each change elsewhere.
 * SailPoint returns no percentage, so the bar shows the elapsed part of the timeout. Run it with
 * `pnpm example wait`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { BulkUploads, type BulkUploadStatus } from "@sailpoint-bulk-upload/core"
import { Environment, Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"

const TIMEOUT = Duration.seconds(20)
const WIDTH = 30
const HIDE_CURSOR = "\u001B[?25l"
const SHOW_CURSOR = "\u001B[?25h"
const CLEAR_LINE = "\r\u001B[K"

const write = (text: string) => Effect.sync(() => void process.stdout.write(text))

const bar = (elapsed: Duration.Duration): string => {
  const share = Math.min(1, Duration.toMillis(elapsed) / Duration.toMillis(TIMEOUT))
  const filled = Math.round(share * WIDTH)
  return "█".repeat(filled) + "░".repeat(WIDTH - filled)
}

const seconds = (elapsed: Duration.Duration) => `${Math.round(Duration.toSeconds(elapsed))} s`

const CSV = "accountName,firstName,lastName,email,manager\nw.lee,Wren,Lee,wren.lee@example.com,a.ortiz"

const main = Effect.gen(function* () {
  const sandbox = yield* Sandbox.Sandbox
  const uploads = yield* BulkUploads.BulkUploads
  const { name, sourceId } = Source.named("Contractors")

  yield* sandbox.upload(sourceId, CSV)
  const since = yield* DateTime.now
  const start = yield* Clock.currentTimeMillis
  const elapsed = Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(now - start))
  const state = yield* Ref.make<BulkUploadStatus.State>(null)

  const settled = uploads.awaitSettled(sourceId, {
    timeout: TIMEOUT,
    since,
    onCheck: ({ status }) =>
      Effect.gen(function* () {
        const before = yield* Ref.getAndSet(state, status)
        if (!process.stdout.isTTY && status !== before) {
          yield* write(`${name}: ${status} after ${seconds(yield* elapsed)}\n`)
        }
      })
  })

  const draw = Effect.gen(function* () {
    const time = yield* elapsed
    const status = (yield* Ref.get(state)) ?? "first check"
    yield* write(`${CLEAR_LINE}${name} ${bar(time)} ${status}, ${seconds(time)}`)
  })
  const drawing = Effect.acquireUseRelease(
    write(HIDE_CURSOR),
    () => Effect.andThen(Effect.repeat(draw, Schedule.spaced("100 millis")), Effect.never),
    () => write(`${CLEAR_LINE}${SHOW_CURSOR}`)
  )

  const { status } = yield* process.stdout.isTTY ? Effect.raceFirst(settled, drawing) : settled
  yield* write(`${name}: the upload has ended with ${status} after ${seconds(yield* elapsed)}.\n`)
}).pipe(
  Effect.catchTag("NotSettled", ({ message }) => write(`${message}\n`)),
  Effect.provide(
    BulkUploads.layerConfig().pipe(
      Layer.provide(FetchHttpClient.layer),
      Layer.provideMerge(Environment.layer())
    )
  )
)

NodeRuntime.runMain(main)
