# ghosttree without anything to build it with: a system with glibc, because onnxruntime-node and libsql have no
# binaries for musl. docs/operating.md tells how to run it.
FROM node:24-bookworm-slim AS packages
# What canvas is compiled with: its own binary would be fetched from elsewhere, without a checksum in the lock file.
RUN apt-get update && apt-get install -y --no-install-recommends \
      build-essential python3 pkg-config \
      libcairo2-dev libpango1.0-dev libjpeg-dev libgif-dev librsvg2-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
ENV npm_config_update_notifier=false npm_config_nodedir=/usr/local npm_config_build_from_source=true
RUN npm ci --omit=dev --ignore-scripts \
    && npm --prefix node_modules/canvas run install \
    && node -e 'require("canvas")' \
    # Binaries of other systems are half of onnxruntime's size.
    && rm -rf node_modules/onnxruntime-node/bin/napi-v*/darwin node_modules/onnxruntime-node/bin/napi-v*/win32

FROM packages AS build
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY commands commands
COPY renderers renderers
RUN npm run build

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      libcairo2 libpango-1.0-0 libpangocairo-1.0-0 libjpeg62-turbo libgif7 librsvg2-2 \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o node -g node /data /data/models
WORKDIR /app
COPY package.json LICENSE NOTICE CHANGELOG.md SECURITY.md .env.example ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY config config
COPY models models
COPY renderers/fonts renderers/fonts
COPY src/core/words src/core/words
COPY docs docs
COPY deploy deploy
ENV NODE_ENV=production \
    GHOSTTREE_STORE=/data/ghosttree.sqlite \
    GHOSTTREE_MODELS=/data/models \
    OPERATIONS_PORT=9464
# Everything else may be read-only.
VOLUME /data
# The user "node" by its number, so that an orchestrator sees that it is not root.
USER 1000:1000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.OPERATIONS_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without a shell between, so that SIGTERM arrives.
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["serve"]
