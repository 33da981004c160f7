/** Units of SenML (RFC 8428) that people write otherwise. */
const written: Readonly<Record<string, string>> = {
  ...{ Cel: "°C", "%RH": "% RH", Ohm: "Ω", m2: "m²", m3: "m³", "m/s2": "m/s²", "m3/s": "m³/s", "W/m2": "W/m²" },
};

/** A unit as people write it. */
export function unitText(unit: string | undefined): string | undefined {
  return unit !== undefined && Object.hasOwn(written, unit) ? written[unit] : unit;
}
