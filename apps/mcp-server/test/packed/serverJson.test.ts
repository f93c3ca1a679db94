/** The entry for the MCP registry follows its schema, the package and the variables of the command. */
import { ApiVersion } from "@sailpoint-bulk-upload/core/workspace"
import { assert, describe, it } from "@effect/vitest"
import * as z from "zod"
import manifest from "../../mcpb/manifest.json" with { type: "json" }
import packageJson from "../../package.json" with { type: "json" }
import serverJson from "../../server.json" with { type: "json" }
import * as CommandLine from "../../src/cli/CommandLine.ts"
import { settingsIn } from "../support/Settings.ts"

const SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"

const exactVersion = z.string().regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/u)

/** The rules of that schema for this file; unknown keys are errors. */
const Variable = z.strictObject({
  name: z.string(),
  description: z.string(),
  placeholder: z.string().optional(),
  default: z.string().optional(),
  choices: z.array(z.string()).optional(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional()
})

const ServerDetail = z.strictObject({
  $schema: z.literal(SCHEMA),
  name: z
    .string()
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/u),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: exactVersion.max(255),
  websiteUrl: z.url(),
  repository: z.strictObject({ url: z.url(), source: z.literal("github"), subfolder: z.string() }),
  packages: z.tuple([
    z.strictObject({
      registryType: z.literal("npm"),
      identifier: z.string(),
      version: exactVersion,
      transport: z.strictObject({ type: z.literal("stdio") }),
      environmentVariables: z.array(Variable)
    })
  ])
})

const [npm] = ServerDetail.parse(serverJson).packages

const marked = (mark: "isSecret" | "isRequired") =>
  npm.environmentVariables.filter((variable) => variable[mark] === true).map(({ name }) => name)

describe("server.json", () => {
  it("server.json and the package name each other", () => {
    assert.strictEqual(serverJson.name, packageJson.mcpName)
    assert.strictEqual(npm.identifier, packageJson.name)
    assert.deepStrictEqual([serverJson.version, npm.version], [packageJson.version, packageJson.version])
    assert.strictEqual(`git+${serverJson.repository.url}.git`, packageJson.repository.url)
    assert.strictEqual(serverJson.repository.subfolder, packageJson.repository.directory)
    assert.strictEqual(serverJson.websiteUrl, packageJson.homepage)
  })

  it("server.json lists the variables of the help", () => {
    const listed = npm.environmentVariables.map(({ name }) => name)
    assert.deepStrictEqual(listed, settingsIn(CommandLine.HELP))
  })

  it("server.json marks the secret and the required variables", () => {
    // A Redis URL can contain a password.
    assert.deepStrictEqual(marked("isSecret"), ["SAIL_CLIENT_SECRET", "SAIL_ACCESS_TOKEN", "SAIL_REDIS_URL"])
    assert.deepStrictEqual(marked("isRequired"), ["SAIL_BASE_URL"])
  })

  it("server.json and the bundle offer all API versions", () => {
    const version = npm.environmentVariables.find(({ name }) => name === "SAIL_API_VERSION")
    assert.deepStrictEqual(version?.choices, [...ApiVersion.literals])
    assert.strictEqual(version?.default, "v2024")
    const { description } = manifest.user_config.api_version
    assert.deepStrictEqual(description.split(/, | or /u), [...ApiVersion.literals])
  })
})
