/** Builds the image's files and runs its commands, without a container engine. */
import { assert, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { execFile } from "node:child_process"
import { cp, mkdir, readFile, symlink } from "node:fs/promises"
import { basename, join, matchesGlob } from "node:path"
import { promisify } from "node:util"
import rootManifest from "../../../../package.json" with { type: "json" }
import { BUILT_COMMAND } from "../support/BuiltCommand.ts"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as ServerProcess from "../support/ServerProcess.ts"
import { filesIn, PACKAGES, ROOT, temporaryFolder } from "../support/Tarball.ts"

const run = promisify(execFile)

type Step = Readonly<Record<"instruction" | "text", string>>

const steps = (await readFile(join(ROOT, "apps/mcp-server/Dockerfile"), "utf8"))
  .replaceAll(/^#.*\n/gmu, "")
  .replaceAll(/\\\n\s*/gu, "")
  .split("\n")
  .filter((line) => line !== "")
  .map((line): Step => {
    const [instruction = "", ...rest] = line.split(" ")
    return { instruction, text: rest.join(" ") }
  })
const start = steps.findLastIndex(({ instruction }) => instruction === "FROM")
const [build, last] = [steps.slice(0, start), steps.slice(start)]

const textsOf = (steps: ReadonlyArray<Step>, instruction: string): ReadonlyArray<string> =>
  steps.filter((step) => step.instruction === instruction).map(({ text }) => text)

/** A command in the form of a list, which needs no shell. */
const listIn = (text = ""): ReadonlyArray<string> => JSON.parse(text.slice(text.indexOf("[")))

/** The folder of the first stage: the part of this clone that .dockerignore allows, and the installed packages. */
const built = Effect.gen(function* () {
  const context = yield* temporaryFolder
  yield* Effect.promise(async () => {
    const ignore = await readFile(join(ROOT, "apps/mcp-server/Dockerfile.dockerignore"), "utf8")
    const wanted = Array.from(ignore.matchAll(/^!(.+)$/gmu), ([, name = ""]) => name)
    const unwanted = Array.from(ignore.matchAll(/^\*\*\/(.+)$/gmu), ([, name = ""]) => name)
    for (const name of wanted) {
      await cp(join(ROOT, name), join(context, name), {
        recursive: true,
        filter: (path) => !unwanted.some((pattern) => matchesGlob(basename(path), pattern))
      })
    }
    await symlink(join(ROOT, "node_modules"), join(context, "node_modules"))
    for (const folder of [...PACKAGES.filter((folder) => folder !== "apps/cli"), "tooling"]) {
      const installed = join(folder, "node_modules")
      // Relative links lead into the copy.
      await cp(join(ROOT, installed), join(context, installed), { recursive: true, verbatimSymlinks: true })
    }
    const [node, ...script] = textsOf(build, "RUN")[1]?.split(" ") ?? []
    assert.strictEqual(node, "node")
    await run(process.execPath, script, { cwd: context })
  })
  return context
})

/** The folder that the last stage fills from the first. */
class Image extends Context.Service<Image, { readonly folder: string }>()("test/Image") {}

const image = Layer.effect(
  Image,
  Effect.gen(function* () {
    const context = yield* built
    const folder = yield* temporaryFolder
    for (const copy of textsOf(last, "COPY")) {
      const [, ...paths] = copy.replaceAll("/repository/", "").split(" ")
      const target = join(folder, paths.at(-1) ?? "")
      yield* Effect.promise(async () => {
        await mkdir(target, { recursive: true })
        for (const path of paths.slice(0, -1)) {
          // COPY copies a file into the folder, and the contents of a folder.
          const isFile = /\.json$|LICENSE$/u.test(path)
          await cp(join(context, path), isFile ? join(target, basename(path)) : target, { recursive: true })
        }
      })
    }
    return { folder }
  })
)

layer(image, { excludeTestServices: true, timeout: "2 minutes" })("the image", (it) => {
  it.effect("the image uses the Node and the pnpm of this project", () =>
    Effect.gen(function* () {
      const from = `node:${rootManifest.devDependencies.node}-bookworm-slim`
      const used = [...textsOf(build, "FROM"), ...textsOf(last, "FROM")]
      assert.deepStrictEqual(used, [`${from} AS build`, from])
      const [pnpm = "no pnpm"] =
        /pnpm@\S+/u.exec(yield* Effect.promise(() => readFile(join(ROOT, ".ci/run"), "utf8"))) ?? []
      assert.include(textsOf(build, "RUN")[0], pnpm)
    })
  )

  it.effect("the image has the command, its manifest and the licenses, and does not run as root", () =>
    Effect.gen(function* () {
      const files = yield* filesIn((yield* Image).folder)
      assert.deepStrictEqual(files, ["LICENSE", "package.json", ...BUILT_COMMAND].toSorted())
      assert.deepStrictEqual(textsOf(last, "USER"), ["node"])
    })
  )

  it.effect(
    "the command of the image serves with settings, and the health check reports it",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* Image
        const [node, ...entry] = listIn(textsOf(last, "ENTRYPOINT")[0])
        const command = listIn(textsOf(last, "CMD")[0])
        const sandbox = yield* Sandbox.make()
        // A free port instead of the fixed port of the image.
        const server = yield* ServerProcess.start(
          [...command, "--port", "0"],
          { ...ServerProcess.settingsFor(sandbox), MCP_BEARER_TOKEN: HttpProcess.TOKEN },
          join(folder, ...entry.map((path) => path.replace("/app/", "")))
        )
        const [, port = ""] = yield* server.logged(/Serving MCP at \S+:(\d+)\/mcp\./u)
        const [checkedBy, ...check] = listIn(textsOf(last, "HEALTHCHECK")[0])
        assert.deepStrictEqual([node, checkedBy], ["node", "node"])
        const checkHere = check.map((part) => part.replace(":3917/", `:${port}/`))
        const healthy = Effect.isSuccess(Effect.tryPromise(() => run(process.execPath, checkHere)))
        assert.isTrue(yield* healthy)
        const answer = yield* HttpProcess.post(`http://127.0.0.1:${port}`, {
          headers: { host: `localhost:${port}`, authorization: `Bearer ${HttpProcess.TOKEN}` }
        })
        assert.strictEqual(answer.status, 200)

        yield* server.kill("SIGTERM")

        assert.strictEqual((yield* server.ended).code, 0)
        assert.isFalse(yield* healthy)
      }),
    60_000
  )
})
