import { retrying } from "@headwater/core";
import { loadConfig } from "@headwater/service";
import { type Retention, retentionInInflux, StoreUnavailableError, timeSeriesSettings } from "@headwater/time-series";
import { type InfluxStoreOptions, openInfluxStore, rollupBuckets, shadowBucket } from "@headwater/time-series/influx";
import { InfluxApi, type BucketAccess } from "../influx/influx-api.ts";
import { readTokenFile, writeTokenFile } from "../influx/token-file.ts";
import { allSettings, knownElsewhere } from "../start/settings.ts";
import { UsageError } from "./command-error.ts";
import type { Command } from "./command.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater influx-token: a token of InfluxDB that may use one bucket and nothing else, in a file of mode 0600

  --access   read (Grafana) or write (the ingest service, which reads too)
  --name     whose token it is: InfluxDB lists it as "headwater NAME", and a name has one token at a time
  --file     where the token is kept; one that is there and still good is kept
  --rotate   make a new one all the same; the former ones end with the next run without --rotate
  -h, --help

HEADWATER_INFLUX_URL, _ORG and _BUCKET say where; HEADWATER_INFLUX_TOKEN, or the file that HEADWATER_INFLUX_TOKEN_FILE
names, is the operator's token, which may make others. No token is printed. With HEADWATER_TIME_SERIES_RETENTION_DAYS
it also sets up the buckets and the task of roll-ups, and the token is for these buckets, too. One that
writes is also for the bucket BUCKET-shadow, which it makes and which a rebuild needs.`;

export const influxTokenCommand: Command = {
  name: "influx-token",
  summary: "a token of InfluxDB that may read or write one bucket, kept in a file",
  async run(args, { env }) {
    const { values } = parseOptions("influx-token", args, {
      access: { type: "string" },
      name: { type: "string" },
      file: { type: "string" },
      rotate: { type: "boolean", default: false },
    });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const { access, file, name, rotate } = values;
    if (access !== "read" && access !== "write") throw new UsageError("--access is read or write");
    if (name === undefined || !/^[\w.-]+$/.test(name)) {
      throw new UsageError("--name says whose token it is, in letters, digits, dots and dashes");
    }
    if (file === undefined) throw new UsageError("--file names the file for the token");
    const { timeSeries } = loadConfig(timeSeriesSettings, {
      // Whoever asks means InfluxDB, whatever this machine stores points in.
      env: { ...env, HEADWATER_TIME_SERIES: "influx" },
      alsoKnown: [allSettings, ...knownElsewhere],
    });
    const { influx } = timeSeries;
    const operator = influx.token;
    if (operator === undefined) throw new UsageError("HEADWATER_INFLUX_TOKEN is not set: the operator's token");
    const retention = retentionInInflux(timeSeries);
    const api = new InfluxApi({
      ...influx,
      furtherBuckets: [
        ...(retention === undefined ? [] : rollupsOf(influx.bucket, retention)),
        ...(access === "write" ? [shadowBucket(influx.bucket)] : []),
      ],
      readsTasks: retention !== undefined,
    });
    // InfluxDB may be starting beside this.
    const attempts = { maxMs: 2000, maxAttempts: 10 };
    if (retention !== undefined)
      await retrying(() => setUpRollups({ ...influx, token: operator, retention }), attempts);
    await retrying(() => api.buckets(operator, [influx.bucket]), attempts);
    if (access === "write") await retrying(() => setUpShadow({ ...influx, token: operator }), attempts);
    const done = await retrying(() => provide(api, operator, { access, name, file, rotate }), attempts);
    console.log(`${file}: ${done}, may ${access} the bucket ${influx.bucket}`);
    return 0;
  },
};

function rollupsOf(bucket: string, retention: Retention): string[] {
  const names = rollupBuckets(bucket);
  return (["minute", "hour"] as const).filter((each) => retention[each] > retention.raw).map((each) => names[each]);
}

/** Buckets and task of the roll-ups, which the operator's token may make and no other has to. */
async function setUpRollups(options: InfluxStoreOptions): Promise<void> {
  const store = openInfluxStore(options);
  try {
    const [missing] = await store.setUp();
    if (missing !== undefined) throw new StoreUnavailableError(missing);
  } finally {
    await store.close();
  }
}

/** The bucket in which a rebuild compares. */
async function setUpShadow(options: InfluxStoreOptions): Promise<void> {
  const store = openInfluxStore(options);
  try {
    await (await store.openShadow!()).close();
  } finally {
    await store.close();
  }
}

interface Wanted {
  readonly access: BucketAccess;
  readonly name: string;
  readonly file: string;
  readonly rotate: boolean;
}

async function provide(api: InfluxApi, operator: string, { access, name, file, rotate }: Wanted): Promise<string> {
  const buckets = await api.buckets(operator);
  // Tokens of this name are known by this text, so that those of others stay whatever happens.
  const description = `headwater ${name}`;
  const present = await readTokenFile(file);
  if (present !== undefined && !rotate && (await api.allowsExactly(present, access))) {
    const former = (await api.authorizations(operator, description)).filter(({ token }) => token !== present);
    for (const { id } of former) await api.revoke(operator, id);
    return former.length === 0 ? "the token is kept" : `the token is kept, ${former.length} former ended`;
  }
  const token = await api.authorize(operator, buckets, access, description);
  await writeTokenFile(file, token);
  return "a new token";
}
