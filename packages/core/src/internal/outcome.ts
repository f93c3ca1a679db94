import * as Exit from "effect/Exit"

/** Returns how an effect ended, as the value of an `outcome` attribute. */
export const outcome = (exit: Exit.Exit<unknown, { readonly _tag: string }>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  const [reason] = exit.cause.reasons
  if (reason?._tag === "Fail") return reason.error._tag
  return reason?._tag === "Interrupt" ? "interrupted" : "defect"
}
