/**
 * Rewrites the SDK's errors: it repeats the client's input at any length and with any character, and in the older protocol it
 * reports wrong params as an internal error, in the notation of its schema library.
 */
import {
  type JSONRPCErrorResponse,
  type JSONRPCMessage,
  ProtocolErrorCode
} from "@modelcontextprotocol/server"
import { plainText } from "@sailpoint-bulk-upload/core/workspace"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"

/** In characters; this server's own messages are shorter. */
const MAX_MESSAGE = 1_000

type JsonRpcError = JSONRPCErrorResponse["error"]

export const plain = (message: JSONRPCMessage): JSONRPCMessage =>
  "error" in message ? { ...message, error: plainError(message.error) } : message

const plainError = (error: JsonRpcError): JsonRpcError => {
  const { code, data, message } = problemsIn(error)
  return {
    code,
    message: plainText(message, MAX_MESSAGE),
    ...(data === undefined ? {} : { data: plainTexts(data) })
  }
}

const plainTexts = (data: unknown): unknown => {
  if (typeof data === "string") return plainText(data, MAX_MESSAGE)
  if (Array.isArray(data)) return data.map(plainTexts)
  return Predicate.isObject(data) ? Record.map(data, plainTexts) : data
}

/** The SDK's schema library throws its list of problems as JSON in the message, or at its end. */
const Problems = Schema.fromJsonString(
  Schema.NonEmptyArray(
    Schema.Struct({
      path: Schema.Array(Schema.Union([Schema.String, Schema.Finite])),
      message: Schema.String
    })
  )
)
const decodeProblems = Schema.decodeOption(Problems)

const MAX_PROBLEMS = 5

const problemsIn = (error: JsonRpcError): JsonRpcError => {
  const start = error.message.indexOf("[\n")
  return start === -1
    ? error
    : Option.match(decodeProblems(error.message.slice(start)), {
        onNone: () => error,
        onSome: (problems) => ({
          code: ProtocolErrorCode.InvalidParams,
          message: `Invalid params: ${problems
            .slice(0, MAX_PROBLEMS)
            .map(({ message, path }) => [path.join("."), message].join(": "))
            .join("; ")}`
        })
      })
}
