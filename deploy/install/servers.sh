#!/usr/bin/env bash
# Sees to it that the tests find a real PostgreSQL and RabbitMQ: containers when a Docker engine
# answers and has or gets the images, the distribution's packages otherwise.
set -euo pipefail
cd "$(dirname "$0")/../.."

images() { sed -n 's/^IMAGE = "\(.*\)"$/\1/p' tests/fixtures/postgres.py tests/fixtures/rabbitmq_servers.py; }

docker_serves() {
    command -v docker >/dev/null && timeout 10 docker info >/dev/null 2>&1 || return 1
    local image
    for image in $(images); do
        docker image inspect "$image" >/dev/null 2>&1 && continue
        echo "Tải ảnh / Pulling the image: $image"
        timeout 300 docker pull --quiet "$image" >/dev/null 2>&1 || return 1
    done
}

if docker_serves; then
    echo "PostgreSQL, RabbitMQ: Docker"
else
    deploy/install/system-packages.sh
    echo "PostgreSQL, RabbitMQ: các phiên bản riêng từ gói của bản phân phối / private instances of the distribution's packages"
fi
