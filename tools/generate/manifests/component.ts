/** The text of a component's kustomization.yaml. */
export const component = (body: string) => `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
namespace: myhotel
${body}`

/** Entries of a list in YAML. */
export const list = (names: readonly string[], indent = '  ') =>
  names.map((name) => `${indent}- ${name}`).join('\n')
