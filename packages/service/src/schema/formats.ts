import { FormatRegistry } from "@sinclair/typebox";
import { isUuid, tryParseDuration, microsFromIso } from "@headwater/core";

/** The `format`s that schemas may use; TypeBox refuses every value of a format that nobody registered. */
const formats: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": (text) => text.includes(":") && microsFromIso(text) !== undefined,
  date: (text) => text.length === 10 && microsFromIso(text) !== undefined,
  uuid: isUuid,
  uri: (text) => URL.canParse(text),
  duration: (text) => tryParseDuration(text) !== undefined,
};

for (const [name, check] of Object.entries(formats)) FormatRegistry.Set(name, check);
