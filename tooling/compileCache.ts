/**
 * V8's code cache, kept by Node itself: later starts reuse the compiled code of an earlier one. Node checks its own version,
 * the code and checksums, and compiles again if anything differs.
 *
 * The cached code runs in this process, so the folder must belong to the user and be closed to all others.
 * `NODE_DISABLE_COMPILE_CACHE=1` disables the cache, and `NODE_COMPILE_CACHE` names another folder.
 */
import type { Stats } from "node:fs"
// As a namespace, because a missing named import would end the process before it can print the reason.
import * as Module from "node:module"
import { dirname, isAbsolute, join } from "node:path"

/** Enables the cache if possible, in a folder with this name. An app works the same without the cache. */
export const enable = (name: string): void => {
  const { env } = process
  const caches = cachesFolder(env)
  if (caches === undefined || env["NODE_COMPILE_CACHE"] || env["NODE_DISABLE_COMPILE_CACHE"]) return
  try {
    const folder = join(caches, name)
    const { lstatSync, statSync } = fs()
    for (const path of [caches, folder]) make(path)
    // The user's caches may be a link to another disk; a link in them could lead anywhere.
    if (isOwn(statSync(caches), 0o022) && isOwn(lstatSync(folder), 0o077)) Module.enableCompileCache(folder)
  } catch {
    // The folder cannot be made or read, or this runtime has no such cache.
  }
}

/**
 * Writes the cache soon, after the first answers: Node writes it when the process ends, but assistants kill their servers.
 * If nothing new was compiled, Node writes nothing.
 */
export const flushSoon = (): void => {
  setTimeout(() => Module.flushCompileCache?.(), FLUSH_AFTER_MILLIS).unref()
}

const FLUSH_AFTER_MILLIS = 1_000

/** Importing `node:fs` would also load Node's file streams and promises, which a start does not need. */
const fs = () => process.getBuiltinModule("node:fs")

const cachesFolder = (env: NodeJS.ProcessEnv): string | undefined => {
  const { HOME: home = "", LOCALAPPDATA: local = "", XDG_CACHE_HOME: xdg = "" } = env
  if (process.platform === "win32") return isAbsolute(local) ? local : undefined
  if (process.platform !== "darwin" && isAbsolute(xdg)) return xdg
  if (!isAbsolute(home)) return undefined
  return process.platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache")
}

/** Creates a folder, but only in a folder of the user: `HOME` can be another user's, as under `sudo`. */
const make = (path: string): void => {
  const { existsSync, mkdirSync, statSync } = fs()
  if (!existsSync(path) && isOwn(statSync(dirname(path)), 0)) mkdirSync(path, 0o700)
}

/** Returns whether this is a folder of the user without these permissions. Windows protects its folders itself. */
const isOwn = (stats: Stats, denied: number): boolean =>
  stats.isDirectory() &&
  (process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & denied) === 0))
