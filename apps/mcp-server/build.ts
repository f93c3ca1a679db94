/**
 * Builds the command. The order of the chunks is the order in which a start needs them.
 */
import { bundle } from "@sailpoint-bulk-upload/tooling/bundle"

await bundle({
  folder: new URL(".", import.meta.url),
  chunks: {
    boot: ["src/boot/"],
    server: ["src/command.ts"],
    calls: ["src/handlers/handlers.ts"],
    telemetry: ["src/telemetry/OtlpExport.ts"],
    check: ["src/cli/Check.ts"],
    http: ["src/http/", "src/settings/HttpSettings.ts"],
    redis: ["src/redis/SharedLimit.ts"],
    sandbox: ["src/settings/SandboxTenant.ts"],
    completions: ["src/cli/ShellCompletions.ts"]
  },
  alias: { "@modelcontextprotocol/server/_shims": "noJsonSchemaValidator.ts" }
})
