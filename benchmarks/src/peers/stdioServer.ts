import { serveStdio } from "@modelcontextprotocol/server/stdio"
import { makeServer } from "./server.ts"

serveStdio(makeServer)
