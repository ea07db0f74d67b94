/**
 * A plugin of TypeDoc. Each module is called as it is imported, not as its source file is named;
 * and what a module exports without a word of explanation is a warning.
 */
import { Converter } from "typedoc";

/** `TYPEDOC_NAMES` holds pairs of a source file and the name of its entry, as JSON. */
export function load(app) {
  const names = new Map(JSON.parse(process.env["TYPEDOC_NAMES"] ?? "[]"));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const source = project.getSymbolIdFromReflection(module)?.fileName;
      module.name = names.get(source) ?? module.name;
    }
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const module of project.children ?? []) {
      for (const exported of module.children ?? []) {
        if (!isExplained(exported))
          app.logger.warn(`${module.name}: ${exported.name} has no words`);
      }
    }
  });
}

/** A function's words stand at its signatures; what is exported again has them at its home. */
function isExplained(exported) {
  return (
    exported.isReference() ||
    exported.hasComment() ||
    (exported.signatures ?? []).some((one) => one.hasComment())
  );
}
