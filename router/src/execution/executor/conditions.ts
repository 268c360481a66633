import { type OperationElement, Variable } from '@apollo/federation-internals'

type Included = (variables: Readonly<Record<string, unknown>>) => boolean

type If = { arguments(): Readonly<{ if: unknown }>; toString(): string }

/** Whether a selection is part of the result by its `@skip` and `@include`: always, never, or it depends. */
export function compileCondition(element: OperationElement): boolean | Included {
  const schema = element.schema()
  const [skip] = element.appliedDirectivesOf(schema.skipDirective())
  const [include] = element.appliedDirectivesOf(schema.includeDirective())
  const skipped = skip ? compileIf(skip) : false
  const included = include ? compileIf(include) : true
  if (skipped === true || included === false) {
    // What comes first may still fail for a value that is none.
    return typeof skipped === 'function' ? (variables) => skipped(variables) && false : false
  }
  if (skipped === false) return included
  if (included === true) return (variables) => !skipped(variables)
  return (variables) => !skipped(variables) && included(variables)
}

function compileIf(directive: If): boolean | Included {
  const { if: condition } = directive.arguments()
  if (!(condition instanceof Variable)) return Boolean(condition)
  const { name } = condition
  return (variables) => {
    const value = variables[name]
    if (typeof value === 'boolean') return value
    throw new Error(`Unexpected value ${value} for variable ${condition} of ${directive}`)
  }
}
