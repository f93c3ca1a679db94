/**
 * The HTTP client that posts to the collector, which may be down, slow or answer nonsense: each request ends in time, and
 * the first problem is logged.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import { HttpClientError, TransportError } from "effect/http/HttpClientError"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"

/** Provides the client. `timeout` limits one request, from sending to the end of the answer. */
export const layer = (timeout: Duration.Duration, report = warnOnce()): Layer.Layer<HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.transform(client, (answer, request) =>
        answer.pipe(
          Effect.tap(({ arrayBuffer }) => arrayBuffer),
          Effect.timeoutOrElse({
            duration: timeout,
            orElse: () =>
              Effect.fail(
                new HttpClientError({
                  reason: new TransportError({ request, description: "no answer in time" })
                })
              )
          }),
          // The headers often hold a key, which no redirect may carry to another host.
          Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
          Effect.onExit((exit) => report(problemOf(request.url, exit)))
        )
      )
    )
  ).pipe(Layer.provide(FetchHttpClient.layer))

/** Reports the problem of a request, or that there was none. */
export type Report = (problem: string | undefined) => Effect.Effect<void>

/** Warns once: the exporters try again, for three signals, for as long as the server runs. */
const warnOnce = (): Report => {
  let warned = false
  return (problem) => {
    if (warned || problem === undefined) return Effect.void
    warned = true
    return Effect.logWarning(
      `${problem}; telemetry is lost until the collector accepts it. This is logged once.`
    )
  }
}

const problemOf = (url: string, exit: Exit.Exit<HttpClientResponse, unknown>): string | undefined => {
  const { status } = Exit.isSuccess(exit) ? exit.value : { status: undefined }
  if (status !== undefined && status >= 200 && status < 300) return undefined
  return `The telemetry collector at ${hostOf(url)} ${status === undefined ? "did not answer" : `answered ${status}`}`
}

/** Returns the host, without the user and the path that a URL can have. */
const hostOf = (url: string): string => URL.parse(url)?.host ?? "its endpoint"
