/** Builds the command. The chunks are in the order in which a start or a call loads them. */
import { bundle } from "@sailpoint-bulk-upload/tooling/bundle"

await bundle({
  folder: new URL(".", import.meta.url),
  alias: { "@modelcontextprotocol/server/_shims": "src/mcp/noJsonSchemaValidator.ts" },
  chunks: {
    boot: ["src/boot"],
    effect: ["Effect", "Schema", "ManagedRuntime"].map((name) => `node_modules/effect/dist/${name}.js`),
    protocol: ["node_modules/@modelcontextprotocol/server"],
    server: ["src/command.ts"],
    calls: ["src/handlers/handlers.ts"],
    telemetry: ["src/telemetry/OtlpExport.ts"],
    check: ["src/cli/Check.ts"],
    http: ["src/http", "src/settings/HttpSettings.ts"],
    redis: ["src/redis/SharedLimit.ts"],
    sandbox: ["src/settings/SandboxTenant.ts"],
    completions: ["src/cli/ShellCompletions.ts"]
  }
})
