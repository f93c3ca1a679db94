/** The MCP bundle, packed, unpacked and started as by a desktop assistant. */
import { getMcpConfigForManifest, unpackExtension } from "@anthropic-ai/mcpb"
import { McpbManifestSchema } from "@anthropic-ai/mcpb/schemas/0.3"
import { assert, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { homedir } from "node:os"
import { join, sep } from "node:path"
import { promisify } from "node:util"
import packageJson from "../../package.json" with { type: "json" }
import * as CommandLine from "../../src/cli/CommandLine.ts"
import { BUILT_COMMAND } from "../support/BuiltCommand.ts"
import { callStatus, initialize, initialized, listTools } from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"
import { settingsIn } from "../support/Settings.ts"
import { filesIn, ROOT, temporaryFolder } from "../support/Tarball.ts"

const run = promisify(execFile)

/** The folder of the unpacked bundle, and its manifest. */
class Bundle extends Context.Service<
  Bundle,
  { readonly folder: string; readonly manifest: ReturnType<typeof McpbManifestSchema.parse> }
>()("test/Bundle") {}

const bundle = Layer.effect(
  Bundle,
  Effect.gen(function* () {
    const home = yield* temporaryFolder
    const file = join(home, "bundle.mcpb")
    const folder = join(home, "unpacked")
    return yield* Effect.promise(async () => {
      await run(process.execPath, [join(ROOT, "apps/mcp-server/mcpb.ts"), file])
      await unpackExtension({ mcpbPath: file, outputDir: folder, silent: true })
      const manifest = McpbManifestSchema.parse(
        JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"))
      )
      return { folder, manifest }
    })
  })
)

const configured = (userConfig: Record<string, string>) =>
  Effect.flatMap(Bundle, ({ folder, manifest }) =>
    Effect.promise(() =>
      getMcpConfigForManifest({
        manifest,
        extensionPath: folder,
        systemDirs: { HOME: homedir() },
        userConfig,
        pathSeparator: sep
      })
    )
  )

const Services = Layer.merge(bundle, Sandbox.layer())

layer(Services, { excludeTestServices: true, timeout: "60 seconds" })("the MCP bundle", (it) => {
  it.effect("the bundle has the built command and its manifests, without source maps", () =>
    Effect.gen(function* () {
      const { folder } = yield* Bundle
      const built = BUILT_COMMAND.filter((file) => !file.endsWith(".map"))
      const expected = ["LICENSE", "README.md", "manifest.json", "package.json", ...built]
      assert.deepStrictEqual(yield* filesIn(folder), expected.toSorted())
    })
  )

  it.effect("the bundle has the version, author and engines of the package", () =>
    Effect.gen(function* () {
      const { manifest } = yield* Bundle
      assert.strictEqual(manifest.version, packageJson.version)
      assert.strictEqual(manifest.author.name, packageJson.author)
      assert.strictEqual(manifest.license, packageJson.license)
      assert.strictEqual(`git+${manifest.repository?.url}.git`, packageJson.repository.url)
      assert.strictEqual(manifest.homepage, packageJson.homepage)
      assert.strictEqual(manifest.support, packageJson.bugs)
      assert.strictEqual(manifest.compatibility?.runtimes?.node, packageJson.engines.node)
    })
  )

  it.effect("the bundle configures only variables that the command reads, and hides only the secret", () =>
    Effect.gen(function* () {
      const { manifest } = yield* Bundle
      const { env = {} } = manifest.server.mcp_config
      assert.includeMembers([...settingsIn(CommandLine.HELP)], Object.keys(env))
      const given = Object.keys(manifest.user_config ?? {}).map((key) => `\${user_config.${key}}`)
      assert.sameMembers(Object.values(env), given)
      const hidden = Object.entries(manifest.user_config ?? {}).filter(([, { sensitive }]) => sensitive)
      assert.deepStrictEqual(Object.keys(Object.fromEntries(hidden)), ["client_secret"])
    })
  )

  it.effect("the bundle does not start without its required settings", () =>
    Effect.gen(function* () {
      const config = yield* configured({ base_url: "https://acme.api.identitynow.com", client_id: "id" })
      assert.isUndefined(config)
    })
  )

  it.effect("the bundle starts a server with the announced tools and the configured tenant", () =>
    Effect.gen(function* () {
      const { manifest } = yield* Bundle
      const { url } = yield* Sandbox.Sandbox
      const client = { client_id: "sandbox", client_secret: "sandbox-secret" }
      const config = yield* configured({ base_url: url, ...client })
      assert.strictEqual(config?.command, "node")
      const [main = "", ...args] = config?.args ?? []
      const server = yield* ServerProcess.start(args, config?.env ?? {}, main)
      const call = callStatus(2, Source.named("Done").sourceId)
      yield* server.send(initialize(0), initialized, listTools(1), call)
      const tools = ((yield* server.answer(1)).result?.tools ?? []).map(({ name }) => name)
      assert.sameMembers(
        (manifest.tools ?? []).map(({ name }) => name),
        tools
      )
      const { structuredContent } = { ...(yield* server.answer(2)).result }
      assert.deepInclude(structuredContent, { status: "COMPLETED", settled: true })
    })
  )
})
