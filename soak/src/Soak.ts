/**
 * The run: a sandbox, a server over stdio and one over HTTP that stay, and one that is restarted again and again.
 */
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { setTimeout as sleep } from "node:timers/promises"
import * as Calls from "./Calls.ts"
import * as Dice from "./Dice.ts"
import * as Faults from "./Faults.ts"
import type { Options } from "./Options.ts"
import * as ServerUnderLoad from "./ServerUnderLoad.ts"
import { isEnough, type Sample, type Trend, trends } from "./Trend.ts"

export interface Report extends Options {
  readonly calls: number
  readonly outcomes: Readonly<Record<string, number>>
  readonly faults: number
  readonly restarts: number
  readonly lost: ReadonlyArray<string>
  /** How the servers that were told to end did so; of those that were restarted, the last that did not do it well. */
  readonly exits: Readonly<Record<string, number | string>>
  readonly held: Readonly<Record<string, ReadonlyArray<Trend>>>
  /** Whether it ran long enough to tell a leak. */
  readonly tellsLeaks: boolean
}

export const isWell = ({ calls, exits, held, lost, outcomes }: Report): boolean =>
  calls > 0 &&
  lost.length === 0 &&
  Calls.defects.every((defect) => outcomes[defect] === undefined) &&
  Object.values(exits).every((code) => code === 0) &&
  Object.values(held)
    .flat()
    .every(({ leak }) => !leak)

const FAULT_EVERY_MILLIS = 2_000
const RESTART_EVERY_MILLIS = 8_000

/** Tells of its progress, a line at a time. */
export const soak = (options: Options, tell: (line: string) => void): Promise<Report> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(Sandbox.make({ clients: clients.map(asClient) }), (sandbox) =>
        Effect.promise(() => run(options, sandbox, tell))
      )
    )
  )

/** A client id for each, so that none uses up what SailPoint allows the others. */
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
  tell: (line: string) => void
): Promise<Report> => {
  const dice = Dice.make(options.seed)
  let began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const isOver = () => seconds() >= options.seconds
  const tally = new Calls.Tally()
  const running = new Set<Promise<void>>()
  const counts = { faults: 0, restarts: 0 }
  const exits: Record<string, number | string> = {}

  const load = async (caller: () => Calls.Caller, own: Dice.Dice) => {
    while (!isOver()) {
      const call = Calls.call(caller(), own, tally)
      running.add(call)
      void call.finally(() => running.delete(call))
      await sleep((2 * own.next() * 1000) / options.load)
    }
  }

  const steady = async (kind: ServerUnderLoad.Kind) => {
    const server = await ServerUnderLoad.start(kind, envOf(sandbox, kind))
    const samples: Array<Sample> = []
    const watch = async () => {
      while (!isOver()) {
        const held = await server.sample()
        // A server that is gone loses every further call, which is told enough.
        if (held === undefined) return
        samples.push({ at: seconds(), ...held })
        await sleep(Math.min(5_000, (options.seconds * 1000) / 20))
      }
    }
    return { kind, server, samples, watch, caller: { client: server.client, restarted: () => false } }
  }

  const steadies = [await steady("stdio"), await steady("http")]

  const restarted = async (own: Dice.Dice) => {
    while (!isOver()) {
      const server = await ServerUnderLoad.start(own.pick(["stdio", "http"]), envOf(sandbox, "restarted"))
      let ending = false
      const caller = { client: server.client, restarted: () => ending }
      const until = performance.now() + Math.min(RESTART_EVERY_MILLIS, options.seconds * 250)
      while (!isOver() && performance.now() < until) {
        const call = Calls.call(caller, own, tally)
        running.add(call)
        void call.finally(() => running.delete(call))
        await sleep((2 * own.next() * 1000) / options.load)
      }
      ending = true
      if (own.chance(0.5)) await server.kill()
      else exits["restarted"] = (await server.stop()) || (exits["restarted"] ?? 0)
      counts.restarts += 1
    }
  }

  const misbehave = async (own: Dice.Dice) => {
    while (!isOver()) {
      await Faults.strike(sandbox, own)
      counts.faults += 1
      await sleep(2 * own.next() * Math.min(FAULT_EVERY_MILLIS, options.seconds * 50))
    }
  }

  const progress = async () => {
    for (let told = 30; !isOver(); told += 30) {
      while (!isOver() && seconds() < told) await sleep(200)
      tell(
        `${Math.round(seconds())} s: ${tally.total} calls ended, ${running.size} running, ${tally.lost.length} lost`
      )
    }
  }

  began = performance.now()
  const own = () => Dice.make(Math.floor(dice.next() * 2 ** 31))
  await Promise.all([
    ...steadies.flatMap(({ caller, watch }) => [load(() => caller, own()), watch()]),
    restarted(own()),
    misbehave(own()),
    progress()
  ])
  while (running.size > 0) await Promise.all(running)

  for (const { kind, server } of steadies) exits[kind] = await server.stop()
  return {
    ...options,
    ...counts,
    calls: tally.total,
    outcomes: Object.fromEntries([...tally.outcomes].toSorted(([a], [b]) => a.localeCompare(b, "en"))),
    lost: tally.lost,
    exits,
    tellsLeaks: steadies.every(({ samples }) => isEnough(samples)),
    held: Object.fromEntries(steadies.map(({ kind, samples }) => [kind, trends(samples)]))
  }
}
