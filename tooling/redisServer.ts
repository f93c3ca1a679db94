/**
 * The redis-server of the tests, the soak and the bench: the one in REDIS_SERVER, or the first one on the path. Without one,
 * tests are skipped, except in CI, which installs one.
 */
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

/** Returns the path of the program, or undefined if it is missing. */
export const find = (): string | undefined => {
  const { PATH = "", REDIS_SERVER = "" } = process.env
  const paths = PATH.split(delimiter).map((folder) => join(folder, "redis-server"))
  return (REDIS_SERVER === "" ? paths : [REDIS_SERVER]).find((path) => existsSync(path))
}

export const MISSING =
  "redis-server is missing. Install it (Debian, Ubuntu: apt-get install -y redis-server; macOS: brew install redis), or set REDIS_SERVER to its path."

/** Returns the path of the program, or throws if it is missing. */
export const path = (): string => {
  const found = find()
  if (found === undefined) throw new Error(MISSING)
  return found
}

/** Whether the tests that need a redis-server are skipped. */
export const isSkipped: boolean = find() === undefined && process.env["CI"] === undefined

/** Prints why tests are skipped. Vitest calls it once per run. */
export const setup = (): void => {
  if (isSkipped) process.stderr.write(`Tests that need Redis are skipped: ${MISSING}\n`)
}
