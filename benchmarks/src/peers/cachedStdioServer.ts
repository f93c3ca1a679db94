/** The server of one tool with Node's compile cache, which it enables as our server does: before anything else loads. */
import { enableCompileCache } from "node:module"

enableCompileCache(process.env["COMPILE_CACHE"])
await import("./stdioServer.ts")
