// The all-in-one under `node --watch`, for `npm run dev`. In watch mode Node has every module report the files it
// loads, in worker threads by messages to their parent, which would take them for answers of the event log's and the
// store's workers. The command line names the folders to watch: the reports are switched off before a worker starts.
delete process.env["WATCH_REPORT_DEPENDENCIES"];
process.argv.splice(2, Infinity, "start");
await import("../../cli/src/main.js");
