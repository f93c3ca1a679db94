/**
 * Builds the command. The order of the chunks keeps unused modules out of a start: `effect/ConfigProvider` imports streams.
 */
import { bundle } from "@sailpoint-bulk-upload/tooling/bundle"

const effect = (...names: ReadonlyArray<string>) => names.map((name) => `node_modules/effect/dist/${name}.js`)

const chunks = {
  boot: ["package.json", "../../tooling/start.ts", "../../tooling/compileCache.ts"],
  effect: effect("Effect", "Schema", "ManagedRuntime", "Latch"),
  protocol: ["src/mcp/interpretedChecks.ts", "node_modules/@modelcontextprotocol/server"],
  streams: effect("Stream", "FileSystem"),
  server: ["src/command.ts"],
  calls: ["src/handlers/handlers.ts"],
  telemetry: ["src/telemetry/OtlpExport.ts"],
  tokens: ["src/text/AccessTokenTimes.ts", "node_modules/jose"],
  check: ["src/cli/Check.ts", "src/cli/Probes.ts", "src/cli/Report.ts"],
  redis: ["src/redis/SharedLimit.ts"],
  http: ["src/http", "src/settings/HttpSettings.ts"],
  sandbox: ["src/settings/SandboxTenant.ts"],
  completions: ["src/cli/ShellCompletions.ts"]
}

await bundle(import.meta.dirname, chunks, {
  "@modelcontextprotocol/server/_shims": "src/mcp/noJsonSchemaValidator.ts"
})
