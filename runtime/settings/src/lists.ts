import type { Reading, ReadingContext, SettingKind } from "./setting.ts";

/** Kind of settings that are several values with commas between them; in a file, an array as well. */
export function lists<T>(item: SettingKind<T>): SettingKind<readonly T[]> {
  return {
    placeholder: `${item.placeholder}[,${item.placeholder}]`,
    expects: `a list of values with commas between them, each ${item.expects}`,
    hint: "several with commas between them",
    isList: true,
    read(text, context): Reading<readonly T[]> {
      const readings = itemsOf(text).map((part) => readItem(item, part, context));
      const mistake = readings.find((reading) => "mistake" in reading);
      if (mistake) return mistake;
      return { value: readings.flatMap((reading) => ("value" in reading ? [reading.value] : [])) };
    },
    write: (values) => values.map((value) => item.write(value)).join(","),
  };
}

function itemsOf(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

function readItem<T>(item: SettingKind<T>, part: string, context: ReadingContext): Reading<T> {
  if (part === "") return { mistake: "has an empty place between its commas" };
  const reading = item.read(part, context);
  return "value" in reading ? reading : { mistake: `contains '${part}', which ${reading.mistake}` };
}
