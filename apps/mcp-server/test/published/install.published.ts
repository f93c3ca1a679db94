/** The packed packages, as npm installs them, on every supported Node: `pnpm run test:published`. */
import { assert, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { execFile } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"
import core from "../../../../packages/core/package.json" with { type: "json" }
import packageJson from "../../package.json" with { type: "json" }
import * as HttpProcess from "../support/HttpProcess.ts"
import { callStatus, initialize, initialized } from "../support/JsonRpc.ts"
import * as Nodes from "../support/Nodes.ts"
import * as ServerProcess from "../support/ServerProcess.ts"
import * as Tarball from "../support/Tarball.ts"

const run = promisify(execFile)

const PROGRAM = `
import { getBulkUploadStatus, BulkUploads } from "@sailpoint-bulk-upload/core"
import * as SourceId from "@sailpoint-bulk-upload/core/SourceId"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"

const Live = BulkUploads.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))
const asked = SourceId.fromString("${Source.named("Done").sourceId}").pipe(
  Effect.flatMap(getBulkUploadStatus),
  Effect.provide(Live)
)
const { status } = await Effect.runPromise(asked)
console.log(JSON.stringify({ node: process.versions.node, status }))
`

const devDependencies: Readonly<Record<string, string>> = packageJson.devDependencies

/** A project with these packages and the program, and its environment for that Node. */
const project = (version: string, packages: ReadonlyArray<string>, ...flags: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const nodes = yield* Nodes.Nodes
    const folder = yield* Tarball.temporaryFolder
    const env = {
      // The registry can be set in variables.
      ...process.env,
      PATH: [join(folder, "node_modules/.bin"), nodes.folderOf(version), process.env["PATH"]].join(delimiter),
      // An engines field that does not allow this Node ends the installation.
      npm_config_engine_strict: "true"
    }
    yield* Effect.promise(async () => {
      await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }))
      await writeFile(join(folder, "program.js"), PROGRAM)
      await run("npm", ["install", "--no-audit", "--no-fund", ...flags, ...packages], { cwd: folder, env })
    })
    return { folder, env }
  })

const status = { node: process.versions.node, status: "COMPLETED" }

const Services = Layer.merge(Nodes.layer, Tarball.layer)

layer(Services, { excludeTestServices: true, timeout: "5 minutes" })("installed by npm", (it) => {
  it.effect.each(Nodes.VERSIONS)(
    "the library, the sandbox, the server and the command run on Node %s",
    (version) =>
      Effect.gen(function* () {
        const packed = Object.values(yield* Tarball.Tarballs).map(({ tarball }) => tarball)
        const peers = ["effect", "@effect/platform-node"].map((name) => `${name}@${devDependencies[name]}`)
        const { env, folder } = yield* project(version, [...peers, ...packed], "--prefer-offline")
        const call = (command: string, ...args: ReadonlyArray<string>) =>
          Effect.promise(() => run(command, args, { cwd: folder, env }))

        const sandbox = yield* ServerProcess.startCommand("sailpoint-bulk-upload-sandbox", [], env)
        const [usage] = yield* sandbox.wrote(/[^]*SAIL_CLIENT_SECRET=\S+\n/u)
        const settings = Object.fromEntries(
          Array.from(usage.matchAll(/export (\w+)=(\S+)/gu), ([, name, value]) => [name, value])
        )
        const program = yield* Effect.promise(() =>
          run("node", ["program.js"], { cwd: folder, env: { ...env, ...settings } })
        )
        assert.deepStrictEqual(JSON.parse(program.stdout), { ...status, node: version })
        assert.strictEqual(program.stderr, "")

        const printed = yield* call("sailpoint-bulk-upload-mcp", "--version")
        assert.deepStrictEqual(printed, { stdout: `${packageJson.version}\n`, stderr: "" })

        const check = yield* call("sailpoint-bulk-upload-mcp", "check", "--sandbox", "--json")
        assert.strictEqual(check.stderr, "")
        assert.isTrue(JSON.parse(check.stdout).ok)

        const done = yield* call("sailpoint-bulk-upload", "--sandbox", "status", "Done", "--json")
        assert.strictEqual(JSON.parse(done.stdout).status, "COMPLETED")

        const args = ["--sandbox", "--log-level", "warn"]
        const server = yield* ServerProcess.startCommand("sailpoint-bulk-upload-mcp", args, env)
        yield* server.send(initialize(1))
        const { result } = yield* server.answer(1)
        const info = { name: "sailpoint-bulk-upload", version: packageJson.version }
        assert.deepInclude(result?.serverInfo, info)
        yield* server.closeInput
        assert.deepInclude(yield* server.ended, { code: 0, stderr: "" })
      }),
    { timeout: 300_000, concurrent: true }
  )

  it.effect(
    "the library returns a status with the newest effect of its peer range",
    () =>
      Effect.gen(function* () {
        const { tarball } = (yield* Tarball.Tarballs)["packages/core"]
        const packages = [`effect@${core.peerDependencies.effect}`, tarball]
        const { env, folder } = yield* project(status.node, packages, "--prefer-online")
        const settings = ServerProcess.settingsFor(yield* Sandbox.make())
        const program = yield* Effect.promise(() =>
          run("node", ["program.js"], { cwd: folder, env: { ...env, ...settings } })
        )
        assert.deepStrictEqual([JSON.parse(program.stdout), program.stderr], [status, ""])
      }),
    120_000
  )
})

/** The command in the tarball. */
const main = Effect.map(Tarball.Tarballs, (all) => join(all["apps/mcp-server"].folder, "dist/main.js"))

layer(Services, { excludeTestServices: true, timeout: "5 minutes" })("the packed server", (it) => {
  it.effect.each(Nodes.TOO_OLD)(
    "the server prints one sentence with the required Node on Node %s, and exits with 2",
    (version) =>
      Effect.gen(function* () {
        const { folderOf } = yield* Nodes.Nodes
        const server = yield* ServerProcess.start([], {}, yield* main, [join(folderOf(version), "node")])
        const { code, stderr, stdout } = yield* server.ended
        assert.deepStrictEqual({ code, stdout }, { code: 2, stdout: "" })
        assert.match(
          stderr,
          new RegExp(
            `^sailpoint-bulk-upload-mcp needs Node\\.js .+ but was started with ${version} .+\\.\n$`,
            "u"
          )
        )
      })
  )

  it.effect.each(Object.values(Nodes.OTHERS))(
    "the server answers calls over standard input and HTTP under %s",
    ([command, ...options]) =>
      Effect.gen(function* () {
        const { others } = yield* Nodes.Nodes
        const runtime = [join(others, command), ...options] as const
        const sandbox = yield* Sandbox.make()
        const sourceId = Source.named("Done").sourceId
        const home = yield* Tarball.temporaryFolder
        const env = { ...ServerProcess.settingsFor(sandbox), HOME: home, PATH: process.env["PATH"] ?? "" }

        const overStdio = yield* ServerProcess.start([], env, yield* main, runtime)
        yield* overStdio.send(initialize(0), initialized, callStatus(1, sourceId))
        const { result } = yield* overStdio.answer(1)
        assert.deepInclude(result?.structuredContent, { status: "COMPLETED" })
        yield* overStdio.closeInput
        assert.strictEqual((yield* overStdio.ended).code, 0)

        const overHttp = yield* ServerProcess.start(["http", "--port", "0"], env, yield* main, runtime)
        const [, url = ""] = yield* overHttp.logged(/Serving MCP at (\S+)\/mcp\./u)
        const answer = yield* HttpProcess.post(url, { body: JSON.stringify(callStatus(1, sourceId)) })
        assert.include(answer.body, "COMPLETED")
        yield* overHttp.kill("SIGTERM")
        assert.strictEqual((yield* overHttp.ended).code, 0)
      }),
    { timeout: 60_000 }
  )
})
