/**
 * The run: a sandbox, a permanent server over stdio and one over HTTP, and one that is restarted repeatedly.
 */
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { setTimeout as sleep } from "node:timers/promises"
import type * as Dice from "./Dice.ts"
import * as Faults from "./Faults.ts"
import type { Options } from "./Options.ts"
import type { Report } from "./Report.ts"
import { Run } from "./Run.ts"
import * as ServerUnderLoad from "./ServerUnderLoad.ts"
import { isEnough, type Sample, trends } from "./Trend.ts"

const FAULT_EVERY_MILLIS = 2_000
const RESTART_EVERY_MILLIS = 8_000

/** Runs the soak, and prints its progress. */
export const soak = (options: Options, print: (line: string) => void): Promise<Report> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(Sandbox.make({ clients: clients.map(asClient) }), (sandbox) =>
        Effect.promise(() => run(options, sandbox, print))
      )
    )
  )

/** A separate client ID for each, so that each has a separate rate limit. */
const clients = ["stdio", "http", "restarted"] as const

type Name = (typeof clients)[number]

const asClient = (name: Name): Client.Client => ({ ...Client.admin, clientId: name, lifetime: "30 seconds" })

const envOf = (sandbox: Sandbox.Service, name: Name) => ({
  SAIL_BASE_URL: sandbox.url,
  SAIL_CLIENT_ID: name,
  SAIL_CLIENT_SECRET: Client.admin.clientSecret
})

const run = async (
  options: Options,
  sandbox: Sandbox.Service,
  print: (line: string) => void
): Promise<Report> => {
  const course = new Run(options)
  const counts = { faults: 0, restarts: 0 }
  const exits: Record<string, number | string> = {}

  const steady = async (kind: ServerUnderLoad.Kind) => {
    const server = await ServerUnderLoad.start(kind, envOf(sandbox, kind))
    const samples: Array<Sample> = []
    return { kind, server, samples, caller: { client: server.client, restarted: () => false } }
  }

  const steadies = [await steady("stdio"), await steady("http")]

  const restarted = async (dice: Dice.Dice) => {
    while (!course.isOver) {
      const server = await ServerUnderLoad.start(dice.pick(["stdio", "http"]), envOf(sandbox, "restarted"))
      let ending = false
      const caller = { client: server.client, restarted: () => ending }
      const until = performance.now() + Math.min(RESTART_EVERY_MILLIS, options.seconds * 250)
      await course.load(() => caller, dice, { isOver: () => course.isOver || performance.now() >= until })
      ending = true
      if (dice.chance(0.5)) await server.kill()
      else exits["restarted"] = (await server.stop()) || (exits["restarted"] ?? 0)
      counts.restarts += 1
    }
  }

  const misbehave = async (dice: Dice.Dice) => {
    while (!course.isOver) {
      await Faults.strike(sandbox, dice)
      counts.faults += 1
      await sleep(2 * dice.next() * Math.min(FAULT_EVERY_MILLIS, options.seconds * 50))
    }
  }

  course.begin()
  await Promise.all([
    ...steadies.flatMap(({ caller, samples, server }) => [
      course.load(() => caller, course.fork()),
      course.watch(server, samples)
    ]),
    restarted(course.fork()),
    misbehave(course.fork()),
    course.progress(print)
  ])
  await course.drain()

  for (const { kind, server } of steadies) exits[kind] = await server.stop()
  return {
    ...options,
    ...counts,
    ...course.calls,
    exits,
    showsLeaks: steadies.every(({ samples }) => isEnough(samples)),
    held: Object.fromEntries(steadies.map(({ kind, samples }) => [kind, trends(samples)]))
  }
}
