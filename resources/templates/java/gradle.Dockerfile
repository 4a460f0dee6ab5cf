# syntax=docker/dockerfile:1

ARG JAVA_VERSION=21

FROM gradle:8-jdk${JAVA_VERSION} AS build
WORKDIR /src
# Only what names the dependencies: this step stays cached while the sources change.
COPY *.gradle *.gradle.kts gradle.properties* ./
RUN --mount=type=cache,target=/home/gradle/.gradle \
    gradle --no-daemon dependencies
COPY . .
RUN --mount=type=cache,target=/home/gradle/.gradle \
    gradle --no-daemon assemble && \
    find build/libs -name '*.jar' ! -name '*-plain.jar' ! -name '*-sources.jar' -exec cp {} /app.jar \;

FROM eclipse-temurin:${JAVA_VERSION}-jre AS final
RUN useradd --system --uid 10001 app
WORKDIR /app
COPY --from=build /app.jar app.jar
USER app
EXPOSE 8080
ENTRYPOINT ["java", "-jar", "app.jar"]
