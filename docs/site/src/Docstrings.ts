/**
 * Finds missing docstrings: every public export needs a description, and every module with a function an example.
 */
import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc"

const EXPORTS =
  ReflectionKind.Variable |
  ReflectionKind.Function |
  ReflectionKind.Class |
  ReflectionKind.Interface |
  ReflectionKind.TypeAlias

export const problems = (project: ProjectReflection): ReadonlyArray<string> => [
  ...project
    .getReflectionsByKind(EXPORTS)
    .filter((reflection) => reflection.isDeclaration())
    .filter(({ parent }) => parent?.kindOf(ReflectionKind.Module))
    .filter((reflection) => commentOf(reflection)?.hasVisibleComponent() !== true)
    .map((reflection) => `${reflection.getFullName()} lacks a description.`),
  ...project
    .getReflectionsByKind(ReflectionKind.Module)
    .filter((reflection) => reflection.isDeclaration())
    .filter(({ children = [] }) => children.some(({ kind }) => kind === ReflectionKind.Function))
    .filter((module) =>
      [module, ...(module.children ?? [])].every(
        (reflection) => commentOf(reflection)?.getTag("@example") === undefined
      )
    )
    .map((module) => `${module.getFullName()} lacks an example.`)
]

const commentOf = ({ comment, signatures }: DeclarationReflection) => comment ?? signatures?.[0]?.comment
