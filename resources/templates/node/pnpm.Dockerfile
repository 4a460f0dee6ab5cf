# syntax=docker/dockerfile:1

ARG NODE_VERSION=22

FROM node:${NODE_VERSION}-alpine AS base
WORKDIR /app
RUN corepack enable
# Only what names the dependencies: the installs stay cached while the sources change.
COPY package.json pnpm-lock.yaml ./

# What the application needs while it runs.
FROM base AS runtime
RUN --mount=type=cache,target=/root/.local/share/pnpm/store,sharing=locked \
    pnpm install --frozen-lockfile --prod

# What building it needs.
FROM base AS build
RUN --mount=type=cache,target=/root/.local/share/pnpm/store,sharing=locked \
    pnpm install --frozen-lockfile
COPY . .
RUN pnpm run --if-present build

FROM node:${NODE_VERSION}-alpine AS final
ENV NODE_ENV=production
WORKDIR /app
COPY --from=runtime /app/node_modules node_modules
COPY --from=build --exclude=node_modules /app ./
USER node
EXPOSE 3000
CMD ["node", "{{main}}"]
