/**
 * What every public export has to have: a description, a category, since when it is there, and an example where it is
 * something to call or to build with.
 */
import { type Comment, type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc"

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
        ...(["@category", "@since"] as const).filter((tag) => comment?.getTag(tag) === undefined),
        ...(isCalled(reflection, comment) && comment?.getTag("@example") === undefined ? ["@example"] : [])
      ]
      return lacking.length === 0 ? [] : [`${reflection.getFullName()} lacks ${lacking.join(", ")}.`]
    })

const isCalled = ({ signatures = [] }: DeclarationReflection, comment: Comment | undefined): boolean => {
  const [category] = comment?.getTag("@category")?.content ?? []
  return signatures.length > 0 || ["constructors", "layers"].includes(category?.text ?? "")
}
