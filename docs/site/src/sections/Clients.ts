/**
 * How to connect the server to each assistant: one entry, in the format of each assistant's configuration.
 *
 * The formats come from the assistants' own documentation: code.claude.com/docs/en/mcp,
 * code.visualstudio.com/docs/copilot/reference/mcp-configuration, cursor.com/docs/mcp, developers.openai.com/codex/mcp,
 * geminicli.com/docs/tools/mcp-server, opencode.ai/docs/mcp-servers, docs.github.com/copilot (Copilot CLI),
 * qwenlm.github.io/qwen-code-docs, docs.cline.bot/mcp, docs.continue.dev/customize/deep-dives/mcp, zed.dev/docs/ai/mcp,
 * block.github.io/goose/docs/getting-started/using-extensions and developers.openai.com/api/docs/guides/developer-mode.
 */

/**
 * Whether the packages are on npm. Set it with the first release: every entry then starts `npx`, and the one-click links
 * appear. Before that, `npx` would run any package that somebody registers under this name.
 */
export const PUBLISHED: boolean = false

/** A program that an assistant starts. */
export interface Entry {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

export const NAME = "sailpoint-bulk-upload"
const PACKAGE = "@sailpoint-bulk-upload/mcp-server"

const ENV = {
  SAIL_BASE_URL: "https://acme.api.identitynow.com",
  SAIL_CLIENT_ID: "your-client-id",
  SAIL_CLIENT_SECRET: "your-client-secret"
}

export const entryOf = (published: boolean): Entry =>
  published
    ? { command: "npx", args: ["-y", PACKAGE], env: ENV }
    : { command: "node", args: ["/path/to/sailpoint-bulk-upload/apps/mcp-server/dist/main.js"], env: ENV }

const windowsNote = (published: boolean): string =>
  published
    ? 'On Windows, `npx` is a script that only a shell can start: use `"command": "cmd"` and put `"/c", "npx"` before the other arguments.'
    : 'On Windows, write the path with double backslashes in JSON: `"C:\\\\src\\\\sailpoint-bulk-upload\\\\apps\\\\mcp-server\\\\dist\\\\main.js"`.'

/** VS Code asks for these when it starts the server, and stores them. */
const INPUTS = [
  {
    type: "promptString",
    id: "sail-base-url",
    description: "API host, https://{tenant}.api.identitynow.com"
  },
  { type: "promptString", id: "sail-client-id", description: "Client ID" },
  { type: "promptString", id: "sail-client-secret", description: "Client secret", password: true }
]

const prompted = (entry: Entry) => ({
  type: "stdio",
  ...entry,
  env: {
    SAIL_BASE_URL: "${input:sail-base-url}",
    SAIL_CLIENT_ID: "${input:sail-client-id}",
    SAIL_CLIENT_SECRET: "${input:sail-client-secret}"
  }
})

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``
const json = (value: unknown): string => fenced("json", JSON.stringify(value, null, 2))
const mcpServers = (entry: object): string => json({ mcpServers: { [NAME]: entry } })

/** Strings and lists are written the same in JSON and TOML. */
const toml = ({ args, command, env }: Entry): string =>
  fenced(
    "toml",
    [
      `[mcp_servers.${NAME}]`,
      `command = ${JSON.stringify(command)}`,
      `args = ${JSON.stringify(args)}`,
      "startup_timeout_sec = 60",
      "",
      `[mcp_servers.${NAME}.env]`,
      ...Object.entries(env).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    ].join("\n")
  )

/** A JSON value is also valid YAML. */
const yaml = (
  head: ReadonlyArray<string>,
  indent: string,
  fields: Readonly<Record<string, unknown>>
): string =>
  fenced(
    "yaml",
    [
      ...head,
      ...Object.entries(fields).flatMap(([key, value]) =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? [
              `${indent}${key}:`,
              ...Object.entries(value).map(([name, text]) => `${indent}  ${name}: ${String(text)}`)
            ]
          : [`${indent}${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`]
      )
    ].join("\n")
  )

const query = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&")

/** Links that install the server with one click, by client. They start `npx`, so they exist for published packages only. */
export const linksOf = (entry: Entry): Readonly<Record<string, string>> => ({
  "VS Code": `https://vscode.dev/redirect/mcp/install?${query({
    name: NAME,
    inputs: JSON.stringify(INPUTS),
    config: JSON.stringify(prompted(entry))
  })}`,
  Cursor: `https://cursor.com/en/install-mcp?${query({
    name: NAME,
    config: Buffer.from(JSON.stringify(entry)).toString("base64")
  })}`
})

/** Instructions for each assistant, with its entry. */
export const clientsOf = (entry: Entry): Readonly<Record<string, string>> => ({
  "Claude Code": `In \`.mcp.json\` of a project; Claude Code reads the secret from the environment that it was started in:

${mcpServers({ ...entry, env: { ...entry.env, SAIL_CLIENT_SECRET: "${SAIL_CLIENT_SECRET}" } })}

To configure it for all projects, put the same object into \`mcpServers\` of \`~/.claude.json\`. \`claude mcp add --env …\`
works too, but puts the secret into the history of your shell. Restart Claude Code, approve the server if asked, and enter
\`/mcp\` to see whether it is connected.`,
  "Claude Desktop": `Run \`npx --yes pnpm@12.21.0 mcpb\` in the clone and open the bundle whose path it prints: Claude Desktop installs
the bundle, asks for the three values, and keeps the secret in the system's secret store.

Or open Settings, Developer, Edit Config (\`~/Library/Application Support/Claude/claude_desktop_config.json\` on macOS,
\`%APPDATA%\\Claude\\claude_desktop_config.json\` on Windows), add the entry, and restart it:

${mcpServers(entry)}`,
  "VS Code": `In \`.vscode/mcp.json\`, or in the file that the command \`MCP: Open User Configuration\` opens. VS Code asks for the values
and stores them:

${json({ inputs: INPUTS, servers: { [NAME]: prompted(entry) } })}

Start the server with **Start** above its name in the file, or with the command \`MCP: List Servers\`. Then ask in the Chat view,
in agent mode.`,
  Cursor: `In \`~/.cursor/mcp.json\`:

${mcpServers(entry)}`,
  Codex: `In \`~/.codex/config.toml\`:

${toml(entry)}`,
  "Gemini CLI": `In \`~/.gemini/settings.json\`:

${mcpServers(entry)}`,
  OpenCode: `In \`opencode.json\` of a project, or in \`~/.config/opencode/opencode.json\`:

${json({
  mcp: {
    [NAME]: { type: "local", command: [entry.command, ...entry.args], environment: entry.env, enabled: true }
  }
})}`,
  "Copilot CLI": `In \`~/.copilot/mcp-config.json\`:

${mcpServers({ type: "local", ...entry, tools: ["*"] })}`,
  "Qwen Code": `In \`~/.qwen/settings.json\`:

${mcpServers(entry)}`,
  Cline: `In the file that "Configure MCP Servers" opens (\`cline_mcp_settings.json\`):

${mcpServers(entry)}`,
  Continue: `In \`~/.continue/config.yaml\`:

${yaml(["mcpServers:", `  - name: ${NAME}`], "    ", { ...entry })}`,
  Zed: `In \`settings.json\` (the command \`zed: open settings\`):

${json({ context_servers: { [NAME]: entry } })}`,
  Goose: `In \`~/.config/goose/config.yaml\` (\`%APPDATA%\\Block\\goose\\config\\config.yaml\` on Windows):

${yaml(["extensions:", `  ${NAME}:`], "    ", {
  name: "SailPoint bulk upload",
  type: "stdio",
  enabled: true,
  timeout: 300,
  cmd: entry.command,
  args: entry.args,
  envs: entry.env
})}`
})

/** ChatGPT starts no programs: it connects to a server over the internet. */
const CHATGPT = `ChatGPT connects to servers over HTTPS from the internet, on plans with developer mode; it does not start programs on your
machine. Run the server [for a team](team.md) at a public host with \`MCP_OAUTH_ISSUER\` set to an OAuth authorization
server at which ChatGPT's users can log in. Then add \`https://{that host}/mcp\` in Settings, Apps, Advanced settings,
Developer mode, Create app, with OAuth as authentication.`

export const content = (): string => {
  const entry = entryOf(PUBLISHED)
  const links = PUBLISHED ? linksOf(entry) : {}
  return [
    windowsNote(PUBLISHED),
    ...Object.entries({ ...clientsOf(entry), ChatGPT: CHATGPT }).flatMap(([name, how]) => {
      const link = links[name]
      return [`### ${name}`, ...(link === undefined ? [] : [`[Install in ${name}](${link})`]), how]
    })
  ].join("\n\n")
}

/** The one configuration block of the README. */
export const standard = (): string => `${mcpServers(entryOf(PUBLISHED))}\n\n${windowsNote(PUBLISHED)}`
