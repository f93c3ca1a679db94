/**
 * V8's code cache, kept by Node itself: what one start has compiled, the next ones read. Node checks what it reads
 * (its own version, the code, checksums) and compiles as ever where anything differs.
 *
 * Code is run from there, so it is a folder of the user's own that nobody else can write to, or none: never the shared
 * temporary one. `NODE_DISABLE_COMPILE_CACHE=1` switches it off, and the folder of a `NODE_COMPILE_CACHE` is used
 * instead.
 */
import type { Stats } from "node:fs"
import { enableCompileCache, flushCompileCache } from "node:module"
import { isAbsolute, join } from "node:path"

const NAME = "sailpoint-bulk-upload-mcp"

/** Switches it on where it can be had, and says nothing where it cannot: everything works without. */
export const enable = (): void => {
  const { env } = process
  const home = cacheHome(env)
  if (home === undefined || env["NODE_COMPILE_CACHE"] || env["NODE_DISABLE_COMPILE_CACHE"]) return
  try {
    const folder = join(home, NAME)
    const { lstatSync, statSync } = fs()
    for (const path of [home, folder]) make(path)
    // A link is fine for the user's cache folder, which may be on another disk; not for what is in it.
    if (isOwn(statSync(home), 0o022) && isOwn(lstatSync(folder), 0o077)) enableCompileCache(folder)
  } catch {
    // No such folder, or one that cannot be looked at.
  }
}

/**
 * Writes what there is a while from now, once the assistant has its first answers: Node does so when a process ends,
 * but assistants kill their servers. Where nothing new was compiled, Node writes nothing.
 */
export const flushSoon = (): void => {
  setTimeout(flushCompileCache, FLUSH_AFTER_MILLIS).unref()
}

const FLUSH_AFTER_MILLIS = 1_000

/** Importing it would load Node's streams of files and its promises of them, which a start has no use for. */
const fs = () => process.getBuiltinModule("node:fs")

/** Where a user's programs keep what they can make again. */
const cacheHome = (env: NodeJS.ProcessEnv): string | undefined => {
  const { HOME: home = "", LOCALAPPDATA: local = "", XDG_CACHE_HOME: xdg = "" } = env
  if (process.platform === "win32") return isAbsolute(local) ? local : undefined
  if (process.platform !== "darwin" && isAbsolute(xdg)) return xdg
  if (!isAbsolute(home)) return undefined
  return process.platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache")
}

/** One level only: where even the home is missing, none is made. */
const make = (path: string): void => {
  try {
    fs().mkdirSync(path, 0o700)
  } catch {
    // It is there, or cannot be made; looking at it tells.
  }
}

/** Whether it is a folder of the user who runs this, with none of these permissions. Windows keeps such by itself. */
const isOwn = (stats: Stats, denied: number): boolean =>
  stats.isDirectory() &&
  (process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & denied) === 0))
