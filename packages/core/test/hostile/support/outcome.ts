/** Checks of every outcome: a status or an error of the union, complete, bounded and harmless. */
import { assert } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { BulkUploadError } from "../../../src/BulkUploadError.ts"
import { BulkUploads } from "../../../src/BulkUploads.ts"
import { BulkUploadStatus } from "../../../src/BulkUploadStatus.ts"
import { observe } from "../../support/observed.ts"
import { transcript } from "../../support/transcript.ts"
import * as RawTenant from "./rawTenant.ts"
import type { service } from "./service.ts"

const errorCodec = Schema.toCodecJson(BulkUploadError)
const statusCodec = Schema.toCodecJson(BulkUploadStatus)
const [encodeError, decodeError] = [Schema.encodeSync(errorCodec), Schema.decodeUnknownSync(errorCodec)]
const [encodeStatus, decodeStatus] = [Schema.encodeSync(statusCodec), Schema.decodeUnknownSync(statusCodec)]

/** Control and format characters, and others that move or hide text. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u

/** Five messages of 500 characters, and the text around them. */
const LONGEST_MESSAGE = 4_000

/** Checks an outcome. Returns the status, or the tag of the error. */
export const outcomeOf = (exit: Exit.Exit<BulkUploadStatus, BulkUploadError>): string => {
  if (Exit.isSuccess(exit)) {
    const wire: unknown = JSON.parse(JSON.stringify(encodeStatus(exit.value)))
    assert.deepStrictEqual(decodeStatus(wire), exit.value)
    return String(exit.value.status)
  }
  const [reason] = exit.cause.reasons
  if (reason === undefined || !Cause.isFailReason(reason)) assert.fail(`no error: ${inspect(exit.cause)}`)
  const { error } = reason
  const wire: unknown = JSON.parse(JSON.stringify(encodeError(error)))
  const back = decodeError(wire)
  assert.strictEqual(back._tag, error._tag)
  assert.strictEqual(back.message, error.message)
  assert.deepStrictEqual(encodeError(back), wire)
  assert.isAtMost(error.message.length, LONGEST_MESSAGE)
  assert.notMatch(error.message, HARMFUL)
  return error._tag
}

/** Like `outcomeOf`, for an effect. */
export const outcome = <R>(
  call: Effect.Effect<BulkUploadStatus, BulkUploadError, R>
): Effect.Effect<string, never, R> => Effect.map(Effect.exit(call), outcomeOf)

/** Makes a call, and returns its exit, its checked outcome, and all its output. */
export const shownBy = (live: ReturnType<typeof service>) =>
  Effect.gen(function* () {
    const [seen, observing] = observe()
    const [exit, uploads] = yield* Effect.flatMap(BulkUploads, (uploads) =>
      Effect.map(Effect.exit(uploads.status(RawTenant.idOf(1))), (exit) => [exit, uploads] as const)
    ).pipe(Effect.provide(Layer.provideMerge(live, observing)))
    const everything = transcript(seen, exit, uploads, Exit.isFailure(exit) && exit.cause)
    assert.include(everything, "BulkUploads.status", "spans are recorded")
    return { exit, outcome: outcomeOf(exit), everything }
  })
