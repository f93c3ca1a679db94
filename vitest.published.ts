import { defineConfig } from "vitest/config"

export default defineConfig({ test: { include: ["apps/mcp-server/test/published/*.published.ts"] } })
