/**
 * The part of Redis that the scripts of the rate limit use, in memory. A Lua interpreter runs the unchanged scripts.
 */
import { LuaFactory } from "wasmoon"

/** The Redis commands of one server, at one time. */
type Commands = Record<string, (...args: ReadonlyArray<string | number>) => unknown>

interface Entry {
  readonly scores: Map<string, number>
  until: number
}

export interface Store {
  /** Runs a script at a time of Redis' clock, in milliseconds. */
  readonly run: (
    lua: string,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<string>,
    now: number
  ) => unknown
  /** Loses everything, as a restart without persistence does. */
  readonly clear: () => void
  /** The keys that exist at a time. */
  readonly keys: (now: number) => ReadonlyArray<string>
}

const engine = await new LuaFactory().createEngine()

export const make = (): Store => {
  const entries = new Map<string, Entry>()
  const at = (key: string, now: number): Entry | undefined => {
    const entry = entries.get(key)
    if (entry === undefined || entry.until > now) return entry
    entries.delete(key)
    return undefined
  }
  const commandsAt = (now: number): Commands => ({
    TIME: () => [String(Math.floor(now / 1000)), String(Math.floor((now % 1000) * 1000))],
    ZADD: (key, score, member) => {
      const entry = at(String(key), now) ?? { scores: new Map(), until: Infinity }
      entry.scores.set(String(member), Number(score))
      entries.set(String(key), entry)
      return 1
    },
    ZREM: (key, member) => {
      const entry = at(String(key), now)
      const removed = entry?.scores.delete(String(member)) === true
      if (entry?.scores.size === 0) entries.delete(String(key))
      return removed ? 1 : 0
    },
    ZCARD: (key) => at(String(key), now)?.scores.size ?? 0,
    ZREMRANGEBYSCORE: (key, _, maximum) => {
      const entry = at(String(key), now)
      for (const [member, score] of entry?.scores ?? []) {
        if (score <= Number(maximum)) entry?.scores.delete(member)
      }
      if (entry?.scores.size === 0) entries.delete(String(key))
      return 0
    },
    ZRANGE: (key) => {
      const [first] = [...(at(String(key), now)?.scores ?? [])].toSorted(([, a], [, b]) => a - b)
      return first === undefined ? [] : [first[0], String(first[1])]
    },
    PTTL: (key) => {
      const entry = at(String(key), now)
      if (entry === undefined) return -2
      return entry.until === Infinity ? -1 : entry.until - now
    },
    PEXPIRE: (key, millis) => {
      const entry = at(String(key), now)
      if (entry !== undefined) entry.until = now + Number(millis)
      return 1
    },
    SET: (key, _value, _px, millis) => {
      entries.set(String(key), { scores: new Map(), until: now + Number(millis) })
      return "OK"
    }
  })

  return {
    run: (lua, keys, args, now) => {
      const commands = commandsAt(now)
      engine.global.set("call", (name: string, ...given: ReadonlyArray<string | number>) => {
        const command = commands[name]
        if (command === undefined) throw new Error(`The simulated Redis has no command ${name}.`)
        return command(...given)
      })
      engine.global.set("KEYS", keys)
      engine.global.set("ARGV", args)
      return engine.doStringSync(`local redis = { call = call }\n${lua}`)
    },
    clear: () => entries.clear(),
    keys: (now) => [...entries.keys()].filter((key) => at(key, now) !== undefined)
  }
}
