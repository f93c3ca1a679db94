/**
 * How to connect the server to each assistant: the exact entry of its configuration, for Windows too, and a link that
 * installs it where the assistant has such links. All say the same, because all are made from the same entry.
 *
 * The formats are those of the assistants' own documentation: code.claude.com/docs/en/mcp,
 * code.visualstudio.com/docs/copilot/reference/mcp-configuration, cursor.com/docs/mcp/install-links,
 * developers.openai.com/codex/mcp, zed.dev/docs/ai/mcp, block.github.io/goose/docs/getting-started/using-extensions
 * and developers.openai.com/api/docs/guides/developer-mode.
 */

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

const unix: Entry = { command: "npx", args: ["-y", PACKAGE], env: ENV }

/** On Windows npx is a script, which only a shell can start. */
const windows: Entry = { command: "cmd", args: ["/c", "npx", ...unix.args], env: ENV }

/** VS Code asks for these when it starts the server, and keeps them. */
const INPUTS = [
  {
    type: "promptString",
    id: "sail-base-url",
    description: "API host, https://{tenant}.api.identitynow.com"
  },
  { type: "promptString", id: "sail-client-id", description: "Client id" },
  { type: "promptString", id: "sail-client-secret", description: "Client secret", password: true }
]
const asked = (entry: Entry) => ({
  type: "stdio",
  ...entry,
  env: {
    SAIL_BASE_URL: "${input:sail-base-url}",
    SAIL_CLIENT_ID: "${input:sail-client-id}",
    SAIL_CLIENT_SECRET: "${input:sail-client-secret}"
  }
})

const query = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&")

const vsCodeLink = (host: string) =>
  `https://${host}/redirect/mcp/install?${query({
    name: NAME,
    inputs: JSON.stringify(INPUTS),
    config: JSON.stringify(asked(unix))
  })}`

const cursorLink = `https://cursor.com/en/install-mcp?${query({
  name: NAME,
  config: Buffer.from(JSON.stringify(unix)).toString("base64")
})}`

const gooseLink = `goose://extension?${[
  `cmd=${unix.command}`,
  ...unix.args.map((arg) => `arg=${encodeURIComponent(arg)}`),
  query({
    id: NAME,
    name: "SailPoint bulk upload",
    description: "The status of bulk uploads",
    timeout: "300"
  }),
  ...Object.entries(ENV).map(([name, value]) => `env=${encodeURIComponent(`${name}=${value}`)}`)
].join("&")}`

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``
const json = (value: unknown): string => fenced("json", JSON.stringify(value, null, 2))

/** The same file on both systems. */
const both = (entry: (system: Entry) => string): string =>
  `macOS and Linux:\n\n${entry(unix)}\n\nWindows:\n\n${entry(windows)}`

const flags = (env: Entry["env"]): string =>
  Object.entries(env)
    .map(([name, value]) => `--env ${name}=${value}`)
    .join(" ")

const line = ({ args, command }: Entry): string => [command, ...args].join(" ")

/** The value of a key in JSON is written the same in TOML. */
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

/** A value of JSON is one of YAML. */
const yaml = ({ args, command, env }: Entry): string =>
  fenced(
    "yaml",
    [
      "extensions:",
      `  ${NAME}:`,
      "    name: SailPoint bulk upload",
      "    type: stdio",
      "    enabled: true",
      "    timeout: 300",
      `    cmd: ${command}`,
      `    args: ${JSON.stringify(args)}`,
      "    envs:",
      ...Object.entries(env).map(([name, value]) => `      ${name}: ${value}`)
    ].join("\n")
  )

const clients: Readonly<Record<string, string>> = {
  "Claude Code": `${both((entry) =>
    fenced(
      "sh",
      // Another option has to stand between the last --env and the name, which it would take for a variable.
      `claude mcp add --scope user ${flags(entry.env)} --transport stdio ${NAME} -- ${line(entry)}`
    )
  )}

For a project, a file \`.mcp.json\` with the entry of Claude Desktop does the same; there \`\${SAIL_CLIENT_SECRET}\` takes
the secret from the environment.`,
  "Claude Desktop": `\`npx --yes pnpm@12.21.0 mcpb\` in a clone packs a bundle, on every system the same: open the file that it names,
and Claude Desktop installs it and asks for the settings; it keeps the secret as the system keeps passwords.

Or by hand, in \`~/Library/Application Support/Claude/claude_desktop_config.json\` on macOS and
\`%APPDATA%\\Claude\\claude_desktop_config.json\` on Windows (Settings, Developer, Edit Config), then restart it:

${both((entry) => json({ mcpServers: { [NAME]: entry } }))}`,
  "VS Code": `[Install in VS Code](${vsCodeLink("vscode.dev")}) or
[in VS Code Insiders](${vsCodeLink("insiders.vscode.dev")}&quality=insiders): it asks for the three settings and keeps
them. On Windows, and by hand, the same in \`.vscode/mcp.json\`, or in the file that the command \`MCP: Open User
Configuration\` opens:

${both((entry) => json({ inputs: INPUTS, servers: { [NAME]: asked(entry) } }))}`,
  Cursor: `[Install in Cursor](${cursorLink}), then put your settings into its entry. On Windows, and by hand, in
\`~/.cursor/mcp.json\` (\`%USERPROFILE%\\.cursor\\mcp.json\`):

${both((entry) => json({ mcpServers: { [NAME]: entry } }))}`,
  Codex: `${fenced("sh", `codex mcp add ${NAME} ${flags(unix.env)} -- ${line(unix)}`)}

or in \`~/.codex/config.toml\` (\`%USERPROFILE%\\.codex\\config.toml\`), where it can have more time for its first start:

${both(toml)}`,
  Zed: `In \`settings.json\` (the command \`zed: open settings\`):

${both((entry) => json({ context_servers: { [NAME]: entry } }))}`,
  Goose: `Paste this into the address bar of a browser, then put your settings into the entry:

${fenced("text", gooseLink)}

or, in \`~/.config/goose/config.yaml\` (\`%APPDATA%\\Block\\goose\\config\\config.yaml\`):

${both(yaml)}`
}

/** ChatGPT starts no programs: it has to reach a server over the internet. */
const CHATGPT = `ChatGPT does not start programs on your machine: it takes servers that it reaches over HTTPS from the internet, on
plans with developer mode. So run the server [for a team](#for-a-team) at a public host with \`MCP_OAUTH_ISSUER\` set (an
OAuth authorization server that ChatGPT's users can log in at), then add \`https://{that host}/mcp\` in Settings, Apps,
Advanced settings, Developer mode, Create app, with OAuth as authentication. This way was not tried with ChatGPT itself.`

export const content = (): string =>
  Object.entries({ ...clients, ChatGPT: CHATGPT })
    .map(([name, how]) => `<details>\n<summary>${name}</summary>\n\n${how}\n\n</details>`)
    .join("\n\n")
