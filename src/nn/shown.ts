// What is shown of a layer between its brackets.

/** Arguments of a layer, then its options by name but for those that have their usual values; `text` writes a value. */
export const shown = (values: readonly unknown[], options: object, usual: object = {}, text: (value: unknown) => string = String): string =>
  [
    ...values.map((value) => text(value)),
    ...Object.entries(options).flatMap(([name, value]) =>
      value === (usual as Record<string, unknown>)[name] ? [] : [`${name}=${text(value)}`],
    ),
  ].join(", ");
