# syntax=docker/dockerfile:1

ARG NODE_VERSION=22

FROM node:${NODE_VERSION}-alpine AS base
WORKDIR /app
# Only what names the dependencies: the installs stay cached while the sources change.
COPY package.json ./

# What the application needs while it runs.
FROM base AS runtime
RUN --mount=type=cache,target=/root/.npm,sharing=locked \
    npm install --omit=dev

# What building it needs.
FROM base AS build
RUN --mount=type=cache,target=/root/.npm,sharing=locked \
    npm install
COPY . .
RUN npm run build --if-present

FROM node:${NODE_VERSION}-alpine AS final
ENV NODE_ENV=production
WORKDIR /app
COPY --from=runtime /app/node_modules node_modules
COPY --from=build --exclude=node_modules /app ./
USER node
EXPOSE 3000
CMD ["node", "{{main}}"]
