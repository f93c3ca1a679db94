/** What every public export has to have: a description, a category, and since when it is there. */
import { type ProjectReflection, ReflectionKind } from "typedoc"

const EXPORTS =
  ReflectionKind.Variable |
  ReflectionKind.Function |
  ReflectionKind.Class |
  ReflectionKind.Interface |
  ReflectionKind.TypeAlias

export const problems = (project: ProjectReflection): ReadonlyArray<string> =>
  project
    .getReflectionsByKind(EXPORTS)
    .filter((reflection) => reflection.isDeclaration())
    .filter(({ parent }) => parent?.kindOf(ReflectionKind.Module))
    .flatMap((reflection) => {
      const comment = reflection.comment ?? reflection.signatures?.[0]?.comment
      const lacking = [
        ...(comment?.hasVisibleComponent() === true ? [] : ["a description"]),
        ...(["@category", "@since"] as const).filter((tag) => comment?.getTag(tag) === undefined)
      ]
      return lacking.length === 0 ? [] : [`${reflection.getFullName()} lacks ${lacking.join(", ")}.`]
    })
