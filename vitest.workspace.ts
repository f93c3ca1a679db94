import { defineConfig } from "vitest/config"

const project = (root: string, name: string) => ({
  test: { name, root, include: ["test/**/*.test.ts"] }
})

export default defineConfig({
  test: {
    // Most tests wait for processes and timers, so they do not need the core that vitest keeps free by default.
    maxWorkers: "100%",
    globalSetup: ["tooling/redisServer.ts"],
    projects: [
      project("packages/core", "core"),
      project("packages/sandbox", "sandbox"),
      project("apps/mcp-server", "mcp-server"),
      project("apps/cli", "cli"),
      project("docs/site", "docs"),
      project("examples", "examples"),
      project("benchmarks", "benchmarks"),
      project("soak", "soak")
    ]
  }
})
