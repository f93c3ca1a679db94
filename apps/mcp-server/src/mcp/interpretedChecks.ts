/**
 * Has zod interpret the SDK's schemas. By default, it compiles them with `new Function`. Loaded before the SDK, because a schema
 * reads this setting when it is made.
 */
import { config } from "zod/v4/core"

config({ jitless: true })
