import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { dirname, join } from "node:path"
import packageJson from "../../package.json" with { type: "json" }
import { callStatus, initialize, initialized } from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"
import { temporaryFolder } from "../support/Tarball.ts"

const NAME = "sailpoint-bulk-upload-mcp"

/** Makes Node log its use of the cache on standard error. */
const VERBOSE = { NODE_DEBUG_NATIVE: "COMPILE_CACHE" }
const USED = /cache for .*server\.js was accepted/u
const ENABLED = /\[compile cache\]/u

const isWindows = process.platform === "win32"
const isRoot = process.getuid?.() === 0
const makeFolder = (own: string) => fs.mkdirSync(own, { recursive: true, mode: 0o700 })
const disown = (path: string) => fs.chownSync(path, 12_345, 12_345)

type Env = Readonly<Record<string, string>>

/** Runs the command with --version, and returns standard error. */
const version = (env: Env) =>
  Effect.gen(function* () {
    const { code, stderr, stdout } = yield* (yield* ServerProcess.start(["--version"], env)).ended
    assert.strictEqual(code, 0)
    assert.strictEqual(stdout, `${packageJson.version}\n`)
    return stderr
  })

/** The environment and the cache folder of a new user. */
const user = Effect.map(temporaryFolder, (home) => {
  fs.mkdirSync(join(home, "Library"))
  const cache = { darwin: "Library/Caches", win32: "." }[process.platform as string] ?? ".cache"
  return {
    env: { HOME: home, LOCALAPPDATA: home } satisfies Env,
    home,
    cache: join(home, cache),
    own: join(home, cache, NAME)
  }
})

/** The files of compiled code. */
const compiled = (folder: string): ReadonlyArray<string> =>
  fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
    ? fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /^[\da-f]+$/u.test(entry.name))
        .map(({ name, parentPath }) => join(parentPath, name))
    : []

/** Fewer bytes than the code of a start, and more than the small file of the bundler. */
const OF_A_START = 100_000

const bytesIn = (folder: string): number =>
  compiled(folder).reduce((sum, file) => sum + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0)

/** Waits until the folder has more than this number of bytes of compiled code. */
const kept = (folder: string, bytes = OF_A_START) =>
  Effect.callback<void>((resume) => {
    const look = () => {
      if (bytesIn(folder) > bytes) resume(Effect.void)
    }
    const [forThisNode = "."] = fs.readdirSync(folder)
    const watcher = fs.watch(join(folder, forThisNode), look)
    look()
    return Effect.sync(() => watcher.close())
  })

/** A server that has answered a request and then stored its compiled code. */
const serving = (env: Env, own: string) =>
  Effect.gen(function* () {
    const server = yield* ServerProcess.start(["--log-level", "warn"], {
      ...env,
      SAIL_BASE_URL: "http://127.0.0.1:9",
      SAIL_ACCESS_TOKEN: "token"
    })
    yield* server.send(initialize(0))
    yield* server.answer(0)
    yield* kept(own)
    return server
  })

/** Removes functions from `node:module` before the server loads, and fires its timers of one second at once. */
const without = (functions: ReadonlyArray<string>): string =>
  `import Module from "node:module"
  for (const name of ${JSON.stringify(functions)}) delete Module[name]
  Module.syncBuiltinESMExports()
  const { setTimeout } = globalThis
  globalThis.setTimeout = (run, millis) => setTimeout(run, millis === 1000 ? 0 : millis)`

describe("compiled code", { timeout: 30_000 }, () => {
  it.live("the first start stores compiled code for the user alone, and the second start uses it", () =>
    Effect.gen(function* () {
      const { env, own } = yield* user
      assert.strictEqual(yield* version(env), "")
      assert.isNotEmpty(compiled(own))
      if (!isWindows) assert.strictEqual(fs.statSync(own).mode & 0o777, 0o700)
      assert.match(yield* version({ ...env, ...VERBOSE }), USED)
      assert.strictEqual(yield* version(env), "")
    })
  )

  it.live("a server that is killed after its first call has stored the code of that call", () =>
    Effect.gen(function* () {
      const { env, own } = yield* user
      const server = yield* serving(env, own)
      const before = compiled(own)
      const bytes = bytesIn(own)
      yield* server.send(initialized, callStatus(1, "not an id"))
      yield* server.answer(1)
      yield* kept(own, bytes)
      assert.includeMembers([...compiled(own)], [...before])
      yield* server.kill("SIGKILL")
      assert.strictEqual((yield* server.ended).stderr, "")
      assert.match(yield* version({ ...env, ...VERBOSE }), USED)
    })
  )

  it.live("NODE_COMPILE_CACHE sets the cache's folder, and NODE_DISABLE_COMPILE_CACHE disables it", () =>
    Effect.gen(function* () {
      const { cache, env, home } = yield* user
      const elsewhere = join(home, "elsewhere")
      yield* version({ ...env, NODE_COMPILE_CACHE: elsewhere })
      assert.isNotEmpty(compiled(elsewhere))
      yield* version({ ...env, NODE_DISABLE_COMPILE_CACHE: "1" })
      assert.isFalse(fs.existsSync(join(cache, NAME)))
    })
  )

  it.live.each(["flushCompileCache", "flushCompileCache and enableCompileCache"])(
    "a server on a Node without %s answers calls",
    (missing) =>
      Effect.gen(function* () {
        const { cache, env } = yield* user
        const sandbox = yield* Sandbox.make()
        const first = `--import=data:text/javascript,${encodeURIComponent(without(missing.split(" and ")))}`
        const settings = { ...env, ...ServerProcess.settingsFor(sandbox), NODE_OPTIONS: first }
        const server = yield* ServerProcess.start(["--log-level", "warn"], settings)
        yield* server.send(initialize(0), initialized, callStatus(1, Source.named("Done").sourceId))
        assert.deepInclude((yield* server.answer(1)).result?.structuredContent, { status: "COMPLETED" })
        yield* server.closeInput
        assert.deepInclude(yield* server.ended, { code: 0, stderr: "" })
        if (missing.includes("enable")) assert.isEmpty(compiled(cache))
      })
  )

  it.live("no compiled code is stored without a home folder", () =>
    Effect.gen(function* () {
      const { home } = yield* user
      const missing = join(home, "missing")
      for (const env of [{}, { HOME: "" }, { HOME: missing, LOCALAPPDATA: "" }, { HOME: "." }]) {
        assert.notMatch(yield* version({ ...env, ...VERBOSE }), ENABLED)
      }
      assert.isFalse(fs.existsSync(missing))
    })
  )
})

describe.skipIf(isWindows)("the folder of compiled code", { timeout: 30_000 }, () => {
  it.live("XDG_CACHE_HOME sets the cache folder, except on macOS", () =>
    Effect.gen(function* () {
      const { env, home, own } = yield* user
      const xdg = join(home, "xdg")
      yield* version({ ...env, XDG_CACHE_HOME: xdg })
      const expected = process.platform === "darwin" ? own : join(xdg, NAME)
      assert.isNotEmpty(compiled(expected))
    })
  )

  const spoiled: ReadonlyArray<readonly [string, ...ReadonlyArray<(own: string) => unknown>]> = [
    ["others can write to it", makeFolder, (own) => fs.chmodSync(own, 0o770)],
    ["others can write to its parent", makeFolder, (own) => fs.chmodSync(dirname(own), 0o777)],
    ["it is a link", (own) => makeFolder(`${own}.target`), (own) => fs.symlinkSync(`${own}.target`, own)],
    ["it is a file", (own) => makeFolder(dirname(own)), (own) => fs.writeFileSync(own, "")],
    ["its parent is a file", (own) => fs.writeFileSync(dirname(own), "")],
    // Only root can change the owner of a folder.
    ...(isRoot ? [["it belongs to another user", makeFolder, (own: string) => disown(own)] as const] : [])
  ]

  it.live.each(spoiled)("the folder of compiled code is not used if %s", ([, ...steps]) =>
    Effect.gen(function* () {
      const { cache, env, own } = yield* user
      for (const step of steps) step(own)
      assert.notMatch(yield* version({ ...env, ...VERBOSE }), ENABLED)
      assert.isEmpty(compiled(cache))
    })
  )

  // Root may write everywhere.
  it.live.skipIf(isRoot)("a start without write access to the cache folder logs nothing", () =>
    Effect.gen(function* () {
      const { cache, env } = yield* user
      fs.mkdirSync(cache, { mode: 0o500 })
      assert.strictEqual(yield* version(env), "")
    })
  )
})

// Only root can change the owner of a home, and start a server in it.
describe.skipIf(!isRoot)("the home of another user", { timeout: 30_000 }, () => {
  it.live.each<readonly [string, (own: string) => void]>([
    ["without a cache folder", () => undefined],
    ["with a cache folder", (own) => fs.mkdirSync(dirname(own), { recursive: true })]
  ])("the home of another user %s stays unchanged", ([, prepare]) =>
    Effect.gen(function* () {
      const { env, home, own } = yield* user
      prepare(own)
      const before = fs.readdirSync(home, { encoding: "utf8", recursive: true })
      for (const path of ["", ...before]) disown(join(home, path))
      assert.notMatch(yield* version({ ...env, ...VERBOSE }), ENABLED)
      assert.deepStrictEqual(fs.readdirSync(home, { encoding: "utf8", recursive: true }), before)
    })
  )
})
