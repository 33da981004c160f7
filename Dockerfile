# syntax=docker/dockerfile:1.7

# The same Node as package.json pins. Nothing but the web page is built: Node runs the sources as they are.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production

# The manifests alone, whichever workspaces there are: dependencies are installed anew only when one of these changes.
FROM base AS manifests
COPY . /source
RUN cd /source && mkdir /manifests \
  && find . -name package.json -o -name package-lock.json -o -name .npmrc | xargs cp --parents --target-directory=/manifests

FROM base AS dependencies
COPY --from=manifests /manifests ./
# No install scripts: the image brings its own Node, and nothing else has one that production needs.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts

# The web page; what builds it stays in this stage.
FROM base AS page
COPY --from=manifests /manifests ./
RUN --mount=type=cache,target=/root/.npm npm ci --include=dev --ignore-scripts
COPY packages/client packages/client
COPY dashboard dashboard
RUN npm run build

FROM base AS runtime
# A named volume takes its first owner from this folder.
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/headwater
# So does that of a token of InfluxDB, which belongs to the user that reads it; 472:0 is Grafana's.
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/headwater-tokens/ingest \
  && install --directory --owner=472 --group=0 --mode=0700 /var/lib/headwater-tokens/grafana
COPY --from=dependencies /app ./
COPY . .
COPY --from=page /app/dashboard/dist dashboard/dist
# By number, so that an orchestrator can see that it is not root.
USER 1000:1000
EXPOSE 1883 8080
# As the first line of cli/src/main.js has it: the young generation of the heap would otherwise take up to 128 MiB, and
# malloc would keep what is free in an arena for each of a dozen threads.
ENV MALLOC_ARENA_MAX=2
ENTRYPOINT ["node", "--max-semi-space-size=8", "--no-memory-protection-keys", "cli/src/main.js", "start"]
