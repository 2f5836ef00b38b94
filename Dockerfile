# For those who have a container engine:  docker build -t todo-k8s .
# `npm run image` makes the same image without one: both take the root file system from scripts/image.ts.
FROM node:24.22.3-bookworm AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && apt-get update && npx tsx scripts/image.ts --root /image

# No shell, no package manager, no passwd: Node.js, the three libraries it is linked with, and the program.
FROM scratch
COPY --from=build /image/ /
LABEL org.opencontainers.image.title="todo-k8s" \
      org.opencontainers.image.description="Proves that the todo chatbot's backend deployment works on Kubernetes, and says exactly why when it does not" \
      org.opencontainers.image.version="0.2.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/todo-k8s/todo-k8s"
ENV PATH=/usr/local/bin NODE_ENV=production
USER 65532:65532
WORKDIR /
ENTRYPOINT ["/usr/local/bin/node", "/opt/todo-k8s/bin/run.js"]
CMD ["verify"]
