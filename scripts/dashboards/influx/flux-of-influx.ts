/** What a dashboard of InfluxDB reads a chosen value from, in place of the text that Grafana writes into a query. */
export type Words = Readonly<Record<string, string>>;

/** Everywhere alike: the bucket, and the searches, which a list of InfluxDB has by itself. */
const common: Words = {
  "v.defaultBucket": "v.headwater_bucket",
  " and r._field =~ /(?i)${find:regex}/": "",
  " and r._field =~ /(?i)${findMetric:regex}/": "",
  " and r.device =~ /(?i)${find:regex}/": "",
};

/** The same query as Grafana's, with InfluxDB's variables. */
export function fluxOfInflux(query: string, words: Words): string {
  let text = query;
  for (const [grafana, influx] of Object.entries({ ...words, ...common })) text = text.replaceAll(grafana, influx);
  const [left] = /\$\{\w+:\w+\}|\$__\w+/.exec(text) ?? [];
  if (left !== undefined) throw new TypeError(`InfluxDB has no word for ${left} in ${query}`);
  return `${text.trim()}\n`;
}

/**
 * The list of a variable. It is asked for apart from a dashboard, so that the time range is its own, and it looks as
 * far back as somebody may still be interested.
 */
export function listOfInflux(query: string, words: Words): string {
  return fluxOfInflux(query, words)
    .replace("start: v.timeRangeStart", "start: -30d")
    .replace(", stop: v.timeRangeStop", "");
}
