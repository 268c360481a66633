/** The part of WebAssembly's JavaScript interface that is used here; lib "es2024" leaves it to "dom". */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, (...args: unknown[]) => unknown> } }>
}
